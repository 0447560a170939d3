"""A service outlet as a page shows it: where it is, when it is open, how it stands now, and what it does."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from cards.answers.dates import told_day
from cards.answers.opening import state_of
from cards.hours import told_spans, told_state
from cards.models import Outlet
from cards.models.rule_data import office_days
from cards.vocabulary import FINANCIAL_TYPES, OutletKind


@dataclass(frozen=True)
class Place:
    """Where an outlet is and when it is open, in the reader's language; `state` is how it stands at this moment."""

    name: str
    address: str
    hours: str
    phone: str
    closed_on: str = ""
    point: str = ""
    state: str = ""
    open: bool = False


@dataclass(frozen=True)
class ListedPlace:
    """The same in the list of outlets: of which kind, in which district, and what it does."""

    place: Place
    kind: str
    district: str
    does: tuple[str, ...]


def place_of(outlet: Outlet) -> Place:
    """Put an outlet into words, as far as somebody needs them who goes there on some day."""
    return Place(outlet.told("name"), outlet.told("address"), outlet.told("hours"), outlet.phone, _closed_on(outlet))


def place_now(outlet: Outlet, now: datetime) -> Place:
    """The same, with how it stands at this moment and where a map finds it."""
    state = state_of(outlet, now)
    point = f"{outlet.latitude},{outlet.longitude}" if outlet.latitude is not None else ""
    return replace(
        place_of(outlet),
        point=point,
        state=told_state(state, now) if state else "",
        open=bool(state and state.open),
    )


def opens_on(outlet: Outlet, day: date) -> bool:
    """Whether an outlet is open at any time of a day."""
    plan = outlet.plan(office_days())
    return bool(plan and plan.spans_on(day))


def listed_place_of(outlet: Outlet, now: datetime) -> ListedPlace:
    """Put an outlet into words for the list; an outlet of a bank is named with its bank."""
    kind = str(OutletKind(outlet.kind).label)
    if outlet.bank:
        kind = _("%(kind)s · %(bank)s") % {"kind": kind, "bank": outlet.bank.told("name")}
    does = tuple(line for holds, line in _abilities(outlet) if holds)
    return ListedPlace(place_now(outlet, now), kind, outlet.told("district"), does)


def _closed_on(outlet: Outlet) -> str:
    """The days with hours of their own that lie ahead, and whether it opens on public holidays."""
    lines = [] if outlet.on_holidays or not outlet.opening else [_("closed on public holidays")]
    plan = outlet.plan(office_days())
    told: list[tuple[str, date, date]] = []
    for day, special in plan.specials.items() if plan else ():
        hours = told_spans(special.spans) if special.spans else _("closed")
        words = f"{hours} ({special.reason})" if get_language() == "en" else f"{hours}（{special.reason}）"
        if told and told[-1][0] == words and told[-1][2].toordinal() + 1 == day.toordinal():
            told[-1] = (words, told[-1][1], day)
        else:
            told.append((words, day, day))
    for words, first, last in told:
        days = (
            told_day(first)
            if first == last
            else pgettext("range of days", "%(first)s to %(last)s")
            % {
                "first": told_day(first),
                "last": told_day(last),
            }
        )
        lines.append(_("%(days)s: %(hours)s") % {"days": days, "hours": words})
    return pgettext("between groups of days", "; ").join(lines)


def _abilities(outlet: Outlet) -> list[tuple[bool, str]]:
    # Which cards a window replaces follows from the route of a card, so no outlet has to say it.
    types = pgettext("between items of a list", ", ").join(str(one.label) for one in sorted(FINANCIAL_TYPES))
    if outlet.kind == OutletKind.BANK_OUTLET and outlet.bank:
        replaces = _("replaces lost cards of %(bank)s: %(types)s") % {"bank": outlet.bank.told("name"), "types": types}
    else:
        replaces = _("replaces lost cards of every bank: %(types)s") % {"types": types}
    return [
        (outlet.accepts_applications, _("accepts first applications")),
        (outlet.replaces_cards, replaces),
        (outlet.instant_issue, _("issues cards at once, in about half an hour")),
        (outlet.hands_over, _("hands over finished cards")),
        (outlet.step_free, _("step-free access")),
    ]
