"""Changing the two ledgers of a card, only ever inside the deed of another service."""

from datetime import datetime
from typing import Any

from cards import workflow
from cards.actors import Actor
from cards.errors import CardCannotBeReported, NotPossibleNow, ReplacementAlreadyStarted
from cards.models import Application, Card, Dispute, LossReport, Replacement
from cards.services.deed import Deed
from cards.staff_errors import DisputeStillOpen
from cards.vocabulary import Action, BankStatus, EventKind, LossStatus, ReplacementRoute, SocialStatus


def change_social(act: Deed, card: Card, action: Action, back_to: str = "", since: datetime | None = None) -> None:
    """Take the social function of a card where the table says; `back_to` is the state before the report."""
    sources, target = workflow.CARD_STEPS[action]
    if card.social_status not in sources:
        if action in (Action.REPORT_ORALLY, Action.REPORT_IN_WRITING):
            raise CardCannotBeReported()
        raise NotPossibleNow(state=card.get_social_status_display())
    status = SocialStatus(target or back_to)
    act.swap(card, {"social_status": card.social_status}, social_status=status.value, social_since=since or act.now)
    act.record(EventKind.CARD_STATUS, card, status)


def no_dispute_open(act: Deed, card: Card) -> None:
    """While it is examined whether a card was handed over, nothing else happens to it."""
    if Dispute.objects.of(act.holder).pending().filter(card=card).exists():
        raise DisputeStillOpen()


def change_bank(act: Deed, card: Card, status: BankStatus) -> None:
    """Note what the bank did to its own ledger at the same window."""
    if card.bank_status in (status, BankStatus.NONE, BankStatus.CLOSED):
        return
    act.swap(card, {"bank_status": card.bank_status}, bank_status=status.value, bank_since=act.now)
    act.record(EventKind.CARD_STATUS, card, status)


def end_report(act: Deed, report: LossReport, action: Action, at: datetime | None = None) -> None:
    """Swap a standing report to the state the action ends it in: this row decides every race about the card."""
    status = workflow.LOSS_STEPS[action]
    if report.status == LossStatus.REPLACED:
        raise ReplacementAlreadyStarted(act.last_act(report))
    act.swap(report, {"status": LossStatus.STANDING.value}, status=status.value, ended_at=at or act.now)


def void_for_first_financial(act: Deed, card: Card, application: Application, remembered: dict[str, Any]) -> None:
    """The acceptance of a financial card voids the old ordinary card and ends cancelling (S11)."""
    report = LossReport.objects.of(act.holder).filter(card=card, status=LossStatus.STANDING).first()
    if report is not None:
        end_report(act, report, Action.ACCEPT)
        Replacement.objects.create(
            holder=act.holder,
            report=report,
            application=application,
            replacement_route=ReplacementRoute.FIRST_FINANCIAL,
            **remembered,
        )
        act.record(EventKind.REPLACEMENT_ACCEPTED, report, ReplacementRoute.FIRST_FINANCIAL)
    change_social(act, card, Action.ACCEPT)


def void_exchanged(act: Deed, card: Card) -> dict[str, str]:
    """The hand-over of the new card voids the old one; also where that was reported lost in the meantime.

    Returns what the old card was, so that a hand-over recorded too early can be put back.
    """
    was = {"old_status": card.social_status, "old_since": card.social_since.isoformat(), "old_report": ""}
    report = LossReport.objects.of(act.holder).filter(card=card, status=LossStatus.STANDING).first()
    if report is not None:
        end_report(act, report, Action.HAND_OVER)
        was["old_report"] = str(report.pk)
    change_social(act, card, Action.HAND_OVER)
    return was


def lapse(act: Deed, report: LossReport) -> None:
    """Let an oral report lapse whose moment has come; the clock does it, whoever acts now.

    Report and card tell the deadline, not the moment of this act: a person who read them before the worker came and
    one who reads them after it are told the same.
    """
    by_clock = Deed(act.holder, Actor.system(), act.now, act.book)
    card = Card.objects.get(pk=report.card_id, holder=act.holder)
    end_report(by_clock, report, Action.LAPSE, at=report.lapses_at)
    change_social(by_clock, card, Action.LAPSE, report.card_status_before, since=report.lapses_at)
    by_clock.record(EventKind.LOSS_LAPSED, report)
