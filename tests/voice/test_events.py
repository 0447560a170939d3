"""Reports of calls: signed, counted once, and no more than a hint on the officer's first page."""

import json
import time
from typing import Any

import pytest
from django.test import Client

from cards import services
from cards.delivery.signing import webhook_signature
from cards.management import jobs
from cards.models import CallerEnquiry, DeskCall
from tests.counter.desk import Desk

pytestmark = pytest.mark.django_db
ADDRESS, KEY, CALLER = "/hotline/events/", "key-of-the-calls", "13812345678"


@pytest.fixture(autouse=True)
def key(settings: Any) -> None:
    """The telephone system has a key."""
    settings.HOTLINE_EVENTS_KEY = KEY


def report(body: Any, *, at: int | None = None, secret: str = KEY, **headers: str) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(int(time.time()) if at is None else at)
    signed = {"X-Timestamp": stamp, "X-Signature": webhook_signature(secret, stamp, data)} | headers
    return Client().post(ADDRESS, data, content_type="application/json", headers=signed).status_code


def told(event: str, officer: str = "", call: str = "1767225600.1", caller: str = CALLER) -> dict[str, str]:
    return {"event": event, "call": call, "caller": caller, "officer": officer}


def first_page(desk: Desk) -> str:
    return desk.client.get("/admin/").content.decode()


def test_the_callers_last_enquiry_is_shown_as_a_hint_until_the_call_is_over() -> None:
    desk = Desk("hotline")
    services.note_caller(f"+86{CALLER}", "123456789019")
    assert "at your desk" not in first_page(desk)
    assert report(told("ring", desk.user.username)) == 204
    page = first_page(desk)
    assert "ending in 9019" in page
    assert "proves nothing" in page
    assert CALLER not in page
    assert "12345678" not in page
    assert report(told("answer")) == 204
    assert "ending in 9019" in first_page(desk)
    assert report(told("hangup")) == 204
    assert "at your desk" not in first_page(desk)


def test_a_number_that_asked_nothing_and_a_withheld_one_are_told_so() -> None:
    desk = Desk("hotline")
    for call, caller in (("1", "13900000000"), ("2", ""), ("3", "anonymous")):
        report(told("ring", desk.user.username, call, caller))
        assert "Nothing was asked" in first_page(desk)


def test_another_officer_sees_nothing() -> None:
    mine, other = Desk("hotline"), Desk("hotline")
    services.note_caller(CALLER, "123456789019")
    report(told("ring", mine.user.username))
    assert "9019" not in first_page(other)


def test_a_report_that_comes_again_or_late_changes_nothing() -> None:
    desk = Desk("hotline")
    for event in ("ring", "hangup", "ring", "answer", "hangup"):
        assert report(told(event, desk.user.username)) == 204
    assert DeskCall.objects.get().state == "hangup"
    assert "at your desk" not in first_page(desk)


@pytest.mark.parametrize(
    ("body", "more"),
    [
        (told("ring"), {"secret": "another"}),
        (told("ring"), {"at": 1}),
        (told("ring"), {"at": 99999999999}),
        (told("ring"), {"X-Signature": ""}),
        (told("ring"), {"X-Signature": "é"}),
        (told("ring"), {"X-Timestamp": "now"}),
        (told("ringing"), {}),
        (told("ring", call=""), {}),
        (told("ring", call="x" * 151), {}),
        (told("ring", caller="\0"), {}),
        ({"event": "ring", "call": 7}, {}),
        ([], {}),
        ("ring", {}),
        (b"{", {}),
        (b"\xff", {}),
        (b"[" * 9000, {}),
    ],
    ids=range(16),
)
def test_what_the_telephone_system_did_not_send_gets_a_quiet_no(body: Any, more: dict[str, Any]) -> None:
    assert report(body, **more) == 403
    assert not DeskCall.objects.exists()


def test_without_a_key_there_is_no_such_address_and_a_long_body_is_refused(settings: Any) -> None:
    assert report(b" " * 20_000) == 413
    settings.HOTLINE_EVENTS_KEY = ""
    assert report(told("ring")) == 404


def test_neither_number_nor_call_is_kept_in_the_clear_and_both_leave_after_hours(time_machine: Any) -> None:
    services.note_caller(CALLER, "123456789019")
    report(told("ring"))
    for row in (*DeskCall.objects.values(), *CallerEnquiry.objects.values()):
        for value in row.values():
            raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
            assert CALLER.encode() not in raw
            assert b"1767225600.1" not in raw
    assert jobs.forget_old_calls() == 0
    time_machine.move_to(time.time() + 13 * 3600)
    assert jobs.forget_old_calls() == 2
