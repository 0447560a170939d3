"""What a guide tells machines: well-formed, true to the page, and unable to leave its block."""

import json
import re
from html import unescape

import pytest

from guidance.structured import graph, questions, written
from tests.guidance.test_pages import get
from tests.guidance.texts import SLUGS

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def data_of(slug, language):
    html = get(f"/guides/{slug}/", language).content.decode()
    (block,) = BLOCK.findall(html)
    assert not set("<>&") & set(block)
    return json.loads(block), html


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("slug", SLUGS)
def test_every_guide_tells_its_service_in_the_language_of_the_page(guides, slug, language):
    data, html = data_of(slug, language)
    service = data["@graph"][0]
    assert data["@context"] == "https://schema.org"
    assert service["@type"] == "GovernmentService"
    assert f"<h1>{service['name']}</h1>" in unescape(html)
    assert service["url"].endswith(f"/guides/{slug}/?lang={language}")
    assert f'<link rel="canonical" href="{service["url"]}">' in html
    assert service["inLanguage"] == {"zh-hans": "zh-Hans", "en": "en"}[language]
    assert service["provider"]["telephone"] == "12333"


def test_the_questions_of_a_guide_are_headings_that_ask(guides):
    data, _html = data_of("lost-card", "en")
    page = data["@graph"][1]
    assert page["@type"] == "FAQPage"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", page["lastReviewed"])
    names = [entry["name"] for entry in page["mainEntity"]]
    assert "How long the oral report lasts" in names
    assert "Step 2: call the bank" not in names
    answer = page["mainEntity"][names.index("How long the oral report lasts")]["acceptedAnswer"]["text"]
    assert answer.startswith("It lasts 7 days")
    assert "Step 2" not in answer


def test_one_question_alone_makes_no_list_of_questions():
    assert questions("<h2>要多久</h2><p>十天。</p><h2>办理</h2><p>到窗口。</p>", "zh") == []
    assert questions("<h2>要多久</h2><p>十天。</p><h2>带什么</h2><p>证件。</p>", "zh") == [
        ("要多久", "十天。"),
        ("带什么", "证件。"),
    ]


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!--", "a & b", "\u2028"])
def test_no_text_can_end_the_block(text):
    data = graph(
        address="https://example.org/", title=text, summary=text, html="", language="zh", office=text, hotline="12333",
        reviewed="",
    )  # fmt: skip
    block = written(data)
    assert not set("<>&\u2028") & set(block)
    assert json.loads(block)["@graph"][0]["name"] == text


def test_a_guide_leads_to_its_situation_and_quotes_the_law_it_rests_on(guides):
    html = get("/guides/cancel-loss-report/", "zh-hans").content.decode()
    assert 'href="/lost-card/?what=found"' in html
    html = get("/guides/legal-basis-explained/", "en").content.decode()
    assert "个人社会保障号码为公民身份号码" in html
    assert "Quoted as amended on 29 December 2018." in html
    assert "/lost-card/?what" not in html
