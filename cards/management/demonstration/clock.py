"""The clock of the demonstration: months of office work, done in seconds by the services themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from cards import calendar
from cards.models.rule_data import office_days
from cards.rules import CHINA, china_day

OPENS = time(9)
MINUTES_OPEN = 8 * 60


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let `timezone.now()`, from which every service takes the time, say this moment.

    Safe only in a process that does nothing else: the demonstration's command.
    """
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real


class WorkingDays:
    """The working days before today, counted backwards: 1 is the last one that is over."""

    def __init__(self, now: datetime, reach: int) -> None:
        self.days: list[date] = []
        day = china_day(now)
        while len(self.days) < reach:
            day -= timedelta(days=1)
            if calendar.is_working_day(day, office_days()):
                self.days.append(day)

    def opening(self, back: int) -> datetime:
        """When the office opened so many working days ago."""
        return datetime.combine(self.days[max(back, 1) - 1], OPENS, CHINA)
