"""demo: when it builds: only in a demonstration, whole or not at all, repeatable; and people in bulk."""

import pytest
from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.db import transaction

from cards import id_number, memory, sealing
from cards.management.demonstration import bulk, people
from cards.models import Cardholder, IdNumberIndex

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(run, settings):
    """Run the command in a demonstration."""
    settings.DEMO, settings.DEMO_PASSWORD = True, "for-tests-only"
    return lambda *arguments: run("demo", *arguments)


def test_outside_a_demonstration_it_refuses(run, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demonstration"):
        run("demo")
    assert not Cardholder.objects.exists()


def test_without_a_password_it_refuses(run, settings):
    settings.DEMO, settings.DEMO_PASSWORD = True, ""
    with pytest.raises(CommandError, match="DEMO_PASSWORD"):
        run("demo")


def test_the_same_seed_gives_the_same_people_and_another_seed_others(demo):
    numbers = {}
    for run_number, seed in enumerate(("5", "5", "6")):
        with transaction.atomic():
            demo("--holders", "3", "--seed", seed)
            numbers[run_number] = {holder.id_number for holder in Cardholder.objects.all()}
            transaction.set_rollback(True)
        memory.forget_all()
    assert numbers[0] == numbers[1]
    assert numbers[0].isdisjoint(numbers[2])


def test_a_failure_on_the_way_leaves_nothing(demo, monkeypatch):
    monkeypatch.setattr(
        "cards.management.demonstration.building._look_around", lambda world: (_ for _ in ()).throw(RuntimeError)
    )
    with pytest.raises(RuntimeError):
        demo("--holders", "2")
    assert not Cardholder.objects.exists()
    assert not User.objects.exists()


def test_bare_people_are_found_and_a_second_run_adds_only_what_is_missing(demo, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 4)
    assert "Made 6 of 6" in demo("--bare", "--holders", "6")
    assert "Made 5 of 11" in demo("--bare", "--holders", "11")
    assert Cardholder.objects.count() == IdNumberIndex.objects.count() == 11
    for person in people.in_bulk(0, 11):
        assert id_number.check(person.id_number) == person.id_number
        assert Cardholder.objects.by_id_number(person.id_number).name == person.name


def test_bare_people_are_sealed(demo):
    demo("--bare", "--holders", "2")
    rows = list(Cardholder.objects.values("name", "id_number", "phone"))
    assert len(rows) == 2
    for row in rows:
        assert all(sealing.key_id_of(value.blob) == sealing.current_sealing_key_id() for value in row.values())


def test_the_endless_list_of_bare_people_repeats_nobody():
    start = 31 * 25000 - 50
    numbers = [person.id_number for person in people.in_bulk(start, 100)]
    assert len(set(numbers)) == 100
