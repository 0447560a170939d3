"""The forms of what is done on the phone: the oral report, and what is agreed for later."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cards.desk.forms import DeedForm, OutletChoice
from cards.models import Card, Outlet
from cards.office_vocabulary import FollowUpKind, FollowUpReason
from cards.services.follow_ups import OUTCOMES

_NOTE = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})


class OralReportForm(DeedForm):
    """Which card the caller means, where there are several."""

    card_meant = forms.ChoiceField(choices=[], label=_("Which card does the caller mean?"), widget=forms.RadioSelect)

    def prepare(self) -> None:
        """Let the caller name the card; with a single card there is nothing to mistake."""
        cards = self.matter.cards
        if len(cards) < 2:
            del self.fields["card_meant"]
            return
        self.fields["card_meant"].choices = [(str(card.pk), told_card(card)) for card in cards]  # type: ignore[attr-defined]
        self.fields["card_meant"].help_text = _(
            "Let the caller say type or last characters; do not take it for granted."
        )


def told_card(card: Card) -> str:
    """A card by type, bank and last characters, by which a person tells one from the other."""
    told = f"{card.get_card_type_display()} …{card.last_four}"
    return f"{told} · {card.bank.told('name')}" if card.bank else told


class FollowUpForm(DeedForm):
    """What somebody is to be called back about, or comes in with, and until when."""

    reason = forms.ChoiceField(choices=FollowUpReason, label=_("What is it about?"))
    days = forms.TypedChoiceField(
        coerce=int,
        choices=[(0, _("today")), (1, _("by the end of the next working day")), (3, _("within three working days"))],
        label=_("Until when?"),
    )
    note = forms.CharField(
        label=_("Note for whoever takes it on (optional)"), max_length=200, required=False, widget=_NOTE,
        help_text=_("It is kept sealed and shown on the person's page only."),
    )  # fmt: skip


class ReferForm(FollowUpForm):
    """The same, with the outlet the person goes to."""

    outlet = OutletChoice(queryset=Outlet.objects.none(), label=_("Where will the person come?"), empty_label=None)
    field_order = ("outlet", "reason", "days", "note")

    def prepare(self) -> None:
        """Every window that is open."""
        windows = Outlet.objects.filter(closed_for_good=False).select_related("bank")
        self.fields["outlet"].queryset = windows  # type: ignore[attr-defined]


class SettleForm(DeedForm):
    """How a call-back or a visit ended."""

    outcome = forms.ChoiceField(choices=[], label=_("How did it end?"), widget=forms.RadioSelect)

    def prepare(self) -> None:
        """Offer the endings of this kind."""
        possible = OUTCOMES[FollowUpKind(self.matter.subject.kind)]
        self.fields["outcome"].choices = [(value.value, value.label) for value in possible]  # type: ignore[attr-defined]
