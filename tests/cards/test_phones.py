"""The telephone number on file: recorded and changed with the ID document in hand, and slow to be trusted."""

import json
from typing import Any

import pytest
from django.utils import timezone

from cards import services
from cards.errors import NotForThisParty, PhoneMalformed
from cards.models import Cardholder, Event
from cards.staff_errors import NothingChanged
from cards.vocabulary import EventKind, Party
from tests import factories as f
from tests.cards.losing import accept, monday_morning, person_aged  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db


def change(holder: Cardholder, phone: str, **given: Any) -> None:
    services.change_phone(holder, phone, **{"actor": f.at_counter(), "evidence": f.everything()} | given)


def on_file(holder: Cardholder) -> str | None:
    return Cardholder.objects.get(pk=holder.pk).phone


def changes(holder: Cardholder) -> list[tuple[str, str, str]]:
    events = Event.objects.of(holder).filter(kind=EventKind.PHONE_CHANGED).order_by("seq")
    details = [(event.value, json.loads(event.detail.text)) for event in events]
    return [(how, detail["old"], detail["new"]) for how, detail in details]


def test_the_old_number_stays_with_the_event_so_that_it_can_be_told() -> None:
    holder = f.holder(phone="13800000000")
    change(holder, " 139-1111 2222 ")
    change(holder, "")
    change(holder, "+8613911113333")
    assert changes(holder) == [
        ("changed", "13800000000", "13911112222"),
        ("removed", "13911112222", ""),
        ("recorded", "", "+8613911113333"),
    ]
    assert on_file(holder) == "+8613911113333"


def test_a_number_is_recorded_at_acceptance() -> None:
    holder = f.holder(phone="")
    accept(holder, phone="139 1111 2222")
    assert on_file(holder) == "13911112222"
    assert changes(holder) == [("recorded", "", "13911112222")]


@pytest.mark.parametrize("phone", ["", "  ", "13800000000"])
def test_acceptance_without_a_new_number_leaves_the_old_one(phone: str) -> None:
    holder = f.holder(phone="13800000000")
    accept(holder, phone=phone)
    assert on_file(holder) == "13800000000"
    assert not changes(holder)


def test_an_agent_cannot_lead_the_messages_elsewhere() -> None:
    holder = f.holder(phone="13800000000")
    agent = f.everything(agent_name="李四", agent_id_number=person_aged(40))
    for act in (
        lambda: accept(holder, phone="13911112222", actor=f.at_counter(party=Party.AGENT), evidence=agent),
        lambda: change(holder, "13911112222", actor=f.at_counter(party=Party.AGENT), evidence=agent),
    ):
        with pytest.raises(NotForThisParty):
            act()
    assert on_file(holder) == "13800000000"


def test_what_is_no_change_or_no_number_is_refused() -> None:
    holder = f.holder(phone="13800000000")
    with pytest.raises(NothingChanged):
        change(holder, "138 0000 0000")
    with pytest.raises(PhoneMalformed):
        change(holder, "12345")


def test_a_new_number_gets_no_code_for_24_hours(clock: Any) -> None:
    holder = f.holder(phone="13800000000")
    clock("2026-03-04 10:00")
    assert Cardholder.objects.get(pk=holder.pk).code_may_be_sent(timezone.now())
    change(holder, "13911112222")
    for moment, may in (
        ("2026-03-04 10:01", False),
        ("2026-03-05 09:59", False),
        ("2026-03-05 10:00", True),
    ):
        clock(moment)
        assert Cardholder.objects.get(pk=holder.pk).code_may_be_sent(timezone.now()) is may, moment


def test_nobody_without_a_number_gets_a_code_and_one_of_earlier_days_may() -> None:
    holder = f.holder(phone="")
    assert not holder.code_may_be_sent(timezone.now())
    old = f.holder(phone="13800000000")
    Cardholder.objects.filter(pk=old.pk).update(phone_since=None)
    assert Cardholder.objects.get(pk=old.pk).code_may_be_sent(timezone.now())
