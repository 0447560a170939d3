"""Owing people what falls due by the clock: a report that lapses tomorrow, a card about to be recalled, a late one."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.db import models

from cards import notices
from cards.actors import Actor
from cards.errors import Refusal
from cards.models import Application, LossReport, Notice, NoticeConsent
from cards.notice_vocabulary import NoticeKind
from cards.rules import CHINA, china_day
from cards.services.opening import deed
from cards.vocabulary import LossForm, Stage

logger = logging.getLogger("cards.notices")
# A card is recalled on a day that was told when it became ready; so many days before, it is told again.
BEFORE_RECALL = timedelta(days=14)
_TOGETHER = 200


def remind_of_lapses(now: datetime) -> int:
    """Tell of the oral reports that lapse at the end of tomorrow or sooner; returns how many notices are owed."""
    soon = datetime.combine(china_day(now) + timedelta(days=2), time(), CHINA)
    due = LossReport.objects.standing(now).filter(form=LossForm.ORAL, lapses_at__lte=soon)

    def last_day(report: LossReport) -> tuple[date, str]:
        # An oral report always lapses; at midnight it is in force until the end of the day before.
        lapses_at = report.lapses_at or now
        return china_day(lapses_at - timedelta(microseconds=1)), ""

    return remind(due, NoticeKind.LOSS_LAPSES, last_day, now)


def remind_of_recalls(now: datetime) -> int:
    """Tell of the cards whose time to collect them ends soon; returns how many notices are owed."""
    today = china_day(now)
    due = Application.objects.filter(
        stage=Stage.READY,
        collect_by__gte=today,
        collect_by__lte=today + BEFORE_RECALL,
        # One that became ready only now was told of just now.
        ready_at__lt=now - timedelta(days=1),
    )
    # A card that was returned and came again has another last day, which is told anew.
    return remind(due, NoticeKind.RECALL_SOON, lambda row: (row.collect_by, row.collect_by.isoformat()), now)


def remind(
    due: models.QuerySet[Any],
    kind: NoticeKind,
    about: Callable[[Any], tuple[date, str]],
    now: datetime,
    really: Callable[[Any], bool] = lambda row: True,
) -> int:
    """Owe a notice for each of these rows that was not told of yet; `about` gives the day and what makes it new.

    Each is a transaction of its own under the person's row, so that two workers never tell the same; returns how many
    notices are owed.
    """
    wanting = NoticeConsent.objects.in_force().filter(holder=models.OuterRef("holder"))
    rows = due.filter(models.Exists(wanting)).order_by("pk").iterator(chunk_size=_TOGETHER)
    made = 0
    for some in _in_sets(rows):
        facts = {notices.cause_of(row, kind, about(row)[1]): row for row in some}
        told = set(Notice.objects.filter(cause__in=facts).values_list("cause", flat=True))
        for cause, row in facts.items():
            if cause not in told and really(row):
                made += _remind(row, kind, about(row)[0], cause)
    return made


def _in_sets(rows: Iterable[Any]) -> Iterator[list[Any]]:
    each = iter(rows)
    while some := list(islice(each, _TOGETHER)):
        yield some


def _remind(row: Any, kind: NoticeKind, day: date, cause: str) -> int:
    try:
        with deed(row.holder_id, Actor.system()) as act:
            return notices.remind(row, kind, cause=cause, now=act.now, day=day)
    except Refusal:
        # Erased or merged at this very moment: the others are told all the same.
        logger.warning("One person could not be reminded.", exc_info=True)
        return 0
