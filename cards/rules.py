"""Dated rule data -> the rule book in force on a day; pure, so that a draft can be tried before it binds anyone."""

from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cards import calendar
from cards.vocabulary import ApplicationKind, FeeExemption, IssueMethod, Stage

CHINA = ZoneInfo("Asia/Shanghai")


class RuleDataWrong(ValueError):
    """Rule data that cannot be a rule book; says which value is wrong."""


@dataclass(frozen=True)
class RuleBook:
    """The rules in force on a day, with their version and citation (DOMAIN: what differs by place).

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
    agent_minimum_age: int = 18
    guardian_below_age: int = 16
    preferential_from_age: int = 60
    replacement_working_days: int = 15
    fee_yuan: int = 20
    fee_exemptions: tuple[str, ...] = (FeeExemption.FIRST_ISSUE, FeeExemption.QUALITY_FAULT)
    collection_deadline_days: int = 180
    standards: dict[str, int] = field(default_factory=dict)

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
        day = made_at.astimezone(CHINA).date()
        count = self.oral_validity_days if self.oral_counts_from_next_day else self.oral_validity_days - 1
        if self.oral_validity_in_working_days:
            last = calendar.add_working_days(day, count, days_off)
        else:
            last = day + timedelta(days=count)
        return datetime.combine(last + timedelta(days=1), time(), CHINA)

    def collection_deadline(self, ready_at: datetime) -> date:
        """The last day on which a card that became ready then may be collected."""
        return ready_at.astimezone(CHINA).date() + timedelta(days=self.collection_deadline_days)


_NAMES = {f.name: f for f in fields(RuleBook)}
_IDENTITY = {"version", "valid_from", "citation_zh", "citation_en", "standards"}


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
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name not in _NAMES or name in _IDENTITY:
            raise RuleDataWrong(f"{name} is not the name of a rule")
        default = _NAMES[name].default
        if isinstance(default, tuple):
            known = set(FeeExemption.values)
            if not isinstance(value, list) or not set(value) <= known:
                raise RuleDataWrong(f"{name} must be a list out of {sorted(known)}, not {value!r}")
            value = tuple(value)
        elif type(value) is not type(default):
            raise RuleDataWrong(f"{name} must be {type(default).__name__}, not {value!r}")
        elif isinstance(value, int) and value < 0:
            raise RuleDataWrong(f"{name} must not be negative")
        values[name] = value
    for key in standards or {}:
        if key.split(".")[-1] not in Stage.values or key.split(".")[-2] not in IssueMethod.values:
            raise RuleDataWrong(f"{key} is not kind.method.stage or method.stage")
    return RuleBook(
        version=version,
        valid_from=valid_from,
        citation_zh=citation_zh,
        citation_en=citation_en,
        standards=dict(standards or {}),
        **values,
    )
