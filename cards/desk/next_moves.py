"""The one action that leads on, and what was agreed with the person for later."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cards.answers.dates import told_deadline, told_moment
from cards.models import FollowUp
from cards.vocabulary import Action

# What leads on: a decision others wait for, then the nearest to the end; the rest is an exception or a wish.
LEADS_ON = (
    Action.GRANT,
    Action.CONFIRM_NOT_RECEIVED,
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


@dataclass(frozen=True)
class _Place:
    """Buttons that belong together, what they are about, and by which keys and paper numbers that is known."""

    offers: list[Any]
    about: str
    keys: set[Any]
    lost: bool = False
    # A decision stays beside the facts it rests on, and beside the other one.
    stays: bool = False

    def rank(self, offer: Any) -> int:
        """How far down the way this is; for a lost ordinary card the application is what a replacement is."""
        replaces = self.lost and offer.action == Action.ACCEPT
        return LEADS_ON.index(Action.REPLACE if replaces else offer.action)


def take_next(page: Any, about: Collection[Any] = ()) -> NextMove | None:
    """Take the button that leads on out of its panel of a holder's page, to stand alone above all of them.

    What was acted on just now comes first; anything else is next only where nothing is left to do there.
    """
    possible = [
        (not place.keys.intersection(about), place.rank(offer), number, offer, place)
        for number, place in enumerate(_places(page))
        for offer in place.offers
        if offer.action in LEADS_ON and offer.kind != "quiet"
    ]
    if not possible:
        return None
    *_order, offer, place = min(possible, key=lambda one: one[:3])
    if not place.stays:
        place.offers.remove(offer)
    return NextMove(offer, place.about)


def _places(page: Any) -> list[_Place]:
    """Every place of a holder's page where something may lead on."""
    places = [_Place(panel.offers, panel.waiting.title, set(), stays=True) for panel in page.waiting]
    places.append(_Place(page.offers, "", set()))
    for panel in page.open_applications:
        row = panel.answer.application
        certificate = getattr(row, "certificate", None)
        keys = {row.pk, row.replaced_card_id, row.receipt_id, certificate.paper_id if certificate else None}
        places.append(_Place(panel.offers, f"{panel.answer.tag} · {panel.answer.title}", keys))
    for card in page.cards:
        standing = next((report for report in card.reports if report.answer.standing), None)
        if standing is not None:
            report = standing.answer.report
            about = f"{card.answer.title} · {standing.answer.title}"
            keys = {card.answer.card.pk, report.pk, report.receipt_id}
            places += [_Place(standing.offers, about, keys), _Place(card.offers, about, keys, lost=True)]
    return places


def told_follow_up(row: FollowUp, offers: list[Any]) -> FollowUpPanel:
    """What was agreed, with the note."""
    facts = [
        row.outlet.told("name") if row.outlet else "",
        _("until %(until)s") % {"until": told_deadline(row.until)},
        _("agreed on %(made)s") % {"made": told_moment(row.made_at)},
    ]
    told = pgettext("between notes", ", ").join(fact for fact in facts if fact)
    return FollowUpPanel(f"{row.get_kind_display()} · {row.get_reason_display()}", told, row.note or "", offers)
