"""What is told of a file: its lines counted by result and outcome, and the refused ones with the reason."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from cards.intake.cells import quoted_cell
from cards.intake.template import OLDEST_DAYS, given_back
from cards.models import IntakeFile, IntakeLine
from cards.office_vocabulary import IntakeResult, LineFault, LineState
from cards.vocabulary import Stage, StopReason


@dataclass(frozen=True)
class RefusedLine:
    """A refused line: its number, why, and the cells as they came."""

    line: int
    why: str
    cells: list[str]


def refused_lines(file: IntakeFile) -> Iterator[RefusedLine]:
    """The refused lines in order."""
    lines = IntakeLine.objects.filter(file=file, state=LineState.REFUSED).order_by("line")
    for line in lines.iterator(chunk_size=1000):
        yield RefusedLine(line.line, why(line), line.cells)


def why(line: IntakeLine) -> str:
    """The sentence of a refusal, with its facts."""
    facts: dict[str, Any] = {"days": OLDEST_DAYS, "line": line.first_line, "state": ""}
    if line.found_stage:
        facts["state"] = str(Stage(line.found_stage).label)
    if line.found_stop:
        facts["state"] = _("%(stage)s (%(stop)s)") % {
            "stage": facts["state"],
            "stop": StopReason(line.found_stop).label,
        }
    return str(LineFault(line.fault).label) % facts


def write_refused(file: IntakeFile, to: Any) -> int:
    """Write the refused lines as CSV, number and reason before the cells as they came; returns how many."""
    writer = csv.writer(to)
    writer.writerow([*given_back(), *map(quoted_cell, json.loads(file.columns))])
    count = 0
    for refused in refused_lines(file):
        writer.writerow([refused.line, *map(quoted_cell, (refused.why, *refused.cells))])
        count += 1
    return count


@dataclass(frozen=True)
class Outcome:
    """How many lines of one result came to what."""

    result: str
    ready: int
    applied: int
    unchanged: int
    refused: int


def outcomes(file: IntakeFile) -> list[Outcome]:
    """The lines counted by result, in the order of the work; unreadable ones last."""
    rows = IntakeLine.objects.filter(file=file).values_list("result", "state").annotate(count=Count("pk"))
    counts = {(result, state): count for result, state, count in rows}
    labels = [*((result.value, str(result.label)) for result in IntakeResult), ("", _("Not readable"))]
    told = [Outcome(label, *(counts.get((value, state), 0) for state in LineState)) for value, label in labels]
    return [one for one in told if any((one.ready, one.applied, one.unchanged, one.refused))]


def per_cent(file: IntakeFile) -> int:
    """How far the file is."""
    return 100 if not file.total else 100 * (file.total - file.ready) // file.total


def first(lines: Iterable[RefusedLine], count: int) -> list[RefusedLine]:
    """The first few."""
    return [line for line, _place in zip(lines, range(count), strict=False)]
