"""One signed HTTP call to a service: what came back, or whether the call got there at all."""

import http.client
import json
import socket
import ssl
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from cards.delivery.outcomes import NotSent, OutcomeUnknown

TIMEOUT = 10.0
LONGEST_ANSWER = 256 * 1024
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A signed call with a telephone number in it goes where it was signed for, and nowhere else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Follow nothing."""


_opener = urllib.request.build_opener(_NoRedirect)


def checked_address(address: str) -> str:
    """Return the address of a service; refused where it would send personal data unencrypted over a network."""
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return address
    raise ValueError(f"{address!r} is no https address.")


def _answer(request: urllib.request.Request) -> tuple[int, bytes]:
    """The status and body of an answer, also of one that says no; reading either may fail."""
    try:
        with _opener.open(request, timeout=TIMEOUT) as response:
            return response.status, response.read(LONGEST_ANSWER)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(LONGEST_ANSWER)


def call(address: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
    """POST a body; return the status and the JSON that came back, whatever the status.

    Raise `NotSent` where nobody took the call, `OutcomeUnknown` where the answer was lost or is no JSON.
    """
    request = urllib.request.Request(checked_address(address), body, headers, method="POST")  # noqa: S310  # checked
    try:
        status, text = _answer(request)
    except urllib.error.URLError as error:
        # Before the connection stood nothing can have been sent.
        if isinstance(error.reason, ConnectionRefusedError | socket.gaierror | ssl.SSLError):
            raise NotSent("unreachable") from None
        raise OutcomeUnknown("answer_lost") from None
    except (OSError, http.client.HTTPException):
        raise OutcomeUnknown("answer_lost") from None
    if status == 429:
        raise NotSent("busy", 60)
    try:
        return status, json.loads(text)
    except ValueError:
        raise OutcomeUnknown(f"http_{status}") from None
