"""The clerk's forms: one per action, each with the checklist of the party at the window."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cards import workflow
from cards.actors import Proof
from cards.desk.form_keys import key_field
from cards.desk.staff import Desk
from cards.models import Application, Bank, Card, Cardholder, FollowUp, LossReport, Outlet
from cards.rules import RuleBook
from cards.vocabulary import (
    FINANCIAL_TYPES,
    ORDINARY_TYPES,
    Action,
    ApplicationKind,
    CardType,
    Channel,
    Evidence,
    ExchangeReason,
    FeeExemption,
    IssueMethod,
    Party,
    Stage,
    StopReason,
)

Subject = Application | Card | Cardholder | FollowUp | LossReport


# What an agent, and a guardian, is asked for at the window.
_DEPUTY_LABELS = {
    Party.AGENT: (_("Agent's name"), _("Agent's ID number")),
    Party.GUARDIAN: (_("Guardian's name"), _("Guardian's ID number")),
}


@dataclass
class Matter:
    """What a form is about: the person, the thing acted on, the action, the party at the window, the desk."""

    holder: Cardholder
    subject: Any
    action: Action
    party: Party
    desk: Desk
    book: RuleBook
    cards: list[Card] = field(default_factory=list)

    @property
    def wanted(self) -> list[Evidence]:
        """What this action rests on for this party, in the order of asking."""
        if self.party not in workflow.CHECKLISTS[self.action]:
            return []
        wanted = workflow.checklist(self.action, self.party, self.desk.channel)
        return [item for item in Evidence if item in wanted]

    @property
    def given(self) -> frozenset[Evidence]:
        """What need not be asked again: on the phone nobody gets this far without the identity questions."""
        return frozenset({Evidence.IDENTITY_ANSWERS}) if self.desk.on_the_phone else frozenset()

    @property
    def checklist(self) -> list[Evidence]:
        """What has to be seen and ticked."""
        return [item for item in self.wanted if item not in self.given]


class DeedForm(forms.Form):
    """The part all actions share: what the page showed, for whom, the checklist, the agent."""

    use_required_attribute = False
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    key = key_field()
    party = forms.ChoiceField(choices=Party, widget=forms.HiddenInput)

    def __init__(self, matter: Matter, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matter = matter
        for item in matter.checklist:
            self.fields[f"saw_{item.value}"] = forms.BooleanField(label=item.label, required=False)
        if matter.party in _DEPUTY_LABELS and matter.desk.channel == Channel.COUNTER:
            name, number = _DEPUTY_LABELS[matter.party]
            self.fields["agent_name"] = forms.CharField(label=name, required=False, max_length=100, widget=typed())
            self.fields["agent_id_number"] = forms.CharField(
                label=number, required=False, max_length=60, widget=typed(),
                help_text=_("From the person's own original ID document, not from a copy."),
            )  # fmt: skip
        self.prepare()
        if self.first is not None:
            self.first.field.widget.attrs["autofocus"] = True

    def prepare(self) -> None:
        """Fit the fields to the matter."""

    @property
    def first(self) -> forms.BoundField | None:
        """Where the keyboard begins, as the page lays the fields out; None where only the button is left."""
        return next(iter([*self.checklist, *self.agent, *self.particulars]), None)

    @property
    def checklist(self) -> list[forms.BoundField]:
        """The boxes to tick."""
        return [self[name] for name in self.fields if name.startswith("saw_")]

    @property
    def agent(self) -> list[forms.BoundField]:
        """What is asked of an agent or guardian."""
        return [self[name] for name in self.fields if name.startswith("agent_")]

    @property
    def particulars(self) -> list[forms.BoundField]:
        """The fields of the action itself."""
        common = ("seen", "key", "party")
        names = [n for n in self.fields if n not in common and not n.startswith(("saw_", "agent_"))]
        return [self[name] for name in names]

    def proof(self) -> Proof:
        """What was ticked and read, as the services want it."""
        data = self.cleaned_data
        ticked = {item for item in self.matter.checklist if data.get(f"saw_{item.value}")}
        return Proof(
            frozenset(ticked) | (self.matter.given & frozenset(self.matter.wanted)),
            agent_name=data.get("agent_name", ""),
            agent_id_number=data.get("agent_id_number", ""),
            card_number=data.get("card_number", ""),
            certificate_number=data.get("certificate_number", ""),
            card_meant=data.get("card_meant", ""),
        )

    def content(self) -> str:
        """Everything that was sent, in one order, to tell the same form from another one; never kept in the clear."""
        sent = {name: self.cleaned_data.get(name) for name in sorted(self.fields) if name != "key"}
        about = (self.matter.action, self.matter.subject.pk)
        return repr((*map(str, about), [(name, str(getattr(value, "pk", value))) for name, value in sent.items()]))


def typed() -> forms.TextInput:
    """An entry of personal data: nothing remembered or corrected by the browser."""
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})


def _outlets() -> "QuerySet[Outlet]":
    """Where a finished card may be sent."""
    return Outlet.objects.filter(hands_over=True, closed_for_good=False).select_related("bank")


class OutletChoice(forms.ModelChoiceField):
    """An outlet, told with its district."""

    def label_from_instance(self, outlet: Any) -> str:
        """District and name in the reader's language."""
        return f"{outlet.told('district')} · {outlet.told('name')}"


class CardChoice(forms.ChoiceField):
    """One card of the person, told by type and last four characters."""

    def offer(self, cards: list[Card]) -> None:
        """Offer these cards."""
        self.choices = [("", _("none"))] + [
            (str(card.pk), f"{card.get_card_type_display()} …{card.last_four}") for card in cards
        ]


def _labelled(kind: Any, offered: list[Any]) -> list[tuple[str, Any]]:
    return [(value.value, value.label) for value in kind if value in offered]


class Delivery(DeedForm):
    """Where the new card goes and how it is made."""

    delivery_outlet = OutletChoice(queryset=Outlet.objects.none(), label=_("To be collected at"), empty_label=None)
    method = forms.ChoiceField(choices=IssueMethod, label=_("How the card is made"), initial=IssueMethod.FACTORY)
    fee_exemption = forms.ChoiceField(choices=[], label=_("Fee"), required=False)

    def prepare(self) -> None:
        """Offer the outlets that hand over cards, this desk's own first, and the exemptions the rules allow."""
        desk, book = self.matter.desk, self.matter.book
        outlets = self.fields["delivery_outlet"]
        outlets.queryset = _outlets()  # type: ignore[attr-defined]
        if desk.outlet is not None:
            outlets.initial = desk.outlet.pk
        at_once = desk.outlet is not None and desk.outlet.instant_issue
        self.fields["method"].choices = _labelled(  # type: ignore[attr-defined]
            IssueMethod, list(IssueMethod) if at_once else [IssueMethod.FACTORY]
        )
        if not at_once:
            self.fields["method"].help_text = _("This outlet does not issue cards at once.")
        due = _("%(fee)s yuan, no exemption") % {"fee": book.fee_yuan}
        self.fields["fee_exemption"].choices = [("", due), *_exemptions(book)]  # type: ignore[attr-defined]


def _exemptions(book: RuleBook) -> list[tuple[str, Any]]:
    """The grounds the rules list, then those a supervisor would have to allow."""
    asked_for = [x for x in FeeExemption if x not in (FeeExemption.FIRST_ISSUE, FeeExemption.NOT_RECEIVED)]
    listed = [x for x in asked_for if x in book.fee_exemptions]
    others = [x for x in asked_for if x not in book.fee_exemptions]
    return [
        *((x.value, _("free: %(reason)s") % {"reason": x.label}) for x in listed),
        *((x.value, _("free by exception: %(reason)s") % {"reason": x.label}) for x in others),
    ]


class AcceptForm(Delivery):
    """A first application, or the exchange of a card that is not lost."""

    kind = forms.ChoiceField(choices=[], label=_("Kind of application"), widget=forms.RadioSelect)
    card_type = forms.ChoiceField(choices=CardType, label=_("Card type"))
    bank = forms.ModelChoiceField(
        queryset=Bank.objects.none(), label=_("Service bank"), required=False, empty_label=_("the outlet's own bank")
    )
    exchange_reason = forms.ChoiceField(choices=[], label=_("Reason of the exchange"), required=False)
    replaced_card = CardChoice(choices=[], label=_("Old card"), required=False)
    phone = forms.CharField(
        label=_("Telephone number, if it is new"), required=False, max_length=40, widget=typed(),
        help_text=_("Ask for it with the ID document in hand; left empty, the number on file stays."),
    )  # fmt: skip
    field_order = (
        "kind", "card_type", "bank", "delivery_outlet", "method", "replaced_card", "exchange_reason", "fee_exemption"
    )  # fmt: skip

    def prepare(self) -> None:
        """Offer what fits the card at the start: a new person, an ordinary card, or a financial one."""
        super().prepare()
        subject = self.matter.subject
        self.fields["bank"].queryset = Bank.objects.all()  # type: ignore[attr-defined]
        self.fields["bank"].help_text = _("Only a financial card has one.")
        if not self._own_bank:
            self.fields["bank"].empty_label = _("please choose")  # type: ignore[attr-defined]
        if self.matter.party == Party.AGENT:
            # The number is the holder's: an agent does not change where codes and messages go.
            del self.fields["phone"]
        if isinstance(subject, Card):
            self._start_from(subject)
        else:
            self._start_afresh()

    @property
    def _own_bank(self) -> bool:
        """Whether this window belongs to a bank, which then need not be named."""
        outlet = self.matter.desk.outlet
        return outlet is not None and outlet.bank_id is not None

    def clean(self) -> dict[str, Any]:
        """At a window without a bank the bank of a financial card is chosen, never taken from the outlet."""
        data = super().clean() or self.cleaned_data
        if not self._own_bank and data.get("card_type") in FINANCIAL_TYPES and "bank" in data and data["bank"] is None:
            self.add_error("bank", _("Please choose the service bank of the card; the person decides which."))
        return data

    def _start_afresh(self) -> None:
        self._offer_kinds([ApplicationKind.FIRST])
        self.fields["card_type"].initial = CardType.FINANCIAL_BLUE
        ordinary = [card for card in self.matter.cards if _to_be_voided(card)]
        self.fields["replaced_card"].offer(ordinary)  # type: ignore[attr-defined]
        self.fields["replaced_card"].label = _("Old ordinary card that becomes void")
        self._first_only()
        if not ordinary:
            del self.fields["replaced_card"]

    def _start_from(self, card: Card) -> None:
        exchange = card.social_status in workflow.USABLE
        kinds = [ApplicationKind.EXCHANGE] if exchange else []
        kinds += [] if card.financial else [ApplicationKind.FIRST]
        self._offer_kinds(kinds)
        self.fields["replaced_card"].offer([card])  # type: ignore[attr-defined]
        self.fields["replaced_card"].initial = str(card.pk)
        self.fields["card_type"].initial = card.card_type if exchange else CardType.FINANCIAL_BLUE
        self.fields["bank"].initial = card.bank_id
        if exchange:
            self.fields["exchange_reason"].choices = [("", _("none")), *ExchangeReason.choices]  # type: ignore[attr-defined]
        else:
            self._first_only()

    def _first_only(self) -> None:
        """A first issue has no reason of exchange, and no fee where the rules exempt it."""
        del self.fields["exchange_reason"]
        if not self.matter.book.fee(ApplicationKind.FIRST, ""):
            del self.fields["fee_exemption"]

    def _offer_kinds(self, kinds: list[ApplicationKind]) -> None:
        self.fields["kind"].choices = _labelled(ApplicationKind, kinds)  # type: ignore[attr-defined]
        self.fields["kind"].initial = kinds[0] if kinds else None

    def old_card(self) -> Card | None:
        """The card named as the old one."""
        named = self.cleaned_data.get("replaced_card")
        return next((card for card in self._all_cards() if str(card.pk) == named), None)

    def _all_cards(self) -> list[Card]:
        subject = self.matter.subject
        return [*self.matter.cards, *([subject] if isinstance(subject, Card) else [])]


def _to_be_voided(card: Card) -> bool:
    """Whether a first financial card may put an end to this one (S11)."""
    return card.card_type in ORDINARY_TYPES and card.social_status in workflow.USABLE | workflow.LOST


class ReplaceForm(Delivery):
    """The replacement of a card reported lost in writing."""

    def prepare(self) -> None:
        """Offer only outlets of the card's own bank, and those without a bank."""
        super().prepare()
        bank = self.matter.subject.card.bank_id
        own = _outlets().filter(Q(bank__isnull=True) | Q(bank=bank))
        self.fields["delivery_outlet"].queryset = own  # type: ignore[attr-defined]


class StopForm(DeedForm):
    """Why the clock is stopped."""

    reason = forms.ChoiceField(choices=[], label=_("What is missing"), widget=forms.RadioSelect)

    def prepare(self) -> None:
        """Offer the reasons that fit the stage."""
        application = self.matter.subject
        possible = workflow.possible_stops(Stage(application.stage), application.stop)
        self.fields["reason"].choices = _labelled(StopReason, list(possible))  # type: ignore[attr-defined]


def why(label: Any) -> forms.CharField:
    """A reason in the clerk's own words."""
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 3}), min_length=4, max_length=500)


class RefuseForm(DeedForm):
    """Why the application is refused."""

    reason = why(_("Reason, as the person shall read it"))


class HandOverForm(DeedForm):
    """The card in the hand and the certificate it is collected with."""

    certificate_number = forms.CharField(
        label=_("Number of the card certificate"), required=False, max_length=400, widget=typed(),
        help_text=_("Type it, or scan the code on the certificate."),
    )  # fmt: skip
    card_number = forms.CharField(
        label=_("Card number, read from the card's face"), required=False, max_length=40, widget=typed()
    )

    def prepare(self) -> None:
        """Only a replaced card is collected with a certificate."""
        if getattr(self.matter.subject, "certificate", None) is None:
            del self.fields["certificate_number"]


class CancelForm(DeedForm):
    """The card that turned up."""

    card_number = forms.CharField(
        label=_("Card number, read from the card shown"), required=False, max_length=40, widget=typed()
    )


class RegisterForm(forms.Form):
    """A person who is not on record yet."""

    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=100, widget=typed())
    id_number = forms.CharField(label=_("Citizen identification number"), max_length=60, widget=typed())
    phone = forms.CharField(
        label=_("Telephone number, if there is one"), max_length=40, required=False, widget=typed()
    )
