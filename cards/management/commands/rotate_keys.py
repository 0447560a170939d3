"""`manage.py rotate_keys`: seal everything under the newest key; with --index also enter the directories anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cards import sealing
from cards.management import rotation
from cards.management.progress import progress
from cards.models.fields import sealed_columns

TOLD = 20


class Command(BaseCommand):
    """Rotates keys beside a portal in use; may be interrupted and run again."""

    help = "Seal personal data anew under the newest key of SEALING_KEYS; --index: the directories under INDEX_KEYS."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --index and --dry-run."""
        parser.add_argument("--index", action="store_true", help="rotate the directories, not the sealed columns")
        parser.add_argument("--dry-run", action="store_true", help="count what would be done and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, and say what was done."""
        faults: list[str] = []
        rotate = self._index if options["index"] else self._columns
        try:
            rotate(faults, options["dry_run"], options["verbosity"])
        except rotation.KeyMissing as missing:
            raise CommandError(str(missing)) from missing
        if faults:
            for fault in faults[:TOLD]:
                self.stderr.write(fault)
            raise CommandError(f"{len(faults)} values cannot be trusted and were left as they are; see above.")

    def _columns(self, faults: list[str], dry_run: bool, verbosity: int) -> None:
        self.stdout.write(f"Sealing under key {sealing.current_sealing_key_id()!r}.")
        for model, columns in sealed_columns():
            done = rotation.Done()
            with progress(model._meta.label, model._base_manager.count(), self.stdout, verbosity) as advance:
                for rows in rotation.seal_anew(model, columns, done, dry_run=dry_run):
                    advance(rows)
            faults += done.faults
            told = "would be sealed anew" if dry_run else "sealed anew"
            self.stdout.write(f"{model._meta.label}: {done.renewed} values {told}, {done.current} were")
        if not dry_run and not faults:
            self.stdout.write("Older keys of SEALING_KEYS are needed only for backups made before now.")

    def _index(self, faults: list[str], dry_run: bool, verbosity: int) -> None:
        self.stdout.write(f"Entering under key {sealing.current_index_key_id()!r}.")
        for directory in rotation.DIRECTORIES:
            label, total = directory.model._meta.label, directory.model._default_manager.count()
            done = rotation.Done()
            with progress(label, total, self.stdout, verbosity) as advance:
                for rows in rotation.enter_anew(directory, done, dry_run=dry_run):
                    advance(rows)
            if not dry_run and not done.faults:
                rotation.remove_older(directory, done)
            faults += done.faults
            told = "would be entered anew" if dry_run else "entered anew"
            self.stdout.write(f"{label}: {done.renewed} {told}, {done.current} were, {done.removed} older removed")
        for key_id, papers in rotation.papers_under_older_keys().items():
            self.stdout.write(
                f"Keep key {key_id!r} in INDEX_KEYS: the query codes of {papers} papers in force come from it."
            )
