"""The telephone number on file: recorded and changed with the ID document in hand, and slow to be trusted."""

import contextlib
import json
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cards import services
from cards.errors import NotForThisParty, PhoneMalformed
from cards.models import Cardholder, Event
from cards.services.phones import clean_phone
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
        ("recorded", "", "13911113333"),
    ]
    assert on_file(holder) == "13911113333"


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
    for same in ("138 0000 0000", "+86 138-0000-0000", "１３８００００００００"):
        with pytest.raises(NothingChanged):
            change(holder, same)
    with pytest.raises(PhoneMalformed):
        change(holder, "12345")


FULL_WIDTH = str.maketrans("0123456789+-. ()", "０１２３４５６７８９＋－．　（）")
BETWEEN = ["", "", "", " ", "  ", "-", ".", "·", "\u2013", "\u200b", "\t", "(", ")"]
mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
others = st.one_of(
    st.from_regex(r"0[1-9][0-9]{8,10}", fullmatch=True),
    st.from_regex(r"[2-7][0-9]{6,7}", fullmatch=True),
    st.from_regex(r"\+(?!86)[1-9][0-9]{6,14}", fullmatch=True),
)


@given(
    st.tuples(mobiles, st.sampled_from(["", "+86", "0086", "86"])) | st.tuples(others, st.just("")),
    st.lists(st.sampled_from(BETWEEN), min_size=20, max_size=20),
    st.booleans(),
)
def test_a_number_is_taken_for_what_it_means_however_it_is_typed(
    typed: tuple[str, str], between: list[str], full_width: bool
) -> None:
    number, country = typed
    text = "".join(one + gap for one, gap in zip(country + number, between, strict=False))
    assert clean_phone(text.translate(FULL_WIDTH) if full_width else text) == number
    assert clean_phone(clean_phone(text)) == number


@given(st.text(max_size=120) | st.text(st.sampled_from("0123456789٠१๓+- ("), max_size=30))
def test_no_text_becomes_anything_but_a_number_or_the_sentence(text: str) -> None:
    with contextlib.suppress(PhoneMalformed):
        number = clean_phone(text)
        assert number == "" or (number.isascii() and number.removeprefix("+").isdigit())
        assert bool(number) == bool(text.strip())


@pytest.mark.parametrize(
    "text", ["-", "()", "123456", "1" * 16, "٠" * 11, "1380000000a", "138+00000000", "1" * 8 + " " * 200]
)
def test_what_is_no_number_is_refused_and_removes_none(text: str) -> None:
    holder = f.holder(phone="13800000000")
    with pytest.raises(PhoneMalformed):
        change(holder, text)
    assert on_file(holder) == "13800000000"


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
