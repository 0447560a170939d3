"""`manage.py backup FILE`: one file with everything but the keys."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import backup


class Command(BaseCommand):
    """Writes a backup of one moment while the portal runs."""

    help = "Write the database and the media files to FILE. The keys are not in it: keep .env elsewhere, safe."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, and say what is in it."""
        path: Path = options["file"]
        try:
            manifest = backup.write(path)
        except OSError as error:
            raise CommandError(f"No backup was written. {error}") from error
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        rows = sum(table["rows"] for table in manifest["tables"].values())
        self.stdout.write(
            f"{path}: {rows} rows of {len(manifest['tables'])} tables, {len(manifest['media'])} media files, "
            f"{path.stat().st_size / 1e6:.1f} MB"
        )
        self.stdout.write(f"SHA-256 {digest}")
        self.stdout.write("The keys are not in it. Without SEALING_KEYS and INDEX_KEYS of today it opens nothing.")
