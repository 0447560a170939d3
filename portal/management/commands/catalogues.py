"""Extracts, compiles and checks the Chinese catalogue."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import catalogues


class Command(BaseCommand):
    help = "Extract messages from the sources, compile the catalogue, or check that it is whole."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--extract", action="store_true", help="bring locale/zh_Hans up to the sources")
        parser.add_argument("--compile", action="store_true", help="write the .mo file if the .po file is newer")
        parser.add_argument("--check", action="store_true", help="fail on a missing, stale or mismatched message")

    def handle(self, *args: Any, extract: bool, compile: bool, check: bool, **options: Any) -> None:
        if not (extract or compile or check):
            raise CommandError("Say what to do: --extract, --compile or --check.")
        if extract:
            self.stdout.write(f"{catalogues.update()} messages in {catalogues.CATALOGUE.relative_to(catalogues.ROOT)}")
        if compile:
            done = catalogues.compile_if_needed()
            self.stdout.write("compiled" if done else "already compiled")
        if check:
            self.check_catalogue()

    def check_catalogue(self) -> None:
        """List every problem, then fail."""
        problems = catalogues.problems()
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} problems. `make messages` extracts; then translate by hand.")
        self.stdout.write("every message is translated")
