"""The number to quote: only by the button, the same for the same answer, and worth nothing to a stranger."""

import pytest
from django.test import Client
from django.utils import translation

from cards.answers.dates import told_moment
from cards.models import AccessRecord, Answer, Event
from cards.paper_number import spaced_paper_number
from tests import factories

pytestmark = pytest.mark.django_db
BUTTON = "Give me a number to quote"


def take(client: Client) -> str:
    """Press the button and return the page it leads to."""
    response = client.post("/status/number/", headers={"Accept-Language": "en"})
    assert (response.status_code, response["Location"]) == (303, "/status/answer/")
    return client.get("/status/answer/", headers={"Accept-Language": "en"}).content.decode()


def test_reading_an_answer_makes_no_number(ask, client: Client) -> None:
    application = factories.first_application()
    assert BUTTON in ask(application.holder.id_number).content.decode()
    assert not Answer.objects.exists()
    assert client.get("/status/number/").status_code == 405


def test_button_gives_a_number_and_shows_it(ask, client: Client) -> None:
    application = factories.first_application()
    ask(application.holder.id_number)
    page = take(client)
    answer = Answer.objects.get()
    assert spaced_paper_number(answer.paper_id) in page
    assert "opens nothing by itself" in page
    assert "<title>Your answer number · " in page
    assert page.count("autofocus") == 1
    with translation.override("en"):
        assert f"As it stood on {told_moment(answer.at)}." in page
    assert BUTTON not in page
    assert (answer.channel, answer.user, answer.language) == ("web", None, "en")
    assert application.delivery_outlet.name_en not in str(answer.words)


def test_number_at_the_full_level_keeps_the_details_that_were_read(ask, client: Client) -> None:
    application = factories.first_application()
    ask(application.holder.id_number, code=application.receipt.query_code)
    take(client)
    assert spaced_paper_number(application.receipt_id) in str(Answer.objects.get().words)


def test_same_answer_has_the_same_number_and_a_new_one_another(ask, client: Client) -> None:
    application = factories.first_application()
    for _ in range(3):
        ask(application.holder.id_number)
        take(client)
    assert Answer.objects.count() == 1
    assert Event.objects.of(application.holder).filter(kind="answer_given").count() == 1
    factories.walk_to(application, "checking")
    ask(application.holder.id_number)
    take(client)
    assert Answer.objects.count() == 2


def test_number_stays_on_the_page_after_a_wrong_code_and_goes_with_a_right_one(ask, client: Client) -> None:
    application = factories.first_application()
    ask(application.holder.id_number)
    take(client)
    number = spaced_paper_number(Answer.objects.get().paper_id)
    client.post("/status/code/", {"code": "ABC"})
    assert number in client.get("/status/answer/").content.decode()
    client.post("/status/code/", {"code": application.receipt.query_code})
    # The details are another answer.
    assert number not in client.get("/status/answer/").content.decode()


def test_without_a_found_answer_there_is_no_number(ask, client: Client) -> None:
    assert client.post("/status/number/")["Location"] == "/status/"
    ask(factories.synthetic_id_number())
    assert client.post("/status/number/")["Location"] == "/status/"
    ask(factories.holder().id_number)
    assert client.post("/status/number/")["Location"] == "/status/"
    assert not Answer.objects.exists()
    assert AccessRecord.objects.count() == 2
