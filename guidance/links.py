"""Finds links in guides that lead nowhere on this site."""

import inspect
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from guidance import markdown
from guidance.models import Article

ELSEWHERE = ("https", "tel", "mailto")
# What the page around a guide's text can be linked to by.
ON_EVERY_GUIDE = ("main", "related", "rests-on")
IDENTIFIER = re.compile(r'\sid="([^"]+)"')


def dead_links(source: str, html: str, language: str, own_slug: str) -> list[str]:
    """Return a sentence for each address in a guide's Markdown that no reader could open; other sites are not asked.

    `html` is what that Markdown became in the same language ("zh" or "en").
    """
    told = (_told(address, html, language, own_slug) for address in markdown.links(source))
    return [sentence for sentence in told if sentence]


def _told(address: str, html: str, language: str, own_slug: str) -> str:
    parts = urlsplit(address)
    if parts.scheme == "http":
        return _("This link is not safe, so it is left out: %(address)s. Write https:// instead.") % {
            "address": address
        }
    nowhere = _("This link leads nowhere: %(address)s") % {"address": address}
    if parts.scheme in ELSEWHERE:
        return ""
    if parts.scheme or parts.netloc or not (parts.path.startswith("/") or (not parts.path and parts.fragment)):
        return nowhere
    page = html if not parts.path else _page(parts.path, html, language, own_slug)
    if page is None:
        return nowhere
    if page and parts.fragment and unquote(parts.fragment) not in {*IDENTIFIER.findall(page), *ON_EVERY_GUIDE}:
        return _("The page has no such heading: %(address)s") % {"address": address}
    return ""


def _page(path: str, html: str, language: str, own_slug: str) -> str | None:
    """Return the HTML of a guide, "" for any other page, None where there is none to read."""
    try:
        match = resolve(path, settings.PUBLIC_URLCONF)
    except Resolver404:
        return None
    if match.url_name != "guide":
        return "" if _can_be_read(match.func) else None
    slug = match.kwargs["slug"]
    if slug == own_slug:
        return html
    guides = Article.objects.filter(slug=slug, published=True)
    return guides.values_list(f"html_{language}", flat=True).first()


def _can_be_read(view: Callable[..., Any] | None) -> bool:
    """Whether a view answers to GET; Django's `require_POST` and its like keep their list of methods to themselves."""
    while view is not None:
        kept = inspect.getclosurevars(view).nonlocals if inspect.isfunction(view) else {}
        if "GET" not in kept.get("request_method_list", ("GET",)):
            return False
        view = getattr(view, "__wrapped__", None)
    return True


def pointing_to(slug: str) -> list[Article]:
    """Return the published guides whose text links to a guide."""
    linking = Article.objects.filter(published=True, body_zh__contains=f"/guides/{slug}/")
    linking |= Article.objects.filter(published=True, body_en__contains=f"/guides/{slug}/")
    return list(linking.exclude(slug=slug).distinct())
