"""who_was_affected: exactly the people an account touched in a period of Chinese days."""

import pytest
from django.core.management.base import CommandError

from cards import enquiry
from cards.actors import Actor
from cards.vocabulary import Channel, LossForm
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(rules_in_force, clock):
    """Acted on one person, looked at another and at a number nobody has, all around midnight of 3 March."""
    user = factories.UserFactory(username="officer")
    actor = Actor.for_holder(user, Channel.HOTLINE)
    from cards import services

    clock("2026-03-01 09:00")
    early, acted, looked, late, other = (factories.card() for _ in range(5))
    clock("2026-03-02 23:59")
    enquiry.staff_find(early.holder.id_number, actor=actor)
    clock("2026-03-03 00:00")
    services.report_loss(acted, form=LossForm.ORAL, actor=actor, evidence=factories.everything())
    enquiry.staff_find(factories.synthetic_id_number(), actor=actor)
    clock("2026-03-03 23:59")
    enquiry.staff_find(looked.holder.id_number, actor=actor)
    enquiry.staff_find(looked.holder.id_number, actor=actor)
    enquiry.staff_find(other.holder.id_number, actor=factories.on_phone())
    clock("2026-03-04 00:00")
    enquiry.staff_find(late.holder.id_number, actor=actor)
    return {"early": early.holder_id, "acted": acted.holder_id, "looked": looked.holder_id, "late": late.holder_id}


def affected(run, since, until):
    told = run("who_was_affected", "--user", "officer", "--since", since, "--until", until)
    return set(told.splitlines()[1:-1]), told.splitlines()[-1]


def test_exactly_the_people_of_that_day_with_acts_and_looks(officer, run):
    people, summary = affected(run, "2026-03-03", "2026-03-03")
    assert people == {f"{officer['acted']},2,0", f"{officer['looked']},0,2"}
    assert summary == "2 people: 2 acts, 2 looks; 1 looks for numbers that are not in the data."


def test_both_days_are_included(officer, run):
    people, _summary = affected(run, "2026-03-02", "2026-03-04")
    assert {line.split(",")[0] for line in people} == {str(pk) for pk in officer.values()}


def test_an_unknown_account_and_a_period_that_ends_before_it_begins_are_refused(officer, run):
    with pytest.raises(CommandError, match="nobody"):
        run("who_was_affected", "--user", "nobody", "--since", "2026-03-01", "--until", "2026-03-02")
    with pytest.raises(CommandError, match="before"):
        affected(run, "2026-03-02", "2026-03-01")
