"""What happens to every request before a view sees it: addresses, language, size of the body, a lost database."""

import logging
from collections.abc import Callable

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse, set_urlconf
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from . import views
from .context import LANGUAGES
from .network import client_network

logger = logging.getLogger("portal")
# A page here never needs a device; a script that slipped in shall not get one.
NO_DEVICES = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
Handler = Callable[[HttpRequest], HttpResponse]


def preferred_language(accept_language: str) -> str | None:
    """Return the best of our two languages for an Accept-Language header, or None."""
    for tag, _quality in parse_accept_lang_header(accept_language.lower()):
        base = tag.partition("-")[0]
        if base == "zh":  # every written Chinese reads simplified more easily than English
            return "zh-hans"
        if base == "en":
            return "en"
    return None


def choose_language(request: HttpRequest) -> str:
    """Return the language of the answer: the address, then the cookie, then the browser, then the setting."""
    for wish in (request.GET.get("lang"), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)):
        if wish in LANGUAGES:
            return wish
    return preferred_language(request.META.get("HTTP_ACCEPT_LANGUAGE", "")) or settings.DEFAULT_LANGUAGE


class PublicAddresses:
    """Shows a public page the public's addresses alone, so that a process loads the desks of staff for staff only."""

    def __init__(self, get_response: Handler) -> None:
        """Remember what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with those addresses, also where another middleware ends the request before a view is looked for."""
        if request.path_info.startswith("/admin"):
            return self.get_response(request)
        request.urlconf = settings.PUBLIC_URLCONF
        set_urlconf(settings.PUBLIC_URLCONF)
        try:
            return self.get_response(request)
        finally:
            set_urlconf(None)


class LanguageAndMode:
    """Sets the language, and tells caches what decides a page: the browser, and both choices in cookies."""

    def __init__(self, get_response: Handler) -> None:
        """Remember what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the visitor's language."""
        language = choose_language(request)
        request.LANGUAGE_CODE = language
        # For the apps, which may not import the portal: what limits are counted by.
        request.client_network = client_network(request)  # type: ignore[attr-defined]
        translation.activate(language)
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Language", language)
            response.headers.setdefault("Permissions-Policy", NO_DEVICES)
            response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def announced_length(request: HttpRequest) -> int:
    """How many bytes the request says will follow."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


class RefuseOversizedBodies:
    """Refuses a body over the limit by its announced length; Django alone would read on and answer 400."""

    def __init__(self, get_response: Handler) -> None:
        """Remember what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 413 before a byte of an oversized body is read."""
        most = settings.LARGER_BODIES.get(request.path_info, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        return views.body_too_large(request) if announced_length(request) > most else self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Send whoever is no staff to sign in before a larger body is read, which the check of its token would do."""
        if announced_length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and not admin.site.has_permission(request):
            return redirect_to_login(request.path_info, reverse("admin:login"))
        return None


class DatabaseGone:
    """Turns a lost database into an honest page that needs none."""

    def __init__(self, get_response: Handler) -> None:
        """Remember what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 503 where a view met a lost database; leave everything else to Django."""
        if isinstance(exception, views.DATABASE_GONE) and not settings.DEBUG:
            logger.error("The database does not answer.", exc_info=exception)
            return views.unavailable(request)
        return None


class OnePolicy:
    """Sets the Content-Security-Policy; one for every page and the admin, so it is written once, not per request."""

    def __init__(self, get_response: Handler) -> None:
        """Remember what comes next, and write the policy down."""
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer under the policy."""
        response = self.get_response(request)
        response.headers[HEADER] = self.policy
        return response
