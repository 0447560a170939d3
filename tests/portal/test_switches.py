"""The two switches: they set one cookie, go back to a page of this site, and refuse other sites."""

import pytest
from django.test import Client

SWITCHES = [("/language/", "language", "lang", "en"), ("/display/", "mode", "mode", "elder")]


@pytest.mark.parametrize(("address", "field", "cookie", "value"), SWITCHES)
def test_a_switch_remembers_for_a_year_without_a_token(address: str, field: str, cookie: str, value: str) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(address, {field: value, "next": "/guides/?page=2"})
    assert (response.status_code, response["Location"]) == (303, "/guides/?page=2")
    morsel = response.cookies[cookie]
    assert (morsel.value, morsel["max-age"], morsel["samesite"], morsel["path"]) == (value, 31536000, "Lax", "/")
    assert morsel["httponly"]


@pytest.mark.parametrize(("address", "field", "cookie", "value"), SWITCHES)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "https://testserver"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    ],
)
def test_another_site_cannot_switch(
    address: str, field: str, cookie: str, value: str, headers: dict[str, str]
) -> None:
    response = Client().post(address, {field: value}, headers=headers)
    assert response.status_code == 403
    assert cookie not in response.cookies


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://testserver"}, {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}]
)
def test_our_own_pages_can(headers: dict[str, str]) -> None:
    assert Client().post("/language/", {"language": "en"}, headers=headers).status_code == 303


def test_the_public_address_behind_a_proxy_is_ours(settings) -> None:
    settings.SITE_URL = "https://cards.example.gov.cn/"
    response = Client().post("/display/", {"mode": "elder"}, headers={"Origin": "https://cards.example.gov.cn"})
    assert response.status_code == 303


@pytest.mark.parametrize(
    ("wish", "goal"),
    [
        ("/status/", "/status/"),
        ("/guides/search/?q=%E6%8C%82%E5%A4%B1", "/guides/search/?q=%E6%8C%82%E5%A4%B1"),
        ("/privacy/?lang=en&x=1", "/privacy/?x=1"),
        ("/privacy/?lang=zh-hans", "/privacy/"),
        ("", "/"),
        ("guides/", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("///evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("\\\\evil.example/", "/"),
        ("/\t/evil.example/", "/"),
        ("/\n/evil.example/", "/"),
        ("\x00//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("http:evil.example", "/"),
        ("//[bad/", "/"),
        ("/a\r\nSet-Cookie: x=1", "/aSet-Cookie:%20x=1"),
    ],
)
def test_a_switch_leads_back_to_this_site_only(wish: str, goal: str) -> None:
    response = Client().post("/language/", {"language": "en", "next": wish})
    assert (response.status_code, response["Location"]) == (303, goal)


@pytest.mark.parametrize(("address", "field"), [("/language/", "language"), ("/display/", "mode")])
@pytest.mark.parametrize("value", ["", "fr", "zh", "EN", "elder\n"])
def test_an_unknown_choice_is_refused(address: str, field: str, value: str) -> None:
    response = Client().post(address, {field: value})
    assert response.status_code == 400
    assert not response.cookies


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head", "options"])
@pytest.mark.parametrize("address", ["/language/", "/display/"])
def test_odd_methods_are_refused(method: str, address: str) -> None:
    assert getattr(Client(), method)(address).status_code == 405


def test_the_button_brings_the_visitor_back_and_the_pinned_language_does_not_win(client: Client) -> None:
    page = client.get("/privacy/?lang=en").content.decode()
    assert 'name="next" value="/privacy/?lang=en"' in page
    response = client.post("/language/", {"language": "zh-hans", "next": "/privacy/?lang=en"}, follow=True)
    assert response["Content-Language"] == "zh-hans"
