"""The way of a card as a track: what is done, where it stands, what is to come."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from cards import workflow
from cards.answers import wording
from cards.answers.dates import told_day
from cards.models import Application
from cards.vocabulary import Keeper, Stage


@dataclass(frozen=True)
class Step:
    """One stage of the track; `state` is done, now, stopped or next."""

    state: str
    state_label: str
    label: str
    note: str = ""
    current: bool = False


def track(application: Application, full: bool) -> list[Step]:
    """The steps in order; dates of past steps only at the full level."""
    stages = list(application.route.stages)
    current = Stage(application.stage)
    if current not in stages:
        # Broken off: what was reached, and then the end.
        reached = application.reached()
        stages = [stage for stage in stages if stage in reached] + [current]
    at = stages.index(current)
    to_come = _to_come(tuple(stages[at + 1 :]), get_language())
    return [*_done(application, stages[: at + 1], full), _now(application, current, bool(to_come)), *to_come]


# What is to come is told of everybody alike, and there are few ways to go on.
@lru_cache(maxsize=256)
def _to_come(stages: tuple[Stage, ...], language: str | None) -> list[Step]:
    return [
        Step("next", pgettext("step of a card", "To come"), str(stage.label), _keeper_note(stage)) for stage in stages
    ]


def _done(application: Application, stages: list[Stage], full: bool) -> list[Step]:
    """The steps before the present one; a piece of work is dated by its end, a state by its beginning."""
    reached = application.reached()
    broken_off = stages[-1] in workflow.BROKEN_OFF
    steps = []
    for stage, following in pairwise(stages):
        worked = not broken_off and stage in wording.STAGES_DONE
        label = wording.STAGES_DONE[stage] if worked else stage.label
        moment = reached.get(following if worked else stage)
        steps.append(Step("done", _("Done"), str(label), told_day(moment) if full else ""))
    return steps


def _now(application: Application, stage: Stage, more_to_come: bool) -> Step:
    """The present step; the last one of a finished case is done."""
    if stage in workflow.ENDED and stage not in workflow.BROKEN_OFF and not more_to_come:
        return Step("done", _("Done"), str(stage.label), told_day(application.stage_since), current=True)
    since = _("since %(since)s") % {"since": told_day(application.stage_since)}
    note = pgettext("between notes", ", ").join(n for n in (_keeper_note(stage), since) if n)
    state, label = ("stopped", _("Stopped")) if application.stop else ("now", _("Now"))
    return Step(state, label, str(stage.label), note, current=True)


def _keeper_note(stage: Stage) -> str:
    keeper: Keeper = workflow.KEEPERS[stage]
    return "" if keeper == Keeper.CITIZEN else _("with %(keeper)s") % {"keeper": keeper.label}
