"""Accepting an application and moving it along its chain."""

import logging
import uuid
from datetime import datetime
from typing import Any

from cards import id_number, sealing, workflow
from cards.actors import Actor, Proof
from cards.errors import (
    ActivationNotNeeded,
    ApplicationOpenAlready,
    BankMissing,
    CardHeldAlready,
    CardTypeNotForAge,
    ExchangeReasonMissing,
    FeeExemptionNotListed,
    InstantIssueNotHere,
    LostCardNeedsReplacement,
    NotPossibleNow,
    OrdinaryCardNotReplaced,
    OutletAcceptsNone,
    OutletDoesNotDoThis,
    OutletOfAnotherBank,
    PreparedElsewhere,
    ReasonMissing,
    Refusal,
    WrongPerson,
)
from cards.models import Application, Bank, Card, Cardholder, LossReport, Outlet
from cards.rules import china_day
from cards.services import proof, steps
from cards.services.card_status import no_dispute_open, void_for_first_financial
from cards.services.deed import Deed
from cards.services.opening import deed
from cards.services.phones import put_phone_on_file
from cards.vocabulary import (
    FINANCIAL_TYPES,
    ORDINARY_TYPES,
    Action,
    ApplicationKind,
    BankStatus,
    CardType,
    EventKind,
    FeeExemption,
    IssueMethod,
    PaperKind,
    SocialStatus,
    Stage,
    StopReason,
)

NO_PROOF = Proof()
logger = logging.getLogger("cards.services")


def accept_application(
    holder: Cardholder,
    *,
    kind: str,
    card_type: str,
    delivery_outlet: Outlet,
    actor: Actor,
    evidence: Proof,
    method: str = IssueMethod.FACTORY,
    bank: Bank | None = None,
    replaced_card: Card | None = None,
    exchange_reason: str = "",
    fee_exemption: str = "",
    phone: str = "",
) -> Application:
    """Accept a first application or an exchange; a lost card is replaced by `replace_card`.

    A first application for a financial blue card may name a lost or outdated ordinary card: its acceptance voids
    that card and ends cancelling (S11). A telephone number given with the ID document in hand is put on file.
    """
    if kind == ApplicationKind.REPLACEMENT:
        raise PreparedElsewhere()
    with deed(holder, actor) as act:
        remembered = proof.check(act, Action.ACCEPT, evidence, replaced_card)
        if replaced_card is not None and replaced_card.holder_id != act.holder.pk:
            raise WrongPerson()
        if not act.outlet.accepts_applications:
            raise OutletAcceptsNone()
        _check_card_type(act, kind, card_type, replaced_card)
        _check_not_held(act, kind, card_type, replaced_card)
        _check_none_open(act, kind, card_type, replaced_card)
        if phone.strip():
            put_phone_on_file(act, phone)
        application = open_application(
            act,
            kind=kind,
            card_type=card_type,
            delivery_outlet=delivery_outlet,
            method=method,
            bank=bank or delivery_outlet.bank,
            replaced_card=replaced_card,
            exchange_reason=exchange_reason,
            fee_exemption=fee_exemption,
            remembered=remembered,
        )
        if kind == ApplicationKind.FIRST and replaced_card is not None:
            void_for_first_financial(act, replaced_card, application, remembered)
    return application


def _check_card_type(act: Deed, kind: str, card_type: str, replaced_card: Card | None) -> None:
    if card_type == CardType.FINANCIAL_PREFERENTIAL_BLUE and not act.book.preferential_at(
        id_number.age_on(act.holder.id_number, act.today)
    ):
        act.refuse(CardTypeNotForAge(age=act.book.preferential_from_age))
    if replaced_card is None:
        if kind == ApplicationKind.EXCHANGE:
            raise NotPossibleNow(state=ApplicationKind.EXCHANGE.label)
        return
    replaced_card.refresh_from_db()
    no_dispute_open(act, replaced_card)
    if kind == ApplicationKind.FIRST and replaced_card.card_type not in ORDINARY_TYPES:
        raise PreparedElsewhere()
    if kind == ApplicationKind.FIRST and card_type in ORDINARY_TYPES:
        act.refuse(OrdinaryCardNotReplaced())
    if kind == ApplicationKind.EXCHANGE:
        if LossReport.objects.of(act.holder).filter(card=replaced_card).standing(act.now).exists():
            raise LostCardNeedsReplacement()
        if replaced_card.social_status not in workflow.USABLE:
            raise NotPossibleNow(state=replaced_card.get_social_status_display())


def _check_not_held(act: Deed, kind: str, card_type: str, replaced_card: Card | None) -> None:
    """A first application is for who has no such card; whoever lost one takes the way of its type (S11)."""
    if kind != ApplicationKind.FIRST:
        return
    held = Card.objects.of(act.holder).exclude(social_status=SocialStatus.CANCELLED)
    if replaced_card is not None:
        held = held.exclude(pk=replaced_card.pk)
    if card_type in ORDINARY_TYPES and held.filter(
        card_type__in=sorted(ORDINARY_TYPES), social_status__in=sorted(workflow.LOST)
    ):
        act.refuse(OrdinaryCardNotReplaced())
    elif held.filter(card_type=card_type).exists():
        act.refuse(CardHeldAlready())


def _check_none_open(act: Deed, kind: str, card_type: str, replaced_card: Card | None) -> None:
    """One open application per card replaced, and one first application per card type."""
    open_ones = Application.objects.of(act.holder).open()
    if under_way := open_ones.rivals(kind, card_type, replaced_card.pk if replaced_card else None).first():
        raise ApplicationOpenAlready(act.last_act(under_way))


def open_application(
    act: Deed,
    *,
    kind: str,
    card_type: str,
    delivery_outlet: Outlet,
    method: str,
    bank: Bank | None,
    replaced_card: Card | None,
    exchange_reason: str,
    fee_exemption: str,
    remembered: dict[str, Any],
    activation_needed: bool = False,
) -> Application:
    """Write the row of a new application with its receipt and its first event."""
    if not delivery_outlet.hands_over or delivery_outlet.closed_for_good:
        raise OutletDoesNotDoThis()
    if method == IssueMethod.INSTANT and not (act.outlet.instant_issue and delivery_outlet == act.outlet):
        raise InstantIssueNotHere()
    if card_type in FINANCIAL_TYPES and bank is None:
        raise BankMissing()
    if card_type in FINANCIAL_TYPES and bank is not None and delivery_outlet.bank_id not in (None, bank.pk):
        raise OutletOfAnotherBank()
    if kind == ApplicationKind.EXCHANGE and not exchange_reason:
        raise ExchangeReasonMissing()
    fee = _fee(act, kind, fee_exemption)
    application = Application.objects.create(
        holder=act.holder,
        kind=kind,
        method=method,
        card_type=card_type,
        bank=bank if card_type in FINANCIAL_TYPES else None,
        replaced_card=replaced_card,
        exchange_reason=exchange_reason if kind == ApplicationKind.EXCHANGE else "",
        receipt=act.paper(PaperKind.RECEIPT),
        accepted_outlet=act.outlet,
        delivery_outlet=delivery_outlet,
        stage=Stage.ACCEPTED,
        stage_since=act.now,
        accepted_at=act.now,
        fee_yuan=fee,
        fee_exemption="" if fee else fee_exemption,
        activation_needed=activation_needed,
        rule_version=act.book.version,
        history=[["stage", Stage.ACCEPTED.value, act.now.isoformat()]],
    )
    act.record(EventKind.APPLICATION_ACCEPTED, application, kind, **telling(remembered))
    return application


def _fee(act: Deed, kind: str, exemption: str) -> int:
    """The fee under the rules; a ground they do not list exempts only by exception."""
    fee = act.book.fee(kind, exemption)
    if exemption == FeeExemption.NOT_RECEIVED and act.action == Action.CONFIRM_NOT_RECEIVED:
        # A supervisor decided that the card was lost on our side; no rule of a place makes a person pay for that.
        return 0
    if fee and exemption not in ("", FeeExemption.FIRST_ISSUE):
        act.refuse(FeeExemptionNotListed())
        return 0
    return fee


def before(act: Deed, application: Application) -> dict[str, Any]:
    """The way of an application as it stands: kept with the event of each step, so that it can be put back."""
    return steps.standing(Application.objects.of(act.holder).get(pk=application.pk))


def telling(remembered: dict[str, Any]) -> dict[str, Any]:
    """The parts of a checked proof that go into the sealed detail of an event."""
    return {name: value for name, value in remembered.items() if name in ("evidence", "agent_name", "agent_id_number")}


def advance(
    application: Application, action: str, *, actor: Actor, evidence: Proof = NO_PROOF, reason: str = ""
) -> None:
    """Take an application one step along, or end it by withdrawal, refusal or recall.

    Handing over has a service of its own. `reason` is wanted for a refusal and is shown to the person at full level.
    """
    act_name = Action(action)
    with deed(application.holder_id, actor) as act:
        remembered = proof.check(act, act_name, evidence, application)
        if act_name == Action.ACTIVATE and not application.activation_needed:
            raise ActivationNotNeeded()
        if act_name == Action.HAND_OVER:
            raise NotPossibleNow(state=application.get_stage_display())
        step = steps.onward(act, application, act_name)
        seen = before(act, application)
        changes: dict[str, Any] = {}
        if step.value == Stage.REFUSED:
            if not reason.strip():
                raise ReasonMissing()
            changes = {"refusal_reason": Application.refusal_reason.sealed(reason, application)}  # type: ignore[attr-defined]
        take(act, application, step, **changes)
        if step.value == Stage.ACTIVATED:
            seen |= _bank_activated(act, application)
        act.record(step.kind, application, step.value, reason=reason, before=seen, **telling(remembered))


def take(act: Deed, application: Application, step: steps.Step, **more: Any) -> None:
    """Swap the row to what the step makes of it, with its history as it stands now.

    A clock stopped and resumed since the form was opened leaves the state as it was, and the history longer.
    """
    seen = {"stage": application.stage, "stop": application.stop}
    history = Application.objects.of(act.holder).values_list("history", flat=True).get(pk=application.pk)
    act.swap(application, seen, history=[*history, *step.added], **step.changes, **more)


def _bank_activated(act: Deed, application: Application) -> dict[str, str]:
    """The bank account function is active from now on; returns what it was before."""
    card = Card.objects.get(pk=application.card_id, holder=act.holder)  # type: ignore[misc]  # activated: there is one
    was = {"bank_status": card.bank_status, "bank_since": card.bank_since.isoformat() if card.bank_since else ""}
    act.swap(card, {"bank_status": card.bank_status}, bank_status=BankStatus.ACTIVE.value, bank_since=act.now)
    act.record(EventKind.CARD_STATUS, card, BankStatus.ACTIVE)
    return was


def stop_clock(application: Application, reason: str, *, actor: Actor) -> None:
    """Stop the clock: something is needed before the work can go on."""
    with deed(application.holder_id, actor) as act:
        proof.office_only(act, Action.STOP)
        step, seen = steps.stopping(act, application, StopReason(reason)), before(act, application)
        take(act, application, step)
        act.record(step.kind, application, step.value, before=seen)


def resume_clock(application: Application, *, actor: Actor) -> None:
    """Let the clock run again: what was needed has come."""
    with deed(application.holder_id, actor) as act:
        proof.office_only(act, Action.RESUME)
        step, seen = steps.resuming(act, application), before(act, application)
        take(act, application, step)
        act.record(step.kind, application, before=seen)


def recall_due(now: datetime, limit: int = 500) -> int:
    """Recall the cards whose collection deadline has passed; returns how many."""
    today = china_day(now)
    due = Application.objects.filter(stage=Stage.READY, collect_by__lt=today).order_by("collect_by")[:limit]
    recalled = 0
    for application in due:
        try:
            advance(application, Action.RECALL, actor=Actor.system())
            recalled += 1
        except Refusal:
            # Collected at this very moment, or something on record forbids it: the others are recalled all the same.
            logger.warning("One card could not be recalled.", exc_info=True)
    return recalled


def reissue_code(paper_of: "Application | LossReport", *, actor: Actor, evidence: Proof) -> uuid.UUID:
    """Void the query codes of a case (receipt and unused certificate); the old ones open nothing from now on."""
    with deed(paper_of.holder_id, actor) as act:
        remembered = proof.check(act, Action.REISSUE_CODE, evidence, paper_of)
        certificate = getattr(paper_of, "certificate", None)
        key_id = sealing.current_index_key_id()
        for paper in (paper_of.receipt, certificate.paper if certificate and certificate.used_at is None else None):
            if paper is not None:
                act.swap(paper, {"issue": paper.issue, "voided_at": None}, issue=paper.issue + 1, code_key_id=key_id)
        return act.record(EventKind.CODE_REISSUED, paper_of, **telling(remembered)).pk
