"""Rule sets on their way into force: drafted by one person, reviewed by another, in force from a day ahead.

Rules are about nobody, so there is no holder and no deed here. Each step is one transaction: compare-and-swap of the
state, and a line in the set's own append-only history.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from cards import memory, rules
from cards.errors import (
    ChangedMeanwhile,
    RuleSetChangedSinceReview,
    RuleSetDateNotAhead,
    RuleSetDateTaken,
    RuleSetNeedsTwoPeople,
    RuleSetNotInThisState,
    RuleSetReviewedByAuthor,
)
from cards.models import RuleSet, RuleSetStep, StageStandard
from cards.office_vocabulary import RuleState, RuleStep
from cards.rules import china_day

WRITTEN = (RuleStep.DRAFTED, RuleStep.CHANGED)


def today() -> date:
    """The day in China."""
    return china_day(timezone.now())


def enter(
    contents: dict[str, Any],
    standards: dict[str, int],
    *,
    by: Any,
    state: str = RuleState.DRAFT,
    drafted_by: Any = None,
) -> RuleSet:
    """Write a new rule set with its standards; raises `rules.RuleDataWrong` where it could not be a rule book."""
    rules.parse(contents["data"], version="", valid_from=contents["valid_from"], standards=standards)
    with transaction.atomic():
        rule_set = RuleSet.objects.create(state=state, drafted_by=drafted_by, **contents)
        _write_standards(rule_set, standards)
        _record(rule_set, RuleStep.DRAFTED if drafted_by else RuleStep.LOADED, by)
    return rule_set


def draft(contents: dict[str, Any], standards: dict[str, int], *, by: Any) -> RuleSet:
    """Begin a new rule set; it binds nobody until it was reviewed and its day has come."""
    return enter(contents, standards, by=by, drafted_by=by)


def change_draft(
    rule_set: RuleSet, contents: dict[str, Any], standards: dict[str, int], *, seen: str, by: Any
) -> None:
    """Write a draft anew; `seen` is the digest of the contents the form showed."""
    rules.parse(contents["data"], version="", valid_from=contents["valid_from"], standards=standards)
    with transaction.atomic():
        held = _held(rule_set)
        if held.content_digest() != seen:
            raise ChangedMeanwhile()
        _swap(held, RuleState.DRAFT, **contents)
        _write_standards(held, standards)
        _record(held, RuleStep.CHANGED, by)


def review(rule_set: RuleSet, *, seen: str, by: Any) -> None:
    """Find a draft right; refused to whoever wrote any part of it."""
    with transaction.atomic():
        held = _held(rule_set)
        if held.content_digest() != seen:
            raise ChangedMeanwhile()
        if wrote(held, by):
            raise RuleSetReviewedByAuthor()
        _swap(held, RuleState.DRAFT, state=RuleState.REVIEWED.value, reviewed_by=by)
        _record(held, RuleStep.REVIEWED, by)


def reopen(rule_set: RuleSet, *, by: Any) -> None:
    """Send a reviewed set back to the draft; it has to be reviewed again."""
    with transaction.atomic():
        held = _held(rule_set)
        _swap(held, RuleState.REVIEWED, state=RuleState.DRAFT.value, reviewed_by=None)
        _record(held, RuleStep.REOPENED, by)


def put_in_force(rule_set: RuleSet, *, by: Any) -> None:
    """Let a reviewed set bind everybody from its day on, which must lie ahead."""
    with transaction.atomic():
        held = _held(rule_set)
        if held.state != RuleState.REVIEWED:
            raise RuleSetNotInThisState(state=held.get_state_display())
        if held.valid_from <= today():
            raise RuleSetDateNotAhead()
        clash = RuleSet.objects.filter(state=RuleState.IN_FORCE, valid_from=held.valid_from).first()
        if clash is not None:
            raise RuleSetDateTaken(version=clash.version)
        if held.drafted_by_id is None and held.reviewed_by_id == by.pk:
            raise RuleSetNeedsTwoPeople()
        reviewed = held.steps.filter(step=RuleStep.REVIEWED).last()
        if reviewed is None or reviewed.content_digest != held.content_digest():
            raise RuleSetChangedSinceReview()
        _swap(held, RuleState.REVIEWED, state=RuleState.IN_FORCE.value)
        _record(held, RuleStep.PUT_IN_FORCE, by)
    memory.forget_all()


def withdraw(rule_set: RuleSet, *, by: Any) -> None:
    """Give up a set that has not begun; one that has begun is followed by another, never taken back."""
    with transaction.atomic():
        held = _held(rule_set)
        if held.has_begun(today()) or held.state == RuleState.WITHDRAWN:
            raise RuleSetNotInThisState(state=held.get_state_display())
        _swap(held, RuleState(held.state), state=RuleState.WITHDRAWN.value)
        _record(held, RuleStep.WITHDRAWN, by)
    memory.forget_all()


def wrote(rule_set: RuleSet, user: Any) -> bool:
    """Whether somebody wrote a set or any part of it, and so cannot review it."""
    return rule_set.drafted_by_id == user.pk or rule_set.steps.filter(user=user, step__in=WRITTEN).exists()


def _held(rule_set: RuleSet) -> RuleSet:
    """The row as it is now, held until the end of the transaction."""
    return RuleSet.objects.select_for_update(no_key=True).get(pk=rule_set.pk)


def _swap(held: RuleSet, seen: RuleState, **changes: Any) -> None:
    """Change the row only where it still is in the state the act starts from."""
    if RuleSet.objects.filter(pk=held.pk, state=seen).update(**changes) != 1:
        raise RuleSetNotInThisState(state=held.get_state_display())
    for name, value in changes.items():
        setattr(held, name, value)


def _write_standards(rule_set: RuleSet, standards: dict[str, int]) -> None:
    rule_set.standards.all().delete()
    StageStandard.objects.bulk_create(
        StageStandard(rule_set=rule_set, **_parts(key), working_days=days) for key, days in standards.items()
    )


def _parts(key: str) -> dict[str, str]:
    """The fields of `kind.method.stage`, or of `method.stage`."""
    *kind, method, stage = key.split(".")
    return {"kind": kind[0] if kind else "", "method": method, "stage": stage}


def _record(rule_set: RuleSet, step: RuleStep, by: Any) -> None:
    RuleSetStep.objects.create(
        rule_set=rule_set, step=step, user=by, at=timezone.now(), content_digest=rule_set.content_digest()
    )
