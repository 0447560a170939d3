"""The call at an officer's desk: whom it is about, and whether the caller was verified; kept for a while.

One call at a time: the next look-up ends the one before. The session holds a random key or a digest, never a number.
"""

import time
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from cards.desk.staff import Desk, forget_opened
from cards.identity import TRIES, Checked, closed_until
from cards.rules import CHINA

_PLACE = "call"
# An enquiry that was left alone is over; what the caller proved holds for one call.
BEGUN_FOR, VERIFIED_FOR = 3600, 1200


@dataclass(frozen=True)
class Call:
    """A call: the person (empty where the number is not on record), what is counted, and how the person was found."""

    holder: str
    subject: str
    found_by: str
    paper: str = ""
    began: float = 0.0
    verified: float = 0.0
    tried: int = 0
    tries_left: int = TRIES
    closed_until: float = 0.0

    @property
    def holder_id(self) -> uuid.UUID | None:
        """The key of the person, if there is one on record."""
        return uuid.UUID(self.holder) if self.holder else None

    @property
    def is_verified(self) -> bool:
        """Whether the caller was verified, and not too long ago."""
        return bool(self.verified) and time.time() - self.verified < VERIFIED_FOR

    @property
    def no_match(self) -> bool:
        """Whether the last try failed, and another one is left."""
        return 0 < self.tries_left < TRIES

    @property
    def is_spent(self) -> bool:
        """Whether this call has had its tries."""
        return self.tried >= TRIES

    @property
    def told_closed_until(self) -> str:
        """The time of day until which only a full number opens, because there were too many tries about the person."""
        if self.closed_until <= time.time():
            return ""
        # Told in whole minutes, so the next one.
        return f"{datetime.fromtimestamp(self.closed_until + 60, CHINA):%H:%M}"

    @property
    def told_until(self) -> str:
        """The time of day from which the caller has to be asked again."""
        return f"{datetime.fromtimestamp(self.verified + VERIFIED_FOR, CHINA):%H:%M}"


def begin(request: HttpRequest, *, holder: Any, subject: str, found_by: str, paper: str = "") -> None:
    """A caller named a person; whatever the call before had opened is closed."""
    end(request)
    key = str(holder.pk) if holder else ""
    request.session[_PLACE] = asdict(
        Call(key, subject, found_by, paper, began=time.time(), closed_until=closed_until(subject, found_by))
    )


def current(request: HttpRequest) -> Call | None:
    """The call under way, if there is one."""
    kept = request.session.get(_PLACE)
    call = Call(**kept) if kept else None
    return call if call and (call.is_verified or time.time() - call.began < BEGUN_FOR) else None


def remember(request: HttpRequest, result: Checked) -> None:
    """Keep how the questions were answered: rightly opens the person's page for this call."""
    call = current(request)
    if call is None:
        return
    if result.passed:
        call = replace(call, verified=time.time())
    else:
        left = min(result.tries_left, TRIES - call.tried - 1)
        call = replace(call, tried=call.tried + 1, tries_left=left, closed_until=result.open_again_at)
    request.session[_PLACE] = asdict(call)


def end(request: HttpRequest) -> None:
    """The call is over: nothing it opened stays open, neither the person nor a paper."""
    request.session.pop(_PLACE, None)
    forget_opened(request)


def is_open(request: HttpRequest, desk: Desk, holder_id: Any) -> bool:
    """Whether this desk may see this person now: at a window after a recorded look, on the phone after the check."""
    if not desk.on_the_phone:
        return desk.has_opened(request, holder_id)
    call = current(request)
    return call is not None and call.is_verified and call.holder == str(holder_id)
