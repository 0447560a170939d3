"""A call from the number to its end: nothing is shown before the questions are answered, or after the call."""

import re
import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from cards.identity import TRIES
from cards.models import AccessRecord, Application, Cardholder, Event, LossReport
from cards.vocabulary import Action, CardType
from tests import factories
from tests.counter.desk import CALL, FIND, Desk, act_url, answers_of, person_url, refusal_in
from tests.counter.test_papers import text_of
from tests.counter.test_sent_forms import filled

pytestmark = pytest.mark.django_db

END = f"{CALL}end/"
WRONG = {"name": "王五", "phone": "13900000000", "card": "0000"}
SECRETS = ("…", "ending in", "Financial blue card", "Reported lost", "Send to a window")


def page(desk: Desk, address: str = CALL) -> str:
    return text_of(desk.client.get(address))


def everything_of(person: Cardholder) -> list[str]:
    """What stands about a person in any way: name, numbers, card, bank, outlet."""
    card = person.cards.first()
    return [person.name, person.name[0] + "*", person.id_number, person.phone or "", card.last_four, card.bank.name_en]


def test_a_call_begins_with_questions_and_shows_nothing(hotline: Desk) -> None:
    report = factories.oral_report(factories.card(factories.holder(name="欧阳修文", phone="13711112222")))
    answer = hotline.find(report.holder.id_number)
    assert (answer.status_code, answer.url) == (303, CALL)
    text = page(hotline)
    assert "Needed are the name and 3 points" in text
    assert "We found no application under this number" in text
    # Every bank is offered as an answer, so its name tells nothing.
    for secret in {*everything_of(report.holder), *SECRETS} - {report.card.bank.name_en}:
        assert secret not in text, secret


def test_before_the_questions_only_the_outline_of_the_website_is_told(hotline: Desk) -> None:
    application = factories.walk_to(factories.first_application(), "checking")
    hotline.find(application.holder.id_number)
    text = page(hotline)
    assert "Your data are being checked." in text
    for secret in (application.delivery_outlet.name_en, application.receipt_id[-4:], "张"):
        assert secret not in text


@pytest.mark.parametrize("policy", ["number_and_name", "number_and_code"])
def test_under_a_strict_policy_nothing_is_told_and_no_number_looks_different(
    hotline: Desk, settings: Any, policy: str
) -> None:
    settings.ENQUIRY_POLICY = policy
    texts = set()
    for number in (factories.first_application().holder.id_number, factories.synthetic_id_number()):
        hotline.find(number)
        assert "nothing at all is told" in page(hotline)
        texts.add(page(hotline))
        for left in (2, 1, 0):
            hotline.ask(**WRONG)
            texts.add(page(hotline))
            assert left == 0 or f"{left} tries are left" in page(hotline) or "One try is left" in page(hotline)
    assert len(texts) == 4


def test_a_number_not_on_record_looks_like_one_without_an_application(hotline: Desk) -> None:
    told = []
    for number in (factories.card().holder.id_number, factories.synthetic_id_number()):
        hotline.find(number)
        told.append(page(hotline))
    assert told[0] == told[1]


def test_right_answers_open_the_page_for_this_officer_and_this_call_only(hotline: Desk, desk_of: Any) -> None:
    person = factories.card().holder
    hotline.find(person.id_number)
    answer = hotline.ask(**answers_of(person))
    assert answer.url == person_url(person)
    assert "The caller is verified." in page(hotline, person_url(person))
    other = desk_of("hotline", outlet=None)
    assert "The caller is verified." not in page(other, person_url(person))
    hotline.client.post(END)
    text = page(hotline, person_url(person))
    assert "Nothing of this person is shown until the caller has answered" in text
    assert not any(secret in text for secret in everything_of(person))


def test_the_page_closes_after_twenty_minutes_and_by_the_next_call(hotline: Desk, time_machine: Any) -> None:
    person, other = factories.card().holder, factories.card().holder
    hotline.reach(person)
    hotline.find(other.id_number)
    assert "The caller is verified." not in page(hotline, person_url(person))
    hotline.reach(person)
    for seconds in (800, 399):  # an officer at rest for a quarter of an hour is signed out
        time_machine.move_to(time.time() + seconds, tick=False)
        assert "The caller is verified." in page(hotline, person_url(person))
    time_machine.move_to(time.time() + 2, tick=False)
    assert "The caller is verified." not in page(hotline, person_url(person))


def test_wrong_answers_are_never_told_apart(hotline: Desk) -> None:
    person = factories.card().holder
    right = answers_of(person)
    told = set()
    for wrong in ({"name": "王五"}, {"phone": "13900000000"}, {"card": "0000"}):
        hotline.find(person.id_number)
        assert hotline.ask(**(right | wrong)).url == CALL
        told.add(re.sub(r"(\d tries are|One try is) left", "", page(hotline)))
        assert "王五" not in page(hotline)
    assert len(told) == 2, "the last of three closes the questions"


def test_after_three_tries_the_call_ends_and_other_desks_are_told_until_when(hotline: Desk, desk_of: Any) -> None:
    person = factories.card().holder
    hotline.find(person.id_number)
    for _ in range(TRIES):
        hotline.ask(**WRONG)
    text = page(hotline)
    assert "The identity was not confirmed in three tries" in text
    assert "Please come to a window with your original ID document" in text
    assert 'name="card"' not in hotline.client.get(CALL).content.decode()
    assert hotline.client.post(CALL, answers_of(person)).status_code == 200, "this call is over"
    other = desk_of("hotline", outlet=None)
    other.find(person.id_number)
    assert "Until " in page(other)
    assert "answers are compared only with the full number of the card" in page(other)
    assert other.ask(**answers_of(person)).url == CALL
    assert other.ask(**answers_of(person) | {"card": person.cards.get().card_number}).url == person_url(person)


def test_too_few_answers_are_no_try(hotline: Desk) -> None:
    person = factories.card().holder
    hotline.find(person.id_number)
    for given in ({}, {"name": person.name}, {"name": person.name, "phone": person.phone}, {"card": "0000"}):
        text = text_of(hotline.ask(**given))
        assert "These answers are too few to be sure" in text
    assert not AccessRecord.objects.filter(purpose="identity_check").exists()


def test_a_misheard_digit_of_a_paper_is_told_before_anything_is_compared(hotline: Desk) -> None:
    application = factories.first_application()
    hotline.find(application.holder.id_number)
    number = application.receipt_id[:-1] + str((int(application.receipt_id[-1]) + 1) % 10)
    assert "One digit of the paper number is wrong" in text_of(
        hotline.ask(name="张三", paper=number, phone="13800000000")
    )


def test_what_the_person_was_found_by_is_not_asked_again(hotline: Desk) -> None:
    card = factories.card()
    application = factories.first_application(card.holder)
    for number, gone, points in (
        (card.holder.id_number, "id_number", 3),
        (card.card_number, "card", 2),
        (application.receipt_id, "paper", 2),
    ):
        hotline.find(number)
        text = hotline.client.get(CALL).content.decode()
        assert f'name="{gone}"' not in text
        assert f"Needed are the name and {points} points" in text


def test_an_answer_number_leads_to_the_questions_and_tells_what_was_told(hotline: Desk) -> None:
    from cards import told

    application = factories.first_application()
    number = told.tell(application.holder, actor=factories.on_phone()).paper_id
    assert hotline.find(number).url == CALL
    factories.walk_to(application, "checking")
    text = page(hotline)
    assert "Told under this number" in text
    assert "Your application has been accepted." in text
    assert "Your data are being checked." in text
    assert "Needed are the name and 4 points" in text


def test_an_abandoned_enquiry_leaves_nothing_but_its_record(hotline: Desk) -> None:
    person = factories.card().holder
    before = Event.objects.count()
    hotline.find(person.id_number)
    page(hotline)
    hotline.client.post(END)
    assert [(record.purpose, record.user) for record in AccessRecord.objects.of(person)] == [
        ("staff_find", hotline.user)
    ]
    assert Event.objects.count() == before
    kept = [session.get_decoded() for session in Session.objects.all()]
    assert not any("call" in session or "opened" in session for session in kept)


def test_nothing_the_caller_says_is_kept_in_the_session(hotline: Desk) -> None:
    person = factories.card(factories.holder(name="欧阳修文", phone="13711112222")).holder
    hotline.reach(person)
    kept = str([session.get_decoded() for session in Session.objects.all()])
    assert str(person.pk) in kept
    assert not any(secret in kept for secret in everything_of(person) if secret != "欧*")


def test_the_person_reads_who_answered_the_questions_and_who_failed(hotline: Desk) -> None:
    from cards import case_reading, enquiry
    from cards.answers import answer_case

    application = factories.first_application(factories.card().holder)
    person = application.holder
    hotline.find(person.id_number)
    hotline.ask(**WRONG)
    hotline.ask(**answers_of(person))
    question = enquiry.Question(person.id_number, code=application.receipt.query_code)
    opening = enquiry.look_up(question, network="198.51.100.1", actor=factories.Actor("holder", "web"))
    told = [what for _moment, what in answer_case(case_reading.read_case(opening), opening).accesses]
    assert told[1:] == [
        "Identity questions on the phone, Hotline 12333",
        "Identity questions on the phone, Hotline 12333: not passed, nothing was shown",
        "Found by staff, Hotline 12333",
    ]


def test_only_hotline_officers_have_calls(clerk: Desk, desk_of: Any) -> None:
    for desk in (clerk, desk_of("supervisor"), desk_of("editor")):
        assert desk.client.get(CALL).status_code == 403
        assert desk.client.post(END).status_code == 403


# --- the oral report: what is to be prevented (DOMAIN 8) ------------------------------------------------------------


def two_cards() -> tuple[Any, Any]:
    blue = factories.card()
    return blue, factories.card(blue.holder, CardType.FINANCIAL_PREFERENTIAL_BLUE)


def test_the_wrong_card_of_several_is_refused(hotline: Desk) -> None:
    blue, other = two_cards()
    refused = hotline.act("report_orally", blue, card_meant=str(other.pk))
    assert refusal_in(refused)[0] == (
        "The caller means another card than the one this report is about. Nothing was recorded; go back."
    )
    assert "This field is required" in str(dict(hotline.act("report_orally", blue).context["deed"].form.errors))
    assert not LossReport.objects.exists()
    hotline.done("report_orally", blue, card_meant=str(blue.pk))
    assert LossReport.objects.get().card == blue


def test_a_single_card_is_not_asked_for(hotline: Desk) -> None:
    form = hotline.form("report_orally", factories.card()).context["deed"].form
    assert [field.name for field in form.visible_fields()] == []


def test_a_repeat_extends_nothing_silently(hotline: Desk, clock: Any) -> None:
    clock("2026-03-02 09:30")
    report = factories.oral_report()
    before = report.lapses_at
    clock("2026-03-08 09:30")
    assert refusal_in(hotline.act("report_orally", report.card)) == (
        "A loss report for this card is already in force. A second one would not prolong it.",
        "Rule S5: oral and written loss reports",
    )
    report.refresh_from_db()
    assert report.lapses_at == before
    assert LossReport.objects.count() == 1


def test_a_third_party_is_told_of_no_card_and_reports_none(hotline: Desk) -> None:
    card = factories.card()
    hotline.find(card.holder.id_number)
    for address in (act_url("report_orally", card), person_url(card.holder)):
        for answer in (
            hotline.client.get(address),
            hotline.client.post(address, {"party": "holder", "seen": "normal"}),
        ):
            text = text_of(answer)
            assert "I can say nothing about anybody's card, not even whether there is one" in text.replace(
                "&#x27;", "'"
            )
            assert not any(secret in text for secret in everything_of(card.holder))
    hotline.reach(card.holder)
    assert refusal_in(hotline.act("report_orally", card, party="agent")) == (
        "This cannot be done on behalf of the cardholder in this way.",
        "Rule S9: who may act, with which documents",
    )
    assert not LossReport.objects.exists()


def test_after_the_report_everything_to_say_stands_on_one_page(hotline: Desk, clock: Any) -> None:
    clock("2026-03-02 09:30")
    card = factories.card()
    text = text_of(hotline.done("report_orally", card))
    report = LossReport.objects.get()
    code = report.receipt.query_code
    answer = card.holder.papers.get(kind=4)
    for words in (
        "lapses at 24:00 on 9 March 2026",
        f"call {card.bank.name_en} on {card.bank.hotline} as well",
        f"{code[:5]} {code[5:]}",
        f"{answer.number[:4]} {answer.number[4:8]} {answer.number[8:]}",
        "End the call",
    ):
        assert words in text, words
    assert report.evidence == ["identity_answers"]
    hotline.client.post(END)
    address = reverse("admin:cards_cardholder_after", args=[card.holder.pk, Action.REPORT_ORALLY, card.pk])
    assert code[:5] not in page(hotline, address)
    hotline.reach(card.holder)
    assert code[:5] not in page(hotline, address)


def test_the_same_form_sent_twice_has_one_report_and_one_answer_number(hotline: Desk) -> None:
    card = factories.card()
    data = filled(hotline, "report_orally", card)
    answers = {hotline.client.post(act_url("report_orally", card), data).url for _ in range(2)}
    assert len(answers) == 1
    assert LossReport.objects.count() == 1
    assert card.holder.papers.filter(kind=4).count() == 1


def test_the_identity_answers_are_no_box_to_tick_on_the_phone(hotline: Desk, clerk: Desk) -> None:
    card = factories.card()
    ticked = hotline.form("report_orally", card).context["deed"].form.fields
    assert "saw_identity_answers" not in ticked
    assert "saw_identity_answers" in clerk.form("report_orally", card).context["deed"].form.fields


def test_a_lookup_that_finds_nothing_begins_no_call(hotline: Desk) -> None:
    for typed in ("", "123", "100000000018", "ABCDEFGHIJ"):
        answer = hotline.client.post(FIND, {"number": typed})
        assert answer.status_code == 200
    assert hotline.client.get(CALL).status_code == 303
    assert not Application.objects.exists()


def test_a_report_sent_again_in_another_call_reads_out_no_code(hotline: Desk) -> None:
    card = factories.card()
    data = filled(hotline, "report_orally", card)
    hotline.client.post(act_url("report_orally", card), data)
    hotline.client.post(END)
    hotline.reach(card.holder)
    answer = hotline.client.post(act_url("report_orally", card), data)
    assert LossReport.objects.get().receipt.query_code[:5] not in page(hotline, answer.url)


def test_an_officer_who_took_a_report_gets_no_paper(hotline: Desk) -> None:
    card = factories.card()
    code = text_of(hotline.done("report_orally", card))
    report = LossReport.objects.get()
    assert report.receipt.query_code[:5] in code
    address = reverse("admin:cards_cardholder_paper", args=[card.holder.pk, report.receipt_id])
    assert "is read out once" in page(hotline, address)
    assert report.receipt.query_code[:5] not in page(hotline, address)
    pdf = reverse("admin:cards_cardholder_pdf", args=[card.holder.pk, report.receipt_id])
    answer = hotline.client.get(pdf)
    assert (answer.status_code, answer.url) == (303, address)
