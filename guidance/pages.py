"""Rendered guide pages, kept as bytes per address, language and display mode, until the guides change."""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from guidance import snapshot
from guidance.snapshot import Snapshot

# Kept by caches, but asked about each time: an edit shows at once, an unchanged page costs a 304.
CACHE_CONTROL = "public, no-cache"


@dataclass(frozen=True)
class Kept:
    """A rendered page, plain and compressed."""

    plain: bytes
    packed: bytes
    etag: str


def texts_language() -> str:
    """Return which of the two texts the reader gets: "zh" or "en"."""
    return "en" if get_language() == "en" else "zh"


def blank_request(request: HttpRequest) -> HttpRequest:
    """Return a request that knows its address and display only, so that nothing of a reader can enter a kept page."""
    blank = HttpRequest()
    blank.method = "GET"
    blank.path = blank.path_info = request.path
    blank.LANGUAGE_CODE = getattr(request, "LANGUAGE_CODE", None) or get_language()
    blank.COOKIES = {"mode": "elder" if request.COOKIES.get("mode") == "elder" else "standard"}
    return blank


def serve(request: HttpRequest, template: str, context: Callable[[Snapshot, str], dict]) -> HttpResponse:
    """Answer with a kept page, or make it from the template and `context(snapshot, language)` and keep it.

    `context` may raise Http404; only pages that exist are kept.
    """
    current = snapshot.current()
    blank = blank_request(request)
    key = (blank.path, blank.LANGUAGE_CODE, blank.COOKIES["mode"], settings.DEMO)
    kept = current.pages.get(key)
    if kept is None:
        html = render_to_string(template, context(current, texts_language()), blank).encode()
        kept = Kept(html, gzip.compress(html, mtime=0), hashlib.sha256(html).hexdigest()[:32])
        current.pages[key] = kept
    return _answer(request, kept)


def _answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    # The page holds no secret, so compressing it gives nothing away.
    packed = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    etag = f'"{kept.etag}-gz"' if packed else f'"{kept.etag}"'
    response = get_conditional_response(request, etag=etag, response=None)
    if response is None:
        response = HttpResponse(kept.packed if packed else kept.plain)
        response.headers["Content-Length"] = str(len(response.content))
    if packed and response.status_code == 200:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = CACHE_CONTROL
    patch_vary_headers(response, ("Accept-Encoding", "Accept-Language", "Cookie"))
    return response
