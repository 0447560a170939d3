"""The web app manifest: name, colours and icons under which the portal stands on a home screen."""

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from .context import Page

# Drawn from icon.svg by tests/harness/icons.py; the maskable one has room for a round mask.
ICONS = (
    {"src": "icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
    {"src": "icon-192.png", "sizes": "192x192", "type": "image/png", "purpose": "any"},
    {"src": "icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any"},
    {"src": "icon-maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
)


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Answer in the reader's language."""
    page = Page.of(request)
    content = {
        "id": reverse("home"),
        "start_url": reverse("home"),
        "scope": reverse("home"),
        "lang": page.html_language,
        "dir": "ltr",
        "name": _("Social Security Card Service"),
        "short_name": pgettext("short name of the portal", "Social card"),
        "description": _(
            "See how far your social security card is, and what to do when it is lost, ready or delayed."
        ),
        "display": "standalone",
        "background_color": "#fbfaf7",
        "theme_color": "#0b5d5a",
        "icons": [icon | {"src": static(icon["src"])} for icon in ICONS],
        "shortcuts": [
            {"name": _("Where is my card?"), "url": reverse("status")},
            {"name": _("I lost my card"), "url": f"{reverse('lost-card')}?what=lost"},
        ],
    }
    response = JsonResponse(
        content, json_dumps_params={"ensure_ascii": False}, content_type="application/manifest+json"
    )
    response.headers["Cache-Control"] = "max-age=86400"
    response.headers["Vary"] = "Accept-Language, Cookie"
    response.headers["Content-Language"] = page.language
    return response
