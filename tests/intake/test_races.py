"""Two workers, two files and two clerks on the same cases at once: each case moves once, and every chain is whole."""

import itertools
import os
from typing import Any

import pytest

from cards import intake, services
from cards.actors import Actor
from cards.errors import ChangedMeanwhile, NotPossibleNow
from cards.management import ledger_check
from cards.models import Application, Event, IntakeFile
from cards.office_vocabulary import IntakeState
from cards.vocabulary import Stage
from tests import factories as f
from tests.cards.states import PLAIN, application_in
from tests.cards.test_races import together
from tests.intake.files import BY_COMMAND, OPENED, line, staged

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]

ROUNDS = max(2, int(os.environ.get("RACES", "100")) // 50)
CASES = 40


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_files_and_clerks_on_the_same_cases(round_: int) -> None:
    outlet, people = f.OutletFactory(), itertools.cycle([f.holder() for _ in range(8)])
    # Several cases a person, so that their chains are fought for as well: each replaces another card.
    cases = [
        application_in(
            PLAIN,
            Stage.BANK_ACCOUNT,
            of=person,
            outlet=outlet,
            kind="exchange",
            replaced_card=f.card(person),
            exchange_reason="damaged",
        )
        for person in itertools.islice(people, CASES)
    ]
    one = staged(*(line(case, OPENED) for case in cases))
    other = staged(*(line(case, OPENED) for case in reversed(cases)))
    for file in (one, other):
        intake.confirm(file, actor=BY_COMMAND)
    clerk = Actor.office(f.UserFactory(), outlet)

    def record(file: IntakeFile) -> None:
        while intake.record_some(file, 7):
            pass

    def one_by_one(mine: list[Application]) -> int:
        won = 0
        for case in mine:
            try:
                services.advance(Application.objects.get(pk=case.pk), "produce", actor=clerk)
                won += 1
            except (ChangedMeanwhile, NotPossibleNow):
                continue
        return won

    outcomes: list[Any] = together(
        lambda: record(one),
        lambda: record(one),
        lambda: record(other),
        lambda: one_by_one(cases[::3]),
        lambda: one_by_one(cases[::-5]),
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    one.refresh_from_db()
    other.refresh_from_db()
    assert {one.state, other.state} == {IntakeState.DONE}
    assert {file.applied + file.unchanged for file in (one, other)} == {CASES}
    assert one.applied + other.applied + outcomes[3] + outcomes[4] == CASES
    reached = Event.objects.filter(value=Stage.PRODUCING)
    assert reached.count() == reached.values("subject").distinct().count() == CASES
    assert Application.objects.filter(stage=Stage.PRODUCING).count() == CASES
    walk = ledger_check.Walk()
    assert list(walk.heads())
    assert walk.faults == []
