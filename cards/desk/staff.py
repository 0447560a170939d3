"""Who is at the desk: the channel, the outlet and the powers of the member of staff who is signed in."""

import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from cards.actors import Actor
from cards.models import Outlet, StaffProfile
from cards.services.proof import actor_may
from cards.vocabulary import Action, Channel, Party

# Who may come to a window, in the order the clerk is asked; the office's own work has a party of its own.
PEOPLE = (Party.HOLDER, Party.AGENT, Party.GUARDIAN)


@dataclass
class Desk:
    """A signed-in member of staff at work."""

    user: Any

    @cached_property
    def channel(self) -> Channel:
        """The door this person stands at: the telephone for the hotline's own staff, else the counter."""
        groups = set(self.user.groups.values_list("name", flat=True))
        return Channel.HOTLINE if "hotline" in groups and "clerk" not in groups else Channel.COUNTER

    @property
    def on_the_phone(self) -> bool:
        """Whether this is the hotline's desk."""
        return self.channel == Channel.HOTLINE

    @cached_property
    def outlet(self) -> Outlet | None:
        """Where this person works, if a supervisor has said so."""
        profile = StaffProfile.objects.select_related("outlet__bank").filter(user=self.user).first()
        return profile.outlet if profile else None

    def actor(self, party: str = Party.OFFICE) -> Actor:
        """This person, acting for a party."""
        return Actor(Party(party), self.channel, self.user, self.outlet)

    def parties(self, action: Action) -> list[Party]:
        """For whom this action can be done at this desk, in the order of asking."""
        return [party for party in (*PEOPLE, Party.OFFICE) if actor_may(Actor(party, self.channel), action)]

    def channel_allows(self, action: Action) -> bool:
        """Whether the table of channels lets this desk do the action for anybody."""
        return any(actor_may(Actor(party, self.channel), action) for party in (*PEOPLE, Party.OFFICE))

    def may(self, action: Action) -> bool:
        """Whether this person has the permission, and the desk is the right one."""
        return self.user.has_perm(f"cards.act_{action.value}") and self.channel_allows(action)

    @property
    def may_show_papers(self) -> bool:
        """At a window a paper is printed again; on the phone its code was read out once."""
        return not self.on_the_phone

    @property
    def may_register(self) -> bool:
        """Whoever accepts applications may enter a person who is not on record yet."""
        return self.may(Action.ACCEPT)


def desk_of(request: HttpRequest) -> Desk:
    """The desk of this request, asked for once."""
    if not hasattr(request, "desk"):
        request.desk = Desk(request.user)  # type: ignore[attr-defined]
    return request.desk  # type: ignore[attr-defined]


# --- what was opened ----------------------------------------------------------------------------------------------

_MARK, _KEPT = "opened", 60
PERSON_OPEN, PAPER_OPEN = 3600, 600


def mark_opened(request: HttpRequest, key: str) -> None:
    """Remember in the session that a look was recorded, so that the page behind it may be shown."""
    opened = dict(request.session.get(_MARK, {}))
    opened[key] = time.time()
    newest = sorted(opened.items(), key=lambda item: item[1])[-_KEPT:]
    request.session[_MARK] = dict(newest)


def is_opened(request: HttpRequest, key: str, seconds: int) -> bool:
    """Whether a recorded look at this person or paper is recent enough.

    A page must not write, so the look is recorded by the form that leads to it; without one the page asks for it.
    """
    moment = request.session.get(_MARK, {}).get(key)
    return moment is not None and time.time() - moment < seconds
