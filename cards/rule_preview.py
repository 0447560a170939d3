"""Which of the last 90 days' cases would have come out differently under other rules.

Each case is put to both books by the very methods the services decide by, so that there is no second implementation
of a rule. A rule that is the same in both books is not tried at all. Sealed dates of birth are read for the ages and
leave this module as yes or no only. What was refused has left no case, so what a draft would newly allow is not seen.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from cards import id_number, rule_words
from cards.answers.dates import told_day, told_deadline
from cards.models import Application, Cancellation, CardCertificate, Cardholder, Dispute, Event, LossReport
from cards.models.rule_data import office_days
from cards.rules import RuleBook, china_day
from cards.vocabulary import Action, CardType, EventKind, LossForm, LossStatus, Party, Stage
from cards.workflow import BEFORE_READY

REACH = timedelta(days=90)
# The newest cases of each kind that are looked at, and those that are listed.
MOST_CASES, MOST_LISTED = 2000, 20
_BATCH = 500
# Of somebody who was erased no age is known.
_KNOWN: dict[str, Any] = {"holder__erased_at__isnull": True}


@dataclass(frozen=True)
class Outcome:
    """How one case comes out under both books."""

    holder_id: Any
    case: str
    at: datetime
    before: str
    after: str


@dataclass
class Tried:
    """One rule tried on its cases: how many there were, and those that come out differently."""

    label: str
    cases: int = 0
    different: int = 0
    cut: bool = False
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def unlisted(self) -> int:
        """How many more there are than the list shows."""
        return self.different - len(self.outcomes)


@dataclass
class Preview:
    """What a draft would have changed; `cut` where older cases of the period were left out."""

    since: date
    tried: list[Tried]

    @property
    def cases(self) -> int:
        return sum(one.cases for one in self.tried)

    @property
    def different(self) -> int:
        return sum(one.different for one in self.tried)

    @property
    def cut(self) -> bool:
        return any(one.cut for one in self.tried)


@dataclass(frozen=True)
class _Case:
    """A row that is put to a book, and what the book makes of it."""

    row: Any
    at: datetime
    outcome: Callable[[RuleBook], Any]


@dataclass(frozen=True)
class _Check:
    """A rule that is tried: the fields it rests on, its cases, newest first, and an outcome in words."""

    label: Any
    names: tuple[str, ...]
    cases: Callable[[datetime, RuleBook, RuleBook], Iterator[_Case]]
    tell: Callable[[Any], str]


def preview(before: RuleBook, after: RuleBook, now: datetime) -> Preview:
    """Put the cases of the last 90 days to both books."""
    since = now - REACH
    wanted = [check for check in _CHECKS if any(getattr(before, n) != getattr(after, n) for n in check.names)]
    return Preview(china_day(since), [_try(check, before, after, since) for check in wanted])


def _try(check: _Check, before: RuleBook, after: RuleBook, since: datetime) -> Tried:
    tried = Tried(str(check.label))
    for case in check.cases(since, before, after):
        if tried.cases == MOST_CASES:
            tried.cut = True
            break
        tried.cases += 1
        one, other = case.outcome(before), case.outcome(after)
        if one != other:
            tried.different += 1
            if len(tried.outcomes) < MOST_LISTED:
                told = check.tell(one), check.tell(other)
                tried.outcomes.append(Outcome(case.row.holder_id, str(case.row), case.at, *told))
    return tried


def _newest(rows: QuerySet, moment: str, since: datetime) -> Iterable[Any]:
    """The rows of the period, newest first; one more than is looked at, so that a cut is noticed."""
    newest = rows.filter(**{f"{moment}__gte": since}).order_by(f"-{moment}", "pk")[: MOST_CASES + 1]
    return newest.iterator(chunk_size=_BATCH)


def _put(rule: Callable[..., Any], *facts: Any) -> Callable[[RuleBook], Any]:
    """A decision with its facts, waiting for the book."""
    return lambda book: rule(book, *facts)


# --- the cases of each rule ---------------------------------------------------------------------------------------


def _lapses(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    off = office_days()
    for report in _newest(LossReport.objects.filter(form=LossForm.ORAL), "made_at", since):
        yield _Case(report, report.made_at, _put(RuleBook.lapse_moment, report.made_at, off))


def _repeats(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    # Reports of the longer window before the period count against those in it.
    reach = min(book.oral_reports_count_from(china_day(since)) for book in (before, after))
    # A report on the wrong card that was put back counts for nothing.
    rows = LossReport.objects.filter(form=LossForm.ORAL, made_at__gte=reach).exclude(status=LossStatus.VOIDED)
    made_for: dict[Any, list[tuple[datetime, Any]]] = defaultdict(list)
    made = rows.order_by("-made_at").values_list("card_id", "made_at", "pk")[: 2 * MOST_CASES]
    for card_id, made_at, key in made.iterator(chunk_size=_BATCH):
        made_for[card_id].append((made_at, key))
    for report in _newest(rows, "made_at", since):
        own = report.made_at, report.pk
        earlier = [at for at, key in made_for[report.card_id] if (at, key) < own]
        yield _Case(report, report.made_at, _put(_may_repeat, china_day(report.made_at), earlier))


def _may_repeat(book: RuleBook, day: date, earlier: list[datetime]) -> bool:
    since = book.oral_reports_count_from(day)
    return book.may_report_orally(sum(at >= since for at in earlier))


def _cancellations(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    for made in _newest(Cancellation.objects.select_related("report", "holder"), "made_at", since):
        age = None if made.holder.erased_at else _age(made.holder, made.made_at)
        yield _Case(made, made.made_at, _put(_may_cancel, made.report.form, made.party, made.channel, age))


def _may_cancel(book: RuleBook, form: str, party: Party, channel: str, age: int | None) -> bool:
    possible = book.may_be_cancelled(form) and book.may_be_cancelled_by(form, party, channel)
    return possible and (age is None or _may_act(book, Action.CANCEL_REPORT, party, age))


def _may_act(book: RuleBook, action: Action, party: Party, age: int) -> bool:
    return party in book.parties_for(action, age)


def _age(holder: Cardholder, moment: datetime) -> int:
    return id_number.age_on(holder.id_number, china_day(moment))


def _deputies(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    for row, at, _action in _acts_of(since, (Party.AGENT, Party.GUARDIAN)):
        number = _number_of_deputy(row)
        if number:
            yield _Case(row, at, _put(RuleBook.deputy_old_enough, id_number.age_on(number, china_day(at))))


def _parties(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    people = (Party.HOLDER, Party.AGENT, Party.GUARDIAN)
    for row, at, action in _acts_of(since, people):
        yield _Case(row, at, _put(_may_act, action, row.party, _age(row.holder, at)))
    for made in _newest(Cancellation.objects.filter(**_KNOWN).select_related("report", "holder"), "made_at", since):
        facts = Action.CANCEL_REPORT, made.party, _age(made.holder, made.made_at)
        yield _Case(made, made.made_at, _put(_may_act, *facts))


# The acts whose event keeps in its sealed detail who came for the holder; a loss report keeps it in its own row. A
# collection stands for the other step a person takes, the withdrawal: the same parties may do both.
_ACTS = {
    EventKind.APPLICATION_ACCEPTED: Action.ACCEPT,
    EventKind.STAGE_REACHED: Action.HAND_OVER,
    EventKind.CODE_REISSUED: Action.REISSUE_CODE,
    EventKind.CERTIFICATE_REPLACED: Action.REPLACE_CERTIFICATE,
    EventKind.DISPUTED: Action.DISPUTE,
}
_REPORTS = {LossForm.ORAL: Action.REPORT_ORALLY, LossForm.WRITTEN: Action.REPORT_IN_WRITING}


def _acts_of(since: datetime, parties: tuple[Party, ...]) -> Iterator[tuple[Any, datetime, Action]]:
    """What these parties did: the row, when, and what it was."""
    reports = LossReport.objects.filter(party__in=parties, **_KNOWN).select_related("holder")
    for report in _newest(reports, "made_at", since):
        yield report, report.made_at, _REPORTS[LossForm(report.form)]
    events = Event.objects.filter(party__in=parties, kind__in=_ACTS, **_KNOWN)
    for event in _newest(events.select_related("holder", "detail"), "at", since):
        yield event, event.at, _ACTS[EventKind(event.kind)]


def _number_of_deputy(row: LossReport | Event) -> str:
    """The ID number of the agent or guardian who came in person; empty where nobody did."""
    if isinstance(row, LossReport):
        return row.agent_id_number or ""
    detail = getattr(row, "detail", None)
    return str(json.loads(detail.text).get("agent_id_number", "")) if detail else ""


def _ages(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    rows = Application.objects.filter(card_type=CardType.FINANCIAL_PREFERENTIAL_BLUE, **_KNOWN)
    for row in _newest(rows.select_related("holder"), "accepted_at", since):
        yield _Case(row, row.accepted_at, _put(RuleBook.preferential_at, _age(row.holder, row.accepted_at)))


def _fees(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    for row in _newest(Application.objects.all(), "accepted_at", since):
        yield _Case(row, row.accepted_at, _put(RuleBook.fee, row.kind, row.fee_exemption))


def _deadlines(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    for row in _newest(Application.objects.filter(ready_at__isnull=False), "ready_at", since):
        yield _Case(row, row.ready_at, _put(RuleBook.collection_deadline, row.ready_at))


def _certificates(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    off = office_days()
    for row in _newest(CardCertificate.objects.select_related("application", "paper"), "issued_at", since):
        facts = china_day(row.issued_at), row.application.method, off
        yield _Case(row, row.issued_at, _put(RuleBook.earliest_collection, *facts))


def _disputes(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    off = office_days()
    for row in _newest(Dispute.objects.select_related("application"), "asked_at", since):
        yield _Case(row, row.asked_at, _put(RuleBook.dispute_deadline, china_day(row.asked_at), off))


def _standards(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    for row in _newest(Application.objects.all(), "accepted_at", since):
        passed = [stage for stage in row.reached() if stage in BEFORE_READY]
        differing = [stage for stage in passed if _standard(before, row, stage) != _standard(after, row, stage)]
        yield _Case(row, row.accepted_at, _put(_promised, row, differing))


def _standard(book: RuleBook, row: Application, stage: str) -> int:
    return book.standard_to_ready(row.kind, row.method, stage)


def _promised(book: RuleBook, row: Application, stages: list[str]) -> list[tuple[str, int]]:
    return [(stage, _standard(book, row, stage)) for stage in stages]


# --- the outcomes in words ----------------------------------------------------------------------------------------


def _told_allowed(allowed: bool) -> str:
    return _("possible") if allowed else _("refused")


def _told_lapse(moment: datetime) -> str:
    return _("lapses at %(moment)s") % {"moment": told_deadline(moment)}


def _told_fee(fee: int) -> str:
    return _("fee of %(fee)s yuan") % {"fee": fee} if fee else _("no fee")


def _told_deadline(day: date) -> str:
    return _("to be collected by %(day)s") % {"day": told_day(day)}


def _told_earliest(day: date) -> str:
    return _("collection from %(day)s") % {"day": told_day(day)}


def _told_decision(day: date) -> str:
    return _("to be decided by %(day)s") % {"day": told_day(day)}


def _told_standards(promised: list[tuple[str, int]]) -> str:
    told = [
        _("%(stage)s: %(days)s") % {"stage": Stage(stage).label, "days": rule_words.days(count, working=True)}
        for stage, count in promised
    ]
    return pgettext("between items of a list", ", ").join(told)


_CHECKS = (
    _Check(
        gettext_lazy("Oral reports: the moment of lapse"),
        ("oral_validity_days", "oral_validity_in_working_days", "oral_counts_from_next_day"),
        _lapses,
        _told_lapse,
    ),
    _Check(
        gettext_lazy("Oral reports: how often"),
        ("oral_reports_allowed", "oral_reports_window_days"),
        _repeats,
        _told_allowed,
    ),
    _Check(
        gettext_lazy("Cancelled reports"),
        ("written_report_can_be_cancelled", "cancelled_also_by", "oral_cancelled_also_through"),
        _cancellations,
        _told_allowed,
    ),
    _Check(gettext_lazy("Agents and guardians: their age"), ("agent_minimum_age",), _deputies, _told_allowed),
    _Check(gettext_lazy("Who acts, by the age of the cardholder"), ("guardian_below_age",), _parties, _told_allowed),
    _Check(
        gettext_lazy("Preferential cards: the age of the cardholder"),
        ("preferential_from_age",),
        _ages,
        _told_allowed,
    ),
    _Check(gettext_lazy("Fees"), ("fee_yuan", "fee_exemptions"), _fees, _told_fee),
    _Check(
        gettext_lazy("Earliest date on the card certificate"),
        ("replacement_working_days",),
        _certificates,
        _told_earliest,
    ),
    _Check(
        gettext_lazy("Last day for collecting the card"), ("collection_deadline_days",), _deadlines, _told_deadline
    ),
    _Check(
        gettext_lazy("Cards that the person does not have: the day of the decision"),
        ("dispute_working_days",),
        _disputes,
        _told_decision,
    ),
    _Check(gettext_lazy("Service standards"), ("standards",), _standards, _told_standards),
)
