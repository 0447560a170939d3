"""Which cases have stayed in their stage longer than most do, as one condition for lists and counts alike."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from cards import calendar, workflow
from cards.models.rule_data import book_on, forecasts, office_days
from cards.rules import CHINA
from cards.vocabulary import ApplicationKind, IssueMethod, Stage

# An application whose clock stands waits for something else, and an instant one has two stages before it is ready.
_BEFORE_READY = {
    IssueMethod.FACTORY: sorted(workflow.BEFORE_READY - {Stage.FEE_DUE}),
    IssueMethod.INSTANT: [Stage.ACCEPTED, Stage.CHECKING],
}


@dataclass(frozen=True)
class OverdueRule:
    """The condition on applications at a moment: past the day by which most such cards are ready.

    The day is the forecast's `most by`, counted from the day the stage began. Days on which a clock stood earlier in
    the same stage are not taken off here, as the person's own answer does, because no list could be sorted by that.
    """

    condition: Q

    @classmethod
    def at(cls, now: datetime) -> "OverdueRule":
        """The rule of this day; reads forecasts, standards and office days from memory."""
        today = now.astimezone(CHINA).date()
        book, known = book_on(today), forecasts()
        begun: dict[int, datetime] = {}
        condition = Q(pk__in=[])
        for method, stages in _BEFORE_READY.items():
            for stage in stages:
                for kind in ApplicationKind:
                    found = known.get((kind, method, stage))
                    days = found.most_days if found else book.standard_to_ready(kind, method, stage)
                    if days not in begun:
                        begun[days] = _begun_before(today, days)
                    condition |= Q(stage=stage, kind=kind, method=method, stop="", stage_since__lt=begun[days])
        return cls(condition)


def _begun_before(today: date, days: int) -> datetime:
    """The moment before which a stage must have begun for its `days` working days to be over today."""
    day, off = today - timedelta(days=days + 1), office_days()
    while calendar.add_working_days(day, days, off) >= today:
        day -= timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time(), CHINA)
