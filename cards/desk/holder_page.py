"""The one screen about a person: cards, applications, loss reports, timeline, and what can be done now."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cards import id_number as id_numbers
from cards import workflow
from cards.answers import answer_application, answer_card, told_history
from cards.answers.application import ApplicationAnswer
from cards.answers.card import CardAnswer, LossAnswer
from cards.answers.fee import told_fee
from cards.desk.next_moves import FollowUpPanel, NextMove, take_next, told_follow_up
from cards.desk.staff import Desk
from cards.desk.tasks import TASKS
from cards.enquiry import read_everything
from cards.models import (
    Answer,
    Application,
    Card,
    CardCertificate,
    Cardholder,
    Event,
    FollowUp,
    LossReport,
    PaperNumber,
)
from cards.names import mask_name
from cards.paper_number import spaced_paper_number
from cards.services.certificates import lost_certificates
from cards.services.losses import actions_for_card
from cards.vocabulary import (
    ORDINARY_TYPES,
    Action,
    ApplicationKind,
    BankStatus,
    CardType,
    EventKind,
    FollowUpKind,
    FollowUpOutcome,
    LossForm,
    LossStatus,
    Party,
    ReplacementRoute,
    SocialStatus,
    Stage,
    StopReason,
)

TIMELINE_LENGTH = 100
ANSWERS_SHOWN = 20
# Beside the way on, not on it.
_ASIDE = frozenset(
    {Action.STOP, Action.WITHDRAW, Action.REISSUE_CODE, Action.REPLACE_CERTIFICATE, Action.CANCEL_REPORT}
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


@dataclass(frozen=True)
class TimelineLine:
    """One event in words."""

    at: datetime
    what: str
    by: str


@dataclass(frozen=True)
class Told:
    """An answer that was given under a number: when, by which door, in which words."""

    number: str
    at: datetime
    by: str
    matters: list[dict[str, Any]]
    language: str
    slip: Paper


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


def build(holder: Cardholder, desk: Desk, *, full: bool = False) -> HolderPage:
    """Read everything on record about a person and put it into words; nothing is written."""
    now = timezone.now()
    case = read_everything(holder, now)
    page = HolderPage(
        name=holder.name if full else mask_name(holder.name),
        id_number=holder.id_number if full else id_numbers.mask(holder.id_number),
        phone=holder.phone or "" if full else "",
        full=full,
    )
    for application in case.applications:
        panel = _application(application, desk, now)
        (page.open_applications if application.stage in workflow.OPEN else page.finished).append(panel)
    replaced = {a.replaced_card_id for a in case.applications if a.stage in workflow.OPEN}
    page.cards = [_card(card, case.reports, desk, now, card.pk in replaced, full) for card in case.cards]
    for card in page.cards:
        _offer_again(card, case.applications, desk)
    if desk.may(Action.ACCEPT):
        # The main thing to do for somebody new, an exception for everybody else.
        known = bool(case.applications or case.cards)
        page.offers = [_offer(Action.ACCEPT, holder, holder, label=_("Accept a first application"), quiet=known)]
    page.timeline = _timeline(holder)
    page.told = _told(holder, now)
    page.follow_ups = _follow_ups(holder, desk)
    page.follow_up_offers = [
        _offer(action, holder, holder, quiet=True) for action in (Action.REFER, Action.CALL_BACK) if desk.may(action)
    ]
    page.next = take_next(page)
    return page


# --- buttons ------------------------------------------------------------------------------------------------------


def _offer(action: Action, holder: Any, subject: Any, *, label: str = "", quiet: bool = False) -> Offer:
    holder_id = holder.pk if isinstance(holder, Cardholder) else holder
    url = reverse("admin:cards_cardholder_do", args=[holder_id, action.value, subject.pk])
    kind = "danger" if TASKS[action].danger else "quiet" if quiet or action in _ASIDE else ""
    return Offer(action, label or str(action.label), url, kind)


def offers_for_application(application: Application, desk: Desk) -> list[Offer]:
    """What this desk may do with an application now."""
    actions = list(workflow.application_actions(Stage(application.stage), application.stop, application.route))
    if application.stage in workflow.OPEN and application.receipt.in_force:
        actions.append(Action.REISSUE_CODE)
    certificate = getattr(application, "certificate", None)
    if application.stage in workflow.OPEN and certificate is not None and certificate.used_at is None:
        actions.append(Action.REPLACE_CERTIFICATE)
    return [_offer(action, application.holder_id, application) for action in actions if desk.may(action)]


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
        report = next(r for r in panel.reports if r.answer.status == LossStatus.REPLACED)
        report.offers.append(_offer(Action.REPLACE, report.answer.report.holder_id, report.answer.report))


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
        label = pgettext("between notes", ", ").join((label, _("no longer in force")))
    return Paper(label, spaced_paper_number(paper.number), url)


def _application(application: Application, desk: Desk, now: datetime) -> ApplicationPanel:
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
        answer=answer_application(application, full=True, now=now),
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
        told_by = _joined(report.report.get_channel_display(), report.report.get_party_display())
        panels.append(ReportPanel(report, offers, _papers_of(report.report), told_by))
    offers = _offers_for_card(card, standing, replaced, desk)
    return CardPanel(answer, offers, panels, card.card_number if full else f"…{card.last_four}")


# --- timeline -----------------------------------------------------------------------------------------------------

_VALUES: dict[str, Any] = {
    EventKind.APPLICATION_ACCEPTED: ApplicationKind,
    EventKind.STAGE_REACHED: Stage,
    EventKind.CLOCK_STOPPED: StopReason,
    EventKind.LOSS_REPORTED: LossForm,
    EventKind.REPLACEMENT_ACCEPTED: ReplacementRoute,
    EventKind.CARD_ISSUED: CardType,
    EventKind.FOLLOW_UP_PROMISED: FollowUpKind,
    EventKind.FOLLOW_UP_SETTLED: FollowUpOutcome,
}


def told_value(event: Event) -> str:
    """The result of an event in words."""
    if not event.value:
        return ""
    if event.kind == EventKind.CARD_STATUS:
        if event.value in SocialStatus.values:
            return _("social security function: %(state)s") % {"state": SocialStatus(event.value).label}
        return _("bank account function: %(state)s") % {"state": BankStatus(event.value).label}
    labels = _VALUES.get(event.kind)
    return str(labels(event.value).label) if labels else event.value


def _joined(*parts: str) -> str:
    return pgettext("between notes", ", ").join(str(part) for part in parts if part)


def _timeline(holder: Cardholder) -> list[TimelineLine]:
    """The newest events, who did them, through which door and where."""
    events = Event.objects.of(holder).select_related("user", "outlet").order_by("-seq")[:TIMELINE_LENGTH]
    lines = []
    for event in events:
        value = told_value(event)
        what = str(event.get_kind_display()) + (pgettext("before a detail", ": ") + value if value else "")
        by = _joined(
            event.user.get_username() if event.user else "",
            event.get_channel_display() if event.channel != event.party else "",
            event.outlet.told("name") if event.outlet else "",
            ""
            if event.party in (Party.OFFICE, Party.SYSTEM)
            else _("for: %(party)s") % {"party": event.get_party_display()},
        )
        lines.append(TimelineLine(event.at, what, by))
    return lines


# --- what was told ------------------------------------------------------------------------------------------------


def _told(holder: Cardholder, now: datetime) -> list[Told]:
    """The newest answers that are still kept, word for word as they were given."""
    answers = Answer.objects.of(holder).kept(now).select_related("paper", "user").newest_first()[:ANSWERS_SHOWN]
    return [
        Told(
            spaced_paper_number(answer.paper_id),
            answer.at,
            _joined(answer.get_channel_display(), answer.user.get_username() if answer.user else ""),
            answer.words[answer.language],
            answer.language,
            paper_panel(answer.paper),
        )
        for answer in answers
    ]
