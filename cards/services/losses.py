"""Reporting a loss, cancelling the report, letting it lapse, replacing the card (S5, S6, S9–S12)."""

import logging
from contextlib import suppress
from datetime import date, datetime

from cards import workflow
from cards.actors import Actor, Proof
from cards.errors import (
    AnotherCard,
    ChannelNotAllowed,
    FormalReportIsFinal,
    FormalReportNeeded,
    NoReportStanding,
    OralReportRepeatedTooOften,
    OrdinaryCardNotReplaced,
    Refusal,
    ReplacementAlreadyStarted,
    ReplacementOpenAlready,
    ReportStandsAlready,
    WrongPlaceForReplacement,
)
from cards.models import Application, Cancellation, Card, CardCertificate, LossReport, Outlet, Replacement
from cards.models.outlets import places
from cards.models.rule_data import office_days
from cards.rules import RuleBook
from cards.services import proof
from cards.services.applications import open_application
from cards.services.card_numbers import clean_card_number
from cards.services.card_status import change_bank, change_social, end_report, no_dispute_open
from cards.services.deed import Deed
from cards.services.opening import deed
from cards.staff_errors import AnotherCardMeant
from cards.vocabulary import (
    Action,
    ApplicationKind,
    BankStatus,
    EventKind,
    IssueMethod,
    LossForm,
    LossStatus,
    OutletKind,
    PaperKind,
    ReplacementRoute,
)

logger = logging.getLogger("cards.losses")

_REPORTING = {LossForm.ORAL: Action.REPORT_ORALLY, LossForm.WRITTEN: Action.REPORT_IN_WRITING}


def report_loss(card: Card, *, form: str, actor: Actor, evidence: Proof) -> LossReport:
    """Record that a card is lost; in force at once.

    An oral report lapses at the moment the rules name. A written one follows an oral one or stands by itself; made at
    an outlet of the card's own bank, it freezes the bank account too.
    """
    action = _REPORTING[LossForm(form)]
    with deed(card.holder_id, actor) as act:
        remembered = proof.check(act, action, evidence, card)
        card = Card.objects.get(pk=card.pk, holder=act.holder)
        if evidence.card_meant and evidence.card_meant != str(card.pk):
            raise AnotherCardMeant()
        no_dispute_open(act, card)
        standing = LossReport.objects.of(act.holder).filter(card=card, status=LossStatus.STANDING).first()
        before = card.social_status
        seen = _before(card, standing)
        if standing is not None:
            if form == LossForm.ORAL or standing.form == LossForm.WRITTEN:
                raise ReportStandsAlready(act.last_act(standing))
            end_report(act, standing, action)
            before = standing.card_status_before
        if form == LossForm.ORAL:
            _check_repeats(act, card)
        change_social(act, card, action)
        if form == LossForm.WRITTEN and at_own_bank(act.actor.outlet, card):
            change_bank(act, card, BankStatus.FROZEN)
        report = LossReport.objects.create(
            holder=act.holder,
            card=card,
            form=form,
            card_status_before=before,
            lapses_at=act.book.lapse_moment(act.now, office_days()) if form == LossForm.ORAL else None,
            receipt=act.paper(PaperKind.LOSS_RECEIPT),
            **remembered,
        )
        act.record(EventKind.LOSS_REPORTED, report, form, evidence=remembered["evidence"], before=seen)
    return report


def _before(card: Card, standing: LossReport | None) -> dict[str, str]:
    """What a report changes, as it was: kept with the event, so that a report on the wrong card can be put back."""
    return {
        "status": card.social_status,
        "since": card.social_since.isoformat(),
        "bank_status": card.bank_status,
        "bank_since": card.bank_since.isoformat() if card.bank_since else "",
        "followed": str(standing.pk) if standing else "",
    }


def at_own_bank(outlet: Outlet | None, card: Card) -> bool:
    """Whether the window belongs to the bank of this card, where both ledgers are frozen at once."""
    return outlet is not None and outlet.kind == OutletKind.BANK_OUTLET and outlet.bank_id == card.bank_id


def oral_reports_counted(card: Card, book: RuleBook, today: date) -> int:
    """How many oral reports of a card count against one made today."""
    since = book.oral_reports_count_from(today)
    reports = LossReport.objects.of(card.holder_id).filter(card=card, form=LossForm.ORAL, made_at__gte=since)
    return reports.exclude(status=LossStatus.VOIDED).count()


def _check_repeats(act: Deed, card: Card) -> None:
    """An oral report may be repeated only as often as the rules allow within their window."""
    if not act.book.may_report_orally(oral_reports_counted(card, act.book, act.today)):
        allowed = act.book.oral_reports_allowed
        act.refuse(OralReportRepeatedTooOften(days=act.book.oral_reports_window_days, allowed=allowed))


def cancel_loss_report(report: LossReport, *, actor: Actor, evidence: Proof) -> Cancellation:
    """Cancel a report because the card turned up: with ID and the very card (S10), by whom the rules allow."""
    with deed(report.holder_id, actor) as act:
        remembered = proof.check(act, Action.CANCEL_REPORT, evidence, report)
        report.refresh_from_db()
        card = Card.objects.get(pk=report.card_id, holder=act.holder)
        if report.status == LossStatus.REPLACED:
            raise ReplacementAlreadyStarted(act.last_act(report))
        if report.status_at(act.now) != LossStatus.STANDING:
            raise NoReportStanding(act.last_act(report, card))
        if not act.book.may_be_cancelled(report.form):
            act.refuse(FormalReportIsFinal())
        if not act.book.may_be_cancelled_by(report.form, act.actor.party, act.actor.channel):
            raise ChannelNotAllowed()
        if clean_card_number(evidence.card_number) != card.card_number:
            raise AnotherCard()
        end_report(act, report, Action.CANCEL_REPORT)
        change_social(act, card, Action.CANCEL_REPORT, report.card_status_before)
        receipt = act.paper(PaperKind.CANCELLATION)
        cancellation = Cancellation.objects.create(holder=act.holder, report=report, receipt=receipt, **remembered)
        act.record(EventKind.LOSS_CANCELLED, report, evidence=remembered["evidence"])
    return cancellation


def lapse_due(now: datetime, limit: int = 500) -> int:
    """Let the oral reports lapse whose moment has come; returns the number of people whose reports lapsed."""
    due = LossReport.objects.due_to_lapse(now).order_by("lapses_at").values_list("holder_id", flat=True)[:limit]
    lapsed = 0
    for holder_id in set(due):
        try:
            # Opening a deed lets lapse what is due: there is nothing more to do.
            with deed(holder_id, Actor.system()):
                lapsed += 1
        except Refusal:
            # A row that no service could have written must not keep everybody else's reports in force.
            logger.exception("The oral reports of holder %s do not lapse.", holder_id)
    return lapsed


def route_of(card: Card, outlet: Outlet) -> ReplacementRoute:
    """Where a lost card is replaced, by its type; refused at a place that does not do it (S11)."""
    if not card.financial:
        raise OrdinaryCardNotReplaced()
    if outlet.kind == OutletKind.SPECIAL_WINDOW and outlet.replaces_cards:
        return ReplacementRoute.SPECIAL_WINDOW
    if at_own_bank(outlet, card) and outlet.replaces_cards:
        return ReplacementRoute.BANK_OUTLET
    raise WrongPlaceForReplacement()


def places_for(card: Card) -> list[Outlet]:
    """Every window that replaces this card, by the rule that refuses it at the others."""
    _banks, outlets = places()
    found = []
    for outlet in outlets.values():
        if not outlet.closed_for_good:
            with suppress(WrongPlaceForReplacement, OrdinaryCardNotReplaced):
                route_of(card, outlet)
                found.append(outlet)
    return found


def _route(act: Deed, card: Card) -> ReplacementRoute:
    """Where this card is replaced; by exception here, and then as the special window does it."""
    try:
        return route_of(card, act.outlet)
    except (OrdinaryCardNotReplaced, WrongPlaceForReplacement) as refusal:
        act.refuse(refusal)
        return ReplacementRoute.SPECIAL_WINDOW


def replace_card(
    report: LossReport,
    *,
    delivery_outlet: Outlet,
    actor: Actor,
    evidence: Proof,
    method: str = IssueMethod.FACTORY,
    fee_exemption: str = "",
) -> Replacement:
    """Accept the replacement of a card reported lost in writing, and issue the card certificate (S6, S7).

    From now on the old card is void and the report can no longer be cancelled. After a replacement that was withdrawn,
    refused or recalled, the same report carries another one. Replaced at the special window, the
    new card must be activated at the bank after collection (S12).
    """
    with deed(report.holder_id, actor) as act:
        remembered = proof.check(act, Action.REPLACE, evidence, report)
        report.refresh_from_db()
        card = Card.objects.get(pk=report.card_id, holder=act.holder)
        route = _route(act, card)
        earlier = broken_off_replacement(report)
        if report.status == LossStatus.REPLACED and earlier is None:
            raise ReplacementOpenAlready(act.last_act(report))
        if earlier is None:
            if report.status_at(act.now) != LossStatus.STANDING:
                raise NoReportStanding(act.last_act(report, card))
            if report.form != LossForm.WRITTEN:
                raise FormalReportNeeded()
        if under_way := Application.objects.of(act.holder).open().filter(replaced_card=card).first():
            raise ReplacementOpenAlready(act.last_act(under_way))
        if earlier is None:
            end_report(act, report, Action.REPLACE)
            change_social(act, card, Action.REPLACE)
        application = open_application(
            act,
            kind=ApplicationKind.REPLACEMENT,
            card_type=card.card_type,
            delivery_outlet=delivery_outlet,
            method=method,
            bank=card.bank,
            replaced_card=card,
            exchange_reason="",
            fee_exemption=fee_exemption,
            remembered=remembered,
            activation_needed=card.financial and route == ReplacementRoute.SPECIAL_WINDOW,
        )
        if earlier is None:
            replacement = Replacement.objects.create(
                holder=act.holder, report=report, application=application, replacement_route=route, **remembered
            )
        else:
            replacement = earlier
            seen = {"application": earlier.application}
            act.swap(replacement, seen, application=application, replacement_route=route)
        _issue_certificate(act, application)
        act.record(EventKind.REPLACEMENT_ACCEPTED, report, route, evidence=remembered["evidence"])
    return replacement


def broken_off_replacement(report: LossReport) -> Replacement | None:
    """The replacement of a report whose application was withdrawn, refused or recalled: it may be accepted again."""
    earlier = Replacement.objects.filter(holder=report.holder_id, report=report).select_related("application").first()
    return earlier if earlier is not None and earlier.application.stage in workflow.BROKEN_OFF else None


def _issue_certificate(act: Deed, application: Application) -> CardCertificate:
    return CardCertificate.objects.create(
        holder=act.holder,
        application=application,
        paper=act.paper(PaperKind.CERTIFICATE),
        outlet=application.delivery_outlet,
        earliest_on=act.book.earliest_collection(act.today, application.method, office_days()),
        issued_at=act.now,
    )


def actions_for_card(card: Card, standing: LossReport | None, replaced: bool) -> list[Action]:
    """What staff may do with a card now, in the order of the work; `standing` is its report in force, if any."""
    actions = []
    if standing is None and card.social_status in workflow.USABLE | workflow.LOST:
        actions = [Action.REPORT_ORALLY, Action.REPORT_IN_WRITING]
    elif standing is not None:
        if standing.form == LossForm.ORAL:
            actions.append(Action.REPORT_IN_WRITING)
        elif card.financial and not replaced:
            actions.append(Action.REPLACE)
        actions.append(Action.CANCEL_REPORT)
    return actions
