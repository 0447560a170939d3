"""The worker's side: sent once, asked for before it is sent again, tried again later, given up visibly."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core import mail
from django.db import connections
from django.utils import timezone

from cards import services
from cards.delivery import calling, outbox, senders
from cards.delivery.outcomes import Letter, NotSent, OutcomeUnknown, Unsubscribed
from cards.models import Notice, NoticeConsent, PaperNumber
from cards.notice_vocabulary import NoticeKind, NoticeState
from tests import factories as f
from tests.notices import service as double
from tests.notices.people import sent

pytestmark = pytest.mark.django_db
BACKENDS = ("aliyun", "tencent", "webhook")


@pytest.fixture
def service(settings: Any) -> Iterator[double.Service]:
    """The double, and settings that lead to it."""
    made = double.Service()
    settings.SMS_BACKEND, settings.SMS_API = "aliyun", made.address
    settings.SMS_KEY_ID, settings.SMS_SECRET = double.KEY_ID, double.SECRET
    settings.SMS_SIGN_NAME, settings.SMS_APP_ID, settings.SMS_REGION = double.SIGN_NAME, double.APP_ID, "ap-guangzhou"
    settings.SMS_TEMPLATES = dict.fromkeys(NoticeKind.values, "SMS_1") | {"loss_reported.en": "SMS_2"}
    yield made
    made.close()


def state() -> tuple[str, int, str]:
    return Notice.objects.values_list("state", "attempts", "failure").get()


def later(**more: float) -> None:
    """Let time pass for every notice."""
    for notice in Notice.objects.all():
        changes: dict[str, Any] = {"due_at": notice.due_at - timedelta(**more)}
        if notice.claimed_until:
            changes["claimed_until"] = notice.claimed_until - timedelta(**more)
        Notice.objects.filter(pk=notice.pk).update(**changes)


@pytest.mark.parametrize("backend", BACKENDS)
def test_each_service_takes_what_is_signed_as_it_wants(
    service: double.Service, settings: Any, wants: Callable, backend: str
) -> None:
    settings.SMS_BACKEND = backend
    holder = wants("sms", phone="13800000003")
    f.oral_report(f.card(holder))
    assert outbox.send_for(5) == 1
    assert state() == (NoticeState.SENT, 0, "")
    ((number, to, told),) = service.taken
    assert number == Notice.objects.get().paper_id
    assert to.endswith("13800000003")
    assert holder.name not in str(told)
    assert outbox.send_for(5) == 0
    assert len(service.taken) == 1


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_wrong_key_is_refused_and_seen(
    service: double.Service, settings: Any, wants: Callable, backend: str
) -> None:
    settings.SMS_BACKEND, settings.SMS_SECRET = backend, "another"
    f.oral_report(f.card(wants("sms")))
    outbox.send_for(5)
    assert not service.taken
    assert Notice.objects.get().state == NoticeState.FAILED


def test_the_template_is_that_of_the_language(service: double.Service, wants: Callable) -> None:
    f.oral_report(f.card(wants("sms", language="en")))
    outbox.send_for(5)
    assert service.taken[0][2]["TemplateCode"] == "SMS_2"


@pytest.mark.parametrize(
    ("code", "state_then"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", NoticeState.WAITING),
        ("Throttling.User", NoticeState.WAITING),
        ("isp.SYSTEM_ERROR", NoticeState.WAITING),
        ("isv.MOBILE_NUMBER_ILLEGAL", NoticeState.FAILED),
        ("isv.SMS_SIGNATURE_ILLEGAL", NoticeState.FAILED),
    ],
)
def test_limits_wait_and_refusals_are_final(
    service: double.Service, wants: Callable, code: str, state_then: str
) -> None:
    service.answers = [code]
    f.oral_report(f.card(wants("sms")))
    outbox.send_for(2)
    notice = Notice.objects.get()
    assert (notice.state, notice.failure) == (state_then, code)
    if state_then == NoticeState.WAITING:
        assert notice.due_at > timezone.now()
        later(days=1)
        outbox.send_for(2)
        assert Notice.objects.get().state == NoticeState.SENT


@pytest.mark.parametrize("backend", ["aliyun", "tencent"])
def test_a_lost_answer_is_asked_for_before_anything_is_sent_again(
    service: double.Service, settings: Any, wants: Callable, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    settings.SMS_BACKEND = backend
    f.oral_report(f.card(wants("sms")))
    whole = calling._opener.open

    def lose(request: Any, **more: Any) -> Any:
        whole(request, **more).close()
        raise ConnectionResetError

    with monkeypatch.context() as patch:
        patch.setattr(calling._opener, "open", lose)
        outbox.send_for(2)
    assert (len(service.taken), state()) == (1, (NoticeState.WAITING, 1, "answer_lost"))
    later(hours=1)
    assert outbox.send_for(2) == 1
    assert (len(service.taken), service.asked) == (1, 1)
    assert Notice.objects.get().state == NoticeState.SENT


def test_a_claim_whose_worker_died_is_taken_over_only_when_its_time_is_over(
    service: double.Service, wants: Callable
) -> None:
    f.oral_report(f.card(wants("sms")))
    assert len(outbox.claim(timezone.now())) == 1
    assert outbox.send_for(1) == 0
    later(minutes=4)
    assert outbox.send_for(2) == 1
    assert (len(service.taken), service.asked) == (1, 1)


def test_a_poison_message_ends_visibly_while_the_others_flow(wants: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    poison = wants("sms")
    f.oral_report(f.card(poison))
    Notice.objects.update(kind="no such kind")
    for _ in range(3):
        f.oral_report(f.card(wants("sms")))
    for _ in range(outbox.TRIES):
        outbox.send_for(2)
        later(hours=2)
    assert len(sent()) == 3
    bad = Notice.objects.get(holder=poison)
    assert (bad.state, bad.attempts, bad.failure) == (NoticeState.FAILED, outbox.TRIES, "broken")


def test_each_pause_is_longer_and_none_is_alike() -> None:
    pauses = [[outbox.pause_before(tries) for _ in range(50)] for tries in range(1, 9)]
    assert all(min(after) >= max(before) / 2 for before, after in pairwise(pauses))
    assert all(len(set(each)) > 40 for each in pauses)
    assert max(map(max, pauses)) <= outbox.LONGEST_PAUSE


def test_a_service_that_is_busy_rests_and_the_other_way_goes_on(service: double.Service, wants: Callable) -> None:
    service.answers = ["Throttling"] * 50
    for _ in range(30):
        f.oral_report(f.card(wants("sms", "email")))
    outbox.send_for(3)
    assert Notice.objects.filter(channel="email", state=NoticeState.SENT).count() == 30
    # One set of calls was made, and then none; being busy is no failed try.
    assert 50 - len(service.answers) <= outbox.TOGETHER
    assert set(Notice.objects.filter(channel="sms").values_list("attempts", flat=True)) == {0}


def test_at_night_a_notice_that_can_wait_goes_back_to_the_morning(wants: Callable, clock: Callable) -> None:
    clock("2026-03-02 20:58")
    f.walk_to(f.first_application(wants("sms")), "ready")
    clock("2026-03-02 22:00")
    outbox.send_for(1)
    assert not sent()
    assert Notice.objects.filter(due_at=clock("2026-03-03 08:00")).count() == Notice.objects.count()
    outbox.send_for(1)
    assert "card_ready" in [one["kind"] for one in sent()]
    assert not Notice.objects.unsent().exists()


def test_whom_wechat_does_not_reach_is_told_by_text_message(wants: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped:
        def find(self, _letter: Letter) -> None:
            return None

        def send(self, _letter: Letter) -> str:
            raise Unsubscribed("43101")

    whole = senders.sender_of
    monkeypatch.setattr(outbox, "sender_of", lambda way: Stopped() if way == "wechat" else whole(way))
    monkeypatch.setattr(outbox, "address_of", lambda notice, holder, consent: "somebody")
    holder = wants("sms", "wechat")
    f.oral_report(f.card(holder))
    assert outbox.send_for(3) == 2
    states = dict(Notice.objects.values_list("channel", "state"))
    assert states == {"wechat": NoticeState.FELL_BACK, "sms": NoticeState.SENT}
    assert len({notice.paper_id for notice in Notice.objects.all()}) == 2
    consent = NoticeConsent.objects.get(channel="wechat")
    assert consent.withdrawn_source == "sender"
    # From now on text messages are the way.
    f.walk_to(f.first_application(holder, card_type="ordinary_blue"), "ready")
    assert set(Notice.objects.filter(kind="card_ready").values_list("channel", flat=True)) == {"sms"}


def test_e_mail_goes_out_with_the_message_number_as_its_id(settings: Any, wants: Callable) -> None:
    settings.EMAIL_SENDER = "smtp"
    f.oral_report(f.card(wants("email", language="en")))
    assert outbox.send_for(3) == 1
    (letter,) = mail.outbox
    number = Notice.objects.get().paper_id
    assert letter.to == ["holder@example.com"]
    assert number in letter.extra_headers["Message-ID"]
    assert "Your card was reported lost on" in letter.body


@pytest.mark.parametrize("problem", [NotSent("x"), OutcomeUnknown("x"), RuntimeError("13800000000 is secret")])
def test_a_failure_leaves_only_a_code(
    wants: Callable, monkeypatch: pytest.MonkeyPatch, problem: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: Any) -> str:
        raise problem

    monkeypatch.setattr(outbox, "_call", fail)
    f.oral_report(f.card(wants("sms")))
    outbox.send_for(1)
    assert Notice.objects.get().failure in ("x", "broken")
    assert "13800000000" not in caplog.text


def test_a_dead_letter_is_sent_again_at_one_press(wants: Callable) -> None:
    f.oral_report(f.card(wants("sms")))
    Notice.objects.update(state=NoticeState.FAILED, attempts=8)
    notice = Notice.objects.get()
    assert services.retry_notice(notice)
    assert not services.retry_notice(notice)
    assert outbox.send_for(2) == 1
    assert len(sent()) == 1


def test_a_dead_letter_whose_answers_were_lost_is_asked_for_when_it_is_tried_again(
    service: double.Service, wants: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    f.oral_report(f.card(wants("sms")))
    whole = calling._opener.open

    def lose(request: Any, **more: Any) -> Any:
        whole(request, **more).close()
        raise ConnectionResetError

    with monkeypatch.context() as patch:
        patch.setattr(calling._opener, "open", lose)
        for _ in range(outbox.TRIES):
            outbox.send_for(1)
            later(hours=2)
    assert state() == (NoticeState.FAILED, outbox.TRIES, "answer_lost")
    services.retry_notice(Notice.objects.get())
    assert outbox.send_for(2) == 1
    assert (len(service.taken), Notice.objects.get().state) == (1, NoticeState.SENT)


def test_numbers_go_with_their_notices_after_90_days(wants: Callable) -> None:
    f.oral_report(f.card(wants("sms")))
    notice = Notice.objects.get()
    assert services.forget_old_notices(notice.keep_until - timedelta(seconds=1), 10) == 0
    assert services.forget_old_notices(notice.keep_until, 10) == 1
    assert not PaperNumber.objects.filter(pk=notice.paper_id).exists()


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_six_workers_at_once_send_each_notice_once(service: double.Service, wants: Callable) -> None:
    for _ in range(60):
        f.oral_report(f.card(wants("sms")))

    def work() -> int:
        try:
            return outbox.send_for(20)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        done = sum(future.result() for future in [pool.submit(work) for _ in range(6)])
    assert (done, len(service.taken), service.twice) == (60, 60, [])
