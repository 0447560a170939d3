"""Staging: every line of a file is read, checked against the record and put down, before anything is recorded."""

import itertools
import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from cards import sealing, workflow
from cards.actors import Actor
from cards.errors import ChangedMeanwhile
from cards.intake.reading import Limits, Row, Source, look_at
from cards.intake.refusals import FileRefused, NothingInIt
from cards.intake.template import Line, LineRefused, Template
from cards.models import Application, Cardholder, IntakeFile, IntakeLine, PaperNumber
from cards.office_vocabulary import IntakeState, LineFault, LineState
from cards.rules import china_day
from cards.vocabulary import PaperKind, Stage

# What a request may take in while somebody waits for it (a few seconds), and what the command may.
UPLOAD = Limits(size=8 << 20, lines=20_000)
COMMAND = Limits(size=128 << 20, lines=1_000_000)
BATCH = 1000
LONGEST_NAME = 120
_PURPOSE = "intake-file"

Advance = Callable[[int], None]


@dataclass
class Staged:
    """The file on record, and whether it was there before."""

    file: IntakeFile
    known: bool


def stage(
    file: BinaryIO,
    name: str,
    *,
    actor: Actor,
    limits: Limits,
    telling: Callable[[int], "Advance | None"] = lambda about: None,
) -> Staged:
    """Take a file in for checking; one that is on record already is given back as it is.

    A file whose checking was broken off goes on where it stopped. `telling` is given the number of lines to expect
    and returns what is told of progress.
    """
    source = look_at(file, limits)
    known = _known(source.digest)
    if known is not None and known.state != IntakeState.CHECKING:
        return Staged(known, known=True)
    with closing(source.rows()) as rows:
        header, first = next(rows, None), next(rows, None)
        columns = header.cells if header else []
        template = Template.of(columns)
        if first is None:
            raise NothingInIt()
        staged = known or _entered(source, name, columns, actor)
        try:
            _Staging(staged, template).run(itertools.chain([first], rows), telling(source.about))
        except FileRefused:
            # The table broke further down: nothing of it is kept.
            staged.delete()
            raise
    return Staged(staged, known=False)


def _known(digest: str) -> IntakeFile | None:
    """The file with these very bytes, under any key in use."""
    condition = Q()
    for _key_id, keyed in sealing.index_digests(digest, _PURPOSE):
        condition |= Q(digest=keyed)
    return IntakeFile.objects.filter(condition).exclude(state=IntakeState.DISCARDED).first()


def _entered(source: Source, name: str, columns: list[str], actor: Actor) -> IntakeFile:
    try:
        with transaction.atomic():
            return IntakeFile.objects.create(
                name=name[-LONGEST_NAME:],
                columns=json.dumps(columns, ensure_ascii=False),
                digest=sealing.index_digest(source.digest, _PURPOSE)[1],
                format=source.format,
                state=IntakeState.CHECKING,
                handed_in_at=timezone.now(),
                handed_in_by=actor.user,
            )
    except IntegrityError as clash:
        raise ChangedMeanwhile() from clash


@dataclass
class _Staging:
    """One file being staged, a batch of lines at a time, each batch in one transaction."""

    file: IntakeFile
    template: Template
    first_lines: dict[str, int] = field(default_factory=dict)

    def run(self, rows: Iterable[Row], advance: Advance | None) -> None:
        """Stage every row that is not on record yet; then the file waits for its confirmation."""
        self.today = china_day(timezone.now())
        done = self.file.total
        for batch in _batches(rows):
            read = [self._read(row) for row in batch]
            # Rows of an earlier attempt are read again, because later ones may repeat their receipts.
            if fresh := read[max(0, done) :]:
                self._put_down(fresh)
            done = max(0, done - len(batch))
            if advance:
                advance(len(batch))
        swapped = IntakeFile.objects.filter(pk=self.file.pk, state=IntakeState.CHECKING)
        if swapped.update(state=IntakeState.CHECKED) != 1:
            raise ChangedMeanwhile()
        self.file.refresh_from_db()

    def _read(self, row: Row) -> "tuple[Row, Line | None, IntakeLine]":
        """The row, what it says, and its line; refused already where it cannot be read."""
        raw = json.dumps(row.cells, ensure_ascii=False)
        staged = IntakeLine(file=self.file, line=row.line, state=LineState.REFUSED, raw=raw)
        try:
            line = self.template.read(row.cells, self.today)
        except LineRefused as refused:
            staged.fault = refused.fault
            return row, None, staged
        staged.result, staged.reason, staged.result_on = line.result, line.reason or "", line.day
        first = self.first_lines.setdefault(line.receipt, row.line)
        if first != row.line:
            staged.fault, staged.first_line = LineFault.REPEATED, first
            return row, None, staged
        return row, line, staged

    def _put_down(self, read: "list[tuple[Row, Line | None, IntakeLine]]") -> None:
        lines = {line.receipt: (line, staged) for _row, line, staged in read if line is not None}
        found = _applications({*lines})
        recorded = recorded_before(row.holder_id for row in found.values())
        for receipt, (line, staged) in lines.items():
            _judge(line, staged, found.get(receipt), recorded)
        made = [staged for _row, _line, staged in read]
        counts = {state: sum(one.state == state for one in made) for state in (LineState.UNCHANGED, LineState.REFUSED)}
        with transaction.atomic():
            swapped = IntakeFile.objects.filter(pk=self.file.pk, state=IntakeState.CHECKING, total=self.file.total)
            self.file.total += len(made)
            changed = swapped.update(
                total=self.file.total,
                unchanged=F("unchanged") + counts[LineState.UNCHANGED],
                refused=F("refused") + counts[LineState.REFUSED],
            )
            if changed != 1:
                # Somebody hands in the same file at this moment.
                raise ChangedMeanwhile()
            IntakeLine.objects.bulk_create(made)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rows = iter(rows)
    while batch := list(itertools.islice(rows, BATCH)):
        yield batch


def _applications(receipts: set[str]) -> dict[str, Application]:
    """The applications of these receipts, through the directory of papers."""
    papers = PaperNumber.objects.filter(pk__in=receipts, kind=PaperKind.RECEIPT)
    holders = dict(papers.values_list("holder_id", "holder_id"))
    people = Cardholder.objects.only("id_number").in_bulk(list(holders))
    rows = Application.objects.filter(holder__in=holders, receipt__in=receipts).defer("history", "refusal_reason")
    for row in rows:
        row.holder = people[row.holder_id]
    return {row.receipt_id: row for row in rows}


Key = tuple[uuid.UUID | None, str, str, date | None]


def recorded_before(holders: Iterable[uuid.UUID | None]) -> set[Key]:
    """Which results were recorded of these people from earlier files: sent again, they change nothing."""
    # Asked for by holder alone: with the applications beside them a database may try every pair.
    lines = IntakeLine.objects.filter(holder__in=set(holders), state__in=[LineState.APPLIED, LineState.UNCHANGED])
    return set(lines.values_list("application_id", "result", "reason", "result_on"))


def _judge(line: Line, staged: IntakeLine, application: Application | None, recorded: set[Key]) -> None:
    """Decide what would come of a line that could be read; the same is decided anew when it is recorded."""
    if application is None:
        staged.fault = LineFault.RECEIPT_UNKNOWN
        return
    if application.holder.id_number[-4:] != line.last_four:
        staged.fault = LineFault.LAST_FOUR_WRONG
        return
    staged.holder_id, staged.application_id = application.holder_id, application.pk
    due = workflow.steps_of_result(
        line.result, staged.reason, Stage(application.stage), application.stop, application.route
    )
    if (application.pk, staged.result, staged.reason, line.day) in recorded or due == ():
        staged.state, staged.raw = LineState.UNCHANGED, None
    elif due is None:
        staged.fault = LineFault.NOT_POSSIBLE
        staged.found_stage, staged.found_stop = application.stage, application.stop
    else:
        staged.state = LineState.READY
