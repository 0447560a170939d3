"""`manage.py load_groups`: give every group of staff exactly the permissions of its table."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cards.management import staff_groups


class Command(BaseCommand):
    """Writes the groups; may be run as often as one likes."""

    help = "Make the groups of staff, and add and remove permissions until each has exactly those of the table."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, and say what was done."""
        try:
            done = staff_groups.load(dry_run=options["dry_run"])
        except staff_groups.PermissionUnknown as error:
            raise CommandError(f"Nothing was changed. No model declares: {error}. Run `manage.py migrate`.") from error
        if not options["verbosity"]:
            return
        if options["dry_run"]:
            self.stdout.write("Dry run, nothing was changed.")
        for name, (added, removed) in done.items():
            held = len(staff_groups.GROUPS[name])
            self.stdout.write(f"{name}: {held} permissions, {added} added, {removed} removed")
