"""`manage.py verify_ledger`: walk every chain of the ledger and name what was changed above the database."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cards.management import ledger_check

TOLD = 20


class Command(BaseCommand):
    """Verifies the ledger; exit code 1 where a chain is broken."""

    help = "Verify the hash chains of the ledger; export their heads, or compare with an earlier export."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the two files."""
        parser.add_argument("--export", metavar="FILE", type=Path, help="write the head of each chain to a new file")
        parser.add_argument(
            "--against", metavar="FILE", type=Path, help="compare with heads exported earlier: shows a cut tail"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk, then say what was found."""
        walk = ledger_check.Walk(self._earlier(options["against"]))
        if options["export"]:
            self._export(walk, options["export"])
        else:
            for _head in walk.heads():
                pass
        if walk.faults:
            for fault in walk.faults[:TOLD]:
                self.stderr.write(str(fault))
            raise CommandError(
                f"{len(walk.faults)} of {walk.chains} chains are broken; the first fault of each is named above."
            )
        if options["verbosity"]:
            self.stdout.write(f"The ledger is whole: {walk.events} events in {walk.chains} chains.")

    def _earlier(self, path: Path | None) -> ledger_check.Heads:
        if path is None:
            return {}
        try:
            with path.open(encoding="ascii", newline="") as file:
                return ledger_check.read_heads(file)
        except (OSError, ValueError) as error:
            raise CommandError(f"{path} cannot be read as exported heads. {error}") from error

    def _export(self, walk: ledger_check.Walk, path: Path) -> None:
        try:
            with path.open("x", encoding="ascii", newline="") as file:
                ledger_check.write_heads(walk.heads(), file)
        except OSError as error:
            raise CommandError(f"{path} cannot be written. {error}") from error
        told = hashlib.sha256(path.read_bytes()).hexdigest()
        self.stdout.write(f"Heads written to {path}, SHA-256 {told}. Keep it where no administrator can change it.")
