"""Rule sets on their way into force: two people, a day ahead, and a history nobody rewrites."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from cards.errors import (
    ChangedMeanwhile,
    Refusal,
    RuleSetChangedSinceReview,
    RuleSetDateNotAhead,
    RuleSetDateTaken,
    RuleSetNeedsTwoPeople,
    RuleSetNotInThisState,
    RuleSetReviewedByAuthor,
)
from cards.models import RuleSet, RuleSetStep
from cards.models.rule_data import book_on
from cards.office_vocabulary import RuleState, RuleStep
from cards.rules import RuleDataWrong
from cards.services import rule_sets
from tests import factories as f
from tests.cards.losing import assert_readable, monday_morning  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
STANDARDS = {"factory.accepted": 8, "replacement.factory.accepted": 12}


def contents(days_ahead: int = 1, **given: Any) -> dict[str, Any]:
    row = {
        "version": "local-2",
        "valid_from": rule_sets.today() + timedelta(days=days_ahead),
        "citation_zh": "本地规定",
        "citation_en": "Local rules",
        "data": {"fee_yuan": 10},
    }
    return row | given


def drafted(by: Any = None, days_ahead: int = 1, **given: Any) -> RuleSet:
    return rule_sets.draft(contents(days_ahead, **given), STANDARDS, by=by or f.UserFactory())


def reviewed(days_ahead: int = 1, **given: Any) -> RuleSet:
    row = drafted(days_ahead=days_ahead, **given)
    rule_sets.review(row, seen=row.content_digest(), by=f.UserFactory())
    return RuleSet.objects.get(pk=row.pk)


def in_force(days_ahead: int = 1, **given: Any) -> RuleSet:
    row = reviewed(days_ahead, **given)
    rule_sets.put_in_force(row, by=f.UserFactory())
    return RuleSet.objects.get(pk=row.pk)


def steps(row: RuleSet) -> list[str]:
    return list(row.steps.values_list("step", flat=True))


def test_a_set_is_drafted_reviewed_by_another_and_binds_from_its_day(clock: Any) -> None:
    row = in_force()
    tomorrow = row.valid_from
    assert steps(row) == [RuleStep.DRAFTED, RuleStep.REVIEWED, RuleStep.PUT_IN_FORCE]
    assert book_on(rule_sets.today()).version == "2026-default"
    assert (book_on(tomorrow).version, book_on(tomorrow).fee_yuan) == ("local-2", 10)
    assert book_on(tomorrow).standards == STANDARDS
    loss = f.written_report()
    assert loss.rule_version == "2026-default"
    clock(f"{tomorrow} 00:00")
    assert f.written_report().rule_version == "local-2"


# Every act from every state: where it leads, or that it is refused.
ACTS = {
    "change": lambda row, by: rule_sets.change_draft(row, contents(5), STANDARDS, seen=row.content_digest(), by=by),
    "review": lambda row, by: rule_sets.review(row, seen=row.content_digest(), by=by),
    "reopen": lambda row, by: rule_sets.reopen(row, by=by),
    "put in force": lambda row, by: rule_sets.put_in_force(row, by=by),
    "withdraw": lambda row, by: rule_sets.withdraw(row, by=by),
}
LEADS_TO = {
    ("draft", "change"): RuleState.DRAFT,
    ("draft", "review"): RuleState.REVIEWED,
    ("draft", "withdraw"): RuleState.WITHDRAWN,
    ("reviewed", "reopen"): RuleState.DRAFT,
    ("reviewed", "put in force"): RuleState.IN_FORCE,
    ("reviewed", "withdraw"): RuleState.WITHDRAWN,
    ("in force, ahead", "withdraw"): RuleState.WITHDRAWN,
}


def withdrawn() -> RuleSet:
    row = drafted()
    rule_sets.withdraw(row, by=f.UserFactory())
    return RuleSet.objects.get(pk=row.pk)


STARTS = {
    "draft": drafted,
    "reviewed": reviewed,
    "in force, ahead": in_force,
    "in force, begun": lambda: RuleSet.objects.get(version="2026-default"),
    "withdrawn": withdrawn,
}


@pytest.mark.parametrize("state", STARTS)
@pytest.mark.parametrize("act", ACTS)
def test_each_act_leads_where_the_table_says_or_changes_nothing(state: str, act: str) -> None:
    row = STARTS[state]()
    before = RuleSet.objects.values().get(pk=row.pk), steps(row)
    wanted = LEADS_TO.get((state, act))
    if wanted is None:
        with pytest.raises(RuleSetNotInThisState):
            ACTS[act](row, f.UserFactory())
        assert (RuleSet.objects.values().get(pk=row.pk), steps(row)) == before
    else:
        ACTS[act](row, f.UserFactory())
        assert RuleSet.objects.get(pk=row.pk).state == wanted
        assert len(steps(row)) == len(before[1]) + 1


def test_whoever_wrote_a_set_cannot_review_it() -> None:
    author, editor = f.UserFactory(), f.UserFactory()
    row = drafted(author)
    rule_sets.change_draft(row, contents(3), STANDARDS, seen=row.content_digest(), by=editor)
    row = RuleSet.objects.get(pk=row.pk)
    for writer in (author, editor):
        with pytest.raises(RuleSetReviewedByAuthor):
            rule_sets.review(row, seen=row.content_digest(), by=writer)
    rule_sets.review(row, seen=row.content_digest(), by=f.UserFactory())


def test_a_set_that_came_with_the_portal_needs_two_people_as_well() -> None:
    row = rule_sets.enter(contents(), STANDARDS, by=None)
    reviewer = f.UserFactory()
    rule_sets.review(row, seen=row.content_digest(), by=reviewer)
    with pytest.raises(RuleSetNeedsTwoPeople):
        rule_sets.put_in_force(row, by=reviewer)
    rule_sets.put_in_force(row, by=f.UserFactory())


@pytest.mark.parametrize(("ahead", "allowed"), [(-1, False), (0, False), (1, True), (400, True)])
def test_only_a_day_ahead_can_begin_a_set(ahead: int, allowed: bool) -> None:
    row = reviewed(ahead)
    if allowed:
        rule_sets.put_in_force(row, by=f.UserFactory())
        return
    with pytest.raises(RuleSetDateNotAhead):
        rule_sets.put_in_force(row, by=f.UserFactory())


def test_a_set_that_waited_past_its_day_is_too_late(clock: Any) -> None:
    row = reviewed(1)
    clock("2026-03-03 00:00")
    with pytest.raises(RuleSetDateNotAhead):
        rule_sets.put_in_force(row, by=f.UserFactory())


def test_two_sets_cannot_begin_on_one_day() -> None:
    in_force(4)
    second = reviewed(4, version="local-3")
    with pytest.raises(RuleSetDateTaken) as refused:
        rule_sets.put_in_force(second, by=f.UserFactory())
    assert "local-2" in refused.value.sentence


def test_what_was_not_reviewed_cannot_be_put_in_force() -> None:
    row = reviewed()
    RuleSet.objects.filter(pk=row.pk).update(data={"fee_yuan": 500})
    with pytest.raises(RuleSetChangedSinceReview):
        rule_sets.put_in_force(row, by=f.UserFactory())
    assert book_on(row.valid_from).version == "2026-default"


@pytest.mark.parametrize("act", ["change", "review"])
def test_a_form_opened_before_somebody_else_changed_the_draft_is_refused(act: str) -> None:
    row, other = drafted(), f.UserFactory()
    opened = row.content_digest()
    rule_sets.change_draft(row, contents(data={"fee_yuan": 11}), STANDARDS, seen=opened, by=other)
    late = {
        "change": lambda: rule_sets.change_draft(row, contents(), STANDARDS, seen=opened, by=f.UserFactory()),
        "review": lambda: rule_sets.review(row, seen=opened, by=f.UserFactory()),
    }
    with pytest.raises(ChangedMeanwhile):
        late[act]()
    assert RuleSet.objects.get(pk=row.pk).data == {"fee_yuan": 11}


def test_a_draft_that_could_not_be_a_rule_book_is_never_written() -> None:
    row = drafted()
    for data, standards in (({"fee_yuan": "viel"}, STANDARDS), ({}, {"lost": 3})):
        with pytest.raises(RuleDataWrong):
            rule_sets.draft(contents(version="x", data=data), standards, by=f.UserFactory())
        with pytest.raises(RuleDataWrong):
            rule_sets.change_draft(row, contents(data=data), standards, seen=row.content_digest(), by=f.UserFactory())
    assert RuleSet.objects.count() == 2


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_history_of_rules_is_never_rewritten(change: str) -> None:
    drafted()
    rows = RuleSetStep.objects.all()
    rewrite = {"update": lambda: rows.update(step=RuleStep.REVIEWED), "delete": lambda: rows._raw_delete(rows.db)}
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rewrite[change]()
    assert RuleSetStep.objects.filter(step=RuleStep.DRAFTED).exists()


def rule_set_refusals() -> list[type[Refusal]]:
    return [one for one in Refusal.__subclasses__() if one.__name__.startswith("RuleSet")]


@pytest.mark.parametrize("refusal", rule_set_refusals())
def test_each_refusal_is_a_sentence_in_both_languages(refusal: type[Refusal]) -> None:
    facts = {"state": "…", "version": "local-2"}
    named = {name: value for name, value in facts.items() if f"%({name})s" in str(refusal.message)}
    assert_readable(refusal(**named), "")
