"""Putting a mistaken step back: a new event that names the old one, and the rows as they were before it."""

import json
import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from cards import workflow
from cards.actors import Actor
from cards.models import Application, Card, CardCertificate, Cardholder, CardNumberIndex, Event, LossReport
from cards.rules import CHINA
from cards.services import proof
from cards.services.card_status import change_social, end_report
from cards.services.deed import Deed
from cards.services.opening import deed
from cards.staff_errors import (
    CorrectionNeedsSupervisor,
    CorrectionReasonMissing,
    LaterStepExists,
    NotToBePutBack,
    StateBeforeUnknown,
)
from cards.vocabulary import Action, ApplicationKind, EventKind, LossStatus, SocialStatus, Stage

LATER = "cards.act_grant"


def to_put_back(newest_first: Iterable[Event]) -> list[Event]:
    """Of the events of a person, the last step of each case, where it is of a kind that can be put back."""
    events = list(newest_first)
    put_back = {event.subject for event in events if event.kind == EventKind.CORRECTED}
    last: dict[str, Event] = {}
    for event in events:
        if event.kind not in workflow.BESIDE_THE_WAY and f"event:{event.pk}" not in put_back:
            last.setdefault(event.subject, event)
    return [event for event in last.values() if event.kind in workflow.CORRECTABLE]


def may_put_back(event: Event, actor: Actor, now: datetime) -> bool:
    """The same day whoever recorded it, or the same outlet; afterwards a supervisor."""
    user, outlet = actor.user, actor.outlet
    if user is None:
        return False
    same_day = event.at.astimezone(CHINA).date() == now.astimezone(CHINA).date()
    own = event.user_id == user.pk or (outlet is not None and event.outlet_id == outlet.pk)
    return (same_day and own) or user.has_perm(LATER)


def correct(event: Event, *, actor: Actor, reason: str) -> None:
    """Put a step back, as long as nothing was built on it; the history and the forecasts no longer count it."""
    holder = Cardholder.objects.only("merged_into").get(pk=event.holder_id)
    with deed(holder.merged_into_id or holder.pk, actor) as act:
        proof.office_only(act, Action.CORRECT)
        if event.kind not in workflow.CORRECTABLE:
            raise NotToBePutBack()
        if not reason.strip():
            raise CorrectionReasonMissing()
        if not may_put_back(event, actor, act.now):
            raise CorrectionNeedsSupervisor()
        events = Event.objects.told_of(act.holder).select_related("detail").order_by("-at", "-seq")
        if event not in to_put_back(events):
            raise LaterStepExists()
        before = _before(event)
        _PUT_BACK[EventKind(event.kind)](act, event, before)
        act.record(EventKind.CORRECTED, event, event.kind, reason=reason.strip())


def _before(event: Event) -> dict[str, Any]:
    """What the event says about the state before it; one of earlier days says nothing."""
    detail = getattr(event, "detail", None)
    before = json.loads(detail.text).get("before") if detail else None
    if not before:
        raise StateBeforeUnknown()
    return before


def _key(event: Event) -> uuid.UUID:
    return uuid.UUID(event.subject.partition(":")[2])


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# --- the way of an application ------------------------------------------------------------------------------------


def _put_back_step(act: Deed, event: Event, before: dict[str, Any]) -> None:
    application = Application.objects.get(holder=act.holder, pk=_key(event))
    _nothing_rests_on(act, application, event)
    seen = {"stage": application.stage, "stop": application.stop, "stage_since": application.stage_since}
    changes: dict[str, Any] = {
        "stage": before["stage"],
        "stop": before["stop"],
        "stage_since": _moment(before["stage_since"]),
        "ready_at": _moment(before["ready_at"]),
        "collect_by": date.fromisoformat(before["collect_by"]) if before["collect_by"] else None,
        "history": application.history[: before["entries"]],
    }
    if event.value == Stage.REFUSED:
        changes["refusal_reason"] = None
    if event.value == Stage.RECALLED and changes["collect_by"] < act.today:
        # Otherwise the worker would recall the card again at once.
        changes["collect_by"] = act.book.collection_deadline(act.now)
    card_id = application.card_id
    if event.value == Stage.COLLECTED:
        changes["card"] = None
    act.swap(application, seen, **changes)
    if event.value == Stage.COLLECTED and card_id is not None:
        _take_back_card(act, application, card_id, before)
    if event.value == Stage.ACTIVATED and card_id is not None:
        bank = {"bank_status": before["bank_status"], "bank_since": _moment(before["bank_since"])}
        act.swap(Card.objects.get(holder=act.holder, pk=card_id), {}, **bank)


def _nothing_rests_on(act: Deed, application: Application, event: Event) -> None:
    """A case that had ended may have made room for another one."""
    if event.value not in workflow.BROKEN_OFF:
        return
    others = Application.objects.of(act.holder).exclude(pk=application.pk)
    rivals = others.rivals(application.kind, application.card_type, application.replaced_card_id)
    # An open one accepted earlier came with a record that became part of this one.
    if rivals.filter(Q(accepted_at__gte=event.at) | Q(stage__in=sorted(workflow.OPEN))).exists():
        raise LaterStepExists()


def _take_back_card(act: Deed, application: Application, card_id: uuid.UUID, before: dict[str, Any]) -> None:
    """The card was not in the person's hands after all: its row goes, the certificate is good again."""
    card = Card.objects.get(holder=act.holder, pk=card_id)
    used = card.loss_reports.exists() or card.replacing.exists() or card.disputes.exists()
    if used or card.social_status != SocialStatus.NORMAL:
        raise LaterStepExists()
    CardNumberIndex.objects.filter(holder=act.holder, card=card).delete()
    card.delete()
    certificate = CardCertificate.objects.filter(holder=act.holder, application=application).first()
    if certificate is not None:
        act.swap(certificate, {}, used_at=None)
        act.swap(certificate.paper, {}, voided_at=None)
    if application.kind == ApplicationKind.EXCHANGE:
        _give_back_old_card(act, application, before)


def _give_back_old_card(act: Deed, application: Application, before: dict[str, Any]) -> None:
    """The exchanged card works as it did, and what was reported about it is in force again."""
    old = Card.objects.get(holder=act.holder, pk=application.replaced_card_id)  # type: ignore[misc]  # by constraint
    if before["old_report"]:
        report = LossReport.objects.get(holder=act.holder, pk=before["old_report"])
        act.swap(report, {"status": LossStatus.REPLACED}, status=LossStatus.STANDING.value, ended_at=None)
    change_social(act, old, Action.CORRECT, before["old_status"], since=_moment(before["old_since"]))


# --- a report on the wrong card -----------------------------------------------------------------------------------


def _put_back_report(act: Deed, event: Event, before: dict[str, Any]) -> None:
    """Void the report and give the card back both its states; an oral report it followed is in force again."""
    report = LossReport.objects.select_related("receipt").get(holder=act.holder, pk=_key(event))
    card = Card.objects.get(holder=act.holder, pk=report.card_id)
    if report.status != LossStatus.STANDING:
        raise LaterStepExists()
    end_report(act, report, Action.CORRECT)
    act.swap(report.receipt, {"voided_at": None}, voided_at=act.now)
    if before["followed"]:
        oral = LossReport.objects.get(holder=act.holder, pk=before["followed"])
        act.swap(oral, {"status": LossStatus.FORMALISED}, status=LossStatus.STANDING.value, ended_at=None)
    change_social(act, card, Action.CORRECT, before["status"], since=_moment(before["since"]))
    if card.bank_status != before["bank_status"]:
        bank = {"bank_status": before["bank_status"], "bank_since": _moment(before["bank_since"])}
        act.swap(card, {"bank_status": card.bank_status}, **bank)
        act.record(EventKind.CARD_STATUS, card, before["bank_status"])


_PUT_BACK: dict[EventKind, Callable[[Deed, Event, dict[str, Any]], None]] = {
    EventKind.STAGE_REACHED: _put_back_step,
    EventKind.CLOCK_STOPPED: _put_back_step,
    EventKind.CLOCK_RESUMED: _put_back_step,
    EventKind.LOSS_REPORTED: _put_back_report,
}
