"""The query code: from the outline to the details, and what a wrong or void code does."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from cards import services
from cards.models import AccessRecord
from cards.sealing import query_code
from tests import factories

pytestmark = pytest.mark.django_db
MISSED = "This query code fits none of your cases."
VOID = "The query code opens nothing any more"


def send(client: Client, code: str, language: str = "en") -> str:
    """Enter a code on the answer page and return the page it leads to."""
    response = client.post("/status/code/", {"code": code}, headers={"Accept-Language": language})
    if response.status_code == 303:
        response = client.get(response["Location"], headers={"Accept-Language": language})
    return response.content.decode()


def wrong_code() -> str:
    """A well-formed code that belongs to no paper here."""
    return query_code("299999999999", 7)


def test_code_opens_the_details_from_the_outline(ask, client: Client) -> None:
    application = factories.first_application()
    assert 'data-level="outline"' in ask(application.holder.id_number).content.decode()
    page = send(client, application.receipt.query_code)
    assert 'data-level="full"' in page
    assert application.delivery_outlet.name_en in page
    assert list(AccessRecord.objects.order_by("at").values_list("purpose", "outcome")) == [
        ("enquiry", "found"),
        ("full_enquiry", "found"),
    ]


@pytest.mark.parametrize("on", ["form", "answer"])
def test_wrong_code_keeps_the_outline_and_says_so(ask, client: Client, on: str) -> None:
    application = factories.first_application()
    if on == "form":
        page = ask(application.holder.id_number, code=wrong_code()).content.decode()
    else:
        ask(application.holder.id_number)
        page = send(client, wrong_code())
    assert 'data-level="outline"' in page
    assert MISSED in page
    # The right one, entered then, ends the complaint.
    page = send(client, application.receipt.query_code)
    assert 'data-level="full"' in page
    assert MISSED not in page


def test_code_of_another_person_opens_nothing(ask) -> None:
    mine, other = factories.first_application(), factories.first_application()
    page = ask(mine.holder.id_number, code=other.receipt.query_code).content.decode()
    assert 'data-level="outline"' in page
    assert MISSED in page
    assert "<title>Error: " in page
    assert re.search(r'role="alert" tabindex="-1" autofocus><p>' + re.escape(MISSED[:20]), page)


def test_wrong_code_does_not_close_what_another_code_opened(ask, client: Client) -> None:
    holder = factories.holder()
    first = factories.first_application(holder)
    factories.first_application(holder, card_type="ordinary_blue", delivery_outlet=factories.OutletFactory())
    ask(holder.id_number, code=first.receipt.query_code)
    page = send(client, wrong_code())
    assert page.count('data-level="full"') == 1
    assert MISSED in page


def test_malformed_code_is_explained_beside_its_field_and_not_counted(ask, client: Client) -> None:
    application = factories.first_application()
    ask(application.holder.id_number)
    response = client.post("/status/code/", {"code": "ABC"}, headers={"Accept-Language": "en"})
    page = response.content.decode()
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert '<a href="#id_code">A query code has 10 characters.' in page
    assert 'value="ABC"' in page
    assert 'data-level="outline"' in page
    assert AccessRecord.objects.count() == 1


def test_void_code_drops_the_answer_to_the_outline(ask, client: Client) -> None:
    application = factories.first_application()
    code = application.receipt.query_code
    assert 'data-level="full"' in ask(application.holder.id_number, code=code).content.decode()
    services.reissue_code(application, actor=factories.at_counter(), evidence=factories.everything())
    page = client.get("/status/answer/", headers={"Accept-Language": "en"}).content.decode()
    assert 'data-level="outline"' in page
    assert VOID in page
    assert application.delivery_outlet.name_en not in page
    assert MISSED in send(client, code)
    application.receipt.refresh_from_db()
    assert 'data-level="full"' in send(client, application.receipt.query_code)


def test_too_many_wrong_codes_have_to_wait_and_the_outline_comes_back(ask, client: Client, clock: Callable) -> None:
    clock("2026-03-02 09:30:00")
    application = factories.first_application()
    ask(application.holder.id_number)
    for _ in range(5):
        assert MISSED in send(client, wrong_code())
    response = client.post("/status/code/", {"code": application.receipt.query_code})
    assert response.status_code == 303
    response = client.get("/status/answer/")
    assert response.status_code == 429
    assert 'data-answer="later"' in response.content.decode()
    page = client.get("/status/answer/", headers={"Accept-Language": "en"}).content.decode()
    assert "The query code was wrong several times here" in page
    assert "network" not in page[page.index("<main") : page.index("</main>")]
    wait = int(response["Retry-After"])
    assert 0 < wait <= 120
    clock(f"2026-03-02 09:{30 + wait // 60:02}:{wait % 60:02}")
    assert 'data-level="outline"' in client.get("/status/answer/").content.decode()
    assert 'data-level="full"' in send(client, application.receipt.query_code)


def test_code_without_an_answer_leads_back_to_the_question(client: Client) -> None:
    for response in (client.post("/status/code/", {"code": wrong_code()}), client.get("/status/code/")):
        assert response["Location"] == "/status/"


def test_code_after_nothing_found_leads_back_to_the_question(ask, client: Client) -> None:
    ask(factories.synthetic_id_number())
    assert client.post("/status/code/", {"code": wrong_code()})["Location"] == "/status/"


def test_code_page_asked_for_again_leads_to_the_answer(ask, client: Client) -> None:
    ask(factories.first_application().holder.id_number)
    assert client.get("/status/code/")["Location"] == "/status/answer/"
