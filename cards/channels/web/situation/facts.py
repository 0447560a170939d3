"""What is known of a situation: the answers, the rules of the day, and what follows from both."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime, time

from cards.models import Bank, Card, Outlet
from cards.models.outlets import places
from cards.models.rule_data import office_days
from cards.rules import CHINA, RuleBook, china_day
from cards.services.losses import places_for
from cards.situations import UNKNOWN, Outcome
from cards.vocabulary import FINANCIAL_TYPES, Action, ApplicationKind, CardType, Channel, OutletKind, Party
from cards.workflow import CHECKLISTS


@dataclass(frozen=True)
class Facts:
    """One situation under the rules in force; `day` is the day of the report, or of the application.

    `told` says that the person named that day; else it is today.
    """

    answers: dict[str, str]
    outcome: Outcome
    book: RuleBook
    now: datetime
    day: date
    told: bool = False

    @property
    def party(self) -> Party:
        """Who comes; where that was not asked, the cardholder."""
        return Party(self.answers.get("who", Party.HOLDER))

    @property
    def for_child(self) -> bool:
        """Whether a guardian acts, so that the cardholder is a child."""
        return self.party == Party.GUARDIAN

    @property
    def age(self) -> int:
        """An age the cardholder may be of: for a guardian the oldest child, else somebody grown up."""
        grown = max(self.book.guardian_below_age, self.book.agent_minimum_age)
        return max(0, self.book.guardian_below_age - 1) if self.for_child else grown

    @property
    def maybe_financial(self) -> bool:
        """Whether the card has, or may have, a bank account."""
        return self.answers["card"] in FINANCIAL_TYPES or self.answers["card"] == UNKNOWN

    @property
    def kind_of_place(self) -> str:
        """Which kind of outlet was chosen, if one was."""
        return "" if self.answers.get("where", UNKNOWN) == UNKNOWN else self.answers["where"]

    @property
    def acts(self) -> tuple[Action, ...]:
        """What is done at the window; one the rules call final leads to the new card, one over to nothing."""
        if Action.CANCEL_REPORT in self.outcome.acts and self.has_lapsed:
            return ()
        if Action.CANCEL_REPORT in self.outcome.acts and not self.may_be_cancelled:
            return (Action.REPLACE if self.maybe_financial else Action.ACCEPT,)
        return self.outcome.acts

    @property
    def kind(self) -> ApplicationKind | None:
        """The kind of application it leads to, if any."""
        if self.acts and self.acts != self.outcome.acts:
            return ApplicationKind.REPLACEMENT if self.maybe_financial else ApplicationKind.FIRST
        return self.outcome.kind

    def parties(self, action: Action) -> Set[Party]:
        """Who may do an act for this cardholder."""
        return self.book.parties_for(action, self.age)

    def may(self, action: Action) -> bool:
        """Whether who comes may do an act."""
        return self.party in self.parties(action)

    def comes_for(self, action: Action) -> Party:
        """Who comes for an act: who was chosen, or else who may."""
        possible = self.parties(action)
        return next(one for one in (self.party, Party.HOLDER, Party.GUARDIAN, Party.AGENT) if one in possible)

    def needed(self, action: Action) -> Set[str]:
        """What has to be seen for an act at the window."""
        return CHECKLISTS[action][self.comes_for(action)]

    @property
    def may_report_orally(self) -> bool:
        """Whether the place takes oral reports at all."""
        return self.book.may_report_orally(0)

    @property
    def lapses_at(self) -> datetime:
        """When an oral report made on the day lapses; of one still to be made, counted anew once that day is past."""
        lapses = self._lapse_of(self.day)
        return lapses if self.reported_orally or lapses > self.now else self.lapses_if_made_now

    @property
    def lapses_if_made_now(self) -> datetime:
        """When an oral report lapses that is made today."""
        return self._lapse_of(self.today)

    def _lapse_of(self, day: date) -> datetime:
        return self.book.lapse_moment(datetime.combine(day, time(12), CHINA), office_days())

    @property
    def reported_orally(self) -> bool:
        """Whether an oral report was made."""
        return self.answers.get("reported") == "oral"

    @property
    def day_needed(self) -> bool:
        """Whether a clock runs from a day that nobody named yet."""
        return self.reported_orally and not self.told

    @property
    def has_lapsed(self) -> bool:
        """Whether the oral report that was made on the day named is over."""
        return self.told and self.reported_orally and self.lapses_at <= self.now

    @property
    def is_stopped(self) -> bool:
        """Whether a report in force has stopped the card already."""
        return self.answers.get("reported") == "written" or (self.reported_orally and not self.has_lapsed)

    @property
    def may_be_cancelled(self) -> bool:
        """Whether the report that stands can be cancelled under the rules."""
        return self.book.may_be_cancelled(self.answers.get("reported", ""))

    @property
    def cancels_by_phone(self) -> bool:
        """Whether the cardholder can cancel this report on the hotline."""
        return self.book.may_be_cancelled_by(self.answers["reported"], Party.HOLDER, Channel.HOTLINE)

    @property
    def today(self) -> date:
        """The day in China."""
        return china_day(self.now)

    @property
    def banks(self) -> list[Bank]:
        """Every bank, where the card has one."""
        return list(places()[0].values()) if self.maybe_financial else []

    def outlets(self) -> list[Outlet]:
        """The outlets that do exactly this; those of the kind chosen, where any of them does."""
        able = [outlet for outlet in self._able() if not outlet.closed_for_good]
        return [outlet for outlet in able if outlet.kind == self.kind_of_place] or able

    def _able(self) -> list[Outlet]:
        known = list(places()[1].values())
        if Action.REPLACE in self.acts:
            return self._replacing()
        if Action.ACCEPT in self.acts:
            return [outlet for outlet in known if outlet.accepts_applications]
        return known

    def _replacing(self) -> list[Outlet]:
        """By the rule that refuses it elsewhere, asked for a card of each bank."""
        card_type = self.answers["card"] if self.answers["card"] in FINANCIAL_TYPES else CardType.FINANCIAL_BLUE
        banks: list[Bank | None] = [*self.banks, None]
        found = {outlet.pk: outlet for bank in banks for outlet in places_for(Card(card_type=card_type, bank=bank))}
        return sorted(found.values(), key=lambda outlet: (outlet.kind != OutletKind.SPECIAL_WINDOW, outlet.pk))

    @property
    def chosen_place_cannot(self) -> bool:
        """Whether the kind of place chosen does not do what is to be done."""
        chosen = self.kind_of_place
        return bool(chosen) and bool(self._able()) and chosen not in {outlet.kind for outlet in self._able()}
