"""The answer page: every state in both languages, outline and full, and what stays closed to the number alone."""

import html as entities
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from cards import services
from cards.answers import wording
from cards.vocabulary import CardType, Stage, StopReason
from tests import factories
from tests.web.cases import REASON, case_at, secrets_of, states

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u3400-\u9fff]")
# What stands on a Chinese page in Latin letters.
LATIN = {"English"}


def parts(page: str) -> list[dict[str, str]]:
    """The data- attributes of every application on a page."""
    return [
        dict(re.findall(r'data-([a-z]+)="([^"]*)"', tag)) for tag in re.findall(r"<[^>]*data-application=[^>]*>", page)
    ]


@pytest.mark.parametrize(("stage", "stop"), states(), ids=str)
def test_every_state_has_its_page_at_both_levels(ask, text, stage: Stage, stop: str) -> None:
    application = case_at(stage, stop)
    number, code = application.holder.id_number, application.receipt.query_code
    for language in ("en", "zh-CN"):
        outline, full = ask(number, language), ask(number, language, code=code)
        # Production that failed stops the clock, but nothing is needed from the person.
        needed = "yes" if stop != StopReason.PRODUCTION_FAILED else ""
        for response, level, told in ((outline, "outline", needed), (full, "full", stop)):
            assert response.status_code == 200
            page = response.content.decode()
            expected = {"application": "1", "stage": stage.value, "level": level}
            assert parts(page) == [expected | ({"stopped": told} if stop and told else {})]
            assert page.count("<h1") == 1
            assert page.count('aria-current="step"') == 1
            assert re.search(r"<(script|style)\b(?![^>]*\bsrc=)|\s(style|on\w+)=", page) is None
            words = text(response)
            if language == "en":
                assert CHINESE.search(words) is None
            else:
                assert set(re.findall(r"[A-Za-z]{2,}", words)) - LATIN == set()


@pytest.mark.parametrize(("stage", "stop"), states(), ids=str)
def test_nothing_of_the_details_stands_in_the_outline(ask, stage: Stage, stop: str) -> None:
    application = case_at(stage, stop)
    secrets = secrets_of(application)
    reasons = set()
    if stop and stop != StopReason.FEE_UNPAID:
        reasons = {str(wording.STOPS[StopReason(stop)].title), str(StopReason(stop).label), stop}
    outline = entities.unescape(ask(application.holder.id_number).content.decode())
    assert not {secret for secret in secrets | reasons if secret in outline}


def test_the_secrets_looked_for_do_stand_in_the_full_answer(ask) -> None:
    """Without this, a search for the wrong strings would pass for a closed outline."""
    application = case_at(Stage.READY)
    full = entities.unescape(ask(application.holder.id_number, code=application.receipt.query_code).content.decode())
    shown = {secret for secret in secrets_of(application) if secret in full}
    outlet = application.delivery_outlet
    assert {outlet.name_en, outlet.address_en, outlet.hours_en, outlet.phone, application.bank.name_en} <= shown
    # And even the full answer repeats no name, number or code of the person.
    holder = application.holder
    assert not shown & {holder.name, holder.id_number, holder.phone, application.receipt.query_code, str(holder.pk)}


def test_nothing_found_names_the_reasons_and_the_ways_to_ask(ask, text) -> None:
    response = ask(factories.synthetic_id_number())
    page, words = response.content.decode(), text(response)
    assert response.status_code == 200
    assert 'data-answer="none"' in page
    for reason in wording.POSSIBLE_REASONS:
        assert str(reason) in words
    assert "This does not mean that you have not applied." in words
    for address in ('href="tel:12333"', 'href="/outlets/"', 'href="/contact/"', 'href="/status/"'):
        assert address in page


def test_full_answer_tells_where_what_and_who(ask, text) -> None:
    application = case_at(Stage.READY)
    words = text(ask(application.holder.id_number, code=application.receipt.query_code))
    outlet = application.delivery_outlet
    for told in (outlet.name_en, outlet.address_en, outlet.hours_en, outlet.phone, "the card certificate"):
        assert told in words
    assert f"have the bank account function activated at an outlet of {application.bank.name_en}" in words
    assert "Progress enquiry with query code, Web" in words
    assert "Social security function: Cancelled" in words
    assert "Bank account function: Not known to us" in words
    assert "The old card is void" in words
    assert "Every step with its time" in words


def test_several_applications_stand_one_after_another(ask, client: Client) -> None:
    holder = factories.holder()
    finished = factories.walk_to(factories.first_application(holder), "collected")
    second = factories.first_application(
        holder, card_type=CardType.ORDINARY_BLUE, delivery_outlet=factories.OutletFactory()
    )
    page = ask(holder.id_number, code=finished.receipt.query_code).content.decode()
    # The one whose code was shown comes first; of the other only the outline.
    assert [(p["stage"], p["level"]) for p in parts(page)] == [("collected", "full"), ("accepted", "outline")]
    assert page.count("<h1") == 1
    assert 'action="/status/code/"' in page
    page = ask(holder.id_number).content.decode()
    assert [p["stage"] for p in parts(page)] == ["accepted", "collected"]
    assert second.pk != finished.pk


def test_finished_case_is_shown_for_ninety_days(ask, clock: Callable) -> None:
    clock("2026-03-02 10:00")
    application = factories.walk_to(factories.first_application(), "collected")
    clock("2026-05-31 09:59")
    assert parts(ask(application.holder.id_number).content.decode())
    clock("2026-05-31 10:01")
    assert 'data-answer="none"' in ask(application.holder.id_number).content.decode()


def test_oral_report_is_shown_with_its_code_and_lapses_at_its_moment_without_a_job(ask, text, clock: Callable) -> None:
    clock("2026-03-02 09:30")
    card = factories.card()
    report = factories.oral_report(card)
    number, code = card.holder.id_number, report.receipt.query_code
    assert 'data-answer="none"' in ask(number).content.decode()
    clock("2026-03-09 23:59")
    words = text(ask(number, code=code))
    assert "lapses at 24:00 on 9 March 2026" in words
    assert "Social security function: Temporarily reported lost" in words
    assert "Our report does not stop the bank account" in words
    clock("2026-03-10 00:00")
    words = text(ask(number, code=code))
    assert "The oral loss report has lapsed" in words
    assert "lapsed at 24:00 on 9 March 2026; the card is no longer protected." in words
    assert "Social security function: Normal" in words
    report.refresh_from_db()
    assert report.status == "standing"


def test_lapse_moment_is_told_in_chinese(ask, text, clock: Callable) -> None:
    clock("2026-03-02 09:30")
    card = factories.card()
    report = factories.oral_report(card)
    words = text(ask(card.holder.id_number, "zh", code=report.receipt.query_code))
    assert "将于2026年3月9日 24:00自动解挂" in words
    assert re.findall(r"[A-Za-z]{2,}", words) == []


def test_page_follows_the_clerk_at_once(ask, client: Client) -> None:
    application = factories.first_application()
    assert 'data-stage="accepted"' in ask(application.holder.id_number).content.decode()
    services.advance(application, "check", actor=factories.at_office())
    assert 'data-stage="checking"' in client.get("/status/answer/").content.decode()
    services.stop_clock(application, "photo_rejected", actor=factories.at_office())
    assert 'data-stopped="yes"' in client.get("/status/answer/").content.decode()


@pytest.mark.parametrize("tag", ["en", "zh-hans"])
def test_refusal_shows_its_reason_only_with_the_code(ask, text, tag: str) -> None:
    application = case_at(Stage.REFUSED)
    number = application.holder.id_number
    assert REASON not in text(ask(number, tag))
    words = text(ask(number, tag, code=application.receipt.query_code))
    assert REASON in words
    with translation.override(tag):
        assert str(wording.REFUSED_IN_FULL.next) in words


def test_people_in_the_same_state_share_what_is_rendered_and_details_are_never_remembered(ask) -> None:
    from cards.channels.web import shared_parts

    memories = (shared_parts._verdict, shared_parts._track)
    for memory in memories:
        memory.cache_clear()
    first, second = (factories.first_application() for _ in range(2))
    pages = [ask(application.holder.id_number).content.decode() for application in (first, second)]
    assert [memory.cache_info()[:2] + memory.cache_info()[3:] for memory in memories] == [(1, 1, 1)] * 2
    assert pages[0].count("<h1") == pages[1].count("<h1") == 1
    assert ask(first.holder.id_number, "zh").content.decode().count("申请受理") == 1
    assert [memory.cache_info().currsize for memory in memories] == [2, 2]
    refused = case_at(Stage.REFUSED)
    assert REASON in ask(refused.holder.id_number, code=refused.receipt.query_code).content.decode()
    assert [memory.cache_info().currsize for memory in memories] == [2, 2]
