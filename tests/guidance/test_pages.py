"""The public pages: complete in both languages, the same for everybody, and there when the database is not."""

import gzip
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from guidance import publishing, snapshot
from guidance.models import Article, LegalText, paragraphs
from tests.guidance.texts import PAGES, SLUGS, links_of

CHINESE = re.compile(r"[\u3400-\u9fff]")
VOID = {"meta", "link", "br", "hr", "input", "img", "path", "rect", "circle"}


class Page(HTMLParser):
    """What stands on a page, and in which language each word is marked."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str | None]] = []
        self.strays: list[str] = []
        self.tags: list[tuple[str, dict]] = []
        self.title = ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        language = attributes.get("lang") or (self.open[-1][1] if self.open else None)
        if language == "en":
            shown = (attributes.get(name, "") for name in ("aria-label", "title", "alt", "placeholder", "content"))
            self.strays += [text for text in shown if CHINESE.search(text or "")]
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.open and self.open[-1][0] == "script":
            return
        if self.open and self.open[-1][0] == "title":
            self.title += data
        if self.open and self.open[-1][1] == "en" and CHINESE.search(data):
            self.strays.append(data.strip())

    def all(self, tag, **wanted):
        wanted = {name.rstrip("_"): value for name, value in wanted.items()}
        return [has for name, has in self.tags if name == tag and wanted.items() <= has.items()]


def get(path, language="zh-hans", client=None, **headers):
    return (client or Client()).get(path, {"lang": language}, headers=headers)


def page(path, language="zh-hans"):
    response = get(path, language)
    assert response.status_code == 200
    return Page(response.content.decode())


def test_every_shipped_guide_is_in_the_list_of_pages(guides):
    assert sorted(SLUGS) == [article.slug for article in guides.articles]


@pytest.mark.parametrize("path", PAGES)
def test_english_pages_hold_no_chinese_but_what_is_marked_as_such(guides, path):
    shown = page(path, "en")
    assert shown.strays == []
    assert shown.all("html", lang="en")


@pytest.mark.parametrize("path", PAGES)
def test_chinese_pages_are_chinese(guides, path):
    shown = page(path)
    assert shown.all("html", lang="zh-Hans")
    assert CHINESE.search(shown.title)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_heading_its_addresses_and_nothing_personal(guides, path, language):
    response = get(path, language)
    shown = Page(response.content.decode())
    assert len(shown.all("h1")) == 1
    assert shown.all("meta", name="description")[0]["content"]
    address = f"http://testserver{path}"
    assert shown.all("link", rel="canonical") == [{"rel": "canonical", "href": f"{address}?lang={language}"}]
    alternates = {tag["hreflang"]: tag["href"] for tag in shown.all("link", rel="alternate")}
    assert alternates == {"zh-Hans": f"{address}?lang=zh-hans", "en": f"{address}?lang=en"}
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert not response.cookies
    ids = [has["id"] for _tag, has in shown.tags if "id" in has]
    assert len(ids) == len(set(ids))
    assert not [has for _tag, has in shown.tags if "style" in has]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_titles_are_unique(guides, language):
    titles = [page(path, language).title for path in (*PAGES, "/guides/search/")]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_internal_link_of_a_guide_leads_to_a_page(guides, slug):
    article = Article.objects.get(slug=slug)
    for html in (article.html_zh, article.html_en):
        addresses = links_of(html)
        assert addresses
        for address in addresses:
            if not address.startswith("/"):
                assert address == "tel:12333"
                continue
            try:
                match = resolve(urlsplit(address).path)
            except Resolver404:
                pytest.fail(f"{slug} links to {address}, which is no page")
            assert match.url_name != "guide" or match.kwargs["slug"] in SLUGS


@pytest.mark.parametrize("slug", SLUGS)
def test_both_languages_of_a_guide_have_the_same_build(guides, slug):
    article = Article.objects.get(slug=slug)
    for tag in ("<h2", "<h3", "<li", "<tr", "<table", "<dl", 'class="notice'):
        assert article.html_zh.count(tag) == article.html_en.count(tag), tag
    assert links_of(article.html_zh) == links_of(article.html_en)


def test_the_guide_of_the_law_says_what_it_does_not_govern(guides):
    assert "没有规定挂失" in Article.objects.get(slug="legal-basis-explained").body_zh


@pytest.mark.parametrize("slug", ["your-data", "collect-and-activate", "replace-through-an-agent"])
def test_where_papers_change_hands_the_guide_leads_to_their_check(guides, slug):
    guide = Article.objects.get(slug=slug)
    assert "/verify/" in links_of(guide.html_zh)
    assert "/verify/" in links_of(guide.html_en)


LAW = (
    "用人单位应当自用工之日起三十日内为其职工向社会保险经办机构申请办理社会保险登记。未办理社会保险登记的，由社会保险经办机构核定其应当缴纳的社会保险费。",
    "自愿参加社会保险的无雇工的个体工商户、未在用人单位参加社会保险的非全日制从业人员以及其他灵活就业人员，应当向社会保险经办机构申请办理社会保险登记。",
    "国家建立全国统一的个人社会保障号码。个人社会保障号码为公民身份号码。",
)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_article_58_is_quoted_whole_in_the_original(guides, language):
    html = get("/legal-basis/", language).content.decode()
    for paragraph in LAW:
        assert f'<blockquote lang="zh-Hans"><p>{paragraph}</p></blockquote>' in html
    assert ("(unofficial)" in html) == (language == "en")
    assert tuple(paragraphs(LegalText.objects.get(slug="social-insurance-law-58").quote_zh)) == LAW


def test_every_law_of_a_guide_is_an_anchor_of_the_legal_page(guides):
    anchors = {has["id"] for _tag, has in page("/legal-basis/").tags if "id" in has}
    for slug in SLUGS:
        for link in page(f"/guides/{slug}/").all("a"):
            path, _hash, anchor = link["href"].partition("#")
            if path == "/legal-basis/" and anchor:
                assert anchor in anchors


@pytest.mark.parametrize("slug", SLUGS)
def test_a_heading_has_the_same_address_in_both_languages(guides, slug):
    headings = []
    for language in ("zh-hans", "en"):
        tags = page(f"/guides/{slug}/", language).tags
        headings.append([(tag, has["id"]) for tag, has in tags if tag in ("h2", "h3") and "id" in has])
    assert headings[0] == headings[1]
    assert ("h2", "section-1") in headings[0]


@pytest.mark.parametrize("path", [*PAGES[:3], "/guides/search/"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_other_methods_are_refused(guides, path, method):
    response = getattr(Client(enforce_csrf_checks=True), method)(path)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"


def test_head_answers_without_a_body(guides):
    response = Client().head("/guides/lost-card/")
    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize("slug", ["no-such-guide", "SEARCH", "a--b"])
def test_an_unknown_guide_is_not_found_and_not_kept(guides, slug):
    assert get(f"/guides/{slug}/").status_code == 404
    assert not snapshot.current().pages


def test_a_draft_is_not_found(guides):
    article = Article.objects.get(slug="your-data")
    article.published = False
    publishing.publish(article)
    assert get("/guides/your-data/").status_code == 404
    assert "/guides/your-data/" not in get("/guides/").content.decode()


def test_a_known_page_needs_no_query_for_a_second_and_then_one(guides, still, django_assert_num_queries):
    with django_assert_num_queries(6):
        get("/guides/lost-card/")
    with django_assert_num_queries(0):
        for path in PAGES:
            get(path)
            get(path, "en")
    snapshot.forget()
    with django_assert_num_queries(1):
        get("/guides/lost-card/")


def test_language_and_display_have_pages_of_their_own(guides):
    pages = {
        (language, mode): Client(headers={"cookie": f"lang={language}; mode={mode}"}).get("/guides/").content
        for language in ("zh-hans", "en")
        for mode in ("standard", "elder")
    }
    assert len(set(pages.values())) == 4
    assert b'data-mode="elder"' in pages["en", "elder"]


def test_the_reader_who_comes_first_leaves_nothing_in_the_page(guides):
    first = Client(
        headers={
            "cookie": "sessionid=canary; mode=canary",
            "user-agent": "canary",
            "referer": "http://testserver/canary",
        }
    )
    first.get("/guides/lost-card/", {"q": "119999199003070012", "lang": "en"})
    html = get("/guides/lost-card/", "en").content.decode()
    assert "canary" not in html
    assert "119999" not in html


def test_compressed_pages_hold_the_same(guides):
    plain = get("/guides/lost-card/")
    packed = get("/guides/lost-card/", **{"accept-encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] != plain["ETag"]
    assert {"Accept-Encoding", "Accept-Language", "Cookie"} <= set(re.split(r",\s*", packed["Vary"]))


def test_an_unchanged_page_is_not_sent_twice(guides):
    first = get("/guides/lost-card/")
    assert first["Cache-Control"] == "public, no-cache"
    again = get("/guides/lost-card/", **{"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == first["ETag"]
    assert get("/guides/lost-card/", "en", **{"if-none-match": first["ETag"]}).status_code == 200
