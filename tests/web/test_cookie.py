"""The sealed cookie between the form and the answer: its length, its flags, its end."""

import base64
from collections.abc import Callable

import pytest
from django.test import Client

from cards import sealing
from cards.channels.web import answer_cookie
from tests import factories

pytestmark = pytest.mark.django_db


def cookie_after(client: Client, number: str, **fields: str):
    """The cookie that the form's answer sets."""
    return client.post("/status/", {"id_number": number} | fields).cookies["answer"]


def test_cookie_has_one_length_for_every_outcome(client: Client, settings) -> None:
    application = factories.first_application()
    number = application.holder.id_number
    wrong = sealing.query_code("299999999999", 7)
    outcomes = [
        cookie_after(client, number),
        cookie_after(client, number, code=application.receipt.query_code),
        cookie_after(client, number, code=wrong),
        cookie_after(client, factories.synthetic_id_number()),
    ]
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 1
    outcomes.append(cookie_after(client, number))
    assert client.get("/status/answer/").status_code == 429
    assert len({len(cookie.value) for cookie in outcomes}) == 1
    assert len({cookie.value for cookie in outcomes}) == len(outcomes)


def test_cookie_is_closed_to_script_and_to_other_sites(client: Client) -> None:
    cookie = cookie_after(client, factories.synthetic_id_number())
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/", "Lax", True)
    assert cookie["max-age"] == 600
    assert cookie["domain"] == ""
    assert not cookie["secure"]


def test_cookie_is_secure_on_https(client: Client, settings) -> None:
    settings.HTTPS = True
    assert cookie_after(client, factories.synthetic_id_number())["secure"] is True


def test_cookie_says_nothing_to_whoever_reads_it(client: Client) -> None:
    application = factories.first_application()
    value = cookie_after(client, application.holder.id_number, code=application.receipt.query_code).value
    raw = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    for secret in (application.holder.id_number, application.receipt_id, application.receipt.query_code):
        assert secret.encode() not in raw
    assert application.holder_id.bytes not in raw


def test_answer_without_a_cookie_leads_to_the_question(client: Client) -> None:
    response = client.get("/status/answer/")
    assert (response.status_code, response["Location"]) == (302, "/status/")


def test_altered_cookie_leads_to_the_question(ask, client: Client) -> None:
    ask(factories.first_application().holder.id_number)
    good = client.cookies["answer"].value
    for place in range(0, len(good), 7):
        client.cookies["answer"] = good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :]
        assert client.get("/status/answer/").status_code == 302
    for value in ("", "x", good[:-4], good + good, "é", "A" * 5000):
        client.cookies["answer"] = value
        assert client.get("/status/answer/").status_code == 302
    client.cookies["answer"] = good
    assert client.get("/status/answer/").status_code == 200


def test_token_of_another_purpose_opens_nothing(ask, client: Client) -> None:
    ask(factories.first_application().holder.id_number)
    payload = sealing.open_token(client.cookies["answer"].value, answer_cookie._PURPOSE, 600)
    client.cookies["answer"] = sealing.seal_token(payload, "another")
    assert client.get("/status/answer/").status_code == 302


def test_answer_closes_after_ten_minutes(ask, client: Client, clock: Callable) -> None:
    clock("2026-03-02 09:30:00")
    ask(factories.first_application().holder.id_number)
    clock("2026-03-02 09:39:59")
    assert client.get("/status/answer/").status_code == 200
    clock("2026-03-02 09:40:00")
    assert client.get("/status/answer/")["Location"] == "/status/"


def test_wrong_code_gives_the_answer_no_more_time(ask, client: Client, clock: Callable) -> None:
    clock("2026-03-02 09:30:00")
    ask(factories.first_application().holder.id_number)
    clock("2026-03-02 09:38:00")
    response = client.post("/status/code/", {"code": sealing.query_code("299999999999", 7)})
    assert response.cookies["answer"]["max-age"] == 120
    clock("2026-03-02 09:40:00")
    assert client.get("/status/answer/").status_code == 302


def test_end_forgets_the_answer(ask, client: Client) -> None:
    ask(factories.first_application().holder.id_number)
    response = client.post("/status/end/", headers={"Accept-Language": "en"})
    assert (response.status_code, response["Location"]) == (303, "/status/forgotten/")
    assert (response.cookies["answer"].value, response.cookies["answer"]["max-age"]) == ("", 0)
    assert response.cookies["answer"]["path"] == "/"
    assert (
        "The answer is closed" in client.get("/status/forgotten/", headers={"Accept-Language": "en"}).content.decode()
    )
    assert client.get("/status/answer/").status_code == 302


def test_answer_survives_a_new_sealing_key(ask, client: Client, settings) -> None:
    ask(factories.first_application().holder.id_number)
    newest, older = settings.SEALING_KEYS.split(",")
    settings.SEALING_KEYS = f"{older},{newest}"
    assert client.get("/status/answer/").status_code == 200


def test_citizen_gets_no_session(ask, client: Client) -> None:
    ask(factories.first_application().holder.id_number)
    client.get("/contact/")
    assert set(client.cookies) == {"answer", "csrftoken"}
