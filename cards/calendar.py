"""Working days of the Chinese calendar, with the weekends that are worked to make up for long holidays.

The national notices lie in national_days.json, which `manage.py national_days` writes from the `holidays` package (so
that a worker need not carry the calendars of the world); `overrides` (day -> does the office work) are the office's
own exceptions and win. A year whose notice is not out yet is computed from the law alone: its dates are provisional.
"""

import json
from bisect import bisect_left
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

NATIONAL_DAYS = Path(__file__).with_name("national_days.json")
Overrides = Mapping[date, bool]
_DAY = timedelta(days=1)
_SATURDAY = 5


class _Year(NamedTuple):
    """One year: for each day whether it is worked, and the number of working days up to and including it."""

    worked: tuple[bool, ...]
    counted: tuple[int, ...]


@lru_cache(maxsize=1)
def _national() -> dict[str, Any]:
    """The shipped notices: the last year announced, and per year the days that differ from a plain week."""
    return json.loads(NATIONAL_DAYS.read_text())


@lru_cache(maxsize=64)
def _year(year: int) -> _Year:
    # Beyond the shipped years only the weekend is known.
    turned = set(_national()["years"].get(str(year), ()))
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    days = [date.fromordinal(number) for number in range(first, last + 1)]
    worked = tuple((day.weekday() < _SATURDAY) != (f"{day:%m-%d}" in turned) for day in days)
    return _Year(worked, tuple(accumulate(worked)))


def _place(day: date) -> int:
    return day.timetuple().tm_yday - 1


def is_working_day(day: date, overrides: Overrides | None = None) -> bool:
    """Tell whether the office works on a day."""
    if overrides and day in overrides:
        return overrides[day]
    return _year(day.year).worked[_place(day)]


def is_provisional(day: date) -> bool:
    """Tell whether the national notice for the day's year is not out yet, so that the calendar may still change."""
    return day.year > _national()["announced"]


def working_days_between(start: date, end: date, overrides: Overrides | None = None) -> int:
    """Count the working days after `start` up to and including `end`; 0 when `end` is not later."""
    if end <= start:
        return 0
    count = _year(end.year).counted[_place(end)] - _year(start.year).counted[_place(start)]
    count += sum(_year(year).counted[-1] for year in range(start.year, end.year))
    for day, works in (overrides or {}).items():
        if start < day <= end:
            count += works - is_working_day(day)
    return count


def _nationally_after(day: date, count: int) -> date:
    """Return the working day that is `count` working days after a day, by the national calendar alone."""
    year = day.year
    target = _year(year).counted[_place(day)] + count
    while target > _year(year).counted[-1]:
        target -= _year(year).counted[-1]
        year += 1
    return date(year, 1, 1) + timedelta(days=bisect_left(_year(year).counted, target))


def add_working_days(day: date, count: int, overrides: Overrides | None = None) -> date:
    """Return the working day that is `count` working days after a day; the day itself for 0."""
    if count < 0:
        raise ValueError(f"Working days are counted forwards, not by {count}.")
    if count == 0:
        return day
    found = _nationally_after(day, count)
    # Few days are overridden, so a few steps bring the national answer to the office's own.
    surplus = working_days_between(day, found, overrides) - count
    while surplus < 0:
        found += _DAY
        surplus += is_working_day(found, overrides)
    while surplus > 0 or not is_working_day(found, overrides):
        surplus -= is_working_day(found, overrides)
        found -= _DAY
    return found


def is_worked_weekend(day: date, overrides: Overrides | None = None) -> bool:
    """Tell whether a Saturday or Sunday is worked, to make up for a long holiday or because the office says so."""
    return day.weekday() >= _SATURDAY and is_working_day(day, overrides)


def is_holiday(day: date, overrides: Overrides | None = None) -> bool:
    """Tell whether a day belongs to a holiday: a weekday off, or a weekend in one row with such a weekday."""
    if is_working_day(day, overrides):
        return False
    for step in (-_DAY, _DAY):
        near = day
        while not is_working_day(near, overrides):
            if near.weekday() < _SATURDAY:
                return True
            near += step
    return False
