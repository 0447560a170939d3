"""Every worry has its guide, and the words people have for it find it first."""

import pytest

from guidance.models import Article, Topic
from guidance.views import search_context
from tests.guidance.texts import SLUGS

FIRST = {
    "lost-card": ("社保卡丢了", "挂失", "lost card"),
    "stolen-card": ("被偷", "盗用", "stolen", "misused"),
    "cancel-loss-report": ("找到了", "解除挂失", "捡到", "card found"),
    "which-card-where": ("到哪里补", "which card where"),
    "replace-through-an-agent": ("代办补卡", "agent"),
    "two-sides": ("两种功能", "two sides"),
    "check-progress": ("怎样查进度", "check progress"),
    "stopped": ("办理暂停", "退回", "stopped", "returned"),
    "how-long": ("要多久", "how long"),
    "treatment-while-waiting": ("看病", "报销", "treatment", "reimbursed"),
    "collect-and-activate": ("领卡带什么", "collecting"),
    "activate": ("激活", "activating"),
    "card-certificate": ("领卡证明", "card certificate"),
    "first-card": ("第一次办", "first card"),
    "exchange": ("卡坏了", "换领", "磨损", "damaged", "expired"),
    "wrong-data": ("名字错了", "改名", "照片", "wrong name"),
    "moved-city": ("换了城市", "搬家", "another city"),
    "fees": ("要花多少钱", "工本费", "fee"),
    "extra-help": ("老人", "残疾人", "聋人", "上门", "deaf", "wheelchair"),
    "child-card": ("孩子", "监护人", "新生儿", "child"),
    "fake-messages": ("诈骗", "短信", "链接", "scam", "link"),
    "your-data": ("谁看过我的记录", "个人信息", "who looked", "privacy"),
    "legal-basis-explained": ("第五十八条", "法律", "article 58"),
}
ASKED = [(query, slug) for slug, queries in FIRST.items() for query in queries]


def found(query: str) -> list[str]:
    """The guides a query finds, best first."""
    language = "en" if query.isascii() else "zh"
    return [entry["slug"] for entry in search_context(query, language)["results"]]


def test_every_guide_is_asked_for() -> None:
    assert tuple(sorted(FIRST)) == tuple(sorted(SLUGS))


@pytest.mark.parametrize(("query", "slug"), ASKED)
def test_words_of_a_worry_find_its_guide_first(guides, query: str, slug: str) -> None:
    assert found(query)[:1] == [slug]


def test_the_shelf_of_the_most_urgent_worry_stands_first(guides) -> None:
    shelves = list(Topic.objects.values_list("slug", flat=True))
    assert shelves == ["loss", "progress", "collecting", "applying", "help", "rights"]
    first = Article.objects.filter(topic__slug="loss").order_by("order").first()
    assert first.slug == "lost-card"
