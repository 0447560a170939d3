"""Finds links in guides that lead nowhere on this site."""

import re
from urllib.parse import unquote, urlsplit

from django.urls import Resolver404, resolve

from guidance import markdown
from guidance.models import Article

ELSEWHERE = ("https", "tel", "mailto")
IDENTIFIER = re.compile(r'\sid="([^"]+)"')


def dead_links(html: str, own_slug: str) -> list[str]:
    """Return the addresses in a guide's HTML that no reader could open; other sites are not asked."""
    addresses = dict.fromkeys(markdown.links(html))
    return [address for address in addresses if not _opens(address, html, own_slug)]


def _opens(address: str, html: str, own_slug: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme in ELSEWHERE:
        return True
    if not parts.path and parts.fragment:
        return unquote(parts.fragment) in IDENTIFIER.findall(html)
    if parts.netloc or not parts.path.startswith("/"):
        return False
    return _is_page(parts.path, own_slug)


def _is_page(path: str, own_slug: str) -> bool:
    try:
        match = resolve(path)
    except Resolver404:
        return False
    if match.url_name != "guide":
        return True
    slug = match.kwargs["slug"]
    return slug == own_slug or Article.objects.filter(slug=slug, published=True).exists()


def pointing_to(slug: str) -> list[Article]:
    """Return the published guides whose text links to a guide."""
    linking = Article.objects.filter(published=True, body_zh__contains=f"/guides/{slug}/")
    linking |= Article.objects.filter(published=True, body_en__contains=f"/guides/{slug}/")
    return list(linking.exclude(slug=slug).distinct())
