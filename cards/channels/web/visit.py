"""What a query code opened on this device, as it stands now, and the loss reports that were made from there."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest

from cards import case_reading, workflow
from cards.answers import CardAnswer, answer_card
from cards.case_file import CaseFile
from cards.channels.web import answer_cookie
from cards.models import Card, LossReport
from cards.vocabulary import Channel, LossStatus


@dataclass(frozen=True)
class Visit:
    """A case that is open at the full level; `since` is the moment it was opened."""

    case: CaseFile
    since: datetime

    @property
    def cards(self) -> list[CardAnswer]:
        """The cards that were opened, in words."""
        return [answer_card(card, self.case.reports, self.case.now) for card in self.case.cards]

    @property
    def reportable(self) -> list[CardAnswer]:
        """The cards whose loss can be reported now."""
        return [card for card in self.cards if card.social in workflow.USABLE]

    @property
    def made(self) -> list[LossReport]:
        """The reports in force that this very visit made."""
        return [found for card in self.case.cards if (found := self.made_here(card))]

    def reports_of(self, card: Card) -> list[LossReport]:
        """Every report of a card, the newest first."""
        return [report for report in self.case.reports if report.card_id == card.pk]

    def key_of(self, card: Card) -> str:
        """How the form names a card; another one once a report was made, so that a form counts once."""
        return f"{card.pk}:{len(self.reports_of(card))}"

    def made_here(self, card: Card) -> LossReport | None:
        """The report in force that this very visit made."""
        for report in self.reports_of(card):
            standing = report.status_at(self.case.now) == LossStatus.STANDING
            if standing and report.channel == Channel.WEB and report.made_at >= self.since:
                return report
        return None


def visit_of(case: CaseFile, kept: answer_cookie.Kept) -> Visit | None:
    """The visit behind an opening; None at the outline level."""
    return Visit(case, datetime.fromtimestamp(kept.asked_at, UTC)) if case.opened else None


def visit(request: HttpRequest) -> Visit | None:
    """What this device may see in full; None at the outline level and after its ten minutes."""
    kept = answer_cookie.read(request)
    if kept is None or not kept.opening.paper:
        return None
    return visit_of(case_reading.read_case(kept.opening), kept)
