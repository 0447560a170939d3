"""How the pages about a person behave: kept by nobody, in no log, in few statements, by the right methods."""

import logging
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cards.models import AccessRecord
from tests import factories
from tests.web.cases import case_at

PAGES = ["/status/", "/status/answer/", "/status/code/", "/status/end/", "/status/forgotten/"]


@pytest.mark.django_db
def test_nothing_about_a_person_is_kept_or_told_onwards(ask, client: Client, settings) -> None:
    number = factories.first_application().holder.id_number
    responses = [
        client.get("/status/"),
        client.post("/status/", {"id_number": "1"}),
        client.post("/status/", {"id_number": number}),
        client.get("/status/answer/"),
        client.post("/status/code/", {"code": "1"}),
        ask(factories.synthetic_id_number()),
    ]
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 1
    responses += [ask(number), client.post("/status/end/"), client.get("/status/forgotten/")]
    assert [r.status_code for r in responses] == [200, 200, 303, 200, 200, 200, 429, 303, 200]
    assert {r["Cache-Control"] for r in responses} == {"no-store"}
    assert {r["Referrer-Policy"] for r in responses} == {"same-origin"}
    assert not [r for r in responses if "ETag" in r or "Last-Modified" in r]


@pytest.mark.django_db
def test_invented_name_under_the_answer_is_not_found_and_not_kept(ask, client: Client) -> None:
    ask(factories.first_application().holder.id_number)
    for address in ("/status/answer/x.css", "/status/answer/x.css?a=1", "/status/answer/index.html", "/status/x.css"):
        response = client.get(address)
        assert response.status_code == 404
        assert "no-store" in response["Cache-Control"]
        assert "data-answer" not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_other_methods_are_refused(address: str) -> None:
    """By 405, not by a complaint about a missing token."""
    client = Client(enforce_csrf_checks=True)
    allowed = {"/status/": "GET, HEAD, POST", "/status/code/": "GET, HEAD, POST", "/status/end/": "POST"}
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "POST", "GET"):
        if method in allowed.get(address, "GET, HEAD").split(", "):
            continue
        response = client.generic(method, address)
        assert (method, response.status_code) == (method, 405)
        assert response["Allow"] == allowed.get(address, "GET, HEAD")
        assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/status/", "/status/code/", "/status/end/"])
def test_forms_are_refused_without_their_token(address: str) -> None:
    assert Client(enforce_csrf_checks=True).post(address, {"id_number": "1"}).status_code == 403
    assert AccessRecord.objects.count() == 0


@pytest.mark.django_db
def test_form_works_with_its_token_and_from_the_home_page() -> None:
    number = factories.first_application().holder.id_number
    for page in ("/", "/status/"):
        client = Client(enforce_csrf_checks=True)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(page).content.decode()).group(1)
        response = client.post("/status/", {"id_number": number, "csrfmiddlewaretoken": token})
        assert response.status_code == 303


@pytest.mark.django_db
def test_answer_writes_nothing(ask, client: Client) -> None:
    application = case_at("ready")
    ask(application.holder.id_number, code=application.receipt.query_code)
    before = AccessRecord.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        client.get("/status/answer/")
        client.head("/status/answer/")
    assert all(query["sql"].startswith("SELECT") for query in seen.captured_queries)
    assert AccessRecord.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_statements_of_the_enquiry_are_few(client: Client, settings) -> None:
    """Counted with the transaction's own; reference data is in memory, as in a server that runs."""
    application = case_at("ready")
    number, code = application.holder.id_number, application.receipt.query_code
    missing = factories.synthetic_id_number()
    told = {}

    def count(what: str, method: str, address: str, fields: dict[str, str] | None = None) -> None:
        with CaptureQueriesContext(connection) as seen:
            getattr(client, method)(address, fields or {})
        told[what] = len(seen)

    client.post("/status/", {"id_number": number, "code": code})
    client.get("/status/answer/")
    count("POST", "post", "/status/", {"id_number": number})
    count("outline", "get", "/status/answer/")
    count("POST code", "post", "/status/code/", {"code": code})
    count("full", "get", "/status/answer/")
    count("POST with code", "post", "/status/", {"id_number": number, "code": code})
    count("POST missing", "post", "/status/", {"id_number": missing})
    count("POST missing with code", "post", "/status/", {"id_number": missing, "code": code})
    count("none", "get", "/status/answer/")
    count("wrong number", "post", "/status/", {"id_number": "1"})
    count("question", "get", "/status/")
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 1
    count("POST later", "post", "/status/", {"id_number": number, "code": code})
    count("later", "get", "/status/answer/")
    assert max(told[what] for what in told if what.startswith("POST") and what != "POST code") <= 6
    assert told["POST code"] <= 7
    assert told["full"] <= 4
    assert told["outline"] == told["none"] == 1
    assert told["wrong number"] == told["question"] == told["later"] == 0
    # A miss does the work of a hit.
    assert told["POST missing"] == told["POST"]
    assert told["POST missing with code"] == told["POST with code"]


@pytest.mark.django_db
def test_number_stands_in_no_log_and_no_address(client: Client, caplog: pytest.LogCaptureFixture, settings) -> None:
    application = factories.first_application()
    number, code = application.holder.id_number, application.receipt.query_code
    wide = number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 5
    loggers = [logging.getLogger(name) for name in ("", "django", "django.request", "cards", "portal")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    logging.getLogger("django").addHandler(caplog.handler)
    try:
        for typed in (number, wide, number[:-1], f"{number}1", number[::-1]):
            client.post("/status/", {"id_number": typed, "code": code})
            client.get("/status/answer/")
            client.post("/status/code/", {"code": code})
        for _ in range(6):
            response = client.post("/status/", {"id_number": number})
            assert number not in str(response.headers)
        assert client.get("/status/answer/").status_code == 429
        client.put("/status/", {"id_number": number})
    finally:
        logging.getLogger("django").removeHandler(caplog.handler)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
    told = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "Too Many Requests" in told
    assert "Method Not Allowed" in told
    for secret in (number, wide, number[:17], number[::-1], code, application.holder.name):
        assert secret not in told


@pytest.mark.django_db
def test_busy_network_is_told_when_to_come_back(ask, text, client: Client, settings, clock: Callable) -> None:
    clock("2026-03-02 09:30:00")
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 2
    number = factories.first_application().holder.id_number
    assert [ask(number).status_code for _ in range(2)] == [200, 200]
    response = ask(number)
    page = response.content.decode()
    assert response.status_code == 429
    assert 'data-answer="later"' in page
    assert 'href="tel:12333"' in page
    assert int(response["Retry-After"]) == 2
    assert "from 09:30:02" in text(response)
    clock("2026-03-02 09:30:02")
    # The answer that was to wait is over; the question may be asked again, and then it is answered.
    assert client.get("/status/answer/")["Location"] == "/status/"
    assert ask(number).status_code == 200


@pytest.mark.django_db
def test_limit_counts_the_network_and_not_what_a_header_claims(client: Client, settings) -> None:
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 2
    number = factories.first_application().holder.id_number

    def status(**extra: str) -> int:
        client.post("/status/", {"id_number": number}, **extra)
        return client.get("/status/answer/").status_code

    assert [status(HTTP_X_FORWARDED_FOR=f"192.0.2.{n}") for n in range(3)] == [200, 200, 429]
    assert status(REMOTE_ADDR="198.51.100.7") == 200
    assert [status(REMOTE_ADDR=f"2001:db8::{n}") for n in (1, 2, 3)] == [200, 200, 429]
    assert status(REMOTE_ADDR="2001:db8:0:1::1") == 200
