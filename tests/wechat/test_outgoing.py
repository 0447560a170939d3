"""Messages of ours reach the bound account, once, under a token that is shared, and stop where they are not wanted."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from cards import notices, services
from cards.answers.notice import TITLES
from cards.delivery import outbox, wechat
from cards.models import Application, Notice, NoticeConsent
from cards.notice_vocabulary import ConsentSource, NoticeKind, NoticeState
from tests import factories as f
from tests.wechat.api import FIELDS, TEMPLATE, Api
from tests.wechat.binding import bound
from tests.wechat.platform import SECRET, Follower, passes

pytestmark = pytest.mark.django_db(transaction=True)
NOON = "2026-06-10T04:00:00+00:00"


@pytest.fixture
def api(settings: Any, time_machine: Any) -> Iterator[Api]:
    """The double, and a portal that talks to it at noon."""
    made = Api()
    settings.WECHAT_API, settings.WECHAT_SECRET = made.address, SECRET
    settings.WECHAT_TEMPLATES, settings.WECHAT_FIELDS = {"any": TEMPLATE}, FIELDS
    time_machine.move_to(NOON)
    wechat.token.forget()
    yield made
    wechat.token.forget()
    made.close()


def ready(**given: Any) -> tuple[Follower, Notice]:
    """A bound account that is owed the notice of a card that is ready."""
    chat, card = bound(**given)
    f.walk_to(Application.objects.get(holder=card.holder), "ready")
    return chat, Notice.objects.get(holder=card.holder, channel="wechat", kind=NoticeKind.CARD_READY)


def run() -> int:
    return outbox.send_for(5)


def test_a_bound_account_is_told_and_nothing_of_the_person_is_in_it(api: Api) -> None:
    chat, notice = ready()
    assert run() >= 1
    notice.refresh_from_db()
    assert notice.state == NoticeState.SENT
    body = next(one for one in api.sent if one["data"]["thing1"]["value"] == "Your card is ready")
    assert body["touser"] == chat.open_id
    assert set(body) == {"touser", "template_id", "data"}
    assert notice.holder.name not in str(body)
    assert "http" not in str(body)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", NoticeKind.values)
def test_every_kind_fits_the_fields_of_the_platform(api: Api, kind: str, language: str) -> None:
    from django.utils import translation

    _chat, notice = ready(language=language)
    parameters = {"day": "2026-06-10", "did": "loss_reported"}
    Notice.objects.exclude(pk=notice.pk).update(state=NoticeState.DROPPED)
    Notice.objects.filter(pk=notice.pk).update(kind=kind, parameters=parameters, language=language)
    run()
    notice.refresh_from_db()
    assert (notice.state, notice.failure) == (NoticeState.SENT, "")
    with translation.override(language):
        title = str(TITLES[NoticeKind(kind)])
    assert api.sent[-1]["data"]["thing1"]["value"] == title, "a title is cut off"


def test_the_token_is_asked_for_once(api: Api) -> None:
    for _ in range(3):
        ready()
    run()
    assert len(api.sent) >= 3
    assert api.tokens == ["token-1"]
    assert api.forced == 0


def test_a_token_that_ended_early_is_renewed_once_and_the_message_sent(api: Api) -> None:
    _chat, first = ready()
    run()
    # Somebody else asked for a new one by force: ours ended.
    api.tokens.append("token-2")
    _chat, second = ready()
    run()
    for notice in (first, second):
        notice.refresh_from_db()
        assert notice.state == NoticeState.SENT
    # The shared token stands, so nobody ends it for the others.
    assert api.forced == 0
    assert api.tokens == ["token-1", "token-2"]


@pytest.mark.parametrize("code", [40001, 42001])
def test_a_token_refused_twice_is_no_loop(api: Api, code: int) -> None:
    _chat, notice = ready()
    Notice.objects.exclude(pk=notice.pk).update(state=NoticeState.DROPPED)
    api.answers = [code, code]
    run()
    notice.refresh_from_db()
    assert (notice.state, notice.failure) == (NoticeState.WAITING, f"wechat_{code}")
    assert not api.sent
    assert api.forced == 1


def test_whoever_refuses_messages_is_asked_no_more_and_told_by_text_message(api: Api, settings: Any) -> None:
    _chat, notice = ready()
    settings.SMS_BACKEND = "console"
    services.choose_notices(notice.holder, {"sms": True}, language="en", actor=f.at_counter(), evidence=f.everything())
    Notice.objects.exclude(pk=notice.pk).update(state=NoticeState.DROPPED)
    api.answers = [43101]
    run()
    notice.refresh_from_db()
    assert notice.state == NoticeState.FELL_BACK
    consent = NoticeConsent.objects.get(holder=notice.holder, channel="wechat")
    assert consent.withdrawn_source == ConsentSource.SENDER
    assert Notice.objects.get(cause=notice.cause, channel="sms").state == NoticeState.SENT


def test_a_limit_reached_lets_the_whole_way_rest(api: Api, time_machine: Any) -> None:
    _chat, notice = ready()
    Notice.objects.exclude(pk=notice.pk).update(state=NoticeState.DROPPED)
    api.answers = [45009]
    run()
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == (NoticeState.WAITING, 0)
    assert notice.due_at > timezone.now() + timezone.timedelta(minutes=50)
    passes(time_machine, 3700)
    run()
    notice.refresh_from_db()
    assert notice.state == NoticeState.SENT


def test_what_the_platform_refuses_for_good_is_seen_by_the_office(api: Api, settings: Any) -> None:
    _chat, notice = ready()
    settings.WECHAT_TEMPLATES = {"any": "UNKNOWN"}
    run()
    notice.refresh_from_db()
    assert (notice.state, notice.failure) == (NoticeState.FAILED, "wechat_40037")


def test_a_wrong_secret_is_seen_too(api: Api, settings: Any) -> None:
    _chat, notice = ready()
    settings.WECHAT_SECRET = "wrong"  # the wrong one
    run()
    notice.refresh_from_db()
    assert notice.failure == "wechat_40125"


def test_after_the_binding_nothing_is_sent(api: Api) -> None:
    chat, notice = ready()
    chat.says("unbind")
    run()
    notice.refresh_from_db()
    assert notice.state == NoticeState.DROPPED
    assert not api.sent


def test_a_reminder_reaches_the_chat_as_well(api: Api) -> None:
    _chat, card = bound()
    report = f.oral_report(card)
    now = timezone.now()
    notices.remind(report, NoticeKind.LOSS_LAPSES, cause=f"losslapses:{report.pk}", now=now, day=now.date())
    run()
    assert any(one["data"]["thing1"]["value"] == "Loss report lapses" for one in api.sent)
