"""What the officer types while the caller answers; nothing on record stands in it."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cards import id_number as id_numbers
from cards.errors import PhoneMalformed
from cards.id_number import IdNumberProblem
from cards.identity import ENOUGH, CallerAnswers, national
from cards.models import Bank
from cards.names import fold_name
from cards.paper_number import PaperNumberMalformed, check_paper_number
from cards.services.phones import clean_phone
from cards.vocabulary import ApplicationKind

_TOO_FEW = _(
    "These answers are too few to be sure; nothing was compared and no try was used. "
    "Ask for the name and for more, best for a number that stands on the card or on a receipt."
)


def _heard(label: Any, hint: Any = "", **more: Any) -> forms.CharField:
    """An answer of the caller: optional, because nobody knows everything by heart."""
    typed = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, help_text=hint, required=False, max_length=60, widget=typed, **more)


class CallerForm(forms.Form):
    """The identity questions; what the caller does not know is left empty."""

    use_required_attribute = False
    name = _heard(pgettext_lazy("of a person", "Name"))
    card = _heard(_("Card number"), _("in full, or the last four characters; 2 points"))
    paper = _heard(_("Number of a receipt or certificate"), _("12 digits; 2 points"))
    id_number = _heard(_("ID number"), _("in full, or the last four characters; 1 point"))
    phone = _heard(_("Telephone number left with us"), _("1 point"))
    bank = forms.ModelChoiceField(
        queryset=Bank.objects.none(), label=_("Bank of the card"), required=False, help_text=_("1 point")
    )
    kind = forms.ChoiceField(
        choices=[("", _("not asked")), *ApplicationKind.choices],
        label=_("Kind of the latest application"),
        required=False,
        help_text=_("1 point"),
    )

    def __init__(self, found_by: str, unasked: frozenset[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found_by, self.unasked = found_by, unasked
        self.fields["bank"].queryset = Bank.objects.order_by("name_zh")  # type: ignore[attr-defined]
        self.fields["bank"].empty_label = _("not asked")  # type: ignore[attr-defined]
        self.fields["bank"].label_from_instance = lambda bank: bank.told("name")  # type: ignore[attr-defined]
        self.fields["name"].widget.attrs["autofocus"] = True
        for name in unasked:
            self.fields.pop(name, None)

    @property
    def points(self) -> int:
        """How much the answers have to weigh beside the name; what the person was found by counts already."""
        return ENOUGH - CallerAnswers().weight(self.found_by, self.unasked)

    def clean_name(self) -> str:
        """The name in the form in which spellings compare equal."""
        return fold_name(self.cleaned_data["name"])

    def clean_id_number(self) -> str:
        """The number, or its last characters, as they are meant."""
        try:
            return id_numbers.clean(self.cleaned_data["id_number"])
        except IdNumberProblem as wrong:
            raise forms.ValidationError(str(wrong.message)) from None

    def clean_phone(self) -> str:
        """The number without the country's code."""
        try:
            return national(clean_phone(self.cleaned_data["phone"]))
        except PhoneMalformed as refused:
            raise forms.ValidationError(refused.sentence) from None

    def clean_card(self) -> str:
        """The card number, or its last characters, in capitals without spaces."""
        folded = unicodedata.normalize("NFKC", self.cleaned_data["card"])
        return "".join(one for one in folded if one.isalnum()).upper()

    def clean_paper(self) -> str:
        """The digits of the paper; one misheard digit shows before anything is compared."""
        typed = self.cleaned_data["paper"]
        try:
            return check_paper_number(typed) if typed else ""
        except PaperNumberMalformed as wrong:
            raise forms.ValidationError(str(wrong.message)) from None

    def clean(self) -> dict[str, Any]:
        """Too few answers are no try."""
        cleaned = super().clean() or {}
        if not self.errors and (not cleaned.get("name") or self.answers.weight(self.found_by, self.unasked) < ENOUGH):
            raise forms.ValidationError(_TOO_FEW)
        return cleaned

    @property
    def answers(self) -> CallerAnswers:
        """What was said, as the check wants it."""
        data = self.cleaned_data
        bank = data.get("bank")
        texts = {name: data.get(name) or "" for name in ("name", "id_number", "phone", "card", "paper", "kind")}
        return CallerAnswers(bank=str(bank.pk) if bank else "", **texts)
