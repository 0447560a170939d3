"""What an officer sees of the call that rings: whether this number asked the voice line, and about which receipt."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from cards.answers.dates import told_moment
from cards.models import CallerEnquiry, DeskCall

SHOWN = timedelta(minutes=30)


@dataclass(frozen=True)
class Ringing:
    """A call at this desk; `tail` and `asked` are empty where its number asked nothing lately."""

    tail: str = ""
    asked: str = ""


def ringing(user: Any) -> Ringing | None:
    """The call at somebody's desk; None where none rings, or its telephone system reports none."""
    call = DeskCall.objects.at_desk(user, timezone.now() - SHOWN)
    if call is None:
        return None
    found = CallerEnquiry.objects.filter(caller=call.caller).first() if call.caller else None
    return Ringing(found.tail, told_moment(found.at)) if found else Ringing()
