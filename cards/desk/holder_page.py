"""The one screen about a person: cards, applications, loss reports, timeline, and what can be done now."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cards import id_number as id_numbers
from cards import workflow
from cards.answers import answer_application, answer_card, told_history
from cards.answers.application import ApplicationAnswer
from cards.answers.card import CardAnswer, LossAnswer
from cards.answers.fee import told_fee
from cards.case_reading import read_everything
from cards.desk.last_told import Told, told_to
from cards.desk.next_moves import FollowUpPanel, NextMove, take_next, told_follow_up
from cards.desk.staff import Desk
from cards.desk.tasks import TASKS
from cards.desk.timeline import TimelineLine, joined, lines_of, newest_events, told_step
from cards.desk.waiting import Waiting, steps_to_put_back, waiting_for
from cards.models import (
    Application,
    Card,
    CardCertificate,
    Cardholder,
    Dispute,
    Event,
    FollowUp,
    LossReport,
    PaperNumber,
)
from cards.names import mask_name
from cards.paper_number import spaced_paper_number
from cards.services.certificates import lost_certificates
from cards.services.disputes import against_disputing
from cards.services.losses import actions_for_card
from cards.vocabulary import (
    ORDINARY_TYPES,
    Action,
    ApplicationKind,
    CardType,
    LossStatus,
    Stage,
)

# Beside the way on, not on it.
_ASIDE = frozenset(
    {
        Action.STOP,
        Action.WITHDRAW,
        Action.REISSUE_CODE,
        Action.REPLACE_CERTIFICATE,
        Action.CANCEL_REPORT,
        Action.CONFIRM_HANDED_OVER,
        Action.DECLINE,
    }
)


@dataclass(frozen=True)
class Offer:
    """A button that leads to the form of an action."""

    action: Action
    label: str
    url: str
    kind: str = ""


@dataclass(frozen=True)
class Paper:
    """A paper that was given out, and where it is shown."""

    label: str
    number: str
    url: str


@dataclass
class ApplicationPanel:
    """An application as the clerk sees it."""

    answer: ApplicationAnswer
    offers: list[Offer]
    papers: list[Paper]
    facts: list[tuple[str, str]]
    history: list[tuple[str, str]]


@dataclass
class ReportPanel:
    """A loss report with its clock."""

    answer: LossAnswer
    offers: list[Offer]
    papers: list[Paper]
    told_by: str


@dataclass
class CardPanel:
    """A card with its two ledgers and the reports about it."""

    answer: CardAnswer
    offers: list[Offer]
    reports: list[ReportPanel]
    number: str

    @property
    def lost(self) -> bool:
        """Whether a report is in force."""
        return any(report.answer.standing for report in self.reports)


@dataclass(frozen=True)
class WaitingPanel:
    """Something a second person has to decide, with the buttons for it."""

    waiting: Waiting
    offers: list[Offer]


@dataclass
class HolderPage:
    """Everything the template shows."""

    name: str
    id_number: str
    phone: str
    full: bool
    open_applications: list[ApplicationPanel] = field(default_factory=list)
    finished: list[ApplicationPanel] = field(default_factory=list)
    cards: list[CardPanel] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    more: list[Offer] = field(default_factory=list)
    waiting: list[WaitingPanel] = field(default_factory=list)
    timeline: list[TimelineLine] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    next: NextMove | None = None
    follow_ups: list[FollowUpPanel] = field(default_factory=list)
    follow_up_offers: list[Offer] = field(default_factory=list)

    @property
    def case(self) -> str:
        """The open case in words, or nothing: an application under way, else a loss report in force."""
        if self.open_applications:
            return self.open_applications[0].answer.tag
        standing = [report.answer.title for card in self.cards for report in card.reports if report.answer.standing]
        return standing[0] if standing else ""

    @property
    def single_report(self) -> Offer | None:
        """The report of the one card that can be reported lost; nothing where there are several to choose from."""
        offers = [offer for card in self.cards for offer in card.offers if offer.action == Action.REPORT_ORALLY]
        return offers[0] if len(offers) == 1 else None


def build(holder: Cardholder, desk: Desk, *, full: bool = False, about: Collection[Any] = ()) -> HolderPage:
    """Read everything on record about a person and put it into words; nothing is written.

    `about` names what was acted on just now, by key or paper number: what comes next is sought there first.
    """
    now = timezone.now()
    case = read_everything(holder, now)
    page = HolderPage(
        name=holder.name if full else mask_name(holder.name),
        id_number=holder.id_number if full else id_numbers.mask(holder.id_number),
        phone=holder.phone or "" if full else "",
        full=full,
    )
    replaced = {a.replaced_card_id for a in case.applications if a.stage in workflow.OPEN}
    under_way = _financial_under_way(case.applications)
    page.cards = [_card(card, case.reports, desk, now, card.pk in replaced, full) for card in case.cards]
    stopped = {panel.answer.card.pk for panel in page.cards if panel.answer.stopped}
    cards = {card.pk: card for card in case.cards}
    for application in case.applications:
        if application.card_id in cards:
            application.card = cards[application.card_id]
        panel = _application(application, desk, now, application.card_id in stopped)
        (page.open_applications if application.stage in workflow.OPEN else page.finished).append(panel)
    if under_way:
        for card in page.cards:
            card.offers = [one for one in card.offers if not (card.lost and one.action == Action.ACCEPT)]
    for card in page.cards:
        _offer_again(card, case.applications, desk)
    _offer_first_again(page, holder, desk)
    if desk.may(Action.ACCEPT) and not under_way:
        # The main thing to do for somebody new, an exception for everybody else.
        known = bool(case.applications or case.cards)
        page.offers = [_offer(Action.ACCEPT, holder, holder, label=_("Accept a first application"), quiet=known)]
    page.more = [
        _offer(action, holder, holder, quiet=True)
        for action in (Action.CHOOSE_NOTICES, Action.CHANGE_PHONE, Action.AMEND, Action.MERGE)
        if desk.may(action)
    ]
    page.waiting = [
        WaitingPanel(waiting, [_offer(action, holder, waiting.subject) for action in waiting.decisions])
        for waiting in waiting_for(holder, desk)
    ]
    subjects = [panel.waiting.subject for panel in page.waiting]
    disputed = {subject.card_id for subject in subjects if isinstance(subject, Dispute)}
    for card in page.cards:
        if card.answer.card.pk in disputed:
            # Nothing is done with a card while it is examined who has it.
            card.offers.clear()
    events = newest_events(holder)
    page.timeline = lines_of(events)
    _offer_corrections(page, holder, steps_to_put_back(events, desk))
    page.told = told_to(holder, now, paper_panel)
    page.follow_ups = _follow_ups(holder, desk)
    page.follow_up_offers = [
        _offer(action, holder, holder, quiet=True) for action in (Action.REFER, Action.CALL_BACK) if desk.may(action)
    ]
    page.next = take_next(page, about)
    return page


def _offer_corrections(page: HolderPage, holder: Cardholder, steps: dict[str, Event]) -> None:
    """Beside each case, the button that puts its last step back."""
    panels: list[tuple[str, ApplicationPanel | ReportPanel]] = [
        (f"application:{panel.answer.application.pk}", panel) for panel in (*page.open_applications, *page.finished)
    ]
    panels += [(f"lossreport:{panel.answer.report.pk}", panel) for card in page.cards for panel in card.reports]
    for subject, panel in panels:
        if subject in steps:
            label = _("Put back: %(step)s") % {"step": told_step(steps[subject])}
            panel.offers.append(_offer(Action.CORRECT, holder, steps[subject], label=label, quiet=True))


# --- buttons ------------------------------------------------------------------------------------------------------


def _offer(action: Action, holder: Any, subject: Any, *, label: str = "", quiet: bool = False) -> Offer:
    holder_id = holder.pk if isinstance(holder, Cardholder) else holder
    url = reverse("admin:cards_cardholder_do", args=[holder_id, action.value, subject.pk])
    kind = "quiet" if quiet or action in _ASIDE else "danger" if TASKS[action].danger else ""
    return Offer(action, label or str(action.label), url, kind)


def offers_for_application(application: Application, desk: Desk) -> list[Offer]:
    """What this desk may do with an application now."""
    actions = list(workflow.application_actions(Stage(application.stage), application.stop, application.route))
    if application.stage in workflow.OPEN and application.receipt.in_force:
        actions.append(Action.REISSUE_CODE)
    certificate = getattr(application, "certificate", None)
    if application.stage in workflow.OPEN and certificate is not None and certificate.used_at is None:
        actions.append(Action.REPLACE_CERTIFICATE)
    if not against_disputing(application):
        actions.append(Action.DISPUTE)
    # A card that lies elsewhere is handed over there: the button tells where, and is not what comes next here.
    elsewhere = desk.outlet is None or desk.outlet.pk != application.delivery_outlet_id
    return [
        _offer(action, application.holder_id, application, quiet=elsewhere and action == Action.HAND_OVER)
        for action in actions
        if desk.may(action)
    ]


def _financial_under_way(applications: list[Application]) -> bool:
    """Whether a first application for the financial card is open: no second one is accepted beside it."""
    return any(
        a.kind == ApplicationKind.FIRST and a.card_type == CardType.FINANCIAL_BLUE and a.stage in workflow.OPEN
        for a in applications
    )


def _offers_for_card(card: Card, standing: LossReport | None, replaced: bool, desk: Desk) -> list[Offer]:
    """What this desk may do with a card now, except what is about its report."""
    actions = actions_for_card(card, standing, replaced)
    offers = [
        _offer(action, card.holder_id, card, quiet=action == Action.REPORT_ORALLY and not desk.on_the_phone)
        for action in actions
        if action in (Action.REPORT_ORALLY, Action.REPORT_IN_WRITING) and desk.may(action)
    ]
    if replaced or not desk.may(Action.ACCEPT):
        return offers
    lost = standing is not None
    if card.card_type in ORDINARY_TYPES and card.social_status in workflow.USABLE | workflow.LOST:
        label = (
            _("Apply for a financial blue card instead")
            if lost
            else _("Exchange this card, or apply for a financial one")
        )
        offers.append(_offer(Action.ACCEPT, card.holder_id, card, label=label, quiet=not lost))
    elif not lost and card.social_status in workflow.USABLE:
        offers.append(_offer(Action.ACCEPT, card.holder_id, card, label=_("Exchange this card"), quiet=True))
    return offers


def _offer_again(panel: CardPanel, applications: list[Application], desk: Desk) -> None:
    """After a replacement that was withdrawn, refused or recalled, offer another one on the same report."""
    tries = [a for a in applications if a.replaced_card_id == panel.answer.card.pk]
    replacing = [a for a in tries if a.kind == ApplicationKind.REPLACEMENT]
    if replacing and all(a.stage in workflow.BROKEN_OFF for a in tries) and desk.may(Action.REPLACE):
        # One that was made because a card was never received rests on no report; then a person applies afresh.
        for report in [r for r in panel.reports if r.answer.status == LossStatus.REPLACED][:1]:
            report.offers.append(_offer(Action.REPLACE, report.answer.report.holder_id, report.answer.report))


def _offer_first_again(page: HolderPage, holder: Cardholder, desk: Desk) -> None:
    """After a first application that was withdrawn, refused or recalled, offer to apply again."""
    applications = [panel.answer.application for panel in (*page.open_applications, *page.finished)]
    newest = applications[0] if applications else None
    broken_off = newest is not None and newest.kind == ApplicationKind.FIRST and newest.stage in workflow.BROKEN_OFF
    if broken_off and desk.may(Action.ACCEPT):
        page.finished[0].offers.append(_offer(Action.ACCEPT, holder, holder, label=_("Apply again")))


def _offers_for_report(report: LossReport, actions: list[Action], desk: Desk) -> list[Offer]:
    wanted: list[Action] = [action for action in actions if action in (Action.REPLACE, Action.CANCEL_REPORT)]
    if report.receipt.in_force:
        wanted.append(Action.REISSUE_CODE)
    return [_offer(action, report.holder_id, report) for action in wanted if desk.may(action)]


def _follow_ups(holder: Cardholder, desk: Desk) -> list[FollowUpPanel]:
    """What was agreed and is still to come."""
    rows = FollowUp.objects.of(holder).open().select_related("outlet")
    settles = desk.may(Action.SETTLE)
    return [told_follow_up(row, [_offer(Action.SETTLE, holder, row, quiet=True)] if settles else []) for row in rows]


# --- panels -------------------------------------------------------------------------------------------------------


def paper_panel(paper: PaperNumber) -> Paper:
    """A paper with the address of its sheet."""
    url = reverse("admin:cards_cardholder_paper", args=[paper.holder_id, paper.number])
    label = str(paper.get_kind_display())
    if not paper.in_force:
        label = joined(label, _("no longer in force"))
    return Paper(label, spaced_paper_number(paper.number), url)


def _application(application: Application, desk: Desk, now: datetime, card_stopped: bool) -> ApplicationPanel:
    certificate: CardCertificate | None = getattr(application, "certificate", None)
    papers = [application.receipt, *_certificates(application, certificate)]
    facts = [
        (_("Card type"), str(application.get_card_type_display())),
        (_("To be collected at"), application.delivery_outlet.told("name")),
        (_("Accepted at"), application.accepted_outlet.told("name")),
        (_("How the card is made"), str(application.get_method_display())),
        (_("Fee"), told_fee(application)),
    ]
    if application.bank:
        facts.insert(1, (_("Service bank"), application.bank.told("name")))
    return ApplicationPanel(
        answer=answer_application(application, full=True, now=now, card_stopped=card_stopped),
        offers=offers_for_application(application, desk),
        papers=[paper_panel(paper) for paper in papers],
        facts=facts,
        history=told_history(application),
    )


def _certificates(application: Application, certificate: CardCertificate | None) -> list[PaperNumber]:
    """The certificate in force, and those that were lost before it."""
    if certificate is None:
        return []
    lost = lost_certificates(application) if certificate.issued_at != application.accepted_at else []
    return [certificate.paper, *PaperNumber.objects.of(application.holder_id).filter(number__in=lost)]


def _papers_of(report: LossReport) -> list[Paper]:
    """The receipt of a report, and that of its cancellation."""
    cancellation = getattr(report, "cancellation", None)
    papers = [report.receipt, cancellation.receipt if cancellation else None]
    return [paper_panel(paper) for paper in papers if paper is not None]


def _card(card: Card, reports: list[LossReport], desk: Desk, now: datetime, replaced: bool, full: bool) -> CardPanel:
    answer = answer_card(card, reports, now)
    standing = next((report.report for report in answer.reports if report.standing), None)
    actions = actions_for_card(card, standing, replaced)
    panels = []
    for report in answer.reports:
        mine = actions if report.report is standing else []
        offers = _offers_for_report(report.report, mine, desk) if report.standing else []
        told_by = joined(report.report.get_channel_display(), report.report.get_party_display())
        panels.append(ReportPanel(report, offers, _papers_of(report.report), told_by))
    offers = _offers_for_card(card, standing, replaced, desk)
    return CardPanel(answer, offers, panels, card.card_number if full else f"…{card.last_four}")
