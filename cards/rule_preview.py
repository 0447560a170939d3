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
from django.utils.translation import gettext_lazy

from cards import id_number, rule_words
from cards.answers.dates import told_day, told_deadline
from cards.models import Application, Cancellation, CardCertificate, Event, LossReport
from cards.models.rule_data import office_days
from cards.rules import CHINA, RuleBook
from cards.vocabulary import CardType, EventKind, LossForm, Party, Stage
from cards.workflow import BEFORE_READY

REACH = timedelta(days=90)
# The newest cases of each kind that are looked at, and those that are listed.
MOST_CASES, MOST_LISTED = 5000, 20
_BATCH = 500


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
    """A row put to a book: what the book makes of it, in words; None where the rule does not apply."""

    row: Any
    at: datetime
    outcome: Callable[[RuleBook], str]


@dataclass(frozen=True)
class _Check:
    """A rule that is tried: the fields it rests on, and its cases, newest first."""

    label: Any
    names: tuple[str, ...]
    cases: Callable[[datetime, RuleBook, RuleBook], Iterator[_Case]]


def preview(before: RuleBook, after: RuleBook, now: datetime) -> Preview:
    """Put the cases of the last 90 days to both books."""
    since = now - REACH
    wanted = [check for check in _CHECKS if any(getattr(before, n) != getattr(after, n) for n in check.names)]
    return Preview(since.astimezone(CHINA).date(), [_try(check, before, after, since) for check in wanted])


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
                tried.outcomes.append(Outcome(case.row.holder_id, str(case.row), case.at, one, other))
    return tried


def _newest(rows: QuerySet, moment: str, since: datetime) -> Iterable[Any]:
    """The rows of the period, newest first; one more than is looked at, so that a cut is noticed."""
    newest = rows.filter(**{f"{moment}__gte": since}).order_by(f"-{moment}", "pk")[: MOST_CASES + 1]
    return newest.iterator(chunk_size=_BATCH)


def _day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()


def _allowed(allowed: bool) -> str:
    return _("possible") if allowed else _("refused")


# --- the checks ---------------------------------------------------------------------------------------------------


def _lapses(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    off = office_days()
    for report in _newest(LossReport.objects.filter(form=LossForm.ORAL), "made_at", since):

        def until(book: RuleBook, made_at: datetime = report.made_at) -> str:
            return _("lapses at %(moment)s") % {"moment": told_deadline(book.lapse_moment(made_at, off))}

        yield _Case(report, report.made_at, until)


def _repeats(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    # Reports of the longer window before the period count against those in it.
    reach = min(book.oral_reports_count_from(_day(since)) for book in (before, after))
    rows = LossReport.objects.filter(form=LossForm.ORAL, made_at__gte=reach)
    made_for: dict[Any, list[tuple[datetime, Any]]] = defaultdict(list)
    pairs = rows.order_by("-made_at").values_list("card_id", "made_at", "pk")[: 2 * MOST_CASES]
    for card_id, made_at, key in pairs.iterator(chunk_size=_BATCH):
        made_for[card_id].append((made_at, key))
    for report in _newest(rows, "made_at", since):

        def outcome(book: RuleBook, report: LossReport = report) -> str:
            first = book.oral_reports_count_from(_day(report.made_at))
            own = report.made_at, report.pk
            earlier = [one for one in made_for[report.card_id] if first <= one[0] and one < own]
            return _allowed(book.may_report_orally(len(earlier)))

        yield _Case(report, report.made_at, outcome)


def _cancellations(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    for made in _newest(Cancellation.objects.select_related("report"), "made_at", since):

        def outcome(book: RuleBook, made: Cancellation = made) -> str:
            form = made.report.form
            return _allowed(book.may_be_cancelled(form) and book.may_be_cancelled_by(form, made.party, made.channel))

        yield _Case(made, made.made_at, outcome)


# The acts whose event keeps in its sealed detail who came for the holder; a loss report keeps it in its own row.
_ACTS_OF_DEPUTIES = (EventKind.APPLICATION_ACCEPTED, EventKind.STAGE_REACHED, EventKind.CODE_REISSUED)


def _deputies(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    for row, at, number, _holder in _acts_for_others(since, (Party.AGENT, Party.GUARDIAN)):
        if number:
            years = id_number.age_on(number, _day(at))
            yield _Case(row, at, lambda book, years=years: _allowed(book.deputy_old_enough(years)))


def _guardians(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    for row, at, _number, holder in _acts_for_others(since, (Party.GUARDIAN,)):
        years = id_number.age_on(holder.id_number, _day(at))
        yield _Case(row, at, lambda book, years=years: _allowed(book.guardian_acts_for(years)))


def _acts_for_others(since: datetime, parties: tuple[Party, ...]) -> Iterator[tuple[Any, datetime, str, Any]]:
    """What agents and guardians did: the row, when, the deputy's ID number where one came in person, for whom."""
    reports = LossReport.objects.filter(party__in=parties).select_related("holder")
    for report in _newest(reports, "made_at", since):
        yield report, report.made_at, report.agent_id_number or "", report.holder
    events = Event.objects.filter(party__in=parties, kind__in=_ACTS_OF_DEPUTIES).select_related("holder", "detail")
    for event in _newest(events, "at", since):
        detail = getattr(event, "detail", None)
        told = json.loads(detail.text) if detail else {}
        yield event, event.at, told.get("agent_id_number", ""), event.holder


def _ages(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    rows = Application.objects.filter(card_type=CardType.FINANCIAL_PREFERENTIAL_BLUE).select_related("holder")
    for application in _newest(rows, "accepted_at", since):
        years = id_number.age_on(application.holder.id_number, _day(application.accepted_at))
        yield _Case(
            application, application.accepted_at, lambda book, years=years: _allowed(book.preferential_at(years))
        )


def _fees(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    for application in _newest(Application.objects.all(), "accepted_at", since):

        def fee(book: RuleBook, application: Application = application) -> str:
            due = book.fee(application.kind, application.fee_exemption)
            return _("fee of %(fee)s yuan") % {"fee": due} if due else _("no fee")

        yield _Case(application, application.accepted_at, fee)


def _deadlines(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    for application in _newest(Application.objects.filter(ready_at__isnull=False), "ready_at", since):

        def deadline(book: RuleBook, ready_at: datetime = application.ready_at) -> str:  # type: ignore[assignment]
            return _("to be collected by %(day)s") % {"day": told_day(book.collection_deadline(ready_at))}

        yield _Case(application, application.ready_at, deadline)  # type: ignore[arg-type]


def _certificates(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    off = office_days()
    for certificate in _newest(CardCertificate.objects.select_related("application", "paper"), "issued_at", since):

        def earliest(book: RuleBook, one: CardCertificate = certificate) -> str:
            day = book.earliest_collection(_day(one.issued_at), one.application.method, off)
            return _("collection from %(day)s") % {"day": told_day(day)}

        yield _Case(certificate, certificate.issued_at, earliest)


def _standards(since: datetime, before: RuleBook, after: RuleBook) -> Iterator[_Case]:
    for application in _newest(Application.objects.all(), "accepted_at", since):
        ways = application.kind, application.method
        passed = [
            Stage(stage)
            for stage in application.reached()
            if stage in BEFORE_READY
            and before.standard_to_ready(*ways, stage) != after.standard_to_ready(*ways, stage)
        ]

        def promised(book: RuleBook, one: Application = application, passed: list[Stage] = passed) -> str:
            parts = []
            for stage in passed:
                count = book.standard_to_ready(one.kind, one.method, stage)
                parts.append(
                    _("%(stage)s: %(days)s") % {"stage": stage.label, "days": rule_words.days(count, working=True)}
                )
            return "; ".join(parts)

        yield _Case(application, application.accepted_at, promised)


_CHECKS = (
    _Check(
        gettext_lazy("Oral reports: the moment of lapse"),
        ("oral_validity_days", "oral_validity_in_working_days", "oral_counts_from_next_day"),
        _lapses,
    ),
    _Check(
        gettext_lazy("Oral reports: how often"),
        ("oral_reports_allowed", "oral_reports_window_days"),
        _repeats,
    ),
    _Check(
        gettext_lazy("Cancelled reports"),
        ("written_report_can_be_cancelled", "cancelled_also_by", "oral_cancelled_also_through"),
        _cancellations,
    ),
    _Check(gettext_lazy("Agents and guardians: their age"), ("agent_minimum_age",), _deputies),
    _Check(gettext_lazy("Guardians: the age of the cardholder"), ("guardian_below_age",), _guardians),
    _Check(gettext_lazy("Preferential cards: the age of the cardholder"), ("preferential_from_age",), _ages),
    _Check(gettext_lazy("Fees"), ("fee_yuan", "fee_exemptions"), _fees),
    _Check(gettext_lazy("Earliest date on the card certificate"), ("replacement_working_days",), _certificates),
    _Check(gettext_lazy("Last day for collecting the card"), ("collection_deadline_days",), _deadlines),
    _Check(gettext_lazy("Service standards"), ("standards",), _standards),
)
