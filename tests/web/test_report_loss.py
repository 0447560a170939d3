"""The holder's own oral report: only with a code, in force at once, once for a form; the bank is another matter."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from cards.id_number import mask
from cards.models import Answer, Application, Card, LossReport
from cards.paper_number import spaced_paper_number
from cards.vocabulary import Channel, Evidence, LossForm, LossStatus, Party, SocialStatus, Stage
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS, DONE = "/lost-card/report/", "/lost-card/report/done/"
EN = {"headers": {"accept-language": "en"}}


def collected(**given: Any) -> Application:
    """Somebody with a card in the hand, and the receipt it was applied for with."""
    return factories.walk_to(factories.first_application(**given), Stage.COLLECTED)


def opened(client: Client, application: Application) -> Application:
    """Look it up with the code."""
    sent = {"id_number": application.holder.id_number, "code": application.receipt.query_code}
    assert client.post("/status/", sent).status_code == 303
    return application


def keys(client: Client) -> list[str]:
    """What the form names the cards by."""
    return [key for key, _title in client.get(ADDRESS, **EN).context["form"].fields["card"].choices]


@pytest.fixture
def case(client: Client) -> Application:
    return opened(client, collected())


def test_the_answer_leads_to_the_form_and_the_form_says_what_follows(
    client: Client, case: Application, text: Callable, clock: Callable
) -> None:
    clock("2026-03-02 09:30")
    opened(client, case)
    assert f'href="{ADDRESS}"' in client.get("/status/answer/", **EN).content.decode()
    page = client.get(ADDRESS, **EN)
    told = text(page)
    assert f"Financial blue card, number ending in {case.card.last_four}" in told
    assert "stops at once, until 24:00 on 9 March 2026 at the latest" in told
    assert case.card.bank.name_en in told
    assert f'href="tel:{case.card.bank.hotline}"' in page.content.decode()
    assert told.index("at the latest") < told.index("Report this card lost")
    assert case.card.card_number not in page.content.decode()


def test_the_report_is_in_force_at_once_and_is_the_holders_own(
    client: Client, case: Application, text: Callable
) -> None:
    (key,) = keys(client)
    answer = client.post(ADDRESS, {"card": key})
    assert (answer.status_code, answer["Location"]) == (303, DONE)
    report = LossReport.objects.get()
    assert (report.form, report.status, report.card_id) == (LossForm.ORAL, LossStatus.STANDING, case.card_id)
    assert (report.party, report.channel, report.evidence) == (Party.HOLDER, Channel.WEB, [Evidence.QUERY_CODE])
    assert Card.objects.get(pk=case.card_id).social_status == SocialStatus.TEMPORARILY_LOST
    told = text(client.get(DONE, **EN))
    assert "Your card is reported lost" in told
    assert spaced_paper_number(report.receipt_id) in told
    assert report.receipt.query_code in told
    assert "lapses at 24:00 on" in told
    assert "Call the bank as well" in told
    assert "cannot be taken back online" in told


def test_its_number_and_code_open_the_report_later(client: Client, clock: Callable, text: Callable) -> None:
    clock("2026-03-02 09:30")
    case = opened(client, collected())
    client.post(ADDRESS, {"card": keys(client)[0]})
    clock("2026-03-02 09:31")
    report = LossReport.objects.get()
    stranger = Client()
    stranger.post("/status/", {"id_number": case.holder.id_number, "code": report.receipt.query_code})
    assert "Reported lost (temporary oral report)" in text(stranger.get("/status/answer/", **EN))
    # The code is shown by the visit that made the report, not by every later one.
    assert stranger.get(DONE)["Location"] == ADDRESS


def test_the_same_form_sent_again_makes_no_second_report_and_shows_the_same_answer(
    client: Client, case: Application
) -> None:
    (key,) = keys(client)
    first = client.post(ADDRESS, {"card": key})
    shown = client.get(DONE, **EN).context
    second = client.post(ADDRESS, {"card": key})
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    again = client.get(DONE, **EN).context
    assert (again["number"], again["code"], again["until"]) == (shown["number"], shown["code"], shown["until"])
    assert LossReport.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_many_times_at_once_makes_one_report_and_equal_answers(client: Client) -> None:
    opened(client, collected())
    (key,) = keys(client)
    cookies = client.cookies.output(header="", sep=";")

    def send(_number: int) -> tuple[int, str]:
        try:
            other = Client()
            other.cookies.load(cookies)
            answer = other.post(ADDRESS, {"card": key})
            return answer.status_code, answer["Location"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(send, range(12)))
    assert answers == {(303, DONE)}
    assert LossReport.objects.count() == 1


def test_a_form_from_before_a_report_that_was_cancelled_makes_no_new_one(
    client: Client, case: Application, text: Callable
) -> None:
    from cards import services

    (key,) = keys(client)
    client.post(ADDRESS, {"card": key})
    proof = factories.everything(card_number=case.card.card_number)
    services.cancel_loss_report(LossReport.objects.get(), actor=factories.at_counter(), evidence=proof)
    page = client.post(ADDRESS, {"card": key}, **EN)
    assert "Someone else changed this in the meantime." in text(page)
    assert LossReport.objects.count() == 1
    assert client.post(ADDRESS, {"card": keys(client)[0]})["Location"] == DONE


def test_of_several_cards_one_is_chosen_by_type_and_last_digits(client: Client, text: Callable) -> None:
    application = collected(card_type="ordinary_blue")
    exchanged = factories.first_application(
        application.holder, kind="exchange", exchange_reason="damaged", replaced_card=application.card,
        card_type="ordinary_blue",
    )  # fmt: skip
    opened(client, exchanged)
    factories.card(application.holder)
    assert len(keys(client)) == 1, "the code opens the cards of its own case"
    page = client.post(ADDRESS, {}, **EN)
    assert "Choose the card that is lost." in text(page)
    assert not LossReport.objects.exists()
    assert "Call the bank as well" not in text(page)


@pytest.mark.parametrize("key", ["", "x", "00000000-0000-0000-0000-000000000000:0", "{other}:0", "{own}:7", "{own}"])
def test_a_form_that_names_no_card_of_the_case_reports_nothing(client: Client, case: Application, key: str) -> None:
    other = factories.card()
    page = client.post(ADDRESS, {"card": key.format(other=other.pk, own=case.card_id)})
    assert page.status_code == 200
    assert not LossReport.objects.exists()


def test_the_outline_and_a_stranger_are_told_the_other_ways(client: Client, text: Callable) -> None:
    application = collected()
    pages = [client.get(ADDRESS, **EN)]
    client.post("/status/", {"id_number": application.holder.id_number})
    pages += [client.get(ADDRESS, **EN), client.post(ADDRESS, {"card": f"{application.card_id}:0"}, **EN)]
    for page in pages:
        assert page.status_code == 200
        assert "12333" in text(page)
        assert "Look up with the query code" in text(page)
        assert application.card.last_four not in text(page)
    assert text(pages[0]) == text(pages[1])
    assert "Nothing was reported" in text(pages[2])
    assert not LossReport.objects.exists()


def test_a_code_that_was_voided_reports_nothing(client: Client, case: Application) -> None:
    from cards import services

    (key,) = keys(client)
    services.reissue_code(case, actor=factories.at_counter(), evidence=factories.everything())
    assert "Look up with the query code" in client.post(ADDRESS, {"card": key}, **EN).content.decode()
    assert not LossReport.objects.exists()


def test_after_ten_minutes_the_form_reports_nothing_and_says_so(
    client: Client, clock: Callable, text: Callable
) -> None:
    clock("2026-03-02 09:30")
    opened(client, collected())
    (key,) = keys(client)
    clock("2026-03-02 09:40")
    page = client.post(ADDRESS, {"card": key}, **EN)
    assert not LossReport.objects.exists()
    assert "Nothing was reported: your answer closed after ten minutes." in text(page)
    assert "<title>Error: Report your card lost" in page.content.decode()
    assert 'role="alert"' in page.content.decode()
    assert "Nothing was reported" not in text(client.get(ADDRESS, **EN))


def test_the_confirmation_that_closed_says_that_the_report_stands(
    client: Client, clock: Callable, text: Callable
) -> None:
    clock("2026-03-02 09:30")
    opened(client, collected())
    client.post(ADDRESS, {"card": keys(client)[0]})
    clock("2026-03-02 09:40")
    told = text(client.get(DONE, **EN))
    assert "Your answer has closed. A report that you saw confirmed stands." in told
    assert "Look up with the query code" in told


def test_the_number_of_an_answer_from_before_the_report_is_shown_no_more(client: Client, case: Application) -> None:
    client.post("/status/number/")
    number = spaced_paper_number(Answer.objects.get().paper_id)
    assert number in client.get("/status/answer/").content.decode()
    client.post(ADDRESS, {"card": keys(client)[0]})
    assert number not in client.get("/status/answer/").content.decode()
    assert client.get(DONE).status_code == 200, "the visit itself stays open"


def test_number_and_code_can_be_reached_again_from_this_visit_only(
    client: Client, case: Application, text: Callable
) -> None:
    link = f'href="{DONE}"'
    assert link not in client.get("/status/answer/", **EN).content.decode()
    client.post(ADDRESS, {"card": keys(client)[0]})
    assert link in client.get("/status/answer/", **EN).content.decode()
    again = client.get(ADDRESS, **EN)
    assert (again.status_code, again["Location"]) == (302, DONE)
    stranger = Client()
    opened(stranger, case)
    # A second later the look-up is no longer the one that reported.
    LossReport.objects.update(made_at=LossReport.objects.get().made_at - timedelta(seconds=5))
    assert link not in stranger.get("/status/answer/", **EN).content.decode()


def test_where_one_of_two_cards_was_reported_the_page_leads_back_to_it(client: Client, case: Application) -> None:
    client.post(ADDRESS, {"card": keys(client)[0]})
    other = factories.card(case.holder, social_status=SocialStatus.CANCELLED)
    Application.objects.filter(pk=case.pk).update(replaced_card=other)
    page = client.get(ADDRESS, **EN).content.decode()
    assert "None of the cards your query code opened can be reported lost now." in page
    assert f'href="{DONE}"' in page


@pytest.mark.parametrize(
    ("card_type", "does"),
    [("ordinary_blue", "applications"), ("financial_blue", "replaces")],
)
def test_the_way_to_a_new_card_follows_the_type_of_the_lost_one(
    client: Client, card_type: str, does: str, text: Callable
) -> None:
    opened(client, collected(card_type=card_type))
    client.post(ADDRESS, {"card": keys(client)[0]})
    page = client.get(DONE, **EN)
    assert re.findall(r"[?]does=(\w+)", page.content.decode()) == [does]
    assert ("you apply for a financial blue card instead" in text(page)) == card_type.startswith("ordinary")


def test_the_confirmation_says_what_opens_the_report(client: Client, case: Application, text: Callable) -> None:
    client.post(ADDRESS, {"card": keys(client)[0]})
    page = client.get(DONE, **EN)
    assert "With your ID number and the query code you can see at any time" in text(page)
    printed = re.search(r'<p class="printonly">(.*?)</p>', page.content.decode())
    assert printed is not None
    assert mask(case.holder.id_number) in printed[1]
    assert case.holder.id_number not in page.content.decode()
    assert "凭身份证号和查询码" in text(client.get(DONE, headers={"accept-language": "zh-hans"}))


def test_a_refusal_of_the_rules_is_told_in_words(client: Client, clock: Callable, text: Callable) -> None:
    clock("2026-03-02 09:30")
    case = collected()
    factories.oral_report(case.card)
    clock("2026-03-11 09:30")
    factories.oral_report(Card.objects.get(pk=case.card_id))
    clock("2026-03-20 09:30")
    opened(client, case)
    page = client.post(ADDRESS, {"card": keys(client)[0]}, **EN)
    assert "The report was not made" in text(page)
    assert "In 30 days an oral report can be made 2 times for one card." in text(page)


def test_a_card_that_is_reported_already_is_not_offered(client: Client, case: Application, text: Callable) -> None:
    factories.written_report(Card.objects.get(pk=case.card_id))
    told = text(client.get(ADDRESS, **EN))
    assert "None of the cards your query code opened can be reported lost now." in told
    assert "Reported lost in writing" in told
    assert f'href="{ADDRESS}"' not in client.get("/status/answer/", **EN).content.decode()


def test_nobody_keeps_the_pages_and_no_number_stands_in_an_address(client: Client, case: Application) -> None:
    (key,) = keys(client)
    answers = [client.get(ADDRESS), client.post(ADDRESS, {"card": key}), client.get(DONE), client.head(ADDRESS)]
    for answer in answers:
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "same-origin"
        assert not re.search(r"\d{4}", answer.get("Location", ""))
    assert {client.put(ADDRESS).status_code, client.post(DONE).status_code} == {405}


def test_the_post_needs_its_token(case: Application) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(ADDRESS, {"card": "x"}).status_code == 403


def test_the_page_is_chinese_for_whoever_reads_chinese(client: Client, case: Application, text: Callable) -> None:
    told = text(client.get(ADDRESS, headers={"accept-language": "zh-hans"}))
    assert "丢失的是哪一张卡？" in told
    assert "立即停用，到" in told
    client.post(ADDRESS, {"card": keys(client)[0]})
    assert "您的卡已挂失" in text(client.get(DONE, headers={"accept-language": "zh-hans"}))
