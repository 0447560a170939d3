"""One action at the desk: the form for the party at the window, what it leads to, and the refusal if there is one."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cards import services, workflow
from cards.answers import answer_one, answer_report, told_overtaking
from cards.answers.dates import told_deadline
from cards.desk import exceptions, later_facts, telling
from cards.desk.forms import DeedForm, Matter
from cards.desk.parties import Attendance, PartyTab, against_age, attending
from cards.desk.staff import Desk
from cards.desk.tasks import TASKS, Task, carry_out, find_subject, state_of
from cards.desk.timeline import joined
from cards.errors import (
    AgentIsHolder,
    AgentTooYoung,
    AgentUnnamed,
    AnotherCard,
    BankMissing,
    CardNumberInvalid,
    CardNumberTaken,
    CardTypeNotForAge,
    CertificateNumberWrong,
    CertificateUsed,
    CertificateWasLost,
    ChangedMeanwhile,
    EmailMalformed,
    ExchangeReasonMissing,
    FeeExemptionNotListed,
    GuardianIsHolder,
    GuardianTooYoung,
    GuardianUnnamed,
    NameMalformed,
    NoPhoneOnFile,
    OutletOfAnotherBank,
    OutletUnknown,
    PersonAlreadyRegistered,
    PhoneMalformed,
    ReasonMissing,
    Refusal,
)
from cards.id_number import IdNumberProblem
from cards.models import (
    Amendment,
    Application,
    Card,
    Cardholder,
    Dispute,
    Event,
    FollowUp,
    LossReport,
    Merge,
    Override,
)
from cards.models.rule_data import book_on, office_days
from cards.names import mask_name
from cards.rules import china_day
from cards.services.disputes import against_disputing
from cards.services.losses import at_own_bank, oral_reports_counted, places_for, route_of
from cards.services.sent_forms import Done
from cards.staff_errors import (
    AnotherCardMeant,
    CorrectionReasonMissing,
    MergeWithItself,
    NothingChanged,
    OtherPersonUnknown,
    OutcomeDoesNotFit,
    OutletClosed,
)
from cards.vocabulary import ORDINARY_TYPES, Action, OutletKind

# At which field a refusal is shown as well, first match in the form.
_PLACES: dict[type[Exception], tuple[str, ...]] = {
    AgentUnnamed: ("agent_name",),
    AgentIsHolder: ("agent_id_number",),
    AgentTooYoung: ("agent_id_number",),
    GuardianUnnamed: ("agent_name",),
    GuardianIsHolder: ("agent_id_number",),
    GuardianTooYoung: ("agent_id_number",),
    IdNumberProblem: ("agent_id_number", "id_number", "new_value"),
    PersonAlreadyRegistered: ("id_number", "new_value"),
    NameMalformed: ("agent_name", "name", "new_value"),
    PhoneMalformed: ("phone",),
    EmailMalformed: ("address",),
    NoPhoneOnFile: ("ways",),
    AnotherCard: ("card_number",),
    AnotherCardMeant: ("card_meant",),
    OutcomeDoesNotFit: ("outcome",),
    OutletClosed: ("outlet",),
    CardNumberInvalid: ("card_number",),
    CardNumberTaken: ("card_number",),
    CertificateNumberWrong: ("certificate_number",),
    CertificateUsed: ("certificate_number",),
    CertificateWasLost: ("certificate_number",),
    BankMissing: ("bank",),
    OutletOfAnotherBank: ("delivery_outlet",),
    ExchangeReasonMissing: ("exchange_reason",),
    ReasonMissing: ("reason",),
    CorrectionReasonMissing: ("reason",),
    NothingChanged: ("phone", "new_value"),
    OtherPersonUnknown: ("id_number",),
    MergeWithItself: ("id_number",),
    FeeExemptionNotListed: ("fee_exemption",),
    CardTypeNotForAge: ("card_type",),
}


def told(refused: Exception) -> str:
    """The sentence of a refusal for people."""
    return str(refused.sentence if isinstance(refused, Refusal) else refused.message)  # type: ignore[attr-defined]


def place_of(refused: Exception, form: Any) -> tuple[str | None, str]:
    """Field and sentence of a refusal, as `add_error` wants them."""
    kinds = type(refused).__mro__
    names = next((_PLACES[kind] for kind in kinds if kind in _PLACES), ())
    return next((name for name in names if name in form.fields), None), told(refused)


def task_named(action: str) -> Task:
    """The task of an address, or 404."""
    if action not in Action.values or Action(action) not in TASKS:
        raise Http404
    return TASKS[Action(action)]


@dataclass
class Deed:
    """An action under way on a page."""

    task: Task
    form: DeedForm
    matter: Matter
    attendance: Attendance
    facts: list[tuple[str, str]]
    consequence: list[str]
    again: str
    refusal: str = ""
    rule: str = ""
    rule_version: str = ""
    overtaken_by: str = ""
    blocked: bool = False
    done: Done | None = None
    notes: list[str] = field(default_factory=list)
    places: list[tuple[str, str]] = field(default_factory=list)
    exception: exceptions.Asking | None = None

    @property
    def tabs(self) -> list[PartyTab]:
        """Who may be at the window; where nothing can be done for anybody, there is no choice."""
        return self.attendance.tabs if self.attendance.left_out or not self.blocked else []

    @property
    def danger(self) -> bool:
        """Whether the button is of the kind that ends something."""
        return self.task.danger

    @property
    def button(self) -> str:
        """The words on the button."""
        return str(self.task.action.label)

    def carried_out(self, ask_reason: str | None = None) -> bool:
        """Whether the form was complete and the service did it; otherwise the page says why not.

        With a reason, an exception to whatever rule stands in the way is asked for.
        """
        if self.blocked and ask_reason is not None:
            # Asked from a page without fields: the rule in the way is known before anything is filled in.
            return False
        if not self.form.is_valid():
            return False
        actor = self.matter.desk.actor(self.matter.party)
        try:
            self.done = carry_out(self.task, self.form, actor)
        except (Refusal, IdNumberProblem) as refused:
            self._refused(refused)
            if isinstance(refused, Refusal) and refused.overridable():
                self.exception = exceptions.about(self.matter, refused, ask_reason)
            return False
        return True

    def _refused(self, refused: Exception) -> None:
        self.refusal = told(refused)
        self.rule = telling.told_rule(refused.rule) if isinstance(refused, Refusal) and refused.rule else ""
        self.rule_version = getattr(refused, "rule_version", "") or self.matter.book.version
        self.overtaken_by = told_overtaking(refused, to_staff=True)
        place, sentence = place_of(refused, self.form)
        if place:
            self.form.add_error(place, sentence)
        self.blocked = isinstance(refused, ChangedMeanwhile)


def prepare(request: HttpRequest, desk: Desk, task: Task, holder: Cardholder, key: uuid.UUID) -> Deed:
    """Build the page of an action; a GET shows it, a POST fills it in."""
    subject = find_subject(task, holder, key)
    if subject is None:
        raise Http404
    book = book_on(china_day(timezone.now()))
    address = reverse("admin:cards_cardholder_do", args=[holder.pk, task.action.value, subject.pk])
    attendance = attending(request, desk, task.action, holder, book, address)
    party = attendance.party
    cards = _cards_asked_about(task.action, holder)
    matter = Matter(holder, subject, task.action, party, desk, book, cards)
    if request.method == "POST":
        form = task.form(matter, request.POST)
    else:
        form = task.form(matter, initial={"seen": state_of(subject), "party": party.value})
    deed = Deed(
        task,
        form,
        matter,
        attendance=attendance,
        facts=[(pgettext("of a person", "Name"), mask_name(holder.name)), *_facts(subject)],
        consequence=_consequence(matter),
        again=address,
        notes=_notes(matter),
        places=_places(matter),
    )
    _block(deed, reason_to_ask(request))
    return deed


def reason_to_ask(request: HttpRequest) -> str | None:
    """The reason given for an exception, where one is asked for."""
    return request.POST.get("exception_reason", "") if "ask" in request.POST else None


def _cards_asked_about(action: Action, holder: Cardholder) -> list[Card]:
    """The cards a form lets choose from: all that may be replaced, or all that may be reported lost."""
    cards = Card.objects.of(holder).select_related("bank").newest_first()
    if action == Action.ACCEPT:
        return list(cards)
    if action == Action.REPORT_ORALLY:
        return [card for card in cards if card.social_status in workflow.USABLE | workflow.LOST]
    return []


def _facts(subject: Any) -> list[tuple[str, str]]:
    """What the action is about, so that nobody acts on the wrong card or case."""
    if isinstance(subject, Application):
        told_now = answer_one(subject, timezone.now())
        return [
            (_("Application"), told_now.applications[0].tag),
            (_("Card type"), str(subject.get_card_type_display())),
            (_("The person reads"), told_now.title),
        ]
    if isinstance(subject, Card):
        return _card_facts(subject)
    if isinstance(subject, FollowUp):
        return [(str(subject.get_kind_display()), str(subject.get_reason_display()))]
    if isinstance(subject, Override):
        return [*_facts(_thing_of(subject)), *later_facts.facts_of(subject)]
    if isinstance(subject, Event | Amendment | Merge | Dispute):
        return later_facts.facts_of(subject)
    if isinstance(subject, LossReport):
        answer_now = answer_report(subject, timezone.now())
        return [*_card_facts(subject.card), (_("Loss report"), answer_now.title), (_("How it stands"), answer_now.now)]
    return []


def _thing_of(override: Override) -> Any:
    """What the exception would be good for; of one for the person there is nothing more to say."""
    kind, _colon, key = override.subject.partition(":")
    models: dict[str, Any] = {"application": Application, "card": Card, "lossreport": LossReport}
    model = models.get(kind)
    return model.objects.of(override.holder).filter(pk=key).first() if model else None


def _card_facts(card: Card) -> list[tuple[str, str]]:
    facts = [
        (_("Card"), str(card.get_card_type_display())),
        (_("Number ends in"), card.last_four),
    ]
    if card.bank:
        facts.append((_("Service bank"), f"{card.bank.told('name')} · {card.bank.hotline}"))
    return facts


def _consequence(matter: Matter) -> list[str]:
    sentences = [telling.told_consequence(matter.action, matter.subject)]
    if matter.action == Action.REPORT_ORALLY:
        until = matter.book.lapse_moment(timezone.now(), office_days())
        sentences.append(str(telling.LAPSES) % {"until": told_deadline(until)})
        sentences += _repeated(matter)
    if matter.action == Action.REPORT_IN_WRITING and at_own_bank(matter.desk.outlet, matter.subject):
        sentences.append(str(telling.FREEZES_BANK_TOO))
    old = matter.subject if isinstance(matter.subject, Card) else None
    candidates = [old] if old else matter.cards
    if matter.action == Action.ACCEPT and any(card.card_type in ORDINARY_TYPES for card in candidates):
        sentences.append(str(telling.VOIDS_OLD_CARD))
    return sentences


def _repeated(matter: Matter) -> list[str]:
    """Which of the oral reports the rules allow for a card this would be, from the second on, or if it is the last."""
    book = matter.book
    number = oral_reports_counted(matter.subject, book, china_day(timezone.now())) + 1
    facts = {"number": number, "allowed": book.oral_reports_allowed, "days": book.oral_reports_window_days}
    if number == book.oral_reports_allowed:
        return [str(telling.LAST_ORAL) % facts]
    return [str(telling.REPEATED) % facts] if 1 < number < book.oral_reports_allowed else []


def _notes(matter: Matter) -> list[str]:
    """What the clerk should know before filling in: where this card is replaced and why, who may come."""
    if matter.action == Action.REPLACE and matter.desk.outlet is not None:
        try:
            route = route_of(matter.subject.card, matter.desk.outlet)
        except Refusal:
            return []
        outlet = matter.desk.outlet.told("name")
        if matter.desk.outlet.kind == OutletKind.SPECIAL_WINDOW:
            return [
                _("Replaced here (%(outlet)s): %(route)s. After collection it must be activated at the bank (S12).")
                % {"outlet": outlet, "route": route.label}
            ]
        return [
            _("Replaced here (%(outlet)s): %(route)s, because this is an outlet of the card's own bank (S11).")
            % {"outlet": outlet, "route": route.label}
        ]
    if matter.action == Action.CANCEL_REPORT and not matter.book.cancelled_also_by:
        return [_("Only the cardholder in person, with the original ID document and the very card (S10).")]
    if matter.action == Action.REPORT_ORALLY and not matter.desk.on_the_phone:
        return [
            _(
                "Ask questions and let the caller answer; never read data out, "
                "and tell no third party that a card exists."
            )
        ]
    return []


def _places(matter: Matter) -> list[tuple[str, str]]:
    """Every window that replaces this card, with what the person needs to get there."""
    if matter.action != Action.REPLACE:
        return []
    return [
        (outlet.told("name"), joined(outlet.told("address"), outlet.told("hours"), outlet.phone))
        for outlet in places_for(matter.subject.card)
    ]


def _block(deed: Deed, ask_reason: str | None) -> None:
    """What is refused whatever is filled in is said at once, before anybody types."""
    matter = deed.matter
    try:
        if too_young_or_old := against_age(matter.holder, matter.action, matter.party, matter.book):
            raise too_young_or_old
        if matter.action == Action.DISPUTE and (obstacle := against_disputing(matter.subject)):
            raise obstacle
        if matter.action not in (Action.REPLACE, Action.ACCEPT, Action.HAND_OVER):
            return
        if matter.desk.outlet is None:
            raise OutletUnknown()
        if matter.action == Action.HAND_OVER:
            services.lies_here(matter.subject, matter.desk.outlet)
        if matter.action == Action.REPLACE:
            route_of(matter.subject.card, matter.desk.outlet)
    except Refusal as refused:
        if refused.overridable():
            refused.subject = Event.subject_of(matter.subject)
            deed.exception = exceptions.about(matter, refused, ask_reason)
            if deed.exception.granted:
                return
        deed.refusal = told(refused)
        deed.rule = telling.told_rule(refused.rule) if refused.rule else ""
        deed.rule_version = matter.book.version
        deed.blocked = True
