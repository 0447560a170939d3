"""`manage.py load_guides`: bring topics, laws and guides into the database; edited ones stay as they are."""

from collections import Counter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from guidance import loading, shipped


class Command(BaseCommand):
    """Loads the shipped texts; may be run as often as one likes."""

    help = "Load the guides that come with the portal. Guides that an editor changed stay as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was done."""
        try:
            done = loading.load(shipped.read(), dry_run=options["dry_run"])
        except (shipped.BadContentError, ValidationError) as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        for deed, name in done:
            if deed != loading.SAME or options["verbosity"] > 1:
                self.stdout.write(f"{name}: {deed}")
        counts = Counter(deed for deed, _name in done)
        told = ", ".join(f"{number} {deed}" for deed, number in sorted(counts.items()))
        self.stdout.write(("Dry run, nothing was changed: " if options["dry_run"] else "Guides: ") + told + ".")
