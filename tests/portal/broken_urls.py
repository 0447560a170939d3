"""The portal's addresses, and some whose views fail in the ways that matter."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal import public_urls as urls

FAILURES = {
    "operational": OperationalError("no route to the server"),
    "interface": InterfaceError("the connection is closed"),
    "bug": RuntimeError("a bug of ours"),
    "forbidden": PermissionDenied(),
    "suspicious": SuspiciousOperation("odd"),
}


def fail(request: HttpRequest, how: str) -> HttpResponse:
    """Raise what the address names."""
    raise FAILURES[how]


urlpatterns = [path("fail/<slug:how>/", fail), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
