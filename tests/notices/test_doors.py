"""The doors of the notices: chosen at a window and on the answer, reported back by services, looked after by staff."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cards import services
from cards.delivery import outbox
from cards.delivery.signing import webhook_signature
from cards.models import Cardholder, Notice, NoticeConsent
from cards.notice_vocabulary import NoticeState
from cards.paper_number import spaced_paper_number
from portal.figures import exposition
from tests import factories as f
from tests.canary import canary_flow, traces
from tests.counter.desk import Desk

pytestmark = pytest.mark.django_db
EN = {"headers": {"accept-language": "en"}}
KEY = "key-of-the-receipts"


# --- the answer ---------------------------------------------------------------------------------------------------


def opened(client: Client, *, code: bool = True) -> Cardholder:
    """Somebody who looked up an application, in full or not."""
    application = f.first_application()
    sent = {"id_number": application.holder.id_number}
    if code:
        sent["code"] = application.receipt.query_code
    client.post("/status/", sent)
    return application.holder


def test_the_answer_in_full_offers_to_be_told_and_the_outline_does_not(client: Client) -> None:
    opened(client)
    assert "/status/notices/" in client.get("/status/answer/", **EN).content.decode()
    other = Client()
    opened(other, code=False)
    assert "/status/notices/" not in other.get("/status/answer/", **EN).content.decode()
    assert other.get("/status/notices/").status_code == 302


def test_where_no_way_is_set_up_none_is_offered(client: Client, settings: Any) -> None:
    settings.SMS_BACKEND = settings.EMAIL_SENDER = ""
    opened(client)
    assert "/status/notices/" not in client.get("/status/answer/", **EN).content.decode()
    assert "sends no messages at present" in client.get("/status/notices/", **EN).content.decode()


def test_choosing_keeps_time_source_and_language_and_shows_what_was_agreed(client: Client) -> None:
    holder = opened(client)
    page = client.get("/status/notices/", **EN).content.decode()
    assert f"ending in {holder.phone[-4:]}" in page
    assert holder.phone not in page
    answer = client.post("/status/notices/", {"sms": "on", "email": "on", "address": "a@example.com"}, **EN)
    assert answer.status_code == 303
    consents = {one.channel: one for one in NoticeConsent.objects.of(holder).in_force()}
    assert {one.source for one in consents.values()} == {"web"}
    assert {one.language for one in consents.values()} == {"en"}
    assert consents["email"].address == "a@example.com"
    page = client.get(answer["Location"], **EN)
    assert "We tell you when something happens" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    client.post("/status/notices/", {}, **EN)
    assert not NoticeConsent.objects.of(holder).in_force().exists()
    assert {one.withdrawn_source for one in NoticeConsent.objects.of(holder)} == {"web"}


@pytest.mark.parametrize("address", ["", "nobody", "a@b", "a@example.com, b@example.com"])
def test_a_wrong_address_is_told_and_nothing_is_lost(client: Client, address: str) -> None:
    holder = opened(client)
    page = client.post("/status/notices/", {"sms": "on", "email": "on", "address": address}, **EN)
    assert page.status_code == 200
    text = page.content.decode()
    assert "Enter a whole e-mail address" in text
    assert 'name="sms" id="id_sms" checked' in text
    assert not NoticeConsent.objects.of(holder).exists()


def test_without_a_number_on_file_the_window_is_named(client: Client) -> None:
    holder = opened(client)
    Cardholder.objects.filter(pk=holder.pk).update(phone=None)
    text = client.get("/status/notices/", **EN).content.decode()
    assert 'name="sms"' not in text
    assert "a window records it" in text


# --- the counter --------------------------------------------------------------------------------------------------


def test_a_clerk_records_what_the_person_wants_and_the_address_stays_sealed() -> None:
    desk, holder = Desk("clerk"), f.holder()
    desk.done("choose_notices", holder, ways=["sms", "email"], address="a@example.com", language="en")
    consents = NoticeConsent.objects.by_holder([holder.pk])[holder.pk]
    assert {way: (one.source, one.language) for way, one in consents.items()} == {
        "sms": ("counter", "en"),
        "email": ("counter", "en"),
    }
    page = desk.form("choose_notices", holder).content.decode()
    assert "a@example.com" not in page
    # Left out, it is kept.
    desk.act("choose_notices", holder, ways=["sms", "email"], address="", language="en")
    assert NoticeConsent.objects.get(channel="email", withdrawn_at=None).address == "a@example.com"
    assert "text messages wanted" in desk.read(holder)


def test_a_wrong_address_stands_beside_its_field_at_the_counter() -> None:
    desk, holder = Desk("clerk"), f.holder()
    answer = desk.act("choose_notices", holder, ways=["email"], address="nobody", language="en")
    assert answer.status_code == 200
    assert "Enter a whole e-mail address" in answer.content.decode()


def test_without_a_number_on_file_the_counter_says_so_beside_the_ways() -> None:
    desk, holder = Desk("clerk"), f.holder(phone="")
    answer = desk.act("choose_notices", holder, ways=["sms"], language="en")
    assert "There is no telephone number on file" in answer.content.decode()
    assert not NoticeConsent.objects.exists()


def test_dead_letters_stand_first_and_go_out_again_at_one_press(wants: Callable) -> None:
    f.oral_report(f.card(wants("sms")))
    f.oral_report(f.card(wants("sms")))
    dead = Notice.objects.first()
    Notice.objects.filter(pk=dead.pk).update(state=NoticeState.FAILED, failure="isv.MOBILE_NUMBER_ILLEGAL")
    desk = Desk("supervisor")
    page = desk.client.get("/admin/cards/notice/").content.decode()
    assert page.count("Try again") == 1
    assert "isv.MOBILE_NUMBER_ILLEGAL" in page
    assert dead.paper_id not in page
    answer = desk.client.post(f"/admin/cards/notice/{dead.pk}/retry/", follow=True)
    assert "next round of the worker" in answer.content.decode()
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == (NoticeState.WAITING, 0)
    again = desk.client.post(f"/admin/cards/notice/{dead.pk}/retry/", follow=True)
    assert "waits or was sent already" in again.content.decode()


@pytest.mark.parametrize(("group", "status"), [("clerk", 403), ("auditor", 403), ("editor", 403), ("supervisor", 303)])
def test_only_who_may_sends_again(wants: Callable, group: str, status: int) -> None:
    f.oral_report(f.card(wants("sms")))
    address = f"/admin/cards/notice/{Notice.objects.get().pk}/retry/"
    desk = Desk(group)
    assert desk.client.get(address).status_code == 405
    assert desk.client.post(address).status_code == status


# --- receipts -----------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(wants: Callable, settings: Any) -> Notice:
    settings.NOTICE_RECEIPT_KEY = KEY
    f.oral_report(f.card(wants("sms")))
    outbox.send_for(2)
    Notice.objects.update(remote_id="biz7")
    return Notice.objects.get()


def reported(notice: Notice, form: str, arrived: bool) -> Any:
    """The same news in the words of each service."""
    return {
        "aliyun": [{"biz_id": "biz7", "out_id": notice.paper_id, "success": arrived, "err_code": "UNDELIVERED"}],
        "tencent": [{"sid": "biz7", "report_status": "SUCCESS" if arrived else "FAIL", "errmsg": "UNDELIVERED"}],
        "webhook": {"number": notice.paper_id, "arrived": arrived, "code": "UNDELIVERED"},
    }[form]


def tell(client: Client, told: Any, **more: Any) -> int:
    return client.post(
        f"/notices/receipt/?key={KEY}", json.dumps(told), content_type="application/json", **more
    ).status_code


@pytest.mark.parametrize("form", ["aliyun", "tencent", "webhook"])
@pytest.mark.parametrize("arrived", [True, False])
def test_a_receipt_counts_once_whatever_comes_after_it(client: Client, sent: Notice, form: str, arrived: bool) -> None:
    for _ in range(3):
        assert tell(client, reported(sent, form, arrived)) == 200
    first = Notice.objects.get()
    assert first.state == (NoticeState.DELIVERED if arrived else NoticeState.FAILED)
    assert first.failure == ("" if arrived else "UNDELIVERED")
    tell(client, reported(sent, form, not arrived))
    second = Notice.objects.get()
    assert (second.state, second.settled_at) == (first.state, first.settled_at)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b"[]", 400),
        (b"[1]", 400),
        (b'"x"', 400),
        (b"{}", 400),
        (b"[" * 5000, 400),
        (b'[{"biz_id": null, "out_id": {"a": 1}}]', 200),
        (b'{"number": "999999999999", "arrived": true}', 200),
    ],
)
def test_what_is_no_receipt_changes_nothing(client: Client, sent: Notice, body: bytes, status: int) -> None:
    answer = client.post(f"/notices/receipt/?key={KEY}", body, content_type="application/json")
    assert answer.status_code == status
    assert Notice.objects.get().state == NoticeState.SENT


def test_only_who_has_the_key_reports(client: Client, sent: Notice, settings: Any) -> None:
    body = json.dumps(reported(sent, "webhook", True)).encode()

    def post(key: str = "", stamp: str = "", signature: str = "") -> int:
        headers = {"X-Timestamp": stamp, "X-Signature": signature}
        address = f"/notices/receipt/?key={key}"
        return client.post(address, body, content_type="application/json", headers=headers).status_code

    now = str(int(time.time()))
    old = str(int(time.time()) - 600)
    assert client.get("/notices/receipt/").status_code == 405
    assert {post(), post("wrong"), post("密"), post(stamp=now, signature="00"), post(stamp=now, signature="密")} == {
        403
    }
    assert post(stamp=old, signature=webhook_signature(KEY, old, body)) == 403
    assert Notice.objects.get().state == NoticeState.SENT
    assert post(stamp=now, signature=webhook_signature(KEY, now, body)) == 200
    assert Notice.objects.get().state == NoticeState.DELIVERED
    settings.NOTICE_RECEIPT_KEY = ""
    assert post() == 403


# --- verify and figures -------------------------------------------------------------------------------------------


def test_verify_knows_a_message_for_90_days_and_says_nothing_of_the_person(
    client: Client, wants: Callable, clock: Callable
) -> None:
    clock("2026-03-02 10:00")
    holder = wants("sms")
    f.oral_report(f.card(holder))
    number = spaced_paper_number(Notice.objects.get().paper_id)
    # Nobody can know a number that has not left.
    assert 'data-verdict="none"' in client.post("/verify/", {"number": number}, **EN).content.decode()
    clock("2026-03-03 10:00")
    assert outbox.send_for(2) == 1
    page = client.post("/verify/", {"number": number}, **EN).content.decode()
    assert "This message is from us" in page
    assert "3 March 2026" in page
    assert holder.name not in page
    assert "in force" not in page.split("<main")[1].split("How to recognise")[0]
    clock("2026-06-01 10:00")
    assert 'data-verdict="none"' in client.post("/verify/", {"number": number}, **EN).content.decode()


def test_a_message_number_opens_nothing(client: Client, wants: Callable) -> None:
    holder = wants("sms")
    f.oral_report(f.card(holder))
    paper = Notice.objects.get().paper
    client.post("/status/", {"id_number": holder.id_number, "code": paper.query_code})
    assert 'data-level="full"' not in client.get("/status/answer/").content.decode()


def test_the_figures_tell_how_many_and_how_old(wants: Callable, clock: Callable) -> None:
    clock("2026-03-02 10:00")
    f.oral_report(f.card(wants("sms")))
    clock("2026-03-02 10:05")
    text = exposition()[0].decode()
    assert 'portal_notices{channel="sms",state="waiting"} 1.0' in text
    assert "portal_notice_oldest_seconds 300.0" in text


def test_erasing_and_merging_end_what_a_person_wanted(wants: Callable, settings: Any) -> None:
    holder, other = wants("sms"), wants("sms", "email")
    f.oral_report(f.card(other))
    request = services.ask_merge(holder, other, actor=f.at_office(), reason="同一人")
    services.decide(request, "grant", actor=f.at_office(), reason="核对无误")
    assert not NoticeConsent.objects.of(other).in_force().exists()
    assert not Notice.objects.of(other).exists()
    assert Notice.objects.of(holder).exists()


def test_what_is_sent_holds_no_trace_of_a_person(settings: Any) -> None:
    _person, secrets = canary_flow()
    Notice.objects.update(at_once=True, due_at=timezone.now())
    assert outbox.send_for(10) > 10
    content = Path(settings.NOTICE_FILE).read_bytes()
    assert content.count(b"\n") > 10
    assert traces(content, secrets) == []
