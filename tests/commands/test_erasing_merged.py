"""A record that was merged is erased together with the one it became part of."""

from typing import Any

import pytest
from django.utils import timezone

from cards import services
from cards.actors import Actor
from cards.errors import PersonErased
from cards.management.ledger_check import Walk
from cards.models import Amendment, Cardholder, Override
from cards.vocabulary import Action
from tests import factories as f
from tests import later

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules() -> None:
    from cards.management import shipped_rules

    shipped_rules.load(shipped_rules.read())


def test_both_records_go_together_and_nothing_sealed_is_left(settings: Any, clock: Any) -> None:
    settings.RETENTION_YEARS = 5
    clock("2026-03-02 09:30")
    person = f.holder()
    ended = later.everything_happens_to(person, why="情况属实", name="张三丰")
    clock("2032-03-02 09:30")
    assert services.erase_due(timezone.now()) == 1
    for holder in (person, ended):
        row = Cardholder.objects.get(pk=holder.pk)
        assert row.erased_at is not None
        assert row.name == row.id_number == ""
    assert [row.reason for row in Override.objects.all()] == [""]
    assert [(row.old_value, row.new_value, row.reason) for row in Amendment.objects.all()] == [("", "", "")]
    assert Cardholder.objects.by_id_number(ended.id_number) is None
    walk = Walk()
    assert len(list(walk.heads())) == 2
    assert not walk.faults
    assert services.erase_due(timezone.now()) == 0


def test_an_erased_record_is_not_merged_into_another(settings: Any) -> None:
    gone = f.holder()
    services.erase_cardholder(gone, actor=Actor.system(), again=True)
    gone.refresh_from_db()
    with pytest.raises(PersonErased):
        later.merge(f.holder(), gone)
    with pytest.raises(PersonErased):
        services.ask_exception(gone, Action.ACCEPT, later.CardHeldAlready, actor=f.at_counter(), reason="情况属实")
