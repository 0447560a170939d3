"""The template of a result file: its columns and words, in both languages, and what a line of it means."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import translation
from django.utils.translation import pgettext

from cards import workflow
from cards.intake.reading import LONGEST_CELL
from cards.intake.refusals import ColumnsMissing, ColumnsUnknown, ColumnTwice
from cards.office_vocabulary import IntakeResult, LineFault
from cards.paper_number import PaperNumberMalformed, check_paper_number
from cards.vocabulary import StopReason

# Older results are recorded by hand; lines are kept longer than this, so that a result sent again is known.
OLDEST_DAYS = 60

# Each column with the names it may bear; the second is the one of the printed template.
COLUMNS: dict[str, tuple[str, ...]] = {
    "receipt": ("receipt", "受理回执编号", "受理回执号", "回执编号", "receipt number"),
    "last_four": ("last_four", "公民身份号码后四位", "身份证号后四位", "身份证号码后四位", "证件号码后四位"),
    "result": ("result", "结果", "办理结果"),
    "date": ("date", "结果日期", "日期"),
    "reason": ("reason", "原因", "失败原因"),
}
OPTIONAL = {"reason"}
# What stands before the cells in a file of refused lines, which may be mended and handed in as it is.
GIVEN_BACK = (("line", "行号"), ("why refused", "退回原因"))
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")


@dataclass(frozen=True)
class Line:
    """What a line says, as far as it can be read without looking anybody up."""

    receipt: str
    last_four: str
    result: IntakeResult
    reason: StopReason | None
    day: date


class LineRefused(Exception):
    """This line cannot be taken in; the others go on."""

    def __init__(self, fault: LineFault) -> None:
        super().__init__(fault)
        self.fault = fault


def folded(text: str) -> str:
    """A name or word as it is compared: full-width signs, capitals and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _both_languages(words: Iterable[IntakeResult | StopReason]) -> dict[str, IntakeResult | StopReason]:
    """Each word by its code and by its label in either language."""
    known: dict[str, IntakeResult | StopReason] = {}
    for word in words:
        known[folded(word.value)] = word
        for language in ("en", "zh-hans"):
            with translation.override(language):
                known[folded(str(word.label))] = word
    return known


@dataclass
class Template:
    """The columns of one file by its first line, and the words its cells may hold."""

    places: dict[str, int]
    width: int

    def __post_init__(self) -> None:
        self.results = _both_languages(IntakeResult)
        self.reasons = _both_languages(StopReason)

    @classmethod
    def of(cls, header: list[str]) -> "Template":
        """Find the columns in the first line; refused where one is missing, unknown or there twice."""
        known = {folded(name): column for column, names in COLUMNS.items() for name in names}
        while header and not header[-1]:
            header = header[:-1]
        places: dict[str, int] = {}
        ours = {folded(name) for names in GIVEN_BACK for name in names}
        unknown = [name[:LONGEST_CELL] for name in header if folded(name) not in known.keys() | ours]
        for place, name in enumerate(header):
            column = known.get(folded(name))
            if column in places:
                raise ColumnTwice(column=name)
            if column is not None:
                places[column] = place
        if missing := [
            _in_language(COLUMNS[column]) for column in COLUMNS if column not in places and column not in OPTIONAL
        ]:
            raise ColumnsMissing(missing=pgettext("between items of a list", ", ").join(missing))
        if unknown:
            raise ColumnsUnknown(unknown=", ".join(unknown[:5]))
        return cls(places, len(header))

    def read(self, cells: list[str], today: date) -> Line:
        """What a line says, or its first fault."""
        if any(cells[self.width :]) or any(len(cell) > LONGEST_CELL for cell in cells):
            raise LineRefused(LineFault.TOO_LONG)
        told = {column: cells[place] if place < len(cells) else "" for column, place in self.places.items()}
        try:
            receipt = check_paper_number(told["receipt"])
        except PaperNumberMalformed as wrong:
            raise LineRefused(LineFault.RECEIPT_MALFORMED) from wrong
        # A spreadsheet drops the zeros before a number.
        last_four = folded(told["last_four"]).upper().zfill(4) if told["last_four"] else ""
        if len(last_four) != 4 or not last_four.isascii() or not last_four.isalnum():
            raise LineRefused(LineFault.LAST_FOUR_MALFORMED)
        result = self.results.get(folded(told["result"]))
        if not isinstance(result, IntakeResult):
            raise LineRefused(LineFault.RESULT_UNKNOWN)
        return Line(
            receipt, last_four, result, self._reason(result, told.get("reason", "")), _day(told["date"], today)
        )

    def _reason(self, result: IntakeResult, text: str) -> StopReason | None:
        possible = workflow.reasons_of(result)
        if not text:
            return possible[0] if possible else None
        reason = self.reasons.get(folded(text))
        if reason not in possible:
            raise LineRefused(LineFault.REASON_UNKNOWN)
        return StopReason(reason)


def _in_language(names: tuple[str, ...]) -> str:
    """The name of a column in the reader's language."""
    return names[1] if (translation.get_language() or "").startswith("zh") else names[0]


def header() -> list[str]:
    """The first line of the template in the reader's language."""
    return [_in_language(names) for names in COLUMNS.values()]


def given_back() -> list[str]:
    """The columns before the cells of a refused line."""
    return [_in_language(names) for names in GIVEN_BACK]


def _day(text: str, today: date) -> date:
    for form in _DAYS:
        try:
            day = datetime.strptime(unicodedata.normalize("NFKC", text), form).date()  # noqa: DTZ007  # a day only
        except ValueError:
            continue
        if not 0 <= (today - day).days <= OLDEST_DAYS:
            raise LineRefused(LineFault.DAY_TOO_FAR)
        return day
    raise LineRefused(LineFault.DAY_MALFORMED)
