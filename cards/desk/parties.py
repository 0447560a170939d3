"""Who is at the window: for whom an act may be done, whom the cardholder's age leaves out, and why."""

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils import timezone

from cards import id_number
from cards.desk.staff import PEOPLE, Desk
from cards.errors import Refusal
from cards.models import Cardholder
from cards.rules import RuleBook, china_day
from cards.services.proof import refused_by_age
from cards.vocabulary import Action, Party


@dataclass(frozen=True)
class PartyTab:
    """A choice of who is at the window."""

    label: str
    url: str
    current: bool


@dataclass
class Attendance:
    """Who is at the window for an act, and the choice of who else may be."""

    party: Party
    # Whether the age of the cardholder leaves this very party out.
    left_out: bool = False
    # Why the age leaves somebody out, in one sentence, and who else can come only by exception.
    why: str = ""
    for_a_child: bool = False
    tabs: list[PartyTab] = field(default_factory=list)
    by_exception: list[PartyTab] = field(default_factory=list)


def attending(
    request: HttpRequest, desk: Desk, action: Action, holder: Cardholder, book: RuleBook, address: str
) -> Attendance:
    """Read from the request who is at the window, and tell who may be.

    A party the table does not list goes on to the service, which refuses it with its rule.
    """
    listed = desk.parties(action)
    left_out = _left_out(listed, action, holder, book)
    possible = [party for party in listed if party not in left_out]
    asked, known = request.GET.get("party", ""), list(listed)
    if request.method == "POST":
        asked = request.POST.get("party", "")
        known = [] if listed == [Party.OFFICE] else list(PEOPLE)
    party = Party(asked) if asked in known else possible[0]
    found = Attendance(party, left_out=party in left_out)
    people = [one for one in possible if one in PEOPLE]
    if len(people) > 1 or found.left_out:
        found.tabs = _tabs(people, party, address)
    if left_out:
        found.why = next(iter(left_out.values())).sentence
        found.for_a_child = Party.GUARDIAN not in left_out
        others = [one for one, refusal in left_out.items() if one != party and refusal.overridable()]
        found.by_exception = _tabs(others, party, address)
    return found


def against_age(holder: Cardholder, action: Action, party: Party, book: RuleBook) -> Refusal | None:
    """What the age of the cardholder has against this party, if anything; of somebody erased no age is known."""
    if not holder.id_number or party not in book.parties(action):
        return None
    return refused_by_age(book, action, party, id_number.age_on(holder.id_number, china_day(timezone.now())))


def _left_out(listed: list[Party], action: Action, holder: Cardholder, book: RuleBook) -> dict[Party, Refusal]:
    found = {party: against_age(holder, action, party, book) for party in listed if party in PEOPLE}
    return {party: refusal for party, refusal in found.items() if refusal is not None}


def _tabs(parties: list[Party], current: Party, address: str) -> list[PartyTab]:
    return [PartyTab(str(one.label), f"{address}?party={one.value}", one == current) for one in parties]
