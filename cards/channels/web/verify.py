"""Is this paper from us? The form, its answer, and the public keys for those who verify offline."""

import math
import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control

from cards import paper_signature
from cards.answers import answer_later
from cards.answers.dates import told_day
from cards.channels.web.manners import about_a_person, answers_to
from cards.enquiry import AskedTooOften
from cards.paper_number import PaperTextMalformed, QueryCodeMalformed, clean_query_code
from cards.papers import verifying
from cards.papers.words import title_of
from cards.vocabulary import PaperKind

# What is no paper that proves something has a page of its own.
_PAGES: dict[int, str] = {PaperKind.ANSWER: "verify/answer.html", PaperKind.MESSAGE: "verify/message.html"}


class PaperField(forms.Field):
    """The number of a paper, typed, or all digits of its code, scanned."""

    widget = forms.TextInput(
        attrs={"class": "number", "inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}
        | {"maxlength": "400", "required": True}
    )

    def clean(self, value: Any) -> verifying.Shown:
        """Read it; a slip of the finger is told here, and not counted as a try."""
        try:
            return verifying.read(value or "")
        except PaperTextMalformed as problem:
            if _is_query_code(value):
                raise ValidationError(_("Enter a query code on the enquiry page."), code="query_code") from None
            raise ValidationError(str(problem.message), code=problem.reason) from None


def _is_query_code(text: str) -> bool:
    """Whether a query code was typed, which opens a case and is no number of a paper."""
    try:
        return not clean_query_code(text).isdecimal()
    except QueryCodeMalformed:
        return False


class VerifyForm(forms.Form):
    """The one question."""

    use_required_attribute = False
    number = PaperField(
        label=_("Number of the paper or message"),
        help_text=_(
            "The 12 digits on the paper or in the message, or all digits of a QR code as a scanner reads them."
        ),
    )


@about_a_person
@answers_to("GET", "HEAD", "POST")
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the number of a paper, and say whether it is ours."""
    form = VerifyForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "verify/form.html", {"form": form})
    network: str = request.client_network  # type: ignore[attr-defined]
    try:
        verdict = verifying.verify(form.cleaned_data["number"], network=network)
    except AskedTooOften as wait:
        told: dict[str, Any] = {"case": answer_later(wait.retry_at), "checking": True}
        response = render(request, "status/later.html", told, status=429)
        response.headers["Retry-After"] = str(max(1, math.ceil(wait.retry_at - time.time())))
        return response
    told = {"verdict": verdict, "kind": title_of(verdict.kind) if verdict.ours else "", "day": told_day(verdict.day)}
    return render(request, _PAGES.get(verdict.kind, "verify/verdict.html"), told)


@answers_to("GET", "HEAD")
@cache_control(public=True, max_age=3600)
def keys(_request: HttpRequest) -> HttpResponse:
    """The public keys under which papers are signed."""
    return JsonResponse(paper_signature.key_set())
