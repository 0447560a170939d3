"""How long it really takes: half by and most by from our own finished cards, drawn and tabled from the same rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateformat import format as written
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from cards.channels.web.manners import answers_to
from cards.channels.web.shared_parts import bar_length
from cards.forecast import BULK_IN_A_MINUTE, CASES_NEEDED, MOST, WINDOW, months_before
from cards.models import Forecast, MonthlyTime
from cards.models.monthly_times import months_since
from cards.models.rule_data import book_on, forecasts
from cards.rules import RuleBook, china_day
from cards.vocabulary import ApplicationKind, IssueMethod, Stage
from cards.workflow import BEFORE_READY


@dataclass(frozen=True)
class Row:
    """One line of a table with its bar: working days, and lengths as texts, which no language's rules may change."""

    label: str
    half: int
    most: int
    cases: int
    half_length: str
    most_length: str
    standard_at: str


@dataclass(frozen=True)
class Way:
    """One kind of application and method: its stages in the last 90 days, and its year."""

    key: str
    title: str
    standard: int
    stages: Sequence[Row]
    months: Sequence[Row]
    # Months in which too few cards became ready to say anything.
    too_few: str


@answers_to("GET", "HEAD")
def processing_times(request: HttpRequest) -> HttpResponse:
    """Show how long each kind of card took."""
    today = china_day(timezone.now())
    book = book_on(today)
    context = {
        "ways": list(_ways(book, today)),
        "days": WINDOW.days,
        "share": round(MOST * 100),
        "needed": CASES_NEEDED,
        "bulk": BULK_IN_A_MINUTE,
        "since": book.valid_from,
        "citation": book.citation_zh if (get_language() or "").startswith("zh") else book.citation_en,
    }
    return render(request, "processing_times/processing_times.html", context)


def _ways(book: RuleBook, today: date) -> Iterator[Way]:
    months = months_before(today)
    known = months_since(months[0])
    for kind in ApplicationKind:
        for method in IssueMethod:
            standard = book.standard_to_ready(kind, method, Stage.ACCEPTED)
            measured = {stage: found for stage in Stage if (found := forecasts().get((kind, method, stage)))}
            year = [(month, known[kind, method, month]) for month in months if (kind, method, month) in known]
            enough = [(month, row) for month, row in year if row.cases >= CASES_NEEDED]
            # An instant card is not waited for; its standard is no working day at all.
            if not standard and not measured and not enough:
                continue
            longest = max(
                [standard, *(row.most_days for row in measured.values()), *(row.most_days for _m, row in enough)]
            )
            yield Way(
                key=f"{kind}-{method}",
                title=_("%(kind)s · %(method)s") % {"kind": kind.label, "method": method.label},
                standard=standard,
                stages=[
                    _row(stage.label, found, book.standard_to_ready(kind, method, stage), longest)
                    for stage, found in measured.items()
                    if stage in BEFORE_READY
                ],
                months=[_row(_month(month), row, standard, longest) for month, row in reversed(enough)],
                too_few=pgettext("between notes", ", ").join(_month(one) for one in months if one not in dict(enough)),
            )


def _row(label: object, found: Forecast | MonthlyTime, standard: int, longest: int) -> Row:
    half, most = found.half_days, found.most_days
    half_length, most_length, standard_at = (bar_length(days, longest) for days in (half, most, standard))
    return Row(str(label), half, most, found.cases, half_length, most_length, standard_at)


def _month(month: date) -> str:
    return written(month, pgettext("date format of a month", "F Y"))
