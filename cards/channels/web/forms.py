"""The forms of the enquiry: what was typed is cleaned and judged here, and said back in words."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cards.errors import NameMalformed
from cards.id_number import IdNumberProblem
from cards.id_number import check as check_id_number
from cards.names import clean_name
from cards.paper_number import QueryCodeMalformed, clean_query_code

# Nothing typed here may be offered to the next person at the same computer.
_PRIVATE = {"autocomplete": "off", "spellcheck": "false"}


class IdNumberField(forms.Field):
    """An ID number as people type it; becomes the cleaned number."""

    widget = forms.TextInput(
        attrs=_PRIVATE
        | {"class": "number", "inputmode": "text", "autocapitalize": "characters", "maxlength": "40", "required": True}
    )

    def clean(self, value: Any) -> str:
        """Check every part of it; the complaint names the part that is wrong."""
        try:
            return check_id_number(value or "")
        except IdNumberProblem as problem:
            raise ValidationError(str(problem.message), code=problem.part) from None


class QueryCodeField(forms.Field):
    """A query code as it stands on paper, in any spelling; becomes its ten characters, or nothing."""

    widget = forms.TextInput(
        attrs=_PRIVATE | {"class": "number", "inputmode": "text", "autocapitalize": "characters", "maxlength": "40"}
    )

    def clean(self, value: Any) -> str:
        """Check its length and check character, so that a slip is told at once and not counted as a try."""
        try:
            return clean_query_code(value or "")
        except QueryCodeMalformed as problem:
            if problem.reason == "empty" and not self.required:
                return ""
            raise ValidationError(str(problem.message), code=problem.reason) from None


class NameField(forms.Field):
    """The name of the cardholder."""

    widget = forms.TextInput(attrs=_PRIVATE | {"maxlength": "60"})

    def clean(self, value: Any) -> str:
        """Check that it can be a name."""
        if not (value or "").strip():
            raise ValidationError(_("Enter the name of the cardholder."), code="empty")
        try:
            return clean_name(value)
        except NameMalformed as problem:
            raise ValidationError(problem.sentence, code="name") from None


_CODE = _("Query code")
_CODE_HELP = _(
    "Ten characters on your receipt, card certificate or loss receipt, or as told by phone or shown online. "
    "Capital or small letters, both will do."
)


class EnquiryForm(forms.Form):
    """The one question; what it asks for beside the number follows the policy in force."""

    use_required_attribute = False

    id_number = IdNumberField(
        label=_("Citizen identification number"),
        help_text=_(
            "18 characters, the last may be X. Numbers on residence permits for Hong Kong, Macao and Taiwan residents "
            "and on foreigners' permanent resident ID cards work too."
        ),
    )
    code = QueryCodeField(label=_CODE, help_text=_CODE_HELP)

    @staticmethod
    def under(policy: str) -> type["EnquiryForm"]:
        """The form as a policy wants it; a class for each, because a field left out later is copied all the same."""
        return _FORMS[policy]


class OpenEnquiryForm(EnquiryForm):
    """Under the policy where the code only adds to what the number opens."""

    code = QueryCodeField(
        label=_CODE,
        required=False,
        help_text=_(
            "Ten characters on your receipt, card certificate or loss receipt, or as told by phone or shown online. "
            "With it you also see the outlet, the reasons and the history."
        ),
    )


class NamedEnquiryForm(EnquiryForm):
    """Under the policy that compares the name."""

    field_order = ("id_number", "name", "code")

    code = QueryCodeField(label=_CODE, required=False, help_text=_CODE_HELP)
    name = NameField(label=pgettext_lazy("of a person", "Name"), help_text=_("As it stands on the ID document."))


_FORMS = {"number": OpenEnquiryForm, "number_and_name": NamedEnquiryForm, "number_and_code": EnquiryForm}


class CodeForm(forms.Form):
    """The query code alone, for a person who already sees the outline."""

    use_required_attribute = False

    code = QueryCodeField(label=_CODE)
