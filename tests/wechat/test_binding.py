"""A WeChat account is bound by a code of the website, confirmed there, ended on both sides, and over after a year."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from cards import services
from cards.management import jobs
from cards.models import Application, Event, Notice, NoticeConsent, OpenIdIndex, WechatBinding
from cards.notice_vocabulary import BindingEnd, ConsentSource, NoticeChannel
from cards.vocabulary import EventKind
from tests import factories as f
from tests import later
from tests.counter.desk import Desk
from tests.harness.environment import test_key as key
from tests.wechat.binding import PAGE, Chat, bind, bound, code_on, opened
from tests.wechat.platform import passes

pytestmark = pytest.mark.django_db


def person() -> tuple[Any, Any]:
    """A person with a browser in which the answer is open in full."""
    application = f.first_application()
    return application.holder, opened(application.holder, application.receipt.query_code)


def test_nothing_is_bound_before_it_is_confirmed() -> None:
    holder, client = person()
    chat = Chat()
    chat.says(code_on(client.post(PAGE, {"step": "code"})))
    assert "12 digits" in chat.says("progress")
    assert "Was it you?" in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"step": "confirm"}).status_code == 303
    assert "has been accepted" in chat.says("progress")
    assert "is bound since" in client.get(PAGE).content.decode()
    consent = NoticeConsent.objects.in_force().get(holder=holder)
    assert (consent.channel, consent.source) == (NoticeChannel.WECHAT, ConsentSource.WEB)
    kinds = Event.objects.of(holder).values_list("kind", flat=True)
    assert EventKind.WECHAT_BOUND in kinds


def test_whoever_says_no_leaves_nothing() -> None:
    _holder, client = person()
    chat = Chat()
    chat.says(code_on(client.post(PAGE, {"step": "code"})))
    client.post(PAGE, {"step": "end"})
    assert not WechatBinding.objects.exists()
    assert not OpenIdIndex.objects.exists()
    assert "12 digits" in chat.says("progress")
    assert "not typed in time" in client.post(PAGE, {"step": "confirm"}).content.decode()


@pytest.mark.parametrize("typed", [str, str.lower, lambda code: f"{code[:4]} {code[4:]}", lambda code: f" {code}。"])
def test_the_code_may_be_typed_as_people_type(typed: Any) -> None:
    _holder, client = person()
    assert "The code fits" in Chat().says(typed(code_on(client.post(PAGE, {"step": "code"}))))


def test_a_code_works_once_and_for_ten_minutes(time_machine: Any) -> None:
    _holder, client = person()
    code = code_on(client.post(PAGE, {"step": "code"}))
    assert "The code fits" in Chat().says(code)
    assert "not valid" in Chat().says(code)
    code = code_on(client.post(PAGE, {"step": "code"}))
    passes(time_machine, 10 * 60 + 1)
    assert "not valid" in Chat().says(code)


def test_a_new_code_ends_the_one_before() -> None:
    _holder, client = person()
    first, second = (code_on(client.post(PAGE, {"step": "code"})) for _ in range(2))
    assert first != second
    assert "not valid" in Chat().says(first)
    assert "The code fits" in Chat().says(second)


def test_wrong_codes_close_the_account_for_the_day() -> None:
    _holder, client = person()
    chat = Chat()
    for _ in range(5):
        assert "not valid" in chat.says("2ABCDEFG")
    assert "Try again tomorrow" in chat.says(code_on(client.post(PAGE, {"step": "code"})))


def test_the_page_opens_with_an_answer_in_full_only() -> None:
    from django.test import Client

    holder, _client = person()
    outline = Client()
    outline.post("/status/", {"id_number": holder.id_number})
    for client in (Client(), outline):
        assert client.get(PAGE).status_code == 302
        assert client.post(PAGE, {"step": "code"}).status_code == 302
    assert not WechatBinding.objects.exists()


def test_without_an_account_of_the_office_nothing_is_offered(settings: Any) -> None:
    _holder, client = person()
    assert "Bind WeChat" in client.get("/status/answer/").content.decode()
    settings.WECHAT_TOKEN = ""
    assert "Bind WeChat" not in client.get("/status/answer/").content.decode()
    assert client.get(PAGE).status_code == 302


def test_a_bound_account_is_bound_to_nobody_else_besides() -> None:
    chat, card = bound()
    _other, client = person()
    assert "bound already" in chat.says(code_on(client.post(PAGE, {"step": "code"})))
    assert WechatBinding.objects.get(confirmed_at__isnull=False).holder == card.holder


def test_another_account_takes_the_place_of_the_first() -> None:
    holder, client = person()
    first, second = Chat(), Chat()
    bind(client, first)
    bind(client, second)
    assert "12 digits" in first.says("progress")
    assert "has been accepted" in second.says("progress")
    ends = Event.objects.of(holder).filter(kind=EventKind.WECHAT_UNBOUND).values_list("value", flat=True)
    assert list(ends) == [BindingEnd.REPLACED]
    assert NoticeConsent.objects.in_force().filter(holder=holder, channel="wechat").count() == 1


def ended(holder: Any, how: str) -> None:
    """Nothing of the binding is left, and the person is told no more by it."""
    assert not WechatBinding.objects.exists()
    assert not OpenIdIndex.objects.exists()
    assert not NoticeConsent.objects.in_force().filter(channel="wechat").exists()
    assert Event.objects.of(holder).filter(kind=EventKind.WECHAT_UNBOUND).latest("seq").value == how


def test_it_ends_in_the_chat() -> None:
    chat, card = bound()
    assert "has ended" in chat.says("unbind")
    ended(card.holder, BindingEnd.CHAT)
    assert "not bound" in chat.says("解绑 en")


def test_it_ends_on_the_website() -> None:
    holder, client = person()
    chat = Chat()
    bind(client, chat)
    client.post(PAGE, {"step": "end"})
    ended(holder, BindingEnd.WEB)
    assert "12 digits" in chat.says("progress")


def test_it_ends_at_a_window_for_whoever_lost_the_phone() -> None:
    chat, card = bound()
    desk = Desk("clerk")
    page = desk.form("choose_notices", card.holder).content.decode()
    assert re.search(r'value="wechat"[^>]* checked', page)
    desk.done("choose_notices", card.holder, ways=["wechat"], language="en")
    assert "has been accepted" in chat.says("progress")
    desk.done("choose_notices", card.holder, ways=[], language="en")
    ended(card.holder, BindingEnd.COUNTER)
    assert "12 digits" in chat.says("progress")


def test_it_ends_with_following_and_takes_what_waits_with_it() -> None:
    chat, card = bound()
    f.walk_to(Application.objects.get(holder=card.holder), "ready")
    assert Notice.objects.filter(holder=card.holder, channel="wechat", state="waiting").exists()
    assert chat.does("unsubscribe") == ""
    ended(card.holder, BindingEnd.UNSUBSCRIBED)
    assert not Notice.objects.filter(holder=card.holder, channel="wechat", state="waiting").exists()
    assert "12 digits" in chat.does("subscribe")
    assert "12 digits" in chat.says("progress")


def test_it_ends_after_a_year_whether_or_not_a_job_has_run(time_machine: Any) -> None:
    chat, card = bound()
    passes(time_machine, 365 * 24 * 3600 + 1)
    assert "12 digits" in chat.says("progress")
    assert WechatBinding.objects.exists()
    assert jobs.end_old_bindings() == 1
    ended(card.holder, BindingEnd.EXPIRED)


def test_a_binding_begun_and_left_is_forgotten(time_machine: Any) -> None:
    _holder, client = person()
    client.post(PAGE, {"step": "code"})
    passes(time_machine, 11 * 60)
    assert jobs.end_old_bindings() == 1
    assert not Event.objects.filter(kind=EventKind.WECHAT_UNBOUND).exists()


def test_a_merge_ends_the_binding_of_the_record_that_ends() -> None:
    chat, card = bound()
    request = later.merge(f.holder(), card.holder)
    services.decide(request, "grant", actor=later.supervisor(), reason="已核对")
    assert not WechatBinding.objects.exists()
    assert "12 digits" in chat.says("progress")


def test_an_account_is_found_across_a_change_of_keys(settings: Any) -> None:
    old, new = (f"{name}:HS256:{key(name)}" for name in ("old", "new"))
    settings.INDEX_KEYS = old
    chat, _card = bound()
    for keys, kept_under in ((f"{new},{old}", "old"), (f"{new},{old}", "new"), (new, "new")):
        settings.INDEX_KEYS = keys
        assert OpenIdIndex.objects.get().key_id == kept_under
        assert "has been accepted" in chat.says("progress")
        call_command("rotate_keys", "--index", verbosity=0)


def test_the_account_lies_sealed() -> None:
    chat, _card = bound()
    with connection.cursor() as cursor:
        for table in ("cards_wechatbinding", "cards_openidindex"):
            cursor.execute(f"SELECT * FROM {table}")
            for row in cursor.fetchall():
                for value in row:
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    assert chat.open_id.encode() not in raw


def test_the_code_is_kept_as_a_digest_only() -> None:
    _holder, client = person()
    code = code_on(client.post(PAGE, {"step": "code"}))
    row = WechatBinding.objects.values().get()
    assert all(code not in str(value) for value in row.values())
    assert code not in client.get(PAGE).content.decode()
