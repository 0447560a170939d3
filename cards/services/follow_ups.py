"""Promising a call-back, sending somebody to a window, and recording how it ended."""

import uuid
from datetime import datetime, time, timedelta

from cards import calendar
from cards.actors import Actor, Proof
from cards.models import Cardholder, FollowUp, Outlet
from cards.models.rule_data import office_days
from cards.office_vocabulary import FollowUpKind, FollowUpOutcome
from cards.rules import CHINA
from cards.services import proof
from cards.services.deed import Deed
from cards.services.opening import deed
from cards.staff_errors import FollowUpSettled, OutcomeDoesNotFit, OutletClosed
from cards.vocabulary import Action, EventKind

# How each kind can end.
OUTCOMES = {
    FollowUpKind.CALL_BACK: (FollowUpOutcome.REACHED, FollowUpOutcome.NOT_REACHED, FollowUpOutcome.NOT_NEEDED),
    FollowUpKind.COMES_IN: (FollowUpOutcome.CAME, FollowUpOutcome.NOT_NEEDED),
}
KEPT_AFTER = timedelta(days=90)


def promise_call_back(holder: Cardholder, *, reason: str, days: int, actor: Actor, note: str = "") -> FollowUp:
    """Put a person on the call-back list, to be called within so many working days (0: today) on the phone on file."""
    with deed(holder, actor) as act:
        proof.check(act, Action.CALL_BACK, Proof())
        return _promise(act, FollowUpKind.CALL_BACK, reason, days, note)


def refer_to_outlet(
    holder: Cardholder, *, outlet: Outlet, reason: str, days: int, actor: Actor, note: str = ""
) -> FollowUp:
    """Tell an outlet that a person comes in within so many working days (0: today); it expires after the last one."""
    with deed(holder, actor) as act:
        proof.check(act, Action.REFER, Proof())
        if outlet.closed_for_good:
            raise OutletClosed()
        return _promise(act, FollowUpKind.COMES_IN, reason, days, note, outlet)


def _promise(
    act: Deed, kind: FollowUpKind, reason: str, days: int, note: str, outlet: Outlet | None = None
) -> FollowUp:
    last = calendar.add_working_days(act.today, days, office_days()) if days else act.today
    made = FollowUp.objects.create(
        holder=act.holder,
        kind=kind,
        reason=reason,
        outlet=outlet,
        until=datetime.combine(last + timedelta(days=1), time(), CHINA),
        note=note.strip() or None,
        made_at=act.now,
        made_by=act.actor.user,
    )
    act.record(EventKind.FOLLOW_UP_PROMISED, made, kind)
    return made


def settle_follow_up(follow_up: FollowUp, outcome: str, *, actor: Actor) -> FollowUp:
    """Record how a call-back or a visit ended; the first to say so is right."""
    with deed(follow_up.holder_id, actor) as act:
        proof.check(act, Action.SETTLE, Proof())
        follow_up.refresh_from_db()
        if follow_up.settled_at is not None:
            raise FollowUpSettled()
        if outcome not in OUTCOMES[FollowUpKind(follow_up.kind)]:
            raise OutcomeDoesNotFit()
        act.swap(follow_up, {"settled_at": None}, settled_at=act.now, outcome=outcome)
        act.record(EventKind.FOLLOW_UP_SETTLED, follow_up, outcome)
    return follow_up


def forget_old_follow_ups(now: datetime, limit: int) -> int:
    """Remove what was agreed long ago: the ledger keeps that it happened, the note need not stay."""
    old = FollowUp.objects.filter(until__lte=now - KEPT_AFTER).order_by("until")
    keys: list[uuid.UUID] = list(old.values_list("pk", flat=True)[:limit])
    removed, _by_model = FollowUp.objects.filter(pk__in=keys).delete()
    return removed
