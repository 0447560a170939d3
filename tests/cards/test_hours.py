"""Opening hours: read from the short form, told in words, asked for moments around every edge."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import calendar
from cards.hours import (
    MINUTES,
    HoursMalformed,
    Plan,
    Special,
    read_spans,
    read_week,
    state_at,
    told_state,
    told_week,
)
from cards.rules import CHINA

WEEK = read_week("1-5 9:00-12:00 13:30-17:00\n6 9:00-12:00")
PLAN = Plan(WEEK, {})


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("1-5 9:00-17:00", "Monday to Friday 9:00–17:00", "周一至周五 9:00–17:00"),
        (
            "1-5 9:00-12:00 13:30-17:00\n6 9:00-12:00",
            "Monday to Friday 9:00–12:00, 13:30–17:00; Saturday 9:00–12:00",
            "周一至周五 9:00–12:00，13:30–17:00；周六 9:00–12:00",
        ),
        ("1 8:00-9:00\n3 8:00-9:00", "Monday 8:00–9:00; Wednesday 8:00–9:00", "周一 8:00–9:00；周三 8:00–9:00"),
        ("1-4 9:00-17:00\n5 9:00-17:00", "Monday to Friday 9:00–17:00", "周一至周五 9:00–17:00"),
        ("1-7 0:00-24:00", "Monday to Sunday day and night", "周一至周日 全天"),
        (
            "1-5 9：00—17：00，18:00～19:00",
            "Monday to Friday 9:00–17:00, 18:00–19:00",
            "周一至周五 9:00–17:00，18:00–19:00",
        ),
        ("", "", ""),
    ],
)
def test_hours_are_told_in_both_languages(text: str, english: str, chinese: str) -> None:
    assert told_week(text, "en") == english
    assert told_week(text, "zh-hans") == chinese


@pytest.mark.parametrize(
    "text",
    ["1-5", "0 9:00-10:00", "5-1 9:00-10:00", "Mon 9:00-17:00", "1 9-17", "1 9:60-10:00", "1 9:00-9:00",
     "1 12:00-9:00", "1 9:00-24:01", "1 9:00-12:00 12:00-13:00", "1 13:00-14:00 9:00-10:00",
     "1-3 9:00-10:00\n3 9:00-10:00"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(HoursMalformed) as refused:
        read_week(text)
    assert len(str(refused.value)) > 10


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        week = read_week(text)
    except HoursMalformed:
        return
    assert all(0 <= start < end <= MINUTES for spans in week for start, end in spans)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-11-23 08:59", "Closed now; opens today at 9:00"),
        ("2026-11-23 09:00", "Open now, until 12:00"),
        ("2026-11-23 11:59", "Open now, until 12:00"),
        ("2026-11-23 12:00", "Closed now; opens today at 13:30"),
        ("2026-11-23 16:59", "Open now, until 17:00"),
        ("2026-11-23 17:00", "Closed now; opens tomorrow at 9:00"),
        ("2026-11-23 23:59", "Closed now; opens tomorrow at 9:00"),
        ("2026-11-28 10:00", "Open now, until 12:00"),
        ("2026-11-28 12:00", "Closed now; opens Monday at 9:00"),
        ("2026-11-29 00:00", "Closed now; opens tomorrow at 9:00"),
        # National Day 2026: 1 to 7 October off, Saturday 10 October worked.
        ("2026-09-30 18:00", "Closed now; opens 8 October 2026 at 9:00"),
        ("2026-10-03 10:00", "Closed now; opens Thursday at 9:00"),
        ("2026-10-10 14:00", "Closed now; opens Monday at 9:00"),
    ],
)
def test_a_place_is_open_or_says_when_it_opens(at: str, told: str) -> None:
    assert told_state(state_at(PLAN, moment(at)), moment(at)) == told


def test_a_worked_weekend_has_the_hours_of_monday_where_it_has_none_of_its_own() -> None:
    sunday = date(2026, 9, 20)
    assert calendar.is_worked_weekend(sunday)
    assert PLAN.spans_on(sunday) == WEEK[0]
    assert Plan(WEEK, {}, on_holidays=True).spans_on(sunday) == ()


def test_a_weekend_in_a_row_with_a_day_off_belongs_to_the_holiday() -> None:
    assert calendar.is_holiday(date(2026, 10, 3))
    assert not calendar.is_holiday(date(2026, 11, 28))
    assert not calendar.is_holiday(date(2026, 11, 27))
    assert Plan(WEEK, {}, on_holidays=True).spans_on(date(2026, 10, 3)) == WEEK[5]


def test_an_office_day_of_its_own_wins() -> None:
    assert Plan(WEEK, {}, days_off={date(2026, 11, 24): False}).spans_on(date(2026, 11, 24)) == ()


def test_special_days_say_why_and_when_it_opens_again() -> None:
    days = [date(2026, 11, day) for day in (23, 24, 25)]
    plan = Plan(WEEK, {day: Special((), "renovation", days[-1]) for day in days})
    at = moment("2026-11-23 10:00")
    assert told_state(state_at(plan, at), at) == "Closed: renovation; opens Thursday at 9:00"
    short = Plan(WEEK, {days[0]: Special(read_spans("10:00-11:00"), "training", days[0])})
    assert told_state(state_at(short, at), at) == "Open now, until 11:00"


def test_a_place_that_never_opens_does_not_say_when() -> None:
    at = moment("2026-11-23 10:00")
    assert told_state(state_at(Plan(read_week(""), {}), at), at) == "Closed now"


def test_day_and_night_is_said_as_such() -> None:
    always, at = Plan(read_week("1-7 0:00-24:00"), {}, on_holidays=True), moment("2026-10-01 00:00")
    assert told_state(state_at(always, at), at) == "Open day and night"
