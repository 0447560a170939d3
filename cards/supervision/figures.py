"""The figures of the overview: a fixed number of statements over indexes, whatever the number of cases."""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q

from cards import calendar, workflow
from cards.models import AccessRecord, AgentAct, Application, Event, LossReport, Outlet
from cards.models.rule_data import office_days
from cards.rules import CHINA
from cards.supervision.overdue import OverdueRule
from cards.vocabulary import AccessOutcome, AccessPurpose, Channel, EventKind, Keeper, LossStatus, Stage

MONTH = timedelta(days=30)
DAYS_AHEAD = 7
# From so many people on, an agent is worth a look; family and neighbours stay below.
MANY_HOLDERS = 3
LONGEST = 10
OPEN_STAGES = tuple(stage for stage in Stage if stage in workflow.OPEN)


@dataclass(frozen=True)
class StageFigure:
    """The open cases of a stage, and how many working days half and most of them have been there."""

    stage: Stage
    cases: int
    stopped: int
    overdue: int
    half_days: int
    most_days: int


def _china_day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


def stages(now: datetime) -> list[StageFigure]:
    """The open cases by stage, in the order of the chain; one statement, and two for each stage that has any."""
    late = OverdueRule.at(now).condition
    counted = Application.objects.open().order_by().values("stage")
    rows = {
        row["stage"]: row
        for row in counted.annotate(
            cases=Count("*"), stopped=Count("stage", filter=~Q(stop="")), overdue=Count("stage", filter=late)
        )
    }
    return [
        StageFigure(
            stage,
            row["cases"],
            row["stopped"],
            row["overdue"],
            _waited(stage, row["cases"], 5, now),
            _waited(stage, row["cases"], 9, now),
        )
        for stage in OPEN_STAGES
        if (row := rows.get(stage))
    ]


def _waited(stage: Stage, cases: int, tenths: int, now: datetime) -> int:
    """Working days within which so many tenths of the cases of a stage came there.

    The index has them in their order, so skipping to the place costs a thousandth of what a window over all costs.
    """
    place = -(-cases * tenths // 10)
    since = Application.objects.filter(stage=stage).order_by("-stage_since").values_list("stage_since", flat=True)
    # Where all of them moved on since they were counted, nobody waits.
    found = list(since[max(place - 1, 0) : place]) or [now]
    return _days(found[0], now)


def _days(since: datetime, now: datetime) -> int:
    return calendar.working_days_between(_china_day(since), _china_day(now), office_days())


def overdue_by_keeper(figures: list[StageFigure]) -> list[tuple[Keeper, int]]:
    """How many cases each party has had for longer than most take."""
    late: Counter[Keeper] = Counter()
    for figure in figures:
        late[workflow.KEEPERS[figure.stage]] += figure.overdue
    return [(keeper, late[keeper]) for keeper in Keeper if late[keeper]]


def on_the_way(now: datetime) -> list[tuple[Outlet, int, int]]:
    """Per outlet: cards that left the maker and are not signed for, and how many of them longer than most.

    Two statements: the outlets are read anew, because one opened within the last half minute is not in memory yet.
    """
    sent = Application.objects.filter(stage=Stage.SENDING).order_by().values("delivery_outlet")
    rows = sent.annotate(cases=Count("*"), late=Count("stage", filter=OverdueRule.at(now).condition))
    longest = list(rows.order_by("-late", "-cases", "delivery_outlet")[:LONGEST])
    outlets = Outlet.objects.in_bulk([row["delivery_outlet"] for row in longest])
    return [(outlets[row["delivery_outlet"]], row["cases"], row["late"]) for row in longest]


def lapsing(now: datetime) -> list[tuple[date, int]]:
    """Oral reports by the last day on which they are in force, for a week."""
    today = _china_day(now)
    until = _start_of(today) + timedelta(days=DAYS_AHEAD)
    due = LossReport.objects.filter(status=LossStatus.STANDING, lapses_at__gt=now, lapses_at__lte=until)
    by_day: Counter[date] = Counter()
    for moment, reports in due.order_by().values_list("lapses_at").annotate(reports=Count("*")):
        # 24:00 of a day is the first moment of the next.
        by_day[_china_day(moment - timedelta(microseconds=1))] += reports
    return [(day, by_day[day]) for day in (today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD))]


@dataclass(frozen=True)
class AgentFigure:
    """An agent without a name: one of the acts leads to all of them."""

    act: uuid.UUID
    holders: int
    acts: int


def agents(now: datetime) -> list[AgentFigure]:
    """The agents who acted for many people in the last 30 days, most people first; two statements."""
    counted = AgentAct.objects.counted(now).order_by().values("key_id", "digest")
    rows = list(
        counted.annotate(holders=Count("holder", distinct=True), acts=Count("*"))
        .filter(holders__gte=MANY_HOLDERS)
        .order_by("-holders", "-acts")[:LONGEST]
    )
    digests = [row["digest"] for row in rows]
    known = AgentAct.objects.counted(now).filter(digest__in=digests).values_list("digest", "pk")
    act_of = {bytes(digest): key for digest, key in known}
    return [AgentFigure(act_of[bytes(row["digest"])], row["holders"], row["acts"]) for row in rows]


def full_views(now: datetime) -> list[tuple[Any, str, int, int]]:
    """Per member of staff: key, name, full views today and in 30 days, most first."""
    today = _start_of(_china_day(now))
    views = AccessRecord.objects.filter(purpose=AccessPurpose.STAFF_FULL_VIEW, at__gte=now - MONTH)
    rows = views.order_by().values("user", "user__username")
    counted = rows.annotate(month=Count("*"), today=Count("at", filter=Q(at__gte=today))).order_by("-month")
    return [(row["user"], row["user__username"], row["today"], row["month"]) for row in counted[:LONGEST]]


def channel_shares(now: datetime) -> list[tuple[Channel, int]]:
    """Answers given in 30 days, by the door through which they were asked for."""
    asked = AccessRecord.objects.filter(
        at__gte=now - MONTH,
        outcome=AccessOutcome.FOUND,
        purpose__in=[AccessPurpose.ENQUIRY, AccessPurpose.FULL_ENQUIRY, AccessPurpose.STAFF_FIND],
    )
    rows = dict(asked.order_by().values_list("channel").annotate(answers=Count("*")))
    return [(channel, rows.get(channel, 0)) for channel in Channel if channel != Channel.SYSTEM]


# What a day is measured by, in the order in which a case passes it.
_TODAY = (
    EventKind.APPLICATION_ACCEPTED,
    EventKind.CARD_ISSUED,
    EventKind.CLOCK_STOPPED,
    EventKind.LOSS_REPORTED,
    EventKind.LOSS_CANCELLED,
    EventKind.LOSS_LAPSED,
    EventKind.REPLACEMENT_ACCEPTED,
)


def today(now: datetime) -> list[tuple[EventKind, int]]:
    """What was done today, by kind."""
    done = Event.objects.filter(at__gte=_start_of(_china_day(now)), kind__in=_TODAY)
    rows = dict(done.order_by().values_list("kind").annotate(events=Count("*")))
    return [(kind, rows.get(kind, 0)) for kind in _TODAY]
