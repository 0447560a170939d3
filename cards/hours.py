"""Opening hours: written in a short form, read by people in words, asked for a moment; pure.

The short form has a line for each group of days: weekdays as numbers (1 is Monday), then spans of the day.

    1-5 9:00-12:00 13:30-17:00
    6 9:00-12:00

A span ends at 24:00 at the latest and none reaches into the next day. All times are those of China.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from cards import calendar
from cards.rules import CHINA

Span = tuple[int, int]
Week = tuple[tuple[Span, ...], ...]
MINUTES = 24 * 60
# So far ahead the next opening is looked for; a longest holiday is a fraction of it.
DAYS_AHEAD = 60
_DAYS = re.compile(r"^([1-7])(?:[-–—~]([1-7]))?$")
_SPAN = re.compile(r"^([0-9]{1,2}):([0-9]{2})[-–—~]([0-9]{1,2}):([0-9]{2})$")
_BETWEEN = re.compile(r"[\s,;]+")
WEEKDAYS = (
    pgettext_lazy("weekday", "Monday"),
    pgettext_lazy("weekday", "Tuesday"),
    pgettext_lazy("weekday", "Wednesday"),
    pgettext_lazy("weekday", "Thursday"),
    pgettext_lazy("weekday", "Friday"),
    pgettext_lazy("weekday", "Saturday"),
    pgettext_lazy("weekday", "Sunday"),
)


class HoursMalformed(ValueError):
    """Hours that cannot be read; says what is wrong, in the reader's language."""

    def __init__(self, message: Any, **facts: Any) -> None:
        self.message, self.facts = message, facts
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.message) % self.facts


@lru_cache(maxsize=4096)
def read_week(text: str) -> Week:
    """Return the spans of each weekday, Monday first; raises HoursMalformed."""
    week: list[tuple[Span, ...] | None] = [None] * 7
    # Full-width digits and marks mean the same.
    for line in filter(None, map(str.strip, unicodedata.normalize("NFKC", text).splitlines())):
        days, *spans = _BETWEEN.split(line)
        if not spans:
            raise HoursMalformed(gettext_lazy("“%(line)s” names no time."), line=line)
        for day in _days(days):
            if week[day] is not None:
                raise HoursMalformed(gettext_lazy("%(day)s stands there twice."), day=WEEKDAYS[day])
            week[day] = read_spans(" ".join(spans))
    return tuple(spans or () for spans in week)


def _days(text: str) -> range:
    found = _DAYS.match(text)
    if not found or int(found[2] or found[1]) < int(found[1]):
        raise HoursMalformed(
            gettext_lazy("“%(text)s” names no weekdays. Write 1 for Monday to 7 for Sunday, or 1-5."), text=text
        )
    return range(int(found[1]) - 1, int(found[2] or found[1]))


def read_spans(text: str) -> tuple[Span, ...]:
    """Return the spans of one day in minutes; none for an empty text; raises HoursMalformed."""
    spans = [_span(part) for part in _BETWEEN.split(unicodedata.normalize("NFKC", text)) if part]
    for before, after in pairwise(spans):
        if after[0] <= before[1]:
            raise HoursMalformed(gettext_lazy("“%(text)s” overlaps, or is out of order."), text=text)
    return tuple(spans)


def _span(text: str) -> Span:
    found = _SPAN.match(text)
    numbers = [int(one) for one in found.groups()] if found else []
    if not found or numbers[1] > 59 or numbers[3] > 59:
        raise HoursMalformed(gettext_lazy("“%(text)s” is no span of time such as 9:00-17:00."), text=text)
    start, end = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    if not start < end <= MINUTES:
        raise HoursMalformed(gettext_lazy("“%(text)s” ends before it begins, or after 24:00."), text=text)
    return start, end


def told_time(minutes: int) -> str:
    """A time of day: 9:00."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def told_spans(spans: tuple[Span, ...]) -> str:
    """The spans of a day in words."""
    if spans == ((0, MINUTES),):
        return _("day and night")
    return pgettext("between spans of time", ", ").join(f"{told_time(a)}–{told_time(b)}" for a, b in spans)


@lru_cache(maxsize=4096)
def told_week(text: str, language: str) -> str:
    """The hours in words; days in a row with the same hours stand together."""
    with translation.override(language):
        groups = [(spans, list(days)) for spans, days in groupby(enumerate(read_week(text)), key=lambda day: day[1])]
        parts = [
            pgettext("days and hours", "%(days)s %(hours)s")
            % {"days": _told_days(days[0][0], days[-1][0]), "hours": told_spans(spans)}
            for spans, days in groups
            if spans
        ]
        return pgettext("between groups of days", "; ").join(parts)


def _told_days(first: int, last: int) -> str:
    if first == last:
        return str(WEEKDAYS[first])
    return pgettext("range of days", "%(first)s to %(last)s") % {"first": WEEKDAYS[first], "last": WEEKDAYS[last]}


@dataclass(frozen=True)
class Special:
    """One day with hours of its own, or none, and why."""

    spans: tuple[Span, ...]
    reason: str
    until: date


@dataclass(frozen=True)
class Plan:
    """Everything that decides when a place is open."""

    week: Week
    specials: Mapping[date, Special]
    on_holidays: bool = False
    days_off: Mapping[date, bool] | None = None

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """The spans of a day: its own, none on a holiday, Monday's on a weekend that is worked."""
        if special := self.specials.get(day):
            return special.spans
        if not self.on_holidays:
            if calendar.is_holiday(day, self.days_off):
                return ()
            if calendar.is_worked_weekend(day, self.days_off):
                return self.week[day.weekday()] or self.week[0]
        return self.week[day.weekday()]


@dataclass(frozen=True)
class State:
    """Whether a place is open at a moment, until when, else from when again; and what is special about the day."""

    open: bool
    until: datetime | None = None
    opens: datetime | None = None
    special: Special | None = None
    span: Span | None = None


def state_at(plan: Plan, moment: datetime) -> State:
    """Ask a plan for a moment."""
    local = moment.astimezone(CHINA)
    special = plan.specials.get(local.date())
    minute = local.hour * 60 + local.minute
    for start, end in plan.spans_on(local.date()):
        if start <= minute < end:
            return State(True, until=_moment(local.date(), end), special=special, span=(start, end))
    return State(False, opens=_next(plan.spans_on, local.date(), minute), special=special)


def _next(spans_on: Callable[[date], tuple[Span, ...]], today: date, minute: int) -> datetime | None:
    for ahead in range(DAYS_AHEAD):
        day = today + timedelta(days=ahead)
        for start, _end in spans_on(day):
            if ahead or start > minute:
                return _moment(day, start)
    return None


def _moment(day: date, minutes: int) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA) + timedelta(minutes=minutes)


def told_state(state: State, moment: datetime) -> str:
    """The state as people say it: open until when, or closed, why, and when it opens."""
    today = moment.astimezone(CHINA).date()
    if state.open and state.span == (0, MINUTES):
        return _("Open day and night")
    if state.open and state.until:
        minutes = state.until.hour * 60 + state.until.minute or MINUTES
        return _("Open now, until %(time)s") % {"time": told_time(minutes)}
    told = _("Closed now")
    if state.special and state.special.reason:
        told = _("Closed: %(reason)s") % {"reason": state.special.reason}
    if state.opens is None:
        return told
    opens = state.opens
    time = told_time(opens.hour * 60 + opens.minute)
    if opens.date() == today:
        return _("%(closed)s; opens today at %(time)s") % {"closed": told, "time": time}
    if opens.date() == today + timedelta(days=1):
        return _("%(closed)s; opens tomorrow at %(time)s") % {"closed": told, "time": time}
    day = WEEKDAYS[opens.weekday()] if opens.date() - today < timedelta(days=7) else _day(opens.date())
    return _("%(closed)s; opens %(day)s at %(time)s") % {"closed": told, "day": day, "time": time}


def _day(day: date) -> str:
    from django.utils.dateformat import format as written

    return written(day, pgettext("date format", "j F Y"))
