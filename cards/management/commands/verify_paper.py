"""`manage.py verify_paper DIGITS`: is the code on a paper genuine? Without database and network."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cards import paper_signature
from cards.paper_number import spaced_paper_number
from cards.papers.words import title_of


class Command(BaseCommand):
    """Verifies the digits of a QR code with public keys; exit code 1 where they are not genuine."""

    help = "Verify the 180 digits of a paper's QR code, offline. Whether it is still in force is asked on /verify/."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the digits and the file of keys."""
        parser.add_argument("digits", nargs="+", help="the digits as scanned; spaces do not matter")
        parser.add_argument(
            "--keys",
            metavar="FILE",
            type=Path,
            help="a copy of /verify/keys.json; default: the keys of the settings",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, and say what the paper is."""
        try:
            paper = paper_signature.verify("".join(options["digits"]), self._keys(options["keys"]))
        except paper_signature.PaperDigitsWrong as wrong:
            raise CommandError(f"Not genuine: {wrong.message}") from wrong
        kind = title_of(paper.kind)
        number = spaced_paper_number(paper.number)
        self.stdout.write(f"Genuine: {kind} {number} of {paper.day:%Y-%m-%d}, signed with key {paper.key}.")

    @staticmethod
    def _keys(path: Path | None) -> paper_signature.PublicKeys:
        if path is None:
            return paper_signature.public_keys()
        try:
            return paper_signature.read_key_set(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as wrong:
            raise CommandError(f"The keys in {path} cannot be read: {wrong}") from wrong
