"""`manage.py who_was_affected`: the people one account acted on or looked at in a period, for a breach notice."""

import uuid
from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cards.models import AccessRecord, Event
from cards.rules import CHINA


class Command(BaseCommand):
    """Lists holder ids with counts; names and numbers stay sealed."""

    help = "List the people whom an account acted on or looked at in a period, for a breach notice (PIPL 57)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare whose acts, and the days, both included, in China."""
        parser.add_argument("--user", required=True, help="user name of the account")
        parser.add_argument("--since", required=True, type=date.fromisoformat, help="first day, YYYY-MM-DD")
        parser.add_argument("--until", required=True, type=date.fromisoformat, help="last day, YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        """List each person once, with how often."""
        since, until = options["since"], options["until"]
        if until < since:
            raise CommandError("--until is before --since.")
        user = get_user_model().objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no account {options['user']!r}.")
        span = {"at__gte": _midnight(since), "at__lt": _midnight(until + timedelta(days=1)), "user": user}
        acts = _counted(Event.objects.filter(**span))
        looks = _counted(AccessRecord.objects.filter(holder__isnull=False, **span))
        misses = AccessRecord.objects.filter(holder__isnull=True, **span).count()
        self.stdout.write("holder,acts,looks")
        for holder in sorted(acts.keys() | looks.keys()):
            self.stdout.write(f"{holder},{acts[holder]},{looks[holder]}")
        self.stderr.write(
            f"{len(acts.keys() | looks.keys())} people: {acts.total()} acts, {looks.total()} looks; "
            f"{misses} looks for numbers that are not in the data."
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


def _counted(rows: Any) -> "Counter[uuid.UUID]":
    return Counter(rows.values_list("holder_id", flat=True).iterator())
