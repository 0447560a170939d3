"""Working days: real make-up days, the office's own exceptions, and counting that agrees with a plain walk."""

import subprocess
import sys
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from cards import calendar

DAY = timedelta(days=1)
# From the notices of the State Council for 2024, 2025 and 2026.
WORKED_WEEKENDS = {
    "2024-02": [4, 18],
    "2024-04": [7, 28],
    "2024-05": [11],
    "2024-09": [14, 29],
    "2024-10": [12],
    "2025-01": [26],
    "2025-02": [8],
    "2025-04": [27],
    "2025-09": [28],
    "2025-10": [11],
    "2026-01": [4],
    "2026-02": [14, 28],
    "2026-05": [9],
    "2026-09": [20],
    "2026-10": [10],
}
REST_DAYS = {
    "2024-02": [10, 11, 12, 13, 14, 15, 16, 17],
    "2024-10": [1, 2, 3, 4, 5, 6, 7],
    "2025-01": [1, 28, 29, 30, 31],
    "2025-02": [1, 2, 3, 4],
    "2025-10": [1, 2, 3, 4, 5, 6, 7, 8],
    "2026-01": [1, 2, 3],
    "2026-02": [15, 16, 17, 18, 19, 20, 21, 22, 23],
    "2026-05": [1, 2, 3, 4, 5],
    "2026-10": [1, 2, 3, 4, 5, 6, 7],
    "2026-11": [21, 22],
}
days = st.dates(min_value=date(2018, 1, 1), max_value=date(2030, 12, 31))
overrides = st.none() | st.dictionaries(
    st.dates(min_value=date(2025, 12, 1), max_value=date(2026, 3, 1)), st.booleans(), max_size=30
)


def walked(start: date, end: date, exceptions: dict[date, bool] | None) -> int:
    count = 0
    while start < end:
        start += DAY
        count += calendar.is_working_day(start, exceptions)
    return count


@pytest.mark.parametrize(("month", "days_of_month"), sorted(WORKED_WEEKENDS.items()))
def test_a_weekend_that_makes_up_for_a_holiday_is_worked(month: str, days_of_month: list[int]) -> None:
    for number in days_of_month:
        day = date.fromisoformat(f"{month}-{number:02d}")
        assert day.weekday() >= 5
        assert calendar.is_working_day(day)


@pytest.mark.parametrize(("month", "days_of_month"), sorted(REST_DAYS.items()))
def test_a_holiday_a_bridge_day_or_a_plain_weekend_is_not_worked(month: str, days_of_month: list[int]) -> None:
    for number in days_of_month:
        assert not calendar.is_working_day(date.fromisoformat(f"{month}-{number:02d}"))


def test_a_make_up_day_announced_with_the_next_year_counts_in_the_old_one() -> None:
    assert calendar.is_working_day(date(2006, 12, 30))
    assert calendar.is_working_day(date(2006, 12, 31))


def test_spring_festival_2026_is_jumped_over() -> None:
    # 14 February (Saturday) is worked; 15 to 23 February are off; 28 February (Saturday) is worked.
    assert calendar.add_working_days(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert calendar.add_working_days(date(2026, 2, 13), 2) == date(2026, 2, 24)
    assert calendar.add_working_days(date(2026, 2, 13), 6) == date(2026, 2, 28)
    assert calendar.add_working_days(date(2026, 2, 14), 1) == date(2026, 2, 24)
    assert calendar.working_days_between(date(2026, 2, 13), date(2026, 2, 23)) == 1


def test_the_year_2026_has_248_working_days() -> None:
    assert calendar.working_days_between(date(2025, 12, 31), date(2026, 12, 31)) == 248


def test_a_year_without_its_notice_is_provisional() -> None:
    assert not calendar.is_provisional(date(2026, 12, 31))
    # Moves on as the package learns new notices, so only a far year is certain.
    assert calendar.is_provisional(date(2090, 1, 1))


def test_the_office_closes_and_opens_against_the_calendar() -> None:
    closed = {date(2026, 11, 23): False, date(2026, 11, 24): False}
    assert not calendar.is_working_day(date(2026, 11, 23), closed)
    assert calendar.add_working_days(date(2026, 11, 22), 1, closed) == date(2026, 11, 25)
    assert calendar.add_working_days(date(2026, 11, 20), 1, {date(2026, 11, 22): True}) == date(2026, 11, 22)


def test_an_override_that_repeats_the_calendar_changes_nothing() -> None:
    same = {date(2026, 11, 22): False, date(2026, 11, 23): True}
    assert calendar.working_days_between(date(2026, 11, 20), date(2026, 11, 30), same) == 6


def test_nothing_is_counted_backwards() -> None:
    assert calendar.working_days_between(date(2026, 11, 23), date(2026, 11, 23)) == 0
    assert calendar.working_days_between(date(2026, 11, 23), date(2026, 11, 2)) == 0
    with pytest.raises(ValueError, match="forwards"):
        calendar.add_working_days(date(2026, 11, 23), -1)


def test_adding_nothing_keeps_the_day_even_when_it_is_not_worked() -> None:
    assert calendar.add_working_days(date(2026, 11, 22), 0) == date(2026, 11, 22)


@given(days, st.integers(min_value=1, max_value=600), overrides)
def test_adding_and_counting_round_trip(day: date, count: int, exceptions: dict[date, bool] | None) -> None:
    found = calendar.add_working_days(day, count, exceptions)
    assert calendar.working_days_between(day, found, exceptions) == count
    assert calendar.is_working_day(found, exceptions)


@given(days, st.integers(min_value=0, max_value=900), overrides)
def test_counting_agrees_with_a_plain_walk(start: date, length: int, exceptions: dict[date, bool] | None) -> None:
    end = start + timedelta(days=length)
    assert calendar.working_days_between(start, end, exceptions) == walked(start, end, exceptions)


def test_the_shipped_days_are_what_the_package_knows() -> None:
    call_command("national_days", "--check")


def test_no_calendar_of_the_world_is_loaded_by_a_worker() -> None:
    script = (
        "import sys; from datetime import date; from cards import calendar\n"
        "assert calendar.is_working_day(date(2026, 2, 14))\n"
        "assert not any(name.startswith('holidays') for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
