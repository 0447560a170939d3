"""When a card will probably be ready: measured from the portal's own finished cases, never promised.

A forecast is counted in working days from entering the present stage to `ready`, per kind and method, and never as a
sum of stages, because the stages of one card are not independent.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from cards import calendar, workflow
from cards.models import Application, Forecast, MonthlyTime
from cards.models.monthly_times import months_since
from cards.models.rule_data import book_of, forecasts, office_days
from cards.rules import CHINA, china_day
from cards.vocabulary import Stage

CASES_NEEDED = 30
WINDOW = timedelta(days=90)
MOST = 0.9
# So many cards made ready at one outlet in one minute were closed in bulk and say nothing about how long cards take.
BULK_IN_A_MINUTE = 20
MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Estimate:
    """Half by, most by, and from when one may ask; days in China.

    `cases` is the count of finished cases it rests on, 0 where it is the service standard (then both days are one).
    `provisional` says that a holiday calendar on the way is not announced yet.
    """

    half_by: date
    most_by: date
    ask_from: date
    cases: int
    overdue: bool
    provisional: bool
    # Working days spent in the present stage so far, and those within which half and most were ready.
    day: int
    half_days: int
    most_days: int


def stopped_days(application: Application, since: datetime, until: datetime) -> int:
    """Working days between two moments on which the clock stood."""
    days = 0
    for start, end in application.stop_spans():
        begin, finish = max(start, since), min(end or until, until)
        if begin < finish:
            days += calendar.working_days_between(china_day(begin), china_day(finish), office_days())
    return days


def days_to_ready(application: Application, stage: Stage) -> int | None:
    """Working days a finished case took from a stage to ready, without stopped time; None if it skipped it."""
    entered, ready = application.reached().get(stage), application.ready_at
    if entered is None or ready is None or entered > ready:
        return None
    whole = calendar.working_days_between(china_day(entered), china_day(ready), office_days())
    return max(0, whole - stopped_days(application, entered, ready))


def standard_days(application: Application) -> int:
    """Working days from the present stage to ready by the standard under which the application was accepted."""
    book = book_of(application.rule_version)
    return book.standard_to_ready(application.kind, application.method, application.stage)


def estimate(application: Application, now: datetime) -> Estimate | None:
    """The estimate for an application before `ready`; None where the clock stands or nothing is to be waited for."""
    if application.stage not in workflow.BEFORE_READY or application.stop:
        return None
    known = forecasts().get((application.kind, application.method, application.stage))
    if known is not None:
        half, most, cases = known.half_days, known.most_days, known.cases
    else:
        half = most = standard_days(application)
        cases = 0
    entered = application.stage_since
    lost = stopped_days(application, entered, now)
    start = china_day(entered)
    off = office_days()
    half_by = calendar.add_working_days(start, half + lost, off)
    most_by = calendar.add_working_days(start, most + lost, off)
    ask_from = day_to_ask_after(most_by)
    return Estimate(
        half_by=half_by,
        most_by=most_by,
        ask_from=ask_from,
        cases=cases,
        overdue=china_day(now) > most_by,
        provisional=calendar.is_provisional(ask_from),
        day=max(0, calendar.working_days_between(start, china_day(now), off) - lost),
        half_days=half,
        most_days=most,
    )


def day_to_ask_after(day: date) -> date:
    """The working day after one by which a card was expected: from then on one may ask."""
    return calendar.add_working_days(day, 1, office_days())


def recompute(now: datetime) -> int:
    """Draw the forecasts anew from the cards that became ready in the last 90 days; returns how many rows stand."""
    durations: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for application in _made_ready(now - WINDOW, now):
        for stage in workflow.BEFORE_READY:
            days = days_to_ready(application, stage)
            if days is not None:
                durations[application.kind, application.method, stage.value].append(days)
    rows = [
        Forecast(
            kind=kind,
            method=method,
            stage=stage,
            half_days=_quantile(days, 0.5),
            most_days=_quantile(days, MOST),
            cases=len(days),
            computed_at=now,
        )
        for (kind, method, stage), days in sorted(durations.items())
        if len(days) >= CASES_NEEDED
    ]
    with transaction.atomic():
        Forecast.objects.all().delete()
        Forecast.objects.bulk_create(rows)
    forecasts.kept.clear()
    return len(rows)


def months_before(day: date, count: int = MONTHS_SHOWN) -> list[date]:
    """The first days of the last whole months before a day, oldest first."""
    place = day.year * 12 + day.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(place - count, place)]


def draw_months(now: datetime) -> int:
    """Draw each of the last twelve whole months that is not drawn yet, and the last one anew; returns the rows made.

    A month that is over hardly changes, so it is read once; a result file may still bring days of the last one.
    """
    months = months_before(china_day(now))
    drawn = set(MonthlyTime.objects.filter(month__lt=months[-1]).values_list("month", flat=True))
    rows = [row for month in months if month not in drawn for row in _month(month, now)]
    with transaction.atomic():
        MonthlyTime.objects.filter(month=months[-1]).delete()
        MonthlyTime.objects.bulk_create(rows, ignore_conflicts=True)
    months_since.kept.clear()
    return len(rows)


def _month(month: date, now: datetime) -> list[MonthlyTime]:
    """What took how long from its acceptance among the cards that became ready in a month."""
    following = (month + timedelta(days=31)).replace(day=1)
    begin, end = (datetime(day.year, day.month, 1, tzinfo=CHINA) for day in (month, following))
    durations: dict[tuple[str, str], list[int]] = defaultdict(list)
    for application in _made_ready(begin, end - timedelta(microseconds=1)):
        days = days_to_ready(application, Stage.ACCEPTED)
        if days is not None:
            durations[application.kind, application.method].append(days)
    return [
        MonthlyTime(
            month=month,
            kind=kind,
            method=method,
            half_days=_quantile(days, 0.5),
            most_days=_quantile(days, MOST),
            cases=len(days),
            computed_at=now,
        )
        for (kind, method), days in sorted(durations.items())
    ]


def _made_ready(since: datetime, until: datetime) -> Iterator[Application]:
    """The cards that became ready in a time, without those that were closed in bulk."""
    bulk = _bulk_closures(since, until)
    for application in Application.objects.filter(ready_at__gte=since, ready_at__lte=until).iterator(chunk_size=1000):
        if (application.delivery_outlet_id, _minute(application.ready_at)) not in bulk:
            yield application


def _minute(moment: datetime | None) -> int:
    return int(moment.timestamp() // 60) if moment else 0


def _bulk_closures(since: datetime, until: datetime) -> set[tuple[int, int]]:
    """The (outlet, minute) pairs in which so many cards became ready that it was one sitting of a clerk."""
    moments = Application.objects.filter(ready_at__gte=since, ready_at__lte=until).values_list(
        "delivery_outlet_id", "ready_at"
    )
    sittings = Counter((outlet, _minute(ready)) for outlet, ready in moments.iterator(chunk_size=5000))
    return {place for place, cases in sittings.items() if cases >= BULK_IN_A_MINUTE}


def _quantile(days: list[int], share: float) -> int:
    """The smallest number of days within which at least this share of the cases was ready."""
    return sorted(days)[math.ceil(share * len(days)) - 1]
