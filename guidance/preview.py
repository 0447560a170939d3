"""A guide as readers would see it, made from a form and saved nowhere."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from guidance import pages, publishing, snapshot
from guidance.models import Article
from guidance.views import card, law_context

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def page(request: HttpRequest, article: Article, chosen: dict[str, Any], language: str) -> HttpResponse:
    """Return the page of an unsaved article; `chosen` holds its laws and related guides."""
    publishing.render(article)
    blank = pages.blank_request(request)
    blank.path = blank.path_info = reverse("guide", args=[article.slug])
    blank.LANGUAGE_CODE = LANGUAGES[language]
    current = snapshot.current()
    context = {
        "preview": True,
        "text": snapshot.texts(article)[language],
        "last_reviewed": article.last_reviewed,
        "laws": [law_context(snapshot.law(law), language) for law in chosen.get("laws", ())],
        "situation": article.situation,
        "related": [
            card(current.guides[other.slug], language)
            for other in chosen.get("related", ())
            if other.slug in current.guides
        ],
    }
    with translation.override(LANGUAGES[language]):
        response = HttpResponse(render_to_string("guidance/guide.html", context, blank))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = LANGUAGES[language]
    return response
