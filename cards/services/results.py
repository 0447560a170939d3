"""Recording what result files say of many applications: the rules of the single step, in sets."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Func, JSONField

from cards import notices, workflow
from cards.actors import Actor
from cards.errors import ChangedMeanwhile
from cards.models import Application, Event, EventDetail
from cards.office_vocabulary import IntakeResult, LineState
from cards.services import proof, steps
from cards.services.applications import NO_PROOF, telling
from cards.services.deed import Deed
from cards.services.opening import deeds
from cards.vocabulary import Action, EventKind, Stage, StopReason


@dataclass(frozen=True)
class Told:
    """What a partner tells of one application; `source` stays in the sealed particulars of its events."""

    holder_id: uuid.UUID
    application_id: uuid.UUID
    result: IntakeResult
    reason: str
    source: str


@dataclass(frozen=True)
class Came:
    """What came of it, and where the application stood before; nowhere when it is not, or no longer, this person's."""

    state: LineState
    stage: str
    stop: str


def record_results(told: Sequence[Told], *, actor: Actor) -> list[Came]:
    """Record what partners tell of many applications, each once, in one transaction; one answer for each.

    What is so already changes nothing; what is not possible in the present state is refused, and the others go on.
    Rows and events come out as `advance`, `stop_clock` and `resume_clock` would write them one by one.
    """
    keys = [each.application_id for each in told]
    if len(set(keys)) < len(keys):
        raise ValueError("Each application may be told of once in a set.")
    with deeds((each.holder_id for each in told), actor) as acts:
        rows = Application.objects.filter(holder__in=acts, pk__in=keys).defer("refusal_reason").in_bulk()
        ledger, swaps = _Ledger(acts), _Swaps()
        came = [_record(acts, rows.get(each.application_id), each, ledger, swaps) for each in told]
        swaps.write()
        ledger.write()
    return came


def _record(
    acts: dict[uuid.UUID, Deed], application: Application | None, told: Told, ledger: "_Ledger", swaps: "_Swaps"
) -> Came:
    act = acts.get(told.holder_id)
    if act is None or application is None or application.holder_id != told.holder_id:
        return Came(LineState.REFUSED, "", "")
    seen = application.stage, application.stop
    due = workflow.steps_of_result(
        told.result, told.reason, Stage(application.stage), application.stop, application.route
    )
    if due is None:
        return Came(LineState.REFUSED, *seen)
    taken = []
    for action, reason in due:
        remembered = proof.check(act, action, NO_PROOF)
        step = _step(act, application, action, reason)
        detail: dict[str, Any] = {"source": told.source, "before": steps.standing(application)}
        for name, value in step.changes.items():
            setattr(application, name, value)
        application.history = [*application.history, *step.added]
        if step.kind == EventKind.STAGE_REACHED:
            detail |= {"reason": "", **telling(remembered)}
        ledger.add(act, step, application, detail)
        taken.append(step)
    swaps.add(application, seen, taken)
    return Came(LineState.APPLIED if taken else LineState.UNCHANGED, *seen)


def _step(act: Deed, application: Application, action: Action, reason: str) -> steps.Step:
    if action == Action.STOP:
        return steps.stopping(act, application, StopReason(reason))
    if action == Action.RESUME:
        return steps.resuming(act, application)
    return steps.onward(act, application, action)


@dataclass
class _Ledger:
    """The events of many holders, each put at the end of its own chain."""

    acts: dict[uuid.UUID, Deed]
    events: list[Event] = field(default_factory=list)
    particulars: list[EventDetail] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ends = Event.objects.ends_of(self.acts)

    def add(self, act: Deed, step: steps.Step, application: Application, detail: dict[str, Any]) -> None:
        """Compose the event that comes next in the holder's chain."""
        end = self.ends.get(act.holder.pk, (0, ""))
        event, particulars = act.composed(step.kind, application, step.value, detail, *end)
        self.ends[act.holder.pk] = event.seq, event.digest
        self.events.append(event)
        self.particulars.append(particulars)

    def write(self) -> None:
        """Append them all."""
        Event.objects.bulk_create(self.events)
        EventDetail.objects.bulk_create(self.particulars)
        notices.owe(list(zip(self.events, self.particulars, strict=True)))


@dataclass
class _Alike:
    """Rows that were seen in the same state and go the same way."""

    seen: tuple[str, str]
    taken: list[steps.Step]
    rows: list[Application] = field(default_factory=list)


class _Swaps:
    """Compare-and-swap of many rows: one statement for all that go the same way."""

    def __init__(self) -> None:
        self.ways: dict[str, _Alike] = {}

    def add(self, application: Application, seen: tuple[str, str], taken: list[steps.Step]) -> None:
        """Put a row to those that go its way."""
        if taken:
            way = json.dumps([seen, [[step.changes, step.added] for step in taken]], default=str)
            self.ways.setdefault(way, _Alike(seen, taken)).rows.append(application)

    def write(self) -> None:
        """Swap each group; a row that is not as it was seen undoes the whole set."""
        for alike in self.ways.values():
            changes: dict[str, Any] = {}
            added: list[list[str]] = []
            for step in alike.taken:
                changes |= step.changes
                added += step.added
            stage, stop = alike.seen
            holders = {row.holder_id for row in alike.rows}
            still = Application.objects.filter(
                holder__in=holders, pk__in=[row.pk for row in alike.rows], stage=stage, stop=stop
            )
            if still.update(history=Lengthened("history", added), **changes) != len(alike.rows):
                raise ChangedMeanwhile()


class Lengthened(Func):
    """A JSON list with entries put at its end, in the database, where every row has its own."""

    output_field = JSONField()

    def __init__(self, name: str, entries: list[Any]) -> None:
        self.entries = entries
        super().__init__(F(name))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """One insertion at the end for each entry."""
        column, params = compiler.compile(self.source_expressions[0])
        ends = ", ".join(["'$[#]', json(%s)"] * len(self.entries))
        return f"json_insert({column}, {ends})", [*params, *map(json.dumps, self.entries)]

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Two lists joined."""
        column, params = compiler.compile(self.source_expressions[0])
        return f"({column} || %s::jsonb)", [*params, json.dumps(self.entries)]
