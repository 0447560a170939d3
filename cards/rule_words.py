"""The rules in words: what each is called, what it says in a book, and how two books differ; in both languages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from cards.rules import RuleBook
from cards.vocabulary import ApplicationKind, Channel, FeeExemption, IssueMethod, Party, Stage
from cards.workflow import BEFORE_READY


@dataclass(frozen=True)
class RuleLine:
    """One rule as people speak of it: the fields of the book it is made of, and what it says."""

    label: Any
    names: tuple[str, ...]
    tell: Callable[[RuleBook], str]


@dataclass(frozen=True)
class Difference:
    """One rule that is not the same in two books."""

    label: str
    before: str
    after: str


def days(count: int, working: bool = False) -> str:
    """A number of days, working or calendar."""
    if working:
        return ngettext("%(count)s working day", "%(count)s working days", count) % {"count": count}
    return ngettext("%(count)s calendar day", "%(count)s calendar days", count) % {"count": count}


def age(years: int) -> str:
    """An age in completed years."""
    return _("%(years)s years") % {"years": years}


def _words(values: tuple[str, ...], labels: Any, nothing: str) -> str:
    return pgettext("between items of a list", ", ").join(str(labels(one).label) for one in values) or nothing


def _validity(book: RuleBook) -> str:
    told = days(book.oral_validity_days, book.oral_validity_in_working_days)
    begins = _("counted from the next day") if book.oral_counts_from_next_day else _("the day of the report counts")
    return _("%(days)s, %(begins)s") % {"days": told, "begins": begins}


def oral_reports(book: RuleBook) -> str:
    """How many oral reports are possible for one card, and within how long."""
    allowed, window = book.oral_reports_allowed, book.oral_reports_window_days
    if not allowed:
        return _("no oral reports")
    told = ngettext("%(count)s report", "%(count)s reports", allowed) % {"count": allowed}
    return _("%(reports)s for one card in %(days)s") % {"reports": told, "days": days(window)}


def _fee(book: RuleBook) -> str:
    return _("%(fee)s yuan") % {"fee": book.fee_yuan} if book.fee_yuan else _("free of charge")


RULES: tuple[RuleLine, ...] = (
    RuleLine(
        gettext_lazy("Oral report holds"),
        ("oral_validity_days", "oral_validity_in_working_days", "oral_counts_from_next_day"),
        _validity,
    ),
    RuleLine(
        gettext_lazy("Oral report may be made"),
        ("oral_reports_allowed", "oral_reports_window_days"),
        oral_reports,
    ),
    RuleLine(
        gettext_lazy("Written report"),
        ("written_report_can_be_cancelled",),
        lambda book: _("can be cancelled") if book.written_report_can_be_cancelled else _("is final"),
    ),
    RuleLine(
        gettext_lazy("Besides the cardholder, a report may be cancelled by"),
        ("cancelled_also_by",),
        lambda book: _words(book.cancelled_also_by, Party, _("nobody")),
    ),
    RuleLine(
        gettext_lazy("Besides the window, an oral report is cancelled through"),
        ("oral_cancelled_also_through",),
        lambda book: _words(book.oral_cancelled_also_through, Channel, _("no other way")),
    ),
    RuleLine(
        gettext_lazy("Agent or guardian is at least"), ("agent_minimum_age",), lambda book: age(book.agent_minimum_age)
    ),
    RuleLine(
        gettext_lazy("Guardian acts for a cardholder under"),
        ("guardian_below_age",),
        lambda book: age(book.guardian_below_age),
    ),
    RuleLine(
        gettext_lazy("Preferential card from the age of"),
        ("preferential_from_age",),
        lambda book: age(book.preferential_from_age),
    ),
    RuleLine(gettext_lazy("Card production fee"), ("fee_yuan",), _fee),
    RuleLine(
        gettext_lazy("Exempt from the fee"),
        ("fee_exemptions",),
        lambda book: _words(tuple(sorted(book.fee_exemptions)), FeeExemption, _("nobody")),
    ),
    RuleLine(
        gettext_lazy("Replaced card is ready within"),
        ("replacement_working_days",),
        lambda book: days(book.replacement_working_days, working=True),
    ),
    RuleLine(
        gettext_lazy("Card is kept for collection"),
        ("collection_deadline_days",),
        lambda book: days(book.collection_deadline_days),
    ),
    RuleLine(
        gettext_lazy("Whether a card was handed over is decided within"),
        ("dispute_working_days",),
        lambda book: days(book.dispute_working_days, working=True),
    ),
)

# What a form asks for each rule: a label, and what to mind.
FIELDS: dict[str, tuple[Any, Any]] = {
    "oral_validity_days": (gettext_lazy("Oral report: days it holds"), gettext_lazy("5, 7, 10 or 15 in most places.")),
    "oral_validity_in_working_days": (
        gettext_lazy("Oral report: count working days only"),
        gettext_lazy("Weekends, holidays and the office's own days off are then left out."),
    ),
    "oral_counts_from_next_day": (
        gettext_lazy("Oral report: count from the next day"),
        gettext_lazy("Otherwise the day of the report is the first day."),
    ),
    "oral_reports_allowed": (
        gettext_lazy("Oral reports for one card"),
        gettext_lazy("1: it cannot be repeated. 2: it can be repeated once."),
    ),
    "oral_reports_window_days": (
        gettext_lazy("… within so many calendar days"),
        gettext_lazy("The day of the report is the last of them."),
    ),
    "written_report_can_be_cancelled": (
        gettext_lazy("A written report can be cancelled"),
        gettext_lazy("Only before the replacement is accepted; after that never."),
    ),
    "cancelled_also_by": (
        gettext_lazy("Besides the cardholder, who may cancel a report?"),
        gettext_lazy("Nobody, unless the local rules say so in writing."),
    ),
    "oral_cancelled_also_through": (
        gettext_lazy("Besides the window, where can an oral report be cancelled?"),
        gettext_lazy("By telephone only by the cardholder, who reads out the number of the card."),
    ),
    "agent_minimum_age": (
        gettext_lazy("Least age of an agent or guardian"),
        gettext_lazy("In completed years, on the day of the act."),
    ),
    "guardian_below_age": (
        gettext_lazy("A guardian acts for a cardholder under"),
        gettext_lazy("In completed years. For a child the guardian acts; from this birthday on no guardian does."),
    ),
    "preferential_from_age": (gettext_lazy("Preferential card from the age of"), gettext_lazy("In completed years.")),
    "replacement_working_days": (
        gettext_lazy("Replaced card ready within, working days"),
        gettext_lazy("Gives the earliest date on the card certificate. A card made at once has none."),
    ),
    "fee_yuan": (gettext_lazy("Card production fee in yuan"), gettext_lazy("0: the service is free of charge.")),
    "fee_exemptions": (gettext_lazy("Exempt from the fee"), gettext_lazy("Each exemption a clerk may choose.")),
    "collection_deadline_days": (
        gettext_lazy("A card is kept for collection, calendar days"),
        gettext_lazy("After the last day it is recalled. 180 days to one year in most places."),
    ),
    "dispute_working_days": (
        gettext_lazy("Decision about a card that the person does not have, working days"),
        gettext_lazy("The card is shown as collected, and the person says it never came."),
    ),
}


def told_rules(book: RuleBook) -> Iterator[tuple[str, str]]:
    """Every rule of a book: what it is called, and what it says."""
    for line in RULES:
        yield str(line.label), line.tell(book)


def standard_label(key: str) -> str:
    """A service standard in words: from which stage on, for which card."""
    *kind, method, stage = key.split(".")
    facts = {
        "stage": Stage(stage).label,
        "method": IssueMethod(method).label,
        "kind": ApplicationKind(kind[0]).label if kind else _("every kind of application"),
    }
    return _("Service standard from “%(stage)s” on, %(method)s, %(kind)s") % facts


def differences(before: RuleBook, after: RuleBook) -> list[Difference]:
    """What is not the same in two books, in the order of the rules, the standards last."""
    found = [
        Difference(str(line.label), line.tell(before), line.tell(after))
        for line in RULES
        if any(getattr(before, name) != getattr(after, name) for name in line.names)
    ]
    for key in sorted({*before.standards, *after.standards}, key=_place):
        one, other = before.standards.get(key), after.standards.get(key)
        if one != other:
            found.append(Difference(standard_label(key), _standard(one), _standard(other)))
    return found


def _place(key: str) -> tuple[Any, ...]:
    """The standards in the order of method, kind and stage."""
    *kind, method, stage = key.split(".")
    stages = [one for one in Stage if one in BEFORE_READY]
    return method, kind, stages.index(Stage(stage)) if stage in stages else len(stages)


def _standard(count: int | None) -> str:
    return _("no standard of its own") if count is None else days(count, working=True)
