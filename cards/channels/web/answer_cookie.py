"""The sealed cookie that carries what a look-up opened from the form to the answer; one length for every outcome."""

import struct
import time
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from cards import sealing
from cards.case_file import Opening
from cards.vocabulary import AccessOutcome

# The report of a loss, outside the enquiry's own addresses, goes by what was opened there.
PATH = "/"
MAX_AGE = 600
_PURPOSE = "web-answer"
# When it was asked, outcome, holder, paper number, issue, whether the code missed, when the next try is possible,
# answer number.
_SHAPE = struct.Struct(">QB16s12sI?d12s")
_OUTCOMES = tuple(AccessOutcome)


@dataclass(frozen=True)
class Kept:
    """An opening as the cookie keeps it, with the second of its look-up, and the answer number if there is one."""

    opening: Opening
    asked_at: int
    number: str = ""

    @property
    def seconds_left(self) -> int:
        """How long the answer still stands."""
        return self.asked_at + MAX_AGE - int(time.time())


def put(response: HttpResponse, opening: Opening, asked_at: int | None = None, number: str = "") -> None:
    """Give the browser an opening to keep; with `asked_at` the time of an earlier look-up goes on running."""
    kept = Kept(opening, int(time.time()) if asked_at is None else asked_at)
    payload = _SHAPE.pack(
        kept.asked_at,
        _OUTCOMES.index(opening.outcome),
        opening.holder_id.bytes,
        opening.paper.encode("ascii"),
        opening.issue,
        opening.code_missed,
        opening.retry_at,
        number.encode("ascii"),
    )
    response.set_cookie(
        settings.ANSWER_COOKIE_NAME,
        sealing.seal_token(payload, _PURPOSE),
        max_age=max(0, kept.seconds_left),
        path=PATH,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def read(request: HttpRequest) -> Kept | None:
    """Return what the browser keeps; None where there is nothing, nothing of ours, or nothing that still stands."""
    token = request.COOKIES.get(settings.ANSWER_COOKIE_NAME)
    if not token:
        return None
    try:
        payload = sealing.open_token(token, _PURPOSE, MAX_AGE)
        asked_at, outcome, holder, paper, issue, code_missed, retry_at, number = _SHAPE.unpack(payload)
    except (sealing.SealError, struct.error):
        # Not ours, too old, or of an earlier shape: all the same to the browser.
        return None
    opening = Opening(
        _OUTCOMES[outcome],
        uuid.UUID(bytes=holder),
        paper=paper.rstrip(b"\0").decode("ascii"),
        issue=issue,
        code_missed=code_missed,
        retry_at=retry_at,
    )
    kept = Kept(opening, asked_at, number.rstrip(b"\0").decode("ascii"))
    return kept if kept.seconds_left > 0 else None


def remove(response: HttpResponse) -> None:
    """Have the browser forget the answer."""
    response.delete_cookie(settings.ANSWER_COOKIE_NAME, path=PATH, samesite="Lax")
