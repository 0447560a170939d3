"""Dates as people say them."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.template import Context, Template
from django.utils import translation

from portal.templatetags.dates import from_now, told_day, told_day_short, told_moment

LATE_IN_CHINA = datetime(2026, 11, 21, 17, 5, tzinfo=UTC)  # 01:05 on the 22nd


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", ["22 November 2026", "22 November", "22 November 2026, 01:05"]),
        ("zh-hans", ["2026年11月22日", "11月22日", "2026年11月22日 01:05"]),
    ],
)
def test_moments_are_told_in_china_time(language: str, written: list[str]) -> None:
    with translation.override(language):
        assert [form(LATE_IN_CHINA) for form in (told_day, told_day_short, told_moment)] == written


@pytest.mark.parametrize(("language", "written"), [("en", "5 January 2027"), ("zh-hans", "2027年1月5日")])
def test_a_plain_date_is_that_date(language: str, written: str) -> None:
    with translation.override(language):
        assert told_day(date(2027, 1, 5)) == written


@pytest.mark.parametrize("form", [told_day, told_day_short, told_moment])
def test_no_date_is_no_text(form) -> None:
    assert form(None) == ""


def test_the_filters_need_no_loading() -> None:
    with translation.override("en"):
        assert Template("{{ at|day }}").render(Context({"at": LATE_IN_CHINA})) == "22 November 2026"


def test_a_wait_ends_on_a_full_minute_and_never_too_early() -> None:
    with time_machine.travel(datetime(2026, 11, 22, 6, 0, 1, tzinfo=UTC), tick=False):
        assert from_now(timedelta(minutes=15)) == datetime(2026, 11, 22, 6, 16, tzinfo=UTC)
