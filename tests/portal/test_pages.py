"""The portal's own pages: what they say, what they weigh, and under which headers."""

import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

PAGES = ["/", "/privacy/", "/accessibility/"]
STATIC = Path(settings.BASE_DIR) / "static"
LIMIT = 30 * 1024


def get(client: Client, address: str, tag: str = "en") -> str:
    """Return a page in a language."""
    response = client.get(address, headers={"Accept-Language": tag})
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("en", ["Where is my card?", "See my progress", "I lost my card", "On WeChat", "Hotline 12333", "Large type"]),
        ("zh", ["我的卡到哪一步了？", "查询进度", "卡丢了，怎么办？", "在微信里问", "服务热线 12333", "长辈版"]),
    ],
)
def test_home_asks_the_question_and_names_the_other_ways(client: Client, tag: str, told: list[str]) -> None:
    html = get(client, "/", tag)
    assert [text for text in told if text not in html] == []
    field = re.search(r"<input[^>]*name=\"id_number\"[^>]*>", html).group()
    for attribute in ('autocomplete="off"', 'inputmode="text"', 'spellcheck="false"', 'maxlength="40"', "required"):
        assert attribute in field
    assert html.count('href="tel:12333"') >= 2


def test_home_sends_the_number_by_post_to_the_enquiry(client: Client) -> None:
    form = re.search(r"<form[^>]*action=\"/status/\"[^>]*>.*?</form>", get(client, "/"), re.S).group()
    assert 'method="post"' in form
    assert "csrfmiddlewaretoken" in form


@pytest.mark.parametrize(
    ("years", "tag", "told"),
    [
        (10, "en", "until 10 years after the last thing that happened"),
        (1, "en", "until 1 year after the last thing that happened"),
        (10, "zh", "最后一次办理之后满 10 年"),
        (0, "en", "as long as the rules for the archives of social insurance say"),
        (0, "zh", "按社会保险档案管理规定的期限保存"),
    ],
)
def test_privacy_says_how_long_a_record_is_kept(client: Client, settings, years: int, tag: str, told: str) -> None:
    settings.RETENTION_YEARS = years
    assert told in get(client, "/privacy/", tag)


@pytest.mark.parametrize("address", PAGES)
def test_pages_need_no_database_and_no_session(client: Client, address: str) -> None:
    response = client.get(address)
    assert "sessionid" not in response.cookies


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("tag", ["en", "zh"])
def test_the_frame_of_a_page(client: Client, address: str, tag: str) -> None:
    html = get(client, address, tag)
    assert html.count("<h1") == 1
    assert html.count("<main") == 1
    assert 'class="skip" href="#main"' in html
    assert re.findall(r"<[^>]*(?:href|action)=\"\"[^>]*>", html) == []
    for language in ("zh-hans", "en"):
        assert f'href="{settings.SITE_URL}{address}?lang={language}"' in html
    assert re.search(r"<(script|style)\b(?![^>]*\bsrc=)", html) is None
    assert re.search(r"\s(style|on\w+)=", html) is None


@pytest.mark.parametrize("address", PAGES)
def test_chinese_pages_are_chinese_throughout(client: Client, address: str) -> None:
    text = re.sub(r"<(script|head|code)\b.*?</\1>|<[^>]*>", " ", get(client, address, "zh"), flags=re.S)
    allowed = {"English", "AES", "GCM", "Cookie", "WCAG", "Web", "AA", "JavaScript", "axe", "core", "X"}
    assert set(re.findall(r"[A-Za-z]+", text)) - allowed == set()


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("tag", ["en", "zh"])
def test_the_first_load_is_light(client: Client, address: str, tag: str) -> None:
    html = get(client, address, tag)
    loads = re.findall(r"<(?:link rel=\"(?:stylesheet|icon)\" href|script src|img src)=\"/static/([^\"]+)\"", html)
    assert len(loads) + 1 <= 4
    parts = [html.encode(), *((STATIC / name).read_bytes() for name in loads)]
    assert sum(len(brotli.compress(part)) for part in parts) <= LIMIT
    # A server without a compressing proxy sends the page itself as it is.
    assert len(parts[0]) + sum(len(brotli.compress(part)) for part in parts[1:]) <= LIMIT


def test_what_is_hidden_stays_hidden_whatever_its_class_says() -> None:
    assert "[hidden] { display: none !important; }" in (STATIC / "portal.css").read_text()


def test_the_stylesheet_keeps_its_budget() -> None:
    assert len(brotli.compress((STATIC / "portal.css").read_bytes())) <= 8 * 1024


@pytest.mark.parametrize("address", [*PAGES, "/admin/login/"])
def test_security_headers(client: Client, address: str) -> None:
    response = client.get(address)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


@pytest.mark.parametrize("address", [*PAGES, "/healthz", "/readyz", "/metrics", "/robots.txt"])
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options", "trace"])
def test_odd_methods_are_refused(client: Client, address: str, method: str) -> None:
    assert getattr(client, method)(address).status_code == 405


def test_the_privacy_page_names_every_cookie_a_citizen_gets(client: Client) -> None:
    html = get(client, "/privacy/")
    assert re.findall(r"<code>(\w+)</code>", html) == ["lang", "mode", "csrftoken", "answer"]
    for told in ("AES-256-GCM", "30 days", "Article 6", "28 to 31", "44 to 46", "Article 81", "complain"):
        assert told in html


def test_the_sign_in_page_speaks_both_languages_and_offers_the_other(client: Client) -> None:
    assert "<h1>Staff sign-in</h1>" in get(client, "/admin/login/", "en")
    html = get(client, "/admin/login/", "zh")
    assert "<h1>工作人员登录</h1>" in html
    assert 'name="language" value="en" lang="en">English</button>' in html


@pytest.mark.django_db
def test_a_locked_sign_in_says_when_to_try_again(client: Client) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        response = client.post(
            "/admin/login/", {"username": "nobody", "password": "wrong"}, headers={"Accept-Language": "en"}
        )
    assert response.status_code == 429
    assert re.search(r"Try again after \d+ \w+ \d{4}, \d\d:\d\d\.", response.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_a_sign_in_that_asked_for_a_foreign_page_leads_to_the_first_page(client: Client, asked: str) -> None:
    get_user_model().objects.create_user("keeper", password="a-password-of-tests-1", is_staff=True)
    sent = {"username": "keeper", "password": "a-password-of-tests-1", "next": asked}
    answer = client.post("/admin/login/", sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
