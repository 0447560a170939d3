"""The map of the site for search engines, and what crawlers leave alone; every page in both languages."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from guidance import snapshot

from .context import LANGUAGES

# Pages about nobody, by name; guides follow from what is published.
PAGES = (
    "home",
    "status",
    "lost-card",
    "guides",
    "legal-basis",
    "contact",
    "outlets",
    "processing-times",
    "verify",
    "privacy",
    "accessibility",
)


@dataclass(frozen=True)
class Place:
    """One address, and when what stands there was last reviewed, where that is known."""

    address: str
    changed: date | None = None


def _host() -> str:
    return settings.SITE_URL.rstrip("/")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List every public page."""
    places = [Place(_host() + reverse(name)) for name in PAGES]
    places += [
        Place(_host() + reverse("guide", args=[guide.slug]), guide.last_reviewed)
        for guide in snapshot.current().guides.values()
    ]
    return render(request, "sitemap.xml", {"places": places, "languages": LANGUAGES}, content_type="application/xml")


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Keep crawlers out of what is about a person or for staff, and show them the rest."""
    lines = ("User-agent: *", "Disallow: /status/answer/", "Disallow: /admin/", "", f"Sitemap: {_host()}/sitemap.xml")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
