"""The pages that belong to no app: home, statements, switches, health, error pages."""

import sys
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from cards.see_other import SeeOther

from .context import LANGUAGES, MODES, Page
from .network import may_read_metrics

RETRY_SECONDS = 30
DATABASE_GONE = (OperationalError, InterfaceError)


# Pages


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the question, its field and the other ways to ask."""
    return render(request, "home.html", {"wechat": bool(settings.WECHAT_NAME)})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is done with personal data."""
    told = {
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "answer_cookie": settings.ANSWER_COOKIE_NAME,
        "kept_years": settings.RETENTION_YEARS,
    }
    return render(request, "privacy.html", told)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how accessible the portal is, and what to do where it is not."""
    return render(request, "accessibility.html")


# Switches


def is_foreign(request: HttpRequest) -> bool:
    """Say whether another site sent this form."""
    if request.META.get("HTTP_SEC_FETCH_SITE") == "cross-site":
        return True
    origin = request.META.get("HTTP_ORIGIN")
    ours = {f"{request.scheme}://{request.get_host()}", settings.SITE_URL.rstrip("/"), *settings.CSRF_TRUSTED_ORIGINS}
    return origin is not None and origin not in ours


def local_path(request: HttpRequest) -> str:
    """Return the page to go back to: a path of this site, without a pinned language that would undo the switch."""
    wish = request.POST.get("next", "")
    if not wish.startswith("/") or not url_has_allowed_host_and_scheme(wish, allowed_hosts=None):
        return "/"
    parts = urlsplit(wish)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "lang"]
    return urlunsplit(("", "", parts.path, urlencode(query), ""))


def switch(request: HttpRequest, *, field: str, cookie: str, allowed: tuple[str, ...]) -> HttpResponse:
    """Remember one display choice in a cookie and go back."""
    if is_foreign(request):
        return permission_denied(request)
    choice = request.POST.get(field)
    if choice not in allowed:
        return bad_request(request)
    response = SeeOther(local_path(request))
    response.set_cookie(
        cookie, choice, max_age=settings.LANGUAGE_COOKIE_AGE, secure=settings.HTTPS, httponly=True, samesite="Lax"
    )
    return response


# No token: both change a display only, and a token would put a cookie on every page that carries the switch.
@csrf_exempt
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language."""
    return switch(request, field="language", cookie=settings.LANGUAGE_COOKIE_NAME, allowed=LANGUAGES)


@csrf_exempt
@require_POST
def set_display(request: HttpRequest) -> HttpResponse:
    """Switch large type on or off."""
    return switch(request, field="mode", cookie="mode", allowed=MODES)


# Operations


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that the process answers; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@lru_cache(maxsize=1)
def newest_migrations() -> frozenset[tuple[str, str]]:
    """Return the last migration of every app, read from disk once per process."""
    from django.db.migrations.loader import MigrationLoader

    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def missing_migrations() -> int:
    """Return how many apps are behind in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return len(newest_migrations() - {(app, name) for app, name in cursor.fetchall()})


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """Say whether the database answers and is migrated."""
    try:
        behind = missing_migrations()
    except DatabaseError:
        return JsonResponse({"database": "gone"}, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
    return JsonResponse({"database": "ok", "apps_behind": behind}, status=503 if behind else 200)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Give figures to the configured addresses."""
    if not may_read_metrics(request):
        return permission_denied(request)
    from .figures import exposition  # the client library costs memory that only this page needs

    content, content_type = exposition()
    return HttpResponse(content, content_type=content_type)


@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """Send browsers that ask by habit to the icon."""
    return HttpResponseRedirect(static("icon.svg"))


# Error pages: rendered without the request, so that no context processor reaches for a session or a database


def error_page(request: HttpRequest, status: int, template: str, **context: object) -> HttpResponse:
    """Return an error page in the portal's face."""
    html = render_to_string(template, {"page": Page.of(request), **context})
    response = HttpResponse(html, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the request could not be understood."""
    return error_page(request, 400, "400.html")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that this is not allowed."""
    return error_page(request, 403, "403.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form was too old or came from elsewhere, and how to go on."""
    return error_page(request, 403, "403_csrf.html")


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is no such page, and where to look."""
    return error_page(request, 404, "404.html")


def body_too_large(request: HttpRequest) -> HttpResponse:
    """Say that more was sent than the portal takes."""
    return error_page(request, 413, "413.html", limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that something broke on our side; a database lost inside a middleware arrives here too."""
    if isinstance(sys.exc_info()[1], DATABASE_GONE):
        return unavailable(request)
    return error_page(request, 500, "500.html")


def unavailable(request: HttpRequest) -> HttpResponse:
    """Say that the data cannot be reached now, when to try again and whom to call."""
    response = error_page(request, 503, "503.html")
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
