"""Which event owes whom what: the table walked, one notice for each event and way, and all or nothing."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from cards import notices, services
from cards.answers.notice import word
from cards.models import Application, Cardholder, Event, LossReport, Notice, NoticeConsent, PaperNumber
from cards.notice_vocabulary import NoticeKind
from cards.services.deed import Deed
from cards.vocabulary import EventKind, Party, Stage, StopReason
from tests import factories as f

pytestmark = pytest.mark.django_db
LINK = re.compile(r"https?:|www\.|\.(com|cn)\b", re.IGNORECASE)


def owed(holder: Cardholder) -> list[tuple[str, str]]:
    """Kind and way of what a person is owed, in the order of the alphabet."""
    return sorted(Notice.objects.of(holder).values_list("kind", "channel"))


def agent() -> Any:
    return f.everything(agent_name="李代办", agent_id_number=f.synthetic_id_number())


def test_a_loss_report_is_told_by_every_way_wanted_once(wants: Callable) -> None:
    holder = wants("sms", "email")
    report = f.oral_report(f.card(holder))
    assert owed(holder) == [("loss_reported", "email"), ("loss_reported", "sms")]
    assert {notice.tail for notice in Notice.objects.all()} == {report.receipt_id[-4:]}
    assert all(notice.paper.kind == 5 and notice.paper.holder_id == holder.pk for notice in Notice.objects.all())


def test_wechat_comes_first_and_the_text_message_is_kept_for_when_it_fails(wants: Callable) -> None:
    holder = wants("sms", "wechat")
    f.oral_report(f.card(holder))
    assert owed(holder) == [("loss_reported", "wechat")]


def test_nobody_is_told_who_did_not_ask_for_it(django_assert_num_queries: Any) -> None:
    f.oral_report(f.card(f.holder()))
    assert not Notice.objects.exists()


def test_what_an_agent_does_is_told_as_that(wants: Callable) -> None:
    holder = wants("sms")
    card = f.card(holder)
    services.report_loss(card, form="written", actor=f.at_counter(party=Party.AGENT), evidence=agent())
    report = LossReport.objects.get(holder=holder)
    services.replace_card(
        report, delivery_outlet=f.OutletFactory(), actor=f.at_counter(party=Party.AGENT), evidence=agent()
    )
    assert owed(holder) == [("agent_acted", "sms"), ("agent_acted", "sms")]
    assert [notice.parameters["did"] for notice in Notice.objects.order_by("made_at")] == [
        EventKind.LOSS_REPORTED,
        EventKind.APPLICATION_ACCEPTED,
    ]
    assert Notice.objects.filter(at_once=True).count() == 2


def test_ready_is_told_by_the_single_step_and_by_a_result_file_alike(wants: Callable) -> None:
    holder = wants("sms")
    f.walk_to(f.first_application(holder), Stage.READY)
    assert ("card_ready", "sms") in owed(holder)


def test_the_old_number_is_told_that_it_was_replaced_even_without_consent() -> None:
    holder = f.holder(phone="13800000001")
    services.change_phone(holder, "13900000002", actor=f.at_counter(), evidence=f.everything())
    notice = Notice.objects.get()
    assert (notice.kind, notice.channel, notice.address) == ("phone_changed", "sms", "13800000001")


@pytest.mark.parametrize("stop", [one for one in StopReason if one != StopReason.FEE_UNPAID])
def test_a_clock_that_stands_is_told_where_the_person_has_to_do_something(stop: str) -> None:
    found = notices.owed_for(Event(kind=EventKind.CLOCK_STOPPED, value=stop, party=Party.OFFICE))
    assert (found is None) == (stop == StopReason.PRODUCTION_FAILED)


def test_event_and_notice_fall_together(wants: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    holder = wants("sms")
    card, before = f.card(holder), PaperNumber.objects.count()
    whole = Deed.record

    def break_off(act: Deed, *args: Any, **more: Any) -> Any:
        whole(act, *args, **more)
        if args[0] == EventKind.LOSS_REPORTED:
            raise RuntimeError("killed")

    monkeypatch.setattr(Deed, "record", break_off)
    with pytest.raises(RuntimeError):
        f.oral_report(card)
    assert not LossReport.objects.exists()
    assert not Notice.objects.exists()
    assert PaperNumber.objects.count() == before


def test_the_database_refuses_a_second_notice_for_the_same_event_and_way(wants: Callable) -> None:
    holder = wants("sms")
    f.oral_report(f.card(holder))
    notice = Notice.objects.get()
    notice.pk, notice.paper = None, PaperNumber.objects.give_out([holder.pk], 5, notice.made_at)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        notice.save(force_insert=True)


@pytest.mark.parametrize(
    ("now", "at_once", "then"),
    [
        ("2026-03-02 20:59", False, "2026-03-02 20:59"),
        ("2026-03-02 21:00", False, "2026-03-03 08:00"),
        ("2026-03-03 00:30", False, "2026-03-03 08:00"),
        ("2026-03-03 07:59", False, "2026-03-03 08:00"),
        ("2026-03-03 08:00", False, "2026-03-03 08:00"),
        ("2026-03-02 23:00", True, "2026-03-02 23:00"),
    ],
)
def test_at_night_only_a_warning_is_sent(clock: Callable, now: str, at_once: bool, then: str) -> None:
    assert notices.next_moment(clock(now), at_once=at_once) == clock(then)


def test_a_report_that_lapses_tomorrow_is_told_once(wants: Callable, clock: Callable) -> None:
    clock("2026-03-02 10:00")
    holder = wants("sms")
    f.oral_report(f.card(holder))  # until the end of 9 March
    assert services.remind_of_lapses(clock("2026-03-07 23:59")) == 0
    assert services.remind_of_lapses(clock("2026-03-08 00:01")) == 1
    assert services.remind_of_lapses(clock("2026-03-08 09:00")) == 0
    reminder = Notice.objects.get(kind=NoticeKind.LOSS_LAPSES)
    assert reminder.parameters == {"day": "2026-03-09"}
    assert "3月9日24时失效" in word(reminder).text


def test_a_card_about_to_be_recalled_is_told_of_once_for_each_last_day(wants: Callable, clock: Callable) -> None:
    clock("2026-03-02 10:00")
    application = f.walk_to(f.first_application(wants("sms")), Stage.READY)
    early = clock(f"{application.collect_by - timedelta(days=15)} 10:00")
    assert services.remind_of_recalls(early) == 0
    due = clock(f"{application.collect_by - timedelta(days=14)} 10:00")
    assert (services.remind_of_recalls(due), services.remind_of_recalls(due)) == (1, 0)
    Application.objects.update(collect_by=application.collect_by + timedelta(days=3))
    assert services.remind_of_recalls(clock(f"{application.collect_by - timedelta(days=2)} 10:00")) == 1


def test_a_late_card_is_told_of_once_for_each_stage(wants: Callable, clock: Callable) -> None:
    from cards.management import jobs

    clock("2026-03-02 10:00")
    f.first_application(wants("sms"))
    assert jobs.remind_of_delays() == 0
    clock("2026-06-02 10:00")
    assert (jobs.remind_of_delays(), jobs.remind_of_delays()) == (1, 0)
    assert Notice.objects.filter(kind=NoticeKind.ESTIMATE_MISSED).count() == 1


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_message_holds_a_link_a_name_or_a_number_of_the_person(wants: Callable, kind: str, language: str) -> None:
    holder = wants("sms", language=language)
    f.oral_report(f.card(holder))
    notice = Notice.objects.get()
    notice.kind, notice.parameters = kind, {"day": "2026-03-09", "did": EventKind.LOSS_REPORTED}
    message = word(notice)
    assert not LINK.search(message.text)
    assert not any(secret in message.text for secret in (holder.name, holder.id_number, holder.phone or "-"))
    # The only long number is the message's own.
    assert re.findall(r"\d{5,}", message.text.replace(" ", "")) in (
        [notice.paper_id],
        ["12333", notice.paper_id],
        ["12333"],
    ) or notice.paper_id in message.text.replace(" ", "")
    assert notice.tail in message.text
    assert "12333" in message.text
    assert message.fields["number"] in message.text
    latin = re.sub(r"[0-9]", "", message.text)
    assert bool(re.search("[A-Za-z]{2}", latin)) == (language == "en")
    assert bool(re.search("[一-鿿]", latin)) == (language == "zh-hans")
    # A WeChat template takes twenty characters, and a text message is charged by seventy.
    assert len(message.title) <= (20 if language == "zh-hans" else 24)
    assert len(message.text) <= (140 if language == "zh-hans" else 320)


def test_a_consent_has_its_time_and_source_and_is_taken_back_with_its_unsent_notices(wants: Callable) -> None:
    holder = wants("sms", "email")
    f.walk_to(f.first_application(holder), Stage.READY)
    chosen = {"actor": f.at_counter(), "evidence": f.everything(), "language": "zh-hans"}
    assert services.choose_notices(holder, {"sms": True, "email": False}, **chosen) == 1
    mail = NoticeConsent.objects.get(channel="email")
    assert (mail.source, mail.withdrawn_source) == ("counter", "counter")
    assert mail.withdrawn_at >= mail.given_at
    states = set(Notice.objects.values_list("channel", "state"))
    assert states == {("sms", "waiting"), ("email", "dropped")}
    values = Event.objects.of(holder).filter(kind=EventKind.NOTICES_CHOSEN).values_list("value", flat=True)
    assert sorted(values) == ["email_ended", "email_wanted", "sms_wanted"]


def test_every_sentence_has_its_chinese() -> None:
    from cards.answers import notice as words

    with translation.override("zh-hans"):
        told = [*words.TITLES.values(), *words.SENTENCES.values(), *words.DID.values()]
        assert all(re.search("[一-鿿]", str(one)) for one in told)
    assert set(words.TITLES) == set(words.SENTENCES) == set(NoticeKind)
    did = {kind for kind, _value in notices.AGENT_TABLE}
    assert did == set(words.DID)
