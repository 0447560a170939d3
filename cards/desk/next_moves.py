"""The one action that leads on, and what was agreed with the person for later."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cards.answers.dates import told_deadline, told_moment
from cards.models import FollowUp
from cards.vocabulary import Action

# What leads on, the nearest to the end first; everything else is an exception or somebody's wish.
LEADS_ON = (
    Action.HAND_OVER,
    Action.ACTIVATE,
    Action.RESUME,
    Action.TAKE_FEE,
    Action.REPLACE,
    Action.REPORT_IN_WRITING,
    Action.RECEIVE,
    Action.SEND,
    Action.PRODUCE,
    Action.OPEN_ACCOUNT,
    Action.ASK_FEE,
    Action.CHECK,
    Action.ACCEPT,
)


@dataclass(frozen=True)
class NextMove:
    """The action that leads on, as its button, and what it is about."""

    offer: Any
    about: str


@dataclass(frozen=True)
class FollowUpPanel:
    """A call-back or visit that is still to come."""

    title: str
    facts: str
    note: str
    offers: list[Any]


def take_next(page: Any) -> NextMove | None:
    """Take the button that leads on out of its panel of a holder's page, to stand alone above all of them."""
    panels: list[tuple[list[Any], str]] = [(page.offers, "")]
    panels += [(panel.offers, f"{panel.answer.tag} · {panel.answer.title}") for panel in page.open_applications]
    for card in page.cards:
        standing = next((report for report in card.reports if report.answer.standing), None)
        if standing is not None:
            about = f"{card.answer.title} · {standing.answer.title}"
            panels += [(standing.offers, about), (card.offers, about)]
    possible = [
        (LEADS_ON.index(offer.action), place)
        for place, (offers, _about) in enumerate(panels)
        for offer in offers
        if offer.action in LEADS_ON and offer.kind != "quiet"
    ]
    if not possible:
        return None
    rank, place = min(possible)
    offers, about = panels[place]
    chosen = next(offer for offer in offers if offer.action == LEADS_ON[rank])
    offers.remove(chosen)
    return NextMove(chosen, about)


def told_follow_up(row: FollowUp, offers: list[Any]) -> FollowUpPanel:
    """What was agreed, with the note."""
    facts = [
        row.outlet.told("name") if row.outlet else "",
        _("until %(until)s") % {"until": told_deadline(row.until)},
        _("agreed on %(made)s") % {"made": told_moment(row.made_at)},
    ]
    told = pgettext("between notes", ", ").join(fact for fact in facts if fact)
    return FollowUpPanel(f"{row.get_kind_display()} · {row.get_reason_display()}", told, row.note or "", offers)
