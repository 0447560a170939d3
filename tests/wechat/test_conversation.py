"""What the chat answers: the words of every other door, and never more than the sender may read."""

import re
from typing import Any

import pytest
from django.utils import translation

from cards import case_reading
from cards.answers import answer_case
from cards.case_file import Opening
from cards.channels.wechat import conversation
from cards.channels.wechat.words import CHINESE, ENGLISH, Meaning, of_menu, understood
from cards.models import AccessRecord, AnsweredMessage, LossReport
from cards.paper_number import new_paper_number, spaced_code, spaced_paper_number
from cards.vocabulary import AccessOutcome, AccessPurpose, CardType, Channel, LossForm, SocialStatus, Stage
from tests import factories as f
from tests.wechat.binding import bound
from tests.wechat.platform import Follower, passes

pytestmark = pytest.mark.django_db
# Right in itself, and nobody's.
NUMBER = new_paper_number("1")


# --- what was meant -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_every_word_is_understood_however_it_is_written(words: dict[Meaning, str]) -> None:
    for meaning, listed in words.items():
        for word in listed.split():
            for written in (word, word.upper(), f" {word}。", f"“{word}”!", word.title()):
                assert understood(written).meaning == meaning, written


@pytest.mark.parametrize(
    ("written", "language"),
    [("确认挂失1234", "zh-hans"), ("确认挂失：1234", "zh-hans"), ("确认挂失  1234。", "zh-hans"),
     ("Confirm  loss: 1234", "en"), ("confirmloss1234", "en"), ("确认挂失1234 en", "en"),
     ("confirm loss 1234 中文", "zh-hans")],
)  # fmt: skip
def test_a_confirmation_is_understood_however_it_is_written(written: str, language: str) -> None:
    said = understood(written)
    assert (said.meaning, said.number, said.language) == (Meaning.CONFIRM_LOSS, "1234", language)


def test_every_meaning_has_an_answer() -> None:
    assert set(conversation._ANSWERS) == set(Meaning)


@pytest.mark.parametrize("key", ["progress", "lost", "outlets", "person", "bind", "unbind", "help"])
def test_every_key_of_the_menu_is_answered_in_both_languages(follower: Follower, settings: Any, key: str) -> None:
    settings.DEFAULT_LANGUAGE = "zh-hans"
    f.OutletFactory()
    assert of_menu(key).meaning == key
    chinese, english = follower.does("CLICK", key), follower.does("CLICK", f"{key}.en")
    assert english != chinese
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
    assert re.search(r"[A-Za-z]{4,} [a-z]{2,} [a-z]{2,}", english)
    assert not re.search(r"[A-Za-z]{4,} [a-z]{2,} [a-z]{2,}", chinese)


ID_NUMBERS = [
    "11999919900307001X",
    "119999 19900307 001x",
    "１１９９９９１９９００３０７００１Ｘ",
    "我的身份证是11999919900307001X，查进度",
    "119999-19900307-0011",
    "119999900307001",
    "1199991990030700112",
]


@pytest.mark.parametrize("typed", ID_NUMBERS)
def test_an_id_number_is_neither_kept_nor_repeated_and_the_sender_is_told_why(follower: Follower, typed: str) -> None:
    told = follower.says(typed)
    assert "neither looked up nor kept" in told
    assert "receipt" in told
    assert "1990" not in told
    assert not AccessRecord.objects.exists()
    assert "1990" not in AnsweredMessage.objects.get().reply


def test_the_id_number_of_somebody_on_record_opens_nothing(follower: Follower) -> None:
    holder = f.first_application().holder
    assert "neither looked up nor kept" in follower.says(holder.id_number)
    assert not AccessRecord.objects.filter(channel=Channel.WECHAT).exists()


@pytest.mark.parametrize("kind", ["image", "voice", "video", "location", "link", "a new kind"])
def test_what_is_no_text_is_answered_with_what_can_be_read(follower: Follower, kind: str) -> None:
    assert "words and numbers" in follower.sends(follower.parts(kind, MsgId="1"))


@pytest.mark.parametrize(
    "event", ["SCAN", "LOCATION", "VIEW", "TEMPLATESENDJOBFINISH", "subscribe_msg_popup_event", ""]
)
def test_events_that_ask_for_nothing_get_nothing(follower: Follower, event: str) -> None:
    assert follower.does(event) == ""


def test_whoever_follows_is_told_how_to_ask(follower: Follower) -> None:
    told = follower.does("subscribe")
    assert "12 digits" in told
    assert "Never send an ID number" in told


def test_nobody_is_left_without_an_answer(follower: Follower) -> None:
    for text in ("", "   ", "????", "今天天气", "\u200b", "1", "a" * 5000, "]]>", "<xml>"):
        assert "12 digits" in follower.says(text), text


# --- by receipt number ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("stage", [Stage.ACCEPTED, Stage.PRODUCING, Stage.READY, Stage.COLLECTED])
def test_the_number_of_a_receipt_opens_what_the_number_opens_on_the_web(
    follower: Follower, settings: Any, stage: str, language: str
) -> None:
    settings.DEFAULT_LANGUAGE = language
    application = f.walk_to(f.first_application(), stage)
    told = follower.says(spaced_paper_number(application.receipt_id))
    opening = Opening(AccessOutcome.FOUND, application.holder_id)
    with translation.override(language):
        answer = answer_case(case_reading.read_case(opening), opening)
    assert told.startswith(answer.wechat)
    assert answer.title in told
    record = AccessRecord.objects.get(channel=Channel.WECHAT)
    assert (record.holder, record.purpose) == (application.holder, AccessPurpose.RECEIPT_ENQUIRY)


def test_only_the_case_of_the_receipt_is_told(follower: Follower) -> None:
    first = f.walk_to(f.first_application(), Stage.PRODUCING)
    second = f.first_application(first.holder, card_type=CardType.ORDINARY_BLUE, bank=None)
    assert "being made" in follower.says(first.receipt_id)
    assert "being made" not in follower.says(second.receipt_id)


def test_with_the_query_code_the_details_are_told(follower: Follower) -> None:
    application = f.walk_to(f.first_application(), Stage.READY)
    receipt = application.receipt
    told = follower.says(f"{receipt.number} {spaced_code(receipt.query_code)}")
    assert application.delivery_outlet.told("name") in told
    assert AccessRecord.objects.get(channel="wechat").purpose == AccessPurpose.FULL_ENQUIRY


def test_a_wrong_code_leaves_the_outline_and_says_so(follower: Follower) -> None:
    receipt = f.first_application().receipt
    other = f.first_application().receipt.query_code
    told = follower.says(f"{receipt.number} {other}")
    assert "does not fit" in told
    assert "has been accepted" in told


@pytest.mark.parametrize("policy", ["number_and_name", "number_and_code"])
def test_under_a_strict_policy_every_miss_is_told_alike(follower: Follower, settings: Any, policy: str) -> None:
    settings.ENQUIRY_POLICY = policy
    settings.LIMIT_ASKER_MISSES_PER_DAY = 99
    receipt, other = f.first_application().receipt, f.first_application().receipt
    gone = f.first_application().receipt
    type(gone).objects.filter(pk=gone.pk).update(voided_at=gone.made_at)
    misses = [
        receipt.number,
        f"{receipt.number} {other.query_code}",
        NUMBER,
        f"{NUMBER} {receipt.query_code}",
        f"{gone.number} {gone.query_code}",
    ]
    assert len({follower.says(miss) for miss in misses}) == 1
    assert "has been accepted" in follower.says(f"{receipt.number} {receipt.query_code}")
    assert "query code" in follower.says("progress")


def test_the_number_of_a_loss_report_needs_its_code(follower: Follower) -> None:
    report = f.oral_report()
    assert "with its query code only" in follower.says(report.receipt_id)
    assert "Reported lost" in follower.says(f"{report.receipt_id} {report.receipt.query_code}")


def test_a_case_that_ended_long_ago_is_told_with_its_code(follower: Follower, time_machine: Any) -> None:
    receipt = f.walk_to(f.first_application(), Stage.COLLECTED).receipt
    passes(time_machine, 91 * 24 * 3600)
    assert "with its query code only" in follower.says(receipt.number)
    assert "has been collected" in follower.says(f"{receipt.number} {receipt.query_code}")


def test_what_is_wrong_with_a_number_is_said(follower: Follower) -> None:
    assert "One digit" in follower.says("123456789012")
    assert "12 digits" in follower.says("12345678901")
    assert AccessRecord.objects.filter(channel="wechat").count() == 0


def test_after_five_wrong_numbers_the_account_waits_until_tomorrow_and_no_other_does(
    follower: Follower, time_machine: Any
) -> None:
    receipt = f.first_application().receipt_id
    for _ in range(5):
        assert "nothing under this number" in follower.says(NUMBER)
    assert "Try again tomorrow" in follower.says(receipt)
    assert "Try again tomorrow" in follower.says("2ABCDEFG")
    assert "has been accepted" in Follower().says(receipt)
    passes(time_machine, 24 * 3600 + 1)
    assert "has been accepted" in follower.says(receipt)


def test_right_numbers_are_not_counted(follower: Follower) -> None:
    receipt = f.first_application().receipt_id
    for _ in range(8):
        assert "has been accepted" in follower.says(receipt)


def test_digits_are_answered_in_english_where_that_is_asked(follower: Follower, settings: Any) -> None:
    settings.DEFAULT_LANGUAGE = "zh-hans"
    receipt = f.first_application().receipt_id
    assert "受理" in follower.says(receipt)
    assert "has been accepted" in follower.says(f"{receipt} en")


# --- a bound account ------------------------------------------------------------------------------------------------


def test_a_bound_account_reads_all_cards_without_a_number() -> None:
    chat, card = bound()
    told = chat.says("progress")
    assert "Your application has been accepted" in told
    with translation.override("en"):
        assert str(card.get_card_type_display()) in told or card.last_four in told
    record = AccessRecord.objects.filter(channel="wechat").latest("at")
    assert (record.holder, record.purpose) == (card.holder, AccessPurpose.BOUND_ENQUIRY)


def test_a_bound_account_is_answered_in_its_own_language() -> None:
    chat, _card = bound("zh-hans")
    assert "受理" in chat.does("CLICK", "progress")
    assert "has been accepted" in chat.does("CLICK", "progress.en")
    assert "has been accepted" in chat.says("progress")


def test_a_stopped_card_is_told_before_the_application_that_brought_it() -> None:
    chat, card = bound()
    f.oral_report(card)
    told = chat.says("progress")
    assert "Reported lost" in told


def test_a_loss_is_reported_after_a_confirmation_and_in_force_at_once() -> None:
    chat, card = bound()
    asked = chat.says("lost")
    assert "stops at once" in asked
    assert not LossReport.objects.exists()
    told = chat.says(f"Confirm loss {chat.code_in(asked)}")
    report = LossReport.objects.get()
    assert (report.card, report.channel, report.form) == (card, Channel.WECHAT, LossForm.ORAL)
    card.refresh_from_db()
    assert card.social_status == SocialStatus.TEMPORARILY_LOST
    assert spaced_paper_number(report.receipt_id) in told
    assert card.bank.hotline in told
    assert "No card of yours can be reported" in chat.says("挂失 en")


def test_the_confirmation_is_for_one_card_and_a_quarter_of_an_hour(time_machine: Any) -> None:
    chat, card = bound()
    second = f.card(card.holder, card_type=CardType.FINANCIAL_BLUE)
    asked = chat.says("lost")
    codes = [line.split("confirm loss ")[1][:4] for line in asked.splitlines() if "confirm loss" in line]
    assert len(set(codes)) == 2
    passes(time_machine, 31 * 60)
    assert "not valid" in chat.says(f"confirm loss {codes[0]}")
    assert LossReport.objects.count() == 0
    code = chat.code_in(chat.says("lost"))
    chat.says(f"confirm loss {code}")
    assert LossReport.objects.count() == 1
    assert LossReport.objects.get().card in (card, second)
    # The same words once more mean nothing: the card they named is reported.
    assert "not valid" in chat.says(f"confirm loss {code}")


def test_nobody_else_can_use_the_confirmation() -> None:
    chat, _card = bound()
    code = chat.code_in(chat.says("lost"))
    assert "12333" in Follower().says(f"confirm loss {code}")
    other, _ = bound()
    assert "not valid" in other.says(f"confirm loss {code}")
    assert not LossReport.objects.exists()


def test_the_rules_refuse_here_what_they_refuse_everywhere() -> None:
    chat, card = bound()
    for _ in range(2):
        report = f.oral_report(card)
        from cards import services

        services.cancel_loss_report(report, actor=f.at_counter(), evidence=f.everything(card_number=card.card_number))
    told = chat.says(f"confirm loss {chat.code_in(chat.says('lost'))}")
    assert "30 days" in told
    assert LossReport.objects.count() == 2


def test_without_a_binding_a_loss_is_sent_to_the_telephone(follower: Follower) -> None:
    told = follower.says("挂失")
    assert "12333" in told
    assert not LossReport.objects.exists()


def test_a_long_answer_fits_and_says_that_there_is_more() -> None:
    chat, card = bound()
    for _ in range(30):
        f.card(card.holder)
    told = chat.says("查询")
    assert len(told.encode()) <= 2048
    assert "12333" in told.splitlines()[-1]


# --- outlets and people ---------------------------------------------------------------------------------------------


def test_open_outlets_are_named_first_and_closed_ones_never(follower: Follower, time_machine: Any) -> None:
    from cards import memory

    f.OutletFactory(name_en="Open window", opening="1-7 0:00-24:00")
    f.OutletFactory(name_en="Gone window", opening="1-7 0:00-24:00", closed_for_good=True)
    f.OutletFactory(name_en="Shut window", opening="1 3:00-3:01")
    memory.forget_all()
    told = follower.says("outlets")
    assert "Open window" in told
    assert "Gone window" not in told
    assert "Shut window" not in told


def test_a_person_is_named_with_the_hours(follower: Follower, settings: Any) -> None:
    settings.HOTLINE_HOURS = "1-7 0:00-24:00"
    assert "Open day and night" in follower.says("person")
