"""The outlets as a chat names them: those that are open, or else those that open next."""

from datetime import datetime

from django.utils.translation import gettext as _

from cards.answers import chat
from cards.answers.opening import soonest_first, state_of
from cards.hours import told_state
from cards.models import Outlet
from cards.models.outlets import places

NAMED = 4


def told_outlets(now: datetime) -> list[str]:
    """Up to four outlets, each with its address, its telephone and until when it is open."""
    _banks, all_outlets = places()
    listed = [one for one in all_outlets.values() if not one.closed_for_good and state_of(one, now)]
    first = soonest_first(listed, now)[:NAMED]
    opened = [one for one in first if (state := state_of(one, now)) and state.open]
    if not first:
        return []
    return [str(chat.OPEN_NOW if opened else chat.NONE_OPEN), *(_line(one, now) for one in opened or first)]


def _line(outlet: Outlet, now: datetime) -> str:
    state = state_of(outlet, now)
    return _("%(name)s, %(address)s, phone %(phone)s. %(state)s") % {
        "name": outlet.told("name"),
        "address": outlet.told("address"),
        "phone": outlet.phone,
        "state": told_state(state, now) if state else "",
    }
