"""A service outlet as a page shows it: where it is, when it is open, what it does."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cards.models import Outlet
from cards.vocabulary import OutletKind


@dataclass(frozen=True)
class Place:
    """An outlet in the reader's language."""

    name: str
    kind: str
    district: str
    address: str
    hours: str
    phone: str
    does: tuple[str, ...]


def place_of(outlet: Outlet) -> Place:
    """Put an outlet into words; an outlet of a bank is named with its bank."""
    kind = str(OutletKind(outlet.kind).label)
    if outlet.bank:
        kind = _("%(kind)s · %(bank)s") % {"kind": kind, "bank": outlet.bank.told("name")}
    return Place(
        outlet.told("name"),
        kind,
        outlet.told("district"),
        outlet.told("address"),
        outlet.told("hours"),
        outlet.phone,
        tuple(line for holds, line in _abilities(outlet) if holds),
    )


def _abilities(outlet: Outlet) -> list[tuple[bool, str]]:
    return [
        (outlet.accepts_applications, _("accepts first applications")),
        (outlet.replaces_cards, _("replaces lost cards")),
        (outlet.instant_issue, _("issues cards at once, in about half an hour")),
        (outlet.hands_over, _("hands over finished cards")),
        (outlet.step_free, _("step-free access")),
    ]
