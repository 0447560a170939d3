"""What the telephone system reports of calls: signed, each counted once; whatever else comes gets a quiet no."""

import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cards import services
from cards.delivery.signing import is_signed
from cards.vocabulary import CallState

LONGEST = 16 * 1024


# Another server posts here, and it signs what it posts.
@csrf_exempt
@require_POST
def events(request: HttpRequest) -> HttpResponse:
    """Note a ring, an answer or a hang-up: `{"event", "call", "caller", "officer"}`."""
    if not settings.HOTLINE_EVENTS_KEY:
        raise Http404
    body = request.read(LONGEST + 1)
    if len(body) > LONGEST:
        return HttpResponse(status=413)
    at, signature = (request.headers.get(name, "") for name in ("X-Timestamp", "X-Signature"))
    told = _read(body) if is_signed(settings.HOTLINE_EVENTS_KEY, at, signature, body) else None
    if told is None:
        return HttpResponse(status=403)
    services.note_call(told["call"], CallState(told["event"]), number=told["caller"], officer=told["officer"])
    return HttpResponse(status=204)


def _read(body: bytes) -> dict[str, str] | None:
    """The report, or None where it is none."""
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    read = {name: told.get(name, "") for name in ("event", "call", "caller", "officer")}
    plain = all(isinstance(value, str) and len(value) <= 150 and "\0" not in value for value in read.values())
    return read if plain and read["call"] and read["event"] in CallState.values else None


urlpatterns = [path("hotline/events/", events, name="hotline-events")]
