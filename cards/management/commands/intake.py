"""`manage.py intake FILE`: check a result file and say what would come of it; with --apply record it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cards import intake
from cards.actors import Actor
from cards.errors import Refusal
from cards.intake import report
from cards.management.progress import progress
from cards.models import IntakeFile
from cards.office_vocabulary import IntakeState
from cards.vocabulary import Channel, Party

TOLD = 20


class Command(BaseCommand):
    """Takes a result file in; may be broken off at any moment and run again."""

    help = "Check a result file (CSV or XLSX, docs/intake.md) line by line; --apply: record what it says."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file, --apply and --refused."""
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--apply", action="store_true", help="record the lines that were found good")
        parser.add_argument("--refused", metavar="FILE", type=Path, help="write the refused lines to a new CSV file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, tell, record."""
        actor = Actor(Party.OFFICE, Channel.SYSTEM)
        file = self._checked(options["file"], actor, options["verbosity"])
        try:
            if options["apply"]:
                self._record(file, actor, options["verbosity"])
        except Refusal as refused:
            raise CommandError(refused.sentence) from refused
        finally:
            self._tell(file)
        if options["refused"]:
            self._write_refused(file, options["refused"])
        if file.state == IntakeState.CHECKED:
            self.stdout.write("Nothing was recorded yet. Run it again with --apply, or confirm the file in the admin.")

    def _checked(self, path: Path, actor: Actor, verbosity: int) -> IntakeFile:
        """The file on record, its lines checked, with progress told meanwhile."""
        try:
            with path.open("rb") as file, _Told(self.stdout, verbosity) as told:
                staged = intake.stage(file, path.name, actor=actor, limits=intake.COMMAND, telling=told.begin)
        except OSError as error:
            raise CommandError(f"{path} cannot be read. {error}") from error
        except Refusal as refused:
            raise CommandError(refused.sentence) from refused
        if staged.known:
            self.stdout.write(f"This file is on record: handed in {staged.file.handed_in_at:%Y-%m-%d %H:%M} UTC.")
        return staged.file

    def _record(self, file: IntakeFile, actor: Actor, verbosity: int) -> None:
        if file.state == IntakeState.CHECKED:
            intake.confirm(file, actor=actor)
        with progress("Recording", file.ready, self.stdout, verbosity) as advance:
            while done := intake.record_some(file):
                advance(done)

    def _tell(self, file: IntakeFile) -> None:
        file.refresh_from_db()
        for one in report.outcomes(file):
            self.stdout.write(
                f"{one.result}: {one.applied} recorded, {one.ready} to be recorded, "
                f"{one.unchanged} nothing to change, {one.refused} refused"
            )
        for refused in report.first(report.refused_lines(file), TOLD):
            self.stdout.write(f"line {refused.line}: {refused.why}")
        if file.refused > TOLD:
            self.stdout.write(f"… and {file.refused - TOLD} more refused lines; --refused FILE writes them all.")
        self.stdout.write(
            f"{file.total} lines: {file.applied} recorded, {file.ready} to be recorded, "
            f"{file.unchanged} nothing to change, {file.refused} refused."
        )

    def _write_refused(self, file: IntakeFile, path: Path) -> None:
        try:
            with path.open("x", encoding="utf-8-sig", newline="") as to:
                count = report.write_refused(file, to)
        except OSError as error:
            raise CommandError(f"{path} cannot be written. {error}") from error
        self.stdout.write(f"{count} refused lines written to {path}.")


class _Told:
    """Begins to tell progress once the number of lines is known, and ends it in every case."""

    def __init__(self, stdout: Any, verbosity: int) -> None:
        self.stdout, self.verbosity = stdout, verbosity
        self.open: Any = None

    def begin(self, about: int) -> Any:
        """Give the function that is told how much more is done."""
        self.open = progress("Checking", about, self.stdout, self.verbosity)
        return self.open.__enter__()

    def __enter__(self) -> "_Told":
        return self

    def __exit__(self, *exception: Any) -> None:
        if self.open is not None:
            self.open.__exit__(*exception)
