"""Error pages: the same face, both languages, and no database (these tests have none)."""

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from portal.middleware import RefuseOversizedBodies


@pytest.fixture(autouse=True)
def views_that_fail(settings) -> None:
    """Some public addresses whose views fail."""
    settings.PUBLIC_URLCONF = "tests.portal.broken_urls"


PAGES = [
    ("/fail/suspicious/", 400, "That did not arrive whole", "请求没有完整送达"),
    ("/fail/forbidden/", 403, "This is not open to you", "您没有权限进行这项操作"),
    ("/nothing/here/", 404, "There is no such page", "没有找到这个页面"),
    ("/fail/bug/", 500, "Something went wrong on our side", "系统出了故障"),
    ("/fail/operational/", 503, "Enquiries are not possible right now", "暂时无法查询"),
    ("/fail/interface/", 503, "Enquiries are not possible right now", "暂时无法查询"),
]


@pytest.fixture
def visitor() -> Client:
    """A visitor who sees the error page instead of the exception."""
    return Client(raise_request_exception=False)


def assert_our_face(html: str, title: str) -> None:
    """The page has our frame, one heading, the hotline, and nothing inline."""
    assert f"<h1>{title}</h1>" in html
    assert html.count("<h1") == 1
    assert 'href="/static/portal.css"' in html
    assert 'href="tel:12333"' in html
    assert "style=" not in html


@pytest.mark.parametrize(("address", "status", "english", "chinese"), PAGES)
def test_every_error_has_a_page_in_both_languages(
    visitor: Client, address: str, status: int, english: str, chinese: str
) -> None:
    for tag, title in (("en", english), ("zh", chinese)):
        response = visitor.get(address, headers={"Accept-Language": tag})
        assert response.status_code == status
        assert_our_face(response.content.decode(), title)
        assert response["Cache-Control"] == "no-store"


def test_a_lost_database_says_when_to_come_back(visitor: Client) -> None:
    assert visitor.get("/fail/operational/")["Retry-After"] == "30"


def test_a_lost_database_is_logged_with_its_cause(visitor: Client, caplog: pytest.LogCaptureFixture) -> None:
    visitor.get("/fail/operational/")
    record = next(record for record in caplog.records if record.name == "portal")
    assert "no route to the server" in str(record.exc_info[1])


def test_a_database_lost_inside_the_session_is_told_the_same_way(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*args: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore._get_session_from_db", gone)
    visitor.cookies["sessionid"] = "x" * 32
    response = visitor.get("/")
    assert (response.status_code, response["Retry-After"]) == (503, "30")


@pytest.mark.parametrize("tag", ["en", "zh"])
def test_an_oversized_body_is_refused_by_its_length(visitor: Client, settings, tag: str) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = visitor.post("/language/", b"x" * 1001, content_type="text/plain", headers={"Accept-Language": tag})
    assert response.status_code == 413
    assert_our_face(response.content.decode(), {"en": "That is too large", "zh": "提交的内容太大"}[tag])
    assert visitor.post("/language/", b"x" * 1000, content_type="text/plain").status_code == 400


def test_an_oversized_body_reaches_nobody() -> None:
    def next_one(request: HttpRequest) -> HttpResponse:
        raise AssertionError("the request went on")

    request = RequestFactory().generic("POST", "/", CONTENT_LENGTH=str(10**12))
    assert RefuseOversizedBodies(next_one)(request).status_code == 413


def test_a_length_that_is_no_number_breaks_nothing() -> None:
    from portal.middleware import announced_length

    for length in ("", "-5", "\xb2", "1e9", "9" * 30):
        request = RequestFactory().get("/")
        request.META["CONTENT_LENGTH"] = length
        assert announced_length(request) == (int("9" * 30) if length.startswith("9") else 0)


def test_a_wrong_host_is_refused(visitor: Client) -> None:
    response = visitor.get("/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()


def test_a_form_without_its_token_is_explained(settings) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    response = client.post("/admin/login/", {"username": "x"})
    assert response.status_code == 403
    assert_our_face(response.content.decode(), "Please send the form once more")


@pytest.mark.parametrize("address", [page[0] for page in PAGES])
def test_error_pages_carry_the_security_headers(visitor: Client, address: str) -> None:
    response = visitor.get(address)
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


def test_what_was_asked_for_is_shown_escaped_if_at_all(visitor: Client) -> None:
    html = visitor.get("/%3Cscript%3Ealert(1)%3C/script%3E/").content.decode()
    assert "<script>alert" not in html
