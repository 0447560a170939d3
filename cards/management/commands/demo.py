"""`manage.py demo`: synthetic people, cards and cases in every state, and the accounts of invented staff."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cards.management.demonstration import building, bulk, showing
from cards.management.progress import progress
from cards.models import Cardholder

HOLDERS = 200


class Command(BaseCommand):
    """Fills an empty demonstration once; does nothing where there are people already."""

    help = "Fill a demonstration (DEMO=1) with synthetic people, cards and cases; repeatable for a seed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the size, the seed and what else may be wanted."""
        parser.add_argument("--holders", type=int, help=f"how many people ({HOLDERS})")
        parser.add_argument("--seed", type=int, default=1, help="another seed gives other people (1)")
        parser.add_argument("--show", action="store_true", help="print numbers to try and the staff accounts")
        parser.add_argument(
            "--bare",
            action="store_true",
            help="people and directory rows only, in bulk, for benchmarks; adds to what is there",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Build what is not there, and show it where asked."""
        if not settings.DEMO:
            raise CommandError(
                "This is not a demonstration: synthetic people and public passwords have no place beside real data. "
                "DEMO=1 in .env makes an installation a demonstration."
            )
        if not settings.DEMO_PASSWORD:
            raise CommandError("DEMO_PASSWORD is not set. Give the staff accounts of the demonstration a password.")
        if options["holders"] is not None and options["holders"] < 1:
            raise CommandError("--holders must be at least 1.")
        if options["bare"]:
            self._fill(options["holders"] or HOLDERS, options["verbosity"])
            return
        if not Cardholder.objects.exists():
            self._build(options["holders"] or HOLDERS, options["seed"], options["verbosity"])
        elif options["verbosity"] and not options["show"]:
            self.stdout.write("There are people on record already; nothing was done.")
        if options["show"]:
            self._show()

    def _build(self, holders: int, seed: int, verbosity: int) -> None:
        started = time.monotonic()
        with progress("People", holders, self.stdout, verbosity) as advance:
            building.build(holders, seed, lambda: advance(1))
        if verbosity:
            took = time.monotonic() - started
            self.stdout.write(f"Made {holders} people with cards and cases in {took:.1f} s (seed {seed}).")

    def _fill(self, holders: int, verbosity: int) -> None:
        started, made = time.monotonic(), 0
        with progress("People", holders, self.stdout, verbosity) as advance:
            for new in bulk.fill(holders):
                made += new
                advance(min(bulk.BATCH, holders))
        if verbosity:
            took = time.monotonic() - started
            self.stdout.write(f"Made {made} of {holders} people in {took:.1f} s ({made / took:.0f} a second).")

    def _show(self) -> None:
        self.stdout.write("ID numbers to try at /status/ (the code opens the details):")
        for number, what, code in showing.examples():
            self.stdout.write(f"  {number}  code {code}  {what}")
        self.stdout.write(f"Staff accounts at /admin/, password {showing.password()}")
        for name, work in showing.accounts():
            self.stdout.write(f"  {name:<11} {work}")
