"""The pages on which readers tell the editors something: a search without result, and whether a guide was of use."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from guidance import feedback, pages, snapshot, words
from guidance.models import Article

LONGEST_WORDS = 500


class Words(forms.CharField):
    """Text of several lines; a browser sends a line's end as two signs, and a writer counts one."""

    def to_python(self, value: Any) -> Any:
        """Count as the writer does."""
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class OpinionForm(forms.Form):
    """Yes or no, and what is missing."""

    use_required_attribute = False

    useful = forms.ChoiceField(
        label=_("Was this guide of use to you?"),
        choices=[
            ("yes", pgettext_lazy("the guide was of use", "Yes")),
            ("no", pgettext_lazy("the guide was of use", "No")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )
    words = Words(
        label=_("What is missing, wrong or hard to understand?"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
        error_messages={
            "max_length": _(
                "Your text has %(show_value)s characters; at most %(limit_value)s can be sent. Shorten it."
            )
        },
        help_text=_("At most 500 characters. Please no names, ID, card or telephone numbers: nobody can answer here."),
    )

    def clean_words(self) -> str:
        """Refuse what may be the number of a person; nothing of the rest is lost."""
        text = self.cleaned_data["words"]
        if words.holds_a_number_of_a_person(text):
            raise ValidationError(
                _("Your text holds a long number. Take it out: ID, card and telephone numbers must not be sent here.")
            )
        return text


@require_http_methods(["GET", "HEAD", "POST"])
def useful(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask whether a guide was of use, and thank."""
    current = snapshot.current()
    if slug not in current.guides:
        raise Http404
    form = OpinionForm(request.POST if request.method == "POST" else None)
    too_often = False
    if request.method == "POST" and form.is_valid():
        try:
            feedback.opinion(
                Article.objects.get(slug=slug),
                useful=form.cleaned_data["useful"] == "yes",
                text=form.cleaned_data["words"],
                language=pages.texts_language(),
                request=request,
            )
            return redirect("guide-thanks", slug)
        except feedback.TooOften:
            too_often = True
    return _page(request, slug, {"form": form, "too_often": too_often}, status=429 if too_often else 200)


@require_http_methods(["GET", "HEAD"])
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """Thank, and lead back."""
    if slug not in snapshot.current().guides:
        raise Http404
    return _page(request, slug, {"thanks": True})


@require_POST
def missing(request: HttpRequest) -> HttpResponse:
    """Take note of a search that found nothing, where it may be kept."""
    query = request.POST.get("q", "").strip()[: words.LONGEST_QUERY]
    outcome = "kept"
    if not feedback.may_be_kept(query):
        outcome = "refused"
    else:
        try:
            feedback.missed(query, request)
        except feedback.TooOften:
            outcome = "later"
    status = 429 if outcome == "later" else 200
    response = render(request, "guidance/missing.html", {"outcome": outcome}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, slug: str, more: dict[str, Any], status: int = 200) -> HttpResponse:
    title = snapshot.current().guides[slug].texts[pages.texts_language()].title
    response = render(request, "guidance/useful.html", {"slug": slug, "guide_title": title, **more}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
