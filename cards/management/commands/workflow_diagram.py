"""`manage.py workflow_diagram`: draw docs/workflow.md from the workflow tables; --check says whether it is stale."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cards.management import diagram


class Command(BaseCommand):
    """Draws the diagram of what may happen."""

    help = "Draw docs/workflow.md from cards/workflow.py; with --check only say whether it is up to date."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --check."""
        parser.add_argument("--check", action="store_true", help="exit code 1 when the file is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        """Draw or compare."""
        path = Path(settings.BASE_DIR) / "docs" / "workflow.md"
        drawn = diagram.document()
        present = path.read_text(encoding="utf-8") if path.exists() else ""
        if options["check"]:
            if present != drawn:
                raise CommandError("docs/workflow.md is stale. Run `manage.py workflow_diagram`.")
            return
        path.write_text(drawn, encoding="utf-8")
        if options["verbosity"]:
            self.stdout.write("docs/workflow.md: " + ("unchanged" if present == drawn else "drawn anew"))
