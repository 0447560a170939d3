"""A service outlet as a page shows it: where it is and when it is open; in the list also what it does."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cards.models import Outlet
from cards.vocabulary import OutletKind


@dataclass(frozen=True)
class Place:
    """Where an outlet is and when it is open, in the reader's language."""

    name: str
    address: str
    hours: str
    phone: str


@dataclass(frozen=True)
class ListedPlace(Place):
    """The same in the list of outlets: of which kind, in which district, and what it does."""

    kind: str
    district: str
    does: tuple[str, ...]


def place_of(outlet: Outlet) -> Place:
    """Put an outlet into words, as far as somebody needs them who goes there."""
    return Place(*_whereabouts(outlet))


def listed_place_of(outlet: Outlet) -> ListedPlace:
    """Put an outlet into words for the list; an outlet of a bank is named with its bank."""
    kind = str(OutletKind(outlet.kind).label)
    if outlet.bank:
        kind = _("%(kind)s · %(bank)s") % {"kind": kind, "bank": outlet.bank.told("name")}
    does = tuple(line for holds, line in _abilities(outlet) if holds)
    return ListedPlace(*_whereabouts(outlet), kind, outlet.told("district"), does)


def _whereabouts(outlet: Outlet) -> tuple[str, str, str, str]:
    return outlet.told("name"), outlet.told("address"), outlet.told("hours"), outlet.phone


def _abilities(outlet: Outlet) -> list[tuple[bool, str]]:
    return [
        (outlet.accepts_applications, _("accepts first applications")),
        (outlet.replaces_cards, _("replaces lost cards")),
        (outlet.instant_issue, _("issues cards at once, in about half an hour")),
        (outlet.hands_over, _("hands over finished cards")),
        (outlet.step_free, _("step-free access")),
    ]
