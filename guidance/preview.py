"""A guide as readers would see it, made from a draft or a form and saved nowhere."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from guidance import pages, problems, publishing, snapshot
from guidance.models import Article, GuideText, LegalText
from guidance.snapshot import Text
from guidance.views import card, law_context

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def page(
    request: HttpRequest, shown: GuideText, language: str, laws: Iterable[LegalText], related: Iterable[Article]
) -> HttpResponse:
    """Return the page of an unsaved text; what is to be seen to in this language stands above it."""
    rendered = publishing.rendered(shown, language)
    title, summary = getattr(shown, f"title_{language}"), getattr(shown, f"summary_{language}")
    blank = pages.blank_request(request)
    # An address that cannot be one yet is no reason to show nothing.
    blank.path = blank.path_info = reverse("guide", args=[shown.slug]) if shown.slug else reverse("guides")
    blank.LANGUAGE_CODE = LANGUAGES[language]
    current = snapshot.current()
    found = [one for one in problems.of(shown) if one.field.endswith(language)] if shown.slug else []
    context = {
        "preview": True,
        "problems": [(problems.label(one), one.sentence) for one in found],
        "text": Text(title, summary, rendered.html, rendered.contents),
        "last_reviewed": timezone.localdate(),
        "laws": [law_context(snapshot.law(law), language) for law in laws],
        "situation": shown.situation,
        "related": [card(current.guides[other.slug], language) for other in related if other.slug in current.guides],
    }
    with translation.override(LANGUAGES[language]):
        response = HttpResponse(render_to_string("guidance/guide.html", context, blank))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = LANGUAGES[language]
    # Tells the script of the form that this is the page it asked for, not the form with its errors.
    response.headers["X-Preview"] = language
    return response
