"""On a person's screen: what waits for a second person, and which steps can be put back from this desk."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cards.desk.later_facts import facts_of
from cards.desk.staff import Desk
from cards.models import Amendment, Cardholder, Dispute, Event, Merge, Override
from cards.rules import CHINA
from cards.services.correcting import may_put_back, to_put_back
from cards.vocabulary import Action, Party

_TITLES: dict[type[Any], Any] = {
    Override: gettext_lazy("An exception is asked for"),
    Amendment: gettext_lazy("Personal data are to be corrected"),
    Merge: gettext_lazy("Two records are to be merged"),
    Dispute: gettext_lazy("The person does not have the collected card"),
}
_DECISIONS = {Dispute: (Action.CONFIRM_NOT_RECEIVED, Action.CONFIRM_HANDED_OVER)}


@dataclass(frozen=True)
class Waiting:
    """One thing that a second person has to decide, and the decisions this desk may take."""

    subject: Any
    title: str
    facts: list[tuple[str, str]]
    decisions: list[Action]
    note: str
    overdue: bool


def waiting_for(holder: Cardholder, desk: Desk) -> list[Waiting]:
    """Everything about a person that waits for a decision, the oldest first."""
    now = timezone.now()
    rows: list[Any] = list(Override.objects.of(holder).pending().alive(now).select_related("asked_by"))
    for model, related in ((Amendment, "asked_by"), (Merge, "other"), (Dispute, "card")):
        rows += model.objects.of(holder).pending().select_related("asked_by", related)
    return [_waiting(row, desk, now) for row in sorted(rows, key=lambda row: row.asked_at)]


def _waiting(row: Any, desk: Desk, now: datetime) -> Waiting:
    decisions = [action for action in _DECISIONS.get(type(row), (Action.GRANT, Action.DECLINE)) if desk.may(action)]
    note = ""
    if row.asked_by_id == desk.user.pk:
        note = _("You asked for this, so another person decides it.") if decisions else _("Waits for a supervisor.")
        decisions = []
    elif not decisions:
        note = _("Waits for a supervisor.")
    return Waiting(row, str(_TITLES[type(row)]), facts_of(row), decisions, note, is_overdue(row, now))


def is_overdue(row: Any, now: datetime) -> bool:
    """Whether the day by which a dispute has to be decided is over."""
    day: date | None = getattr(row, "decide_by", None)
    return day is not None and row.pending and day < now.astimezone(CHINA).date()


def steps_to_put_back(events: list[Event], desk: Desk) -> dict[str, Event]:
    """By the case it belongs to, the last step, where this desk may put it back now."""
    if not desk.may(Action.CORRECT):
        return {}
    now, actor = timezone.now(), desk.actor(Party.OFFICE)
    return {event.subject: event for event in to_put_back(events) if may_put_back(event, actor, now)}
