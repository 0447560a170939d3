"""Which language and which display a visitor gets."""

import pytest
from django.test import Client

HEADERS = [
    ("zh-CN,zh;q=0.9,en;q=0.8", "zh-hans"),
    ("en-GB,en;q=0.9", "en"),
    ("en;q=0.4, zh;q=0.9", "zh-hans"),
    ("zh;q=0.3,en;q=0.31", "en"),
    ("zh-TW", "zh-hans"),
    ("zh-Hant-HK,en;q=0.5", "zh-hans"),
    ("fr-FR,fr;q=0.9,en;q=0.2", "en"),
    ("EN-us", "en"),
    ("en;q=0,zh;q=0.1", "zh-hans"),
    ("fr,de", "zh-hans"),
    ("*", "zh-hans"),
    ("", "zh-hans"),
    ("zh-" + "x" * 9000, "zh-hans"),
    (";;;,q=,en;q=banana", "zh-hans"),
]


@pytest.mark.parametrize(("header", "language"), HEADERS)
def test_the_browser_decides_by_quality(client: Client, header: str, language: str) -> None:
    response = client.get("/", headers={"Accept-Language": header})
    assert response["Content-Language"] == language
    assert {"zh-hans": '<html lang="zh-Hans"', "en": '<html lang="en"'}[language] in response.content.decode()


@pytest.mark.parametrize(
    ("query", "cookie", "header", "language"),
    [
        ("?lang=en", "zh-hans", "zh", "en"),
        ("?lang=zh-hans", "en", "en", "zh-hans"),
        ("?lang=xx", "en", "zh", "en"),
        ("", "en", "zh", "en"),
        ("", "xx", "en", "en"),
        ("", "<script>", "", "zh-hans"),
    ],
)
def test_address_beats_cookie_beats_browser(
    client: Client, query: str, cookie: str, header: str, language: str
) -> None:
    client.cookies["lang"] = cookie
    response = client.get(f"/{query}", headers={"Accept-Language": header})
    assert response["Content-Language"] == language


def test_the_default_language_is_a_setting(client: Client, settings) -> None:
    settings.DEFAULT_LANGUAGE = "en"
    assert client.get("/", headers={"Accept-Language": "fr"})["Content-Language"] == "en"


def test_caches_learn_what_a_page_depends_on(client: Client) -> None:
    vary = {part.strip() for part in client.get("/privacy/")["Vary"].split(",")}
    assert vary == {"Accept-Language", "Cookie"}


def test_static_files_and_probes_have_no_language(client: Client) -> None:
    for address in ("/static/portal.css", "/static/portal.js", "/static/icon.svg", "/healthz", "/robots.txt"):
        response = client.get(address)
        assert response.getvalue(), address
        assert response.status_code == 200, address
        assert "Content-Language" not in response, address
        assert "Cookie" not in response.get("Vary", ""), address


@pytest.mark.parametrize(("cookie", "mode"), [("elder", "elder"), ("standard", "standard"), ("x", "standard")])
def test_the_display_follows_its_cookie(client: Client, cookie: str, mode: str) -> None:
    client.cookies["mode"] = cookie
    assert f'data-mode="{mode}"' in client.get("/").content.decode()


def test_one_visitor_does_not_change_the_language_of_the_next(client: Client) -> None:
    answers = [
        client.get("/", headers={"Accept-Language": tag})["Content-Language"] for tag in ("en", "zh", "en", "zh")
    ]
    assert answers == ["en", "zh-hans", "en", "zh-hans"]
