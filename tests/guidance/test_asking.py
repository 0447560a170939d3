"""What people type, slips and all, finds the same guides in the same order on either database."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from guidance import spelling, words
from guidance.views import search_context

# What is typed -> what is searched for instead ("" where it finds something as typed), and the first guides.
ASKED = {
    "挂失": ("", ["lost-card", "cancel-loss-report", "stolen-card"]),
    "口头挂失": ("", ["lost-card", "cancel-loss-report", "stolen-card"]),
    "书面挂失": ("", ["lost-card", "cancel-loss-report", "stolen-card"]),
    "解挂": ("", ["cancel-loss-report", "two-sides", "fees"]),
    "解除挂失": ("", ["cancel-loss-report", "two-sides", "fees"]),
    "补办": ("", ["lost-card", "replace-through-an-agent", "card-certificate"]),
    "补领": ("", ["lost-card", "replace-through-an-agent", "card-certificate"]),
    "补卡": ("", ["lost-card", "replace-through-an-agent", "card-certificate"]),
    "换领": ("", ["exchange", "wrong-data", "how-long"]),
    "社保卡": ("", ["lost-card", "first-card", "moved-city"]),
    "社会保障卡": ("", ["lost-card", "first-card", "moved-city"]),
    "社会保险卡": ("", ["lost-card", "first-card", "moved-city"]),
    "领卡": ("", ["collect-and-activate", "card-certificate", "fees"]),
    "领卡证明": ("", ["card-certificate", "collect-and-activate", "lost-card"]),
    "激活": ("", ["activate", "fake-messages", "collect-and-activate"]),
    "启用": ("", ["activate", "fake-messages", "collect-and-activate"]),
    "代办": ("", ["replace-through-an-agent", "extra-help", "cancel-loss-report"]),
    "委托": ("", ["replace-through-an-agent", "extra-help", "cancel-loss-report"]),
    "监护人": ("", ["child-card", "replace-through-an-agent", "collect-and-activate"]),
    "孩子": ("", ["child-card", "replace-through-an-agent", "collect-and-activate"]),
    "进度": ("", ["check-progress", "which-card-where", "lost-card"]),
    "工本费": ("", ["fees", "card-certificate", "first-card"]),
    "多少钱": ("", ["fees", "card-certificate", "first-card"]),
    "看病": ("", ["treatment-while-waiting", "stolen-card", "two-sides"]),
    "报销": ("", ["treatment-while-waiting", "card-certificate"]),
    "密码": ("", ["fake-messages", "stolen-card", "extra-help"]),
    "骗子": ("", ["fake-messages", "lost-card", "activate"]),
    "隐私": ("", ["your-data", "stolen-card", "wrong-data"]),
    "第五十八条": ("", ["legal-basis-explained", "first-card", "moved-city"]),
    "照片": ("", ["wrong-data", "stopped", "collect-and-activate"]),
    "老人": ("", ["extra-help"]),
    "转移": ("", ["moved-city"]),
    "丢了": ("", ["lost-card", "card-certificate", "which-card-where"]),
    "被偷": ("", ["stolen-card"]),
    "卡坏了": ("", ["exchange"]),
    "要多久": ("", ["how-long", "check-progress", "stopped"]),
    "网点": ("", ["lost-card", "which-card-where", "cancel-loss-report"]),
    "银行账户": ("", ["activate", "stolen-card", "two-sides"]),
    "１２３３３": ("", ["lost-card", "stolen-card", "fake-messages"]),
    "lost card": ("", ["lost-card", "exchange", "which-card-where"]),
    "stolen": ("", ["stolen-card"]),
    "found my card": ("", ["cancel-loss-report", "check-progress", "moved-city"]),
    "cancel": ("", ["cancel-loss-report", "two-sides", "fees"]),
    "replacement": ("", ["which-card-where", "lost-card", "replace-through-an-agent"]),
    "agent": ("", ["replace-through-an-agent", "extra-help", "card-certificate"]),
    "proxy": ("", ["replace-through-an-agent", "extra-help", "card-certificate"]),
    "child": ("", ["child-card", "replace-through-an-agent", "collect-and-activate"]),
    "fee": ("", ["fees", "treatment-while-waiting", "card-certificate"]),
    "how long": ("", ["how-long", "cancel-loss-report", "check-progress"]),
    "doctor": ("", ["treatment-while-waiting", "stolen-card", "two-sides"]),
    "activate": ("", ["activate", "fake-messages", "which-card-where"]),
    "collect": ("", ["collect-and-activate", "card-certificate", "fees"]),
    "certificate": ("", ["card-certificate", "collect-and-activate", "lost-card"]),
    "scam": ("", ["fake-messages", "lost-card", "activate"]),
    "privacy": ("", ["your-data", "wrong-data", "stolen-card"]),
    "article 58": ("", ["legal-basis-explained", "first-card", "moved-city"]),
    "elderly": ("", ["extra-help", "first-card"]),
    "wheelchair": ("", ["extra-help"]),
    "damaged": ("", ["exchange", "first-card"]),
    "挂矢": ("挂失", ["lost-card", "cancel-loss-report", "stolen-card"]),
    "掛失": ("挂失", ["lost-card", "cancel-loss-report", "stolen-card"]),
    "补令卡": ("补领卡", ["lost-card", "replace-through-an-agent", "card-certificate"]),
    "设保卡": ("社保卡", ["lost-card", "first-card", "moved-city"]),
    "解瓜": ("解挂", ["cancel-loss-report", "two-sides", "fees"]),
    "社宝卡丢了": ("社保卡丢了", ["lost-card", "first-card", "moved-city"]),
    "挂式怎么办": ("挂失", ["lost-card", "cancel-loss-report", "stolen-card"]),
    "机活": ("激活", ["activate", "fake-messages", "collect-and-activate"]),
    "激货": ("激活", ["activate", "fake-messages", "collect-and-activate"]),
    "换另": ("换领", ["exchange", "wrong-data", "how-long"]),
    "代辨": ("代办", ["replace-through-an-agent", "extra-help", "cancel-loss-report"]),
    "工本废": ("工本费", ["fees", "card-certificate", "first-card"]),
    "进肚": ("进度", ["check-progress", "which-card-where", "lost-card"]),
    "监互人": ("监护人", ["child-card", "replace-through-an-agent", "collect-and-activate"]),
    "社会保张卡": ("社会保障卡", ["lost-card", "first-card", "moved-city"]),
    "失挂": ("挂失", ["lost-card", "cancel-loss-report", "stolen-card"]),
    "卡丟了": ("", ["lost-card", "card-certificate", "which-card-where"]),
    "銀行": ("", ["activate", "stolen-card", "two-sides"]),
    "replacment": ("replacement", ["which-card-where", "lost-card", "replace-through-an-agent"]),
    "repalcement": ("replacement", ["which-card-where", "lost-card", "replace-through-an-agent"]),
    "lsot": ("lost", ["lost-card", "exchange", "card-certificate"]),
    "activte": ("activate", ["activate", "fake-messages", "which-card-where"]),
    "chlid": ("child", ["child-card", "replace-through-an-agent", "collect-and-activate"]),
    "hospitl": ("hospital", ["treatment-while-waiting", "stolen-card", "two-sides"]),
    "agnet": ("agent", ["replace-through-an-agent", "extra-help", "card-certificate"]),
    "guardain": ("guardian", ["child-card", "replace-through-an-agent", "collect-and-activate"]),
    "wheelchiar": ("wheelchair", ["extra-help"]),
    "progess": ("progress", ["check-progress", "how-long", "fake-messages"]),
}


def found(query: str, **how: bool) -> tuple[str, list[str]]:
    context = search_context(query, "en" if query.isascii() else "zh", **how)
    return context["asked"], [entry["slug"] for entry in context["results"]]


@pytest.mark.parametrize("query", ASKED)
def test_a_query_finds_the_same_guides_in_the_same_order_everywhere(guides, query: str) -> None:
    asked, first = ASKED[query]
    told, slugs = found(query)
    assert told == asked
    assert slugs[:3] == first


def test_there_are_enough_queries_to_rely_on() -> None:
    assert len(ASKED) >= 60
    assert sum(bool(asked) for asked, _first in ASKED.values()) >= 20


def test_the_page_says_what_was_searched_for_instead_and_how_to_have_it_as_typed(guides) -> None:
    page = Client().get("/guides/search/", {"q": "挂矢", "lang": "zh-hans"}).content.decode()
    assert "<strong>挂失</strong>" in page
    assert "“挂矢”" in page
    assert "<mark>挂失</mark>" in page
    assert 'href="?q=%E6%8C%82%E7%9F%A2&amp;exactly=yes"' in page
    exactly = Client().get("/guides/search/", {"q": "挂矢", "exactly": "yes", "lang": "zh-hans"}).content.decode()
    assert "<mark>" not in exactly
    assert "没有找到" in exactly


@pytest.mark.parametrize(
    "query", ["挂号", "火星", "xylophone", "abcd", "鲸鱼", "qzxv", "卡卡卡卡卡卡卡卡卡卡卡卡卡卡卡卡"]
)
def test_nothing_is_guessed_that_nobody_meant(guides, query: str) -> None:
    assert found(query)[0] == ""


@pytest.mark.parametrize(
    ("typed", "word"),
    [("replacment", "replacement"), ("repalcement", "replacement"), ("replaccement", "replacement"),
     ("agnet", "agent"), ("lsot", "lost"), ("chid", "child"), ("xeplacement", ""), ("lo", ""), ("a1", "")],
)  # fmt: skip
def test_the_nearest_word_is_meant(typed: str, word: str) -> None:
    assert spelling.meant(typed, {"replacement": 3, "agent": 2, "lost": 9, "child": 1, "last": 1}) == word


@given(st.text(max_size=120))
def test_no_query_breaks_the_speller(text: str) -> None:
    for part in words.busy_parts(text):
        assert isinstance(spelling.meant(part, {"card": 1}), str)


def test_a_query_that_finds_everything_as_typed_costs_one_statement(guides, django_assert_num_queries) -> None:
    search_context("挂失", "zh")
    with django_assert_num_queries(1):
        search_context("挂失", "zh")
