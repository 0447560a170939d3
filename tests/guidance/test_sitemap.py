"""The map for search engines names every page about nobody, in both languages, and robots.txt names the map."""

from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.urls import get_resolver

from cards.management import shipped_rules
from portal.sitemap import PAGES

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture
def entries(client, guides):
    response = client.get("/sitemap.xml")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml"
    return ElementTree.fromstring(response.content).findall(f"{SITEMAP}url")


def test_every_page_stands_there_in_both_languages_with_its_counterparts(entries, guides):
    addresses = [entry.findtext(f"{SITEMAP}loc") for entry in entries]
    assert len(addresses) == len(set(addresses)) == 2 * (len(PAGES) + len(guides.articles))
    for entry in entries:
        address = entry.findtext(f"{SITEMAP}loc")
        assert address.startswith("http")
        links = {link.get("hreflang"): link.get("href") for link in entry.findall(f"{XHTML}link")}
        assert set(links) == {"zh-Hans", "en"}
        assert address in links.values()


def test_each_of_its_pages_answers_and_may_be_indexed(client, entries):
    shipped_rules.load(shipped_rules.read())
    for entry in entries:
        parts = urlsplit(entry.findtext(f"{SITEMAP}loc"))
        response = client.get(f"{parts.path}?{parts.query}")
        assert response.status_code == 200, parts.path
        assert b"noindex" not in response.content, parts.path


def test_guides_tell_when_they_were_reviewed(entries):
    dated = [entry for entry in entries if entry.findtext(f"{SITEMAP}lastmod")]
    assert dated
    assert all("/guides/" in entry.findtext(f"{SITEMAP}loc") for entry in dated)


def test_no_public_page_is_forgotten():
    """A page of one fixed address is on the map, or is named here with its reason."""
    left_out = {
        # about a person, or a step on the way
        "status-answer", "status-code", "status-number", "status-looks", "status-end", "status-forgotten",
        "status-notices", "status-wechat", "wechat-callback", "hotline-events",
        "lost-card-report", "lost-card-reported", "lost-card-dates",
        # results, files and operations
        "guides-search", "guides-missing", "verify-keys", "language", "display", "healthz", "readyz", "metrics",
        "robots", "favicon", "sitemap", "manifest", "design", "notice-receipt",
    }  # fmt: skip
    fixed = {
        name
        for name, ways in get_resolver().reverse_dict.lists()
        if isinstance(name, str) and any(not names for way in ways for _pattern, names in way[0])
    }
    assert fixed - left_out == set(PAGES)


def test_robots_are_told_where_the_map_is_and_what_to_leave_alone(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /status/answer/" in lines
    assert "Disallow: /admin/" in lines
    assert lines[-1].startswith("Sitemap: http")
    assert lines[-1].endswith("/sitemap.xml")
