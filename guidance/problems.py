"""What an editor should still see to in a guide, and what keeps it from being published."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from guidance import links, markdown, pictures, publishing, style
from guidance.models import Draft, GuideText

LANGUAGES = ("zh", "en")
IN_BOTH = tuple(f"{part}_{language}" for part in ("title", "summary", "body") for language in LANGUAGES)


@dataclass(frozen=True)
class Problem:
    """A sentence about one field; `stops` when the guide may not be published like this."""

    field: str
    sentence: str
    stops: bool = True


def of(text: GuideText) -> list[Problem]:
    """Return everything there is to see to, field by field."""
    found = [*_missing(text)]
    for language in LANGUAGES:
        html = publishing.rendered(text, language).html
        found += _dead_links(text, language, html)
        found += _pictures(text, language)
        found += _long_sentences(text, language, html)
    return found


def label(problem: Problem) -> str:
    """What the field of a problem is called on the form."""
    return str(cast("models.Field", Draft._meta.get_field(problem.field)).verbose_name)


def stopping(text: GuideText) -> list[Problem]:
    """Return what keeps a guide from being published."""
    return [problem for problem in of(text) if problem.stops]


def _missing(text: GuideText) -> Iterator[Problem]:
    for name in IN_BOTH:
        if not getattr(text, name).strip():
            yield Problem(name, _("A published guide needs this text in both languages."))


def _dead_links(text: GuideText, language: str, html: str) -> Iterator[Problem]:
    for sentence in links.dead_links(getattr(text, f"body_{language}"), html, language, text.slug):
        yield Problem(f"body_{language}", sentence)


def _pictures(text: GuideText, language: str) -> Iterator[Problem]:
    source = getattr(text, f"body_{language}")
    ours = pictures.in_language(source, language)
    for address in markdown.pictures(source):
        if address not in ours:
            yield Problem(
                f"body_{language}",
                _("This picture is not among ours: %(address)s. Add it under Pictures first.") % {"address": address},
            )


def _long_sentences(text: GuideText, language: str, html: str) -> Iterator[Problem]:
    for part, told in (
        ("title", [getattr(text, f"title_{language}")]),
        ("summary", [getattr(text, f"summary_{language}")]),
        ("body", style.lines("", "", html)),
    ):
        for sentence in style.long_sentences(told, language):
            start = Truncator(sentence).chars(40)
            said = (
                _("A long sentence, %(count)s characters; at most %(most)s are read at once: “%(start)s”")
                if language == "zh"
                else _("A long sentence, %(count)s words; at most %(most)s are read at once: “%(start)s”")
            )
            values = {"count": style.length(sentence, language), "most": style.LONGEST[language], "start": start}
            yield Problem(f"{part}_{language}", said % values, stops=False)
