"""What each move changes of an application, said once for the single step and for a result file's many."""

from dataclasses import dataclass
from typing import Any

from cards import workflow
from cards.errors import NotPossibleNow
from cards.models import Application
from cards.services.deed import Deed
from cards.vocabulary import Action, EventKind, Stage, StopReason


@dataclass(frozen=True)
class Step:
    """The columns a move sets, what it adds to the history, and the event that tells it."""

    changes: dict[str, Any]
    added: list[list[str]]
    kind: EventKind
    value: str = ""


def standing(application: Application) -> dict[str, Any]:
    """The way of an application as this row tells it, for the event of the step that follows."""
    return {
        "stage": application.stage,
        "stop": application.stop,
        "stage_since": application.stage_since.isoformat(),
        "ready_at": application.ready_at.isoformat() if application.ready_at else "",
        "collect_by": application.collect_by.isoformat() if application.collect_by else "",
        "entries": len(application.history),
    }


def onward(act: Deed, application: Application, action: Action) -> Step:
    """One step along the chain, or to an end; refused where the table has no such step from here."""
    target = workflow.target_of(action, Stage(application.stage), application.stop, application.route)
    if target is None:
        raise NotPossibleNow(state=application.get_stage_display())
    return entering(act, application, target)


def entering(act: Deed, application: Application, target: Stage) -> Step:
    """Enter a stage: the fee's clock stands on entering and runs again on leaving."""
    moment = act.now.isoformat()
    added = [["resume", application.stop, moment]] if application.stop else []
    added.append(["stage", target.value, moment])
    changes: dict[str, Any] = {"stage": target.value, "stage_since": act.now, "stop": ""}
    if target == Stage.FEE_DUE:
        changes["stop"] = StopReason.FEE_UNPAID.value
        added.append(["stop", StopReason.FEE_UNPAID.value, moment])
    if target == Stage.READY:
        changes |= {"ready_at": act.now, "collect_by": act.book.collection_deadline(act.now)}
    return Step(changes, added, EventKind.STAGE_REACHED, target.value)


def stopping(act: Deed, application: Application, reason: StopReason) -> Step:
    """Let the clock stand; refused where it stands already or this reason does not fit the stage."""
    if reason not in workflow.possible_stops(Stage(application.stage), application.stop):
        raise NotPossibleNow(state=application.get_stage_display())
    return Step({"stop": reason.value}, [["stop", reason.value, act.now.isoformat()]], EventKind.CLOCK_STOPPED, reason)


def resuming(act: Deed, application: Application) -> Step:
    """Let the clock run again; refused where it runs, or stands for a fee."""
    if not workflow.may_resume(application.stop):
        raise NotPossibleNow(state=application.get_stage_display())
    changes: dict[str, Any] = {"stop": ""}
    if application.stage == Stage.READY:
        # It came back and is here again: whoever comes for it now has the whole time to do so.
        changes["collect_by"] = act.book.collection_deadline(act.now)
    return Step(changes, [["resume", application.stop, act.now.isoformat()]], EventKind.CLOCK_RESUMED)
