"""What the telephone system reports of calls, and what a caller asked last: a hint for an officer, never a proof."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from cards import limits
from cards.models import CallerEnquiry, DeskCall
from cards.vocabulary import CallState

KEPT = timedelta(hours=12)
# Ring, answer, hang-up: a report that comes late or again takes nothing back.
_ORDER = [CallState.RING, CallState.ANSWER, CallState.HANGUP]


def _caller(number: str) -> bytes | None:
    """The keyed digest of a telephone number; nothing where the number was withheld."""
    digits = re.sub(r"[^0-9]", "", number)
    national = digits.removeprefix("00").removeprefix("86").lstrip("0")
    return limits.key("caller", national) if len(national) >= 5 else None


def note_caller(number: str, receipt: str) -> None:
    """Remember for some hours which receipt was asked about from a telephone number: its last four digits."""
    caller = _caller(number)
    if caller is not None:
        CallerEnquiry.objects.update_or_create(caller=caller, defaults={"tail": receipt[-4:], "at": timezone.now()})


def note_call(call: str, state: CallState, *, number: str = "", officer: str = "") -> bool:
    """Note how far a call is; returns whether that was new. An officer who is unknown here gets no hint."""
    key, now = limits.key("call", call), timezone.now()
    user = get_user_model().objects.filter(username=officer, is_active=True).first() if officer else None
    with transaction.atomic():
        row, made = DeskCall.objects.get_or_create(
            call=key, defaults={"caller": _caller(number), "user": user, "state": state, "at": now}
        )
        if made:
            return True
        changes: dict[str, Any] = {"state": state}
        if user is not None:
            changes["user"] = user
        earlier = [one.value for one in _ORDER[: _ORDER.index(state)]]
        return bool(DeskCall.objects.filter(pk=row.pk, state__in=earlier).update(**changes))


def forget_old_calls(now: datetime) -> int:
    """Remove what is too old to be a hint; returns how many rows."""
    calls, _by_model = DeskCall.objects.filter(at__lte=now - KEPT).delete()
    enquiries, _by_model = CallerEnquiry.objects.filter(at__lte=now - KEPT).delete()
    return calls + enquiries
