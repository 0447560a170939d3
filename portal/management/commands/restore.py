"""`manage.py restore FILE`: put a backup into an empty, migrated database, verified."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import restoring


class Command(BaseCommand):
    """Restores a backup whole, or not at all."""

    help = "Restore FILE into an empty database, right after `manage.py migrate`; with the keys of its day in .env."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file and --dry-run."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check file and database and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, restore, verify, and say what was done."""
        started = time.monotonic()
        try:
            with restoring.Archive(options["file"]) as archive:
                archive.check()
                restoring.check_empty()
                told = f"The backup of {archive.manifest['made_at']} is whole"
                if options["dry_run"]:
                    self.stdout.write(f"{told} and may be restored here. Nothing was changed.")
                    return
                counts = restoring.restore(archive)
        except restoring.NotRestorable as error:
            raise CommandError(f"Nothing was restored. {error}") from error
        self.stdout.write(
            f"{told}: {counts['rows']} rows and {counts['media']} media files restored in "
            f"{time.monotonic() - started:.1f} s."
        )
        self.stdout.write(f"The ledger is whole: {counts['events']} events.")
        self.stdout.write(f"The keys fit: {counts['opened']} sealed values, a sample, were opened.")
