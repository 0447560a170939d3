"""Times that were measured and hours that are kept: forecasts, a year of months, special days."""

from collections.abc import Callable
from datetime import date

from django.db import models
from django.utils import timezone

from cards import memory
from cards.forecast import months_before
from cards.models import Forecast, MonthlyTime, Outlet, SpecialHours
from cards.rules import china_day
from cards.vocabulary import ApplicationKind, IssueMethod, Stage


def measured_times(cases: int = 40) -> None:
    """Forecasts for each step of a first application, and a year of months, the oldest with too few cards."""
    now = timezone.now()
    kind = {"kind": ApplicationKind.FIRST, "method": IssueMethod.FACTORY, "computed_at": now}
    for place, stage in enumerate(
        (Stage.ACCEPTED, Stage.CHECKING, Stage.BANK_ACCOUNT, Stage.PRODUCING, Stage.SENDING)
    ):
        Forecast.objects.create(stage=stage, half_days=8 - place, most_days=12 - place, cases=cases, **kind)
    for place, month in enumerate(months_before(china_day(now))):
        MonthlyTime.objects.create(
            month=month, half_days=6 + place % 3, most_days=10 + place % 4, cases=cases if place else 12, **kind
        )
    memory.forget_all()


def forecast(**given: object) -> Forecast:
    """A forecast that is not saved."""
    row = {"kind": "first", "method": "factory", "stage": "checking", "half_days": 3, "most_days": 5, "cases": 30}
    return Forecast(computed_at=timezone.now(), **row | given)


def monthly_time(**given: object) -> MonthlyTime:
    """A month that is not saved."""
    row = {"kind": "first", "method": "factory", "month": date(2026, 10, 1), "half_days": 3, "most_days": 5}
    return MonthlyTime(computed_at=timezone.now(), cases=30, **row | given)


def special_hours(outlet: Outlet) -> SpecialHours:
    """Days that end before they begin, not saved."""
    days = {"first_day": date(2026, 10, 2), "last_day": date(2026, 10, 1)}
    return SpecialHours(outlet=outlet, reason_zh="装修", reason_en="renovation", **days)


def twice(make: Callable[[], models.Model]) -> models.Model:
    """The same row again, after the first was saved."""
    make().save()
    return make()
