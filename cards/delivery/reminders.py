"""Reminders that need a forecast: a card that is later than was estimated."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from cards import forecast, services
from cards.models import Application
from cards.notice_vocabulary import NoticeKind
from cards.rules import china_day


def remind_of_delays(late: QuerySet[Any], now: datetime) -> int:
    """Tell whose card is late, once for each stage it is late in; `late` are the cases that may be.

    The estimate itself is asked before anybody is told: it takes off the days on which a clock stood.
    """

    def is_overdue(application: Application) -> bool:
        estimate = forecast.estimate(application, now)
        return estimate is not None and estimate.overdue

    return services.remind(late, NoticeKind.ESTIMATE_MISSED, lambda row: (china_day(now), row.stage), now, is_overdue)
