"""`manage.py load_situations`: enter the decision table of the situation guide that comes with the portal."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cards import situations
from cards.management import shipped_situations


class Command(BaseCommand):
    """Enters the shipped table; may be run as often as one likes."""

    help = "Enter the decision table of /lost-card/ that comes with the portal; one written here stays in use."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was done."""
        try:
            version, done = shipped_situations.load(dry_run=options["dry_run"])
        except situations.TableWrong as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        if options["verbosity"]:
            told = "Dry run, nothing was changed. Table" if options["dry_run"] else "Table"
            self.stdout.write(f"{told} of situations {version}: {done}.")
