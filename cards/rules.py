"""Dated rule data -> the rule book in force on a day; pure, so that a draft can be tried before it binds anyone."""

from collections.abc import Set
from dataclasses import Field, dataclass, field, fields
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cards import calendar, workflow
from cards.vocabulary import Action, ApplicationKind, Channel, FeeExemption, IssueMethod, LossForm, Party, Stage

CHINA = ZoneInfo("Asia/Shanghai")


def china_day(moment: datetime) -> date:
    """The day in China of a moment."""
    return moment.astimezone(CHINA).date()


class RuleDataWrong(ValueError):
    """Rule data that cannot be a rule book; says which value is wrong."""


@dataclass(frozen=True)
class RuleBook:
    """The rules in force on a day, with their version and citation: what differs by place.

    Days are calendar days unless a name says working days; money is in yuan; ages in completed years.
    """

    version: str
    valid_from: date
    citation_zh: str = ""
    citation_en: str = ""
    oral_validity_days: int = 7
    oral_validity_in_working_days: bool = False
    oral_counts_from_next_day: bool = True
    oral_reports_allowed: int = 2
    oral_reports_window_days: int = 30
    written_report_can_be_cancelled: bool = True
    cancelled_also_by: tuple[str, ...] = ()
    oral_cancelled_also_through: tuple[str, ...] = ()
    agent_minimum_age: int = 18
    guardian_below_age: int = 16
    preferential_from_age: int = 60
    replacement_working_days: int = 15
    fee_yuan: int = 20
    fee_exemptions: tuple[str, ...] = (FeeExemption.FIRST_ISSUE, FeeExemption.QUALITY_FAULT)
    collection_deadline_days: int = 180
    dispute_working_days: int = 10
    standards: dict[str, int] = field(default_factory=dict)

    def parties(self, action: Action) -> Set[Party]:
        """For whom an act may be done; who besides the holder may cancel a loss report is for the place to say."""
        listed = workflow.CHECKLISTS[action].keys()
        return listed & {Party.HOLDER, *self.cancelled_also_by} if action == Action.CANCEL_REPORT else listed

    def parties_for(self, action: Action, age: int) -> Set[Party]:
        """For whom an act may be done where the cardholder is of this age: for a child the guardian acts (S9)."""
        listed = self.parties(action)
        if not self.guardian_acts_for(age):
            return listed - {Party.GUARDIAN}
        if action == Action.REPORT_ORALLY:
            # It only freezes the card, for a few days, on verified questions: that protects a child, and a child who
            # has lost the card must not wait for a parent.
            return listed
        # Where the place lets no guardian act, the child comes in person: otherwise nobody could. An agent is sent by
        # whoever can appoint one, and a child cannot.
        return listed - ({Party.HOLDER, Party.AGENT} if Party.GUARDIAN in listed else {Party.AGENT})

    def channels(self, action: Action) -> Set[Channel]:
        """Through which doors an act may be done; cancelling by telephone is for the place to allow."""
        listed = workflow.CHANNELS[action]
        if action == Action.CANCEL_REPORT:
            return listed & {Channel.COUNTER, *self.oral_cancelled_also_through}
        return listed

    def may_be_cancelled(self, form: str) -> bool:
        """Whether a report of this form can be cancelled at all."""
        return form == LossForm.ORAL or self.written_report_can_be_cancelled

    def may_be_cancelled_by(self, form: str, party: str, channel: str) -> bool:
        """Whether this party may cancel a report of this form through this door.

        Away from the window only the holder may, and only an oral report.
        """
        if party not in self.parties(Action.CANCEL_REPORT) or channel not in self.channels(Action.CANCEL_REPORT):
            return False
        return channel == Channel.COUNTER or (form == LossForm.ORAL and party == Party.HOLDER)

    def may_report_orally(self, made: int) -> bool:
        """Whether one more oral report is possible after so many within the window."""
        return made < self.oral_reports_allowed

    def deputy_old_enough(self, age: int) -> bool:
        """Whether somebody of this age may act as an agent or guardian."""
        return age >= self.agent_minimum_age

    def guardian_acts_for(self, age: int) -> bool:
        """Whether a guardian may act for a cardholder of this age."""
        return age < self.guardian_below_age

    def preferential_at(self, age: int) -> bool:
        """Whether the preferential card is for people of this age."""
        return age >= self.preferential_from_age

    def earliest_collection(self, day: date, method: str, days_off: dict[date, bool] | None = None) -> date:
        """The earliest day on which a card whose replacement is accepted on this day may be collected."""
        days = 0 if method == IssueMethod.INSTANT else self.replacement_working_days
        return calendar.add_working_days(day, days, days_off)

    def dispute_deadline(self, day: date, days_off: dict[date, bool] | None = None) -> date:
        """By when it is decided whether a card that the person does not have was handed over."""
        return calendar.add_working_days(day, self.dispute_working_days, days_off)

    def standard_to_ready(self, kind: str, method: str, stage: str) -> int:
        """Working days from entering `stage` to `ready` by the service standard; 0 where nothing remains."""
        for key in (f"{kind}.{method}.{stage}", f"{method}.{stage}"):
            if key in self.standards:
                return self.standards[key]
        return 0

    def fee(self, kind: str, exemption: str) -> int:
        """The card production fee in yuan after an exemption the book allows.

        A first issue is exempt by being one, and nothing else is one, whatever was ticked.
        """
        grounds = {exemption} - {FeeExemption.FIRST_ISSUE}
        if kind == ApplicationKind.FIRST:
            grounds.add(FeeExemption.FIRST_ISSUE)
        return 0 if grounds & set(self.fee_exemptions) else self.fee_yuan

    def oral_reports_count_from(self, day: date) -> datetime:
        """From when on the oral reports made count against one made on this day: the window is days in China."""
        first = day - timedelta(days=self.oral_reports_window_days - 1)
        return datetime.combine(first, time(), CHINA)

    def lapse_moment(self, made_at: datetime, days_off: dict[date, bool] | None = None) -> datetime:
        """When an oral report made at this moment lapses: 24:00 China time of its last day."""
        day = china_day(made_at)
        count = self.oral_validity_days if self.oral_counts_from_next_day else self.oral_validity_days - 1
        if self.oral_validity_in_working_days:
            last = calendar.add_working_days(day, count, days_off)
        else:
            last = day + timedelta(days=count)
        return datetime.combine(last + timedelta(days=1), time(), CHINA)

    def collection_deadline(self, ready_at: datetime) -> date:
        """The last day on which a card that became ready then may be collected."""
        return china_day(ready_at) + timedelta(days=self.collection_deadline_days)


_NAMES = {f.name: f for f in fields(RuleBook)}
_IDENTITY = {"version", "valid_from", "citation_zh", "citation_en", "standards"}
# The words a list of the data may be made of.
_WORDS: dict[str, tuple[str, ...]] = {
    "fee_exemptions": tuple(sorted(FeeExemption.values)),
    "cancelled_also_by": (Party.AGENT.value, Party.GUARDIAN.value),
    "oral_cancelled_also_through": (Channel.HOTLINE.value,),
}
# A period of no day at all would be over before it begins; ten years are longer than any period or age of the field,
# and a slip of the finger past them would leave the calendar.
_FROM_ONE = {"oral_validity_days", "oral_reports_window_days", "collection_deadline_days", "dispute_working_days"}
LARGEST = 3660


def rule_fields() -> "list[Field[Any]]":
    """The fields of a book that are rules, in its order: all but what names it, and the standards."""
    return [one for one in fields(RuleBook) if one.name not in _IDENTITY]


def words_of(name: str) -> tuple[str, ...]:
    """The words the list of this rule may be made of."""
    return _WORDS[name]


def least_of(name: str) -> int:
    """The least value of this number."""
    return 1 if name in _FROM_ONE else 0


def _checked(name: str, value: Any) -> Any:
    """One value of the data as the book keeps it, or an error that names it."""
    if name not in _NAMES or name in _IDENTITY:
        raise RuleDataWrong(f"{name} is not the name of a rule")
    default: Any = _NAMES[name].default
    if isinstance(default, tuple):
        known = _WORDS[name]
        if not isinstance(value, list) or any(one not in known for one in value):
            raise RuleDataWrong(f"{name} must be a list out of {list(known)}, not {value!r}")
        return tuple(value)
    if type(value) is not type(default):
        raise RuleDataWrong(f"{name} must be {type(default).__name__}, not {value!r}")
    least = least_of(name)
    if not least <= value <= LARGEST:
        raise RuleDataWrong(f"{name} must be from {least} to {LARGEST}, not {value!r}")
    return value


def _check_standard(key: str, days: Any) -> None:
    """Refuse a service standard that names nothing, or is no number of days."""
    *kind, method, stage = ["", *key.split(".")]
    known = method in IssueMethod.values and stage in Stage.values
    if not known or len(kind) > 2 or any(one not in ApplicationKind.values for one in kind[1:]):
        raise RuleDataWrong(f"{key} is not kind.method.stage or method.stage")
    if type(days) is not int or not 0 <= days <= LARGEST:
        raise RuleDataWrong(f"{key} must be from 0 to {LARGEST} working days, not {days!r}")


def parse(
    data: dict[str, Any],
    *,
    version: str,
    valid_from: date,
    citation_zh: str = "",
    citation_en: str = "",
    standards: dict[str, int] | None = None,
) -> RuleBook:
    """Build a rule book from stored data; a name that is not known, or a value of the wrong kind, is an error."""
    if not isinstance(data, dict):
        raise RuleDataWrong("The rules must be an object of names and values")
    for key, days in (standards or {}).items():
        _check_standard(key, days)
    values = {name: _checked(name, value) for name, value in data.items()}
    return RuleBook(
        version=version,
        valid_from=valid_from,
        citation_zh=citation_zh,
        citation_en=citation_en,
        standards=dict(standards or {}),
        **values,
    )
