"""Recording a confirmed file, a bounded set of lines per transaction, so that it may be broken off at any moment."""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from cards import services
from cards.actors import Actor
from cards.errors import ChangedMeanwhile
from cards.intake.staging import BATCH, recorded_before
from cards.models import IntakeFile, IntakeLine
from cards.office_vocabulary import IntakeResult, IntakeState, LineFault, LineState
from cards.services.results import Came, Told
from cards.staff_errors import DiscardedByOthers
from cards.vocabulary import Channel, Party

# Longer than a result may be old, so that a line sent again is always known.
KEPT = timedelta(days=90)
# A file nobody confirms is not kept for ever.
WAITS = timedelta(days=14)
CONFIRM = "cards.change_intakefile"


def confirm(file: IntakeFile, *, actor: Actor) -> None:
    """Let a checked file be recorded, in the name of this person."""
    now = timezone.now()
    waiting = IntakeFile.objects.filter(pk=file.pk, state=IntakeState.CHECKED)
    changed = waiting.update(
        state=IntakeState.APPLYING,
        confirmed_at=now,
        confirmed_by=actor.user,
        channel=actor.channel,
        outlet=actor.outlet,
    )
    if changed != 1:
        raise ChangedMeanwhile()
    file.refresh_from_db()


def may_discard(file: IntakeFile, actor: Actor) -> bool:
    """Whoever handed a file in drops it, and whoever may confirm it; the clock drops what nobody confirms."""
    user = actor.user
    if user is None:
        return actor.channel == Channel.SYSTEM
    return user.pk == file.handed_in_by_id or user.has_perm(CONFIRM)


def discard(file: IntakeFile, *, actor: Actor) -> None:
    """Drop a file that was not confirmed, with its lines; the same file may be handed in again."""
    if not may_discard(file, actor):
        raise DiscardedByOthers()
    changes = {"state": IntakeState.DISCARDED, "finished_at": timezone.now(), "discarded_by": actor.user}
    with transaction.atomic():
        waiting = IntakeFile.objects.filter(pk=file.pk, state__in=[IntakeState.CHECKING, IntakeState.CHECKED])
        if waiting.update(**changes) != 1:
            raise ChangedMeanwhile()
        IntakeLine.objects.filter(file=file).delete()
    file.refresh_from_db()


def record_some(file: IntakeFile, size: int = BATCH) -> int:
    """Record the next lines of a confirmed file; returns how many, and 0 when it is done.

    Lines, cases and counts change in one transaction with the file's row held, so that two workers take turns.
    """
    with transaction.atomic():
        under_way = IntakeFile.objects.filter(pk=file.pk, state=IntakeState.APPLYING)
        held = under_way.select_for_update().first()
        if held is None:
            return 0
        lines = list(IntakeLine.objects.filter(file=held, state=LineState.READY).order_by("line")[:size])
        if lines:
            counts = _record(held, lines)
            under_way.update(**{name: F(name) + count for name, count in counts.items()})
        else:
            under_way.update(state=IntakeState.DONE, finished_at=timezone.now())
    return len(lines)


def record_for(seconds: float) -> int:
    """Record confirmed files, the oldest first, for about so long; returns how many lines."""
    until, recorded = time.monotonic() + seconds, 0
    for file in IntakeFile.objects.filter(state=IntakeState.APPLYING).order_by("confirmed_at"):
        while time.monotonic() < until and (done := record_some(file)):
            recorded += done
    return recorded


def _record(file: IntakeFile, lines: list[IntakeLine]) -> dict[str, int]:
    """Record the lines, and put down at each what came of it."""
    known = recorded_before(line.holder_id for line in lines)
    again = {line.pk for line in lines if (line.application_id, line.result, line.reason, line.result_on) in known}
    fresh = [line for line in lines if line.pk not in again]
    actor = Actor(Party.OFFICE, Channel(file.channel), file.confirmed_by, file.outlet)
    came = services.record_results([_told(file, line) for line in fresh], actor=actor)
    by_state: dict[LineState, list[IntakeLine]] = {state: [] for state in LineState}
    by_state[LineState.UNCHANGED] = [line for line in lines if line.pk in again]
    for line, what in zip(fresh, came, strict=True):
        by_state[what.state].append(line)
    for state in (LineState.APPLIED, LineState.UNCHANGED):
        # What is recorded need not be given back.
        _lines(by_state[state]).update(state=state, raw=None)
    _refuse(zip(fresh, came, strict=True))
    return {
        "applied": len(by_state[LineState.APPLIED]),
        "unchanged": len(by_state[LineState.UNCHANGED]),
        "refused": len(by_state[LineState.REFUSED]),
    }


def _told(file: IntakeFile, line: IntakeLine) -> Told:
    source = f"{file.pk}:{line.line}"
    return Told(line.holder_id, line.application_id, IntakeResult(line.result), line.reason, source)  # type: ignore[arg-type]


def _lines(lines: Iterable[IntakeLine]) -> QuerySet[IntakeLine]:
    return IntakeLine.objects.filter(pk__in=[line.pk for line in lines])


def _refuse(came: Iterable[tuple[IntakeLine, Came]]) -> None:
    """Put the refused lines down, with the state that was found; one statement for each state."""
    found: dict[tuple[str, str], list[IntakeLine]] = {}
    for line, what in came:
        if what.state == LineState.REFUSED:
            found.setdefault((what.stage, what.stop), []).append(line)
    for (stage, stop), lines in found.items():
        # Without a stage: the case is no longer this person's.
        fault = LineFault.NOT_POSSIBLE if stage else LineFault.RECEIPT_UNKNOWN
        _lines(lines).update(state=LineState.REFUSED, fault=fault, found_stage=stage, found_stop=stop)


def remove_old(now: datetime) -> int:
    """Discard files nobody confirmed, and remove the lines of files done long ago; returns how many lines went."""
    removed = 0
    for file in IntakeFile.objects.filter(
        state__in=[IntakeState.CHECKING, IntakeState.CHECKED], handed_in_at__lte=now - WAITS
    ):
        removed += file.lines.count()
        discard(file, actor=Actor.system())
    old = IntakeLine.objects.filter(file__finished_at__lte=now - KEPT)
    while keys := list(old.values_list("pk", flat=True)[:BATCH]):
        removed += IntakeLine.objects.filter(pk__in=keys).delete()[0]
    return removed
