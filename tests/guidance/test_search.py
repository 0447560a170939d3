"""Search finds what people type, in either language, on either database, and never keeps a person's number."""

import pytest
from django.test import Client

from guidance import publishing, search, words
from guidance.models import Article
from guidance.views import search_context


def found(query, language="zh"):
    return [entry["slug"] for entry in search_context(query, language)["results"]]


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("挂失", "lost-card"),
        ("密码", "collect-and-activate"),
        ("密码", "your-data"),
        ("解挂", "cancel-loss-report"),
        ("解除挂失", "cancel-loss-report"),
        ("补办", "which-card-where"),
        ("补领", "replace-through-an-agent"),
        ("社会保障卡", "lost-card"),
        ("社保卡丢了怎么办", "lost-card"),
        ("代办", "replace-through-an-agent"),
        ("工本费多少钱", "lost-card"),
        ("看病", "treatment-while-waiting"),
        ("激活", "activate"),
        ("进度", "check-progress"),
        ("孩子", "replace-through-an-agent"),
        ("诈骗短信", "fake-messages"),
        ("卡", "which-card-where"),
        ("１２３３３", "check-progress"),
        ("lost", "lost-card"),
        ("loss", "lost-card"),
        ("LOST CARD", "lost-card"),
        ("I have lost my card what to do", "lost-card"),
        ("replacement", "replace-through-an-agent"),
        ("replacing", "replace-through-an-agent"),
        ("cancelled", "cancel-loss-report"),
        ("activate", "collect-and-activate"),
        ("proxy", "replace-through-an-agent"),
        ("fees", "lost-card"),
        ("doctor", "treatment-while-waiting"),
        ("password", "your-data"),
        ("article 58", "legal-basis-explained"),
    ],
)
def test_a_word_finds_its_guide(guides, query, slug):
    assert slug in found(query)
    assert slug in found(query, "en")


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("社保卡丢了", "lost-card"),
        ("解挂", "cancel-loss-report"),
        ("代办", "replace-through-an-agent"),
        ("激活", "activate"),
        ("lost card", "lost-card"),
        ("agent", "replace-through-an-agent"),
        ("treatment", "treatment-while-waiting"),
    ],
)
def test_the_best_guide_comes_first(guides, query, first):
    assert found(query)[0] == first


@pytest.mark.parametrize(
    "query", ["", "   ", "!!!", "“”", "xylophone", "鲸鱼", '"', "AND", "NEAR(", "挂失' OR 1=1", "a*b^c:d", "'"]
)
def test_odd_queries_never_break(guides, query):
    assert isinstance(found(query), list)


def test_a_partly_matching_query_still_helps(guides):
    assert "treatment-while-waiting" in found("看病 鲸鱼")


def test_drafts_and_deleted_guides_are_not_found(guides):
    article = Article.objects.get(slug="lost-card")
    article.published = False
    publishing.publish(article)
    assert article.pk not in {hit.article_id for hit in search.find("挂失")}
    other = Article.objects.get(slug="your-data")
    number = other.pk
    publishing.remove(other)
    assert number not in {hit.article_id for hit in search.find("密码")}


def test_an_edit_is_found_at_once(guides):
    article = Article.objects.get(slug="your-data")
    article.body_zh += "\n\n## 鲸鱼\n\n蓝色的鲸鱼"
    publishing.publish(article)
    assert found("鲸鱼") == ["your-data"]


def test_the_index_falls_with_the_article(guides):
    article = Article.objects.get(slug="your-data")
    article.body_zh += "\n\n鲸鱼"
    article.topic_id = None
    with pytest.raises(Exception, match=r"(?i)null"):
        publishing.publish(article)


def marked(pieces):
    return [piece.text for piece in pieces if piece.marked]


def test_snippets_mark_what_was_asked_for_and_its_synonyms():
    text = "前面有很多话。" * 20 + "补卡以后，新卡要激活。" + "后面也有很多话。" * 20
    pieces = search.snippet(text, "补办", "zh")
    assert marked(pieces) == ["补卡", "新卡"]
    assert pieces[0].text == pieces[-1].text == "…"
    assert sum(len(piece.text) for piece in pieces) <= search.SNIPPET_LENGTH["zh"] + 2


def test_english_snippets_mark_whole_words_and_cut_between_words():
    text = "Nothing here is of use. " * 20 + "Replacing a card takes time. " + "And so on it goes. " * 20
    pieces = search.snippet(text, "replaced", "en")
    assert marked(pieces) == ["Replacing"]
    assert "".join(piece.text for piece in pieces).strip("…").split()[0] in text.split()


def test_a_result_is_escaped(guides):
    article = Article.objects.get(slug="your-data")
    article.body_zh += "\n\n鲸鱼 <script>alert(1)</script>"
    publishing.publish(article)
    pieces = search_context("鲸鱼", "zh")["results"][0]["pieces"]
    assert marked(pieces) == ["鲸鱼"]
    assert "<script>" in "".join(piece.text for piece in pieces)


NUMBERS = [
    "119999199003070012",
    "11999919900307001X",
    "11999919900307001x",
    "１１９９９９１９９００３０７００１２",
    "119999 19900307 0012",
    "119999-19900307-0012",
    "119999.19900307.0012",
    "1 1 9 9 9 9 1 9 9 0 0 3 0 7 0 0 1 2",
    "119999\u200b19900307\u200d0012",
    "119999\u202e199003070012",
    "13800000000",
    "138 0000 0000",
    "138-0000-0000",
    "+86 138 0000 0000",
    "(138)00000000",
    "6228480000000000000",
    "6228 4800 0000 0000 000",
    "我的号码是119999199003070012怎么查",
    "查 13800000000 进度",
    "٠١٢٣٤٥٦٧٨٩٠",
    "119999199003071",
    "87654321",
    "0571-8765 4321",
    "E12345678",
    "护照EA1234567丢了",
    "H1234567800",
    "身份证A123456(7)",
    "a123456（A）",
    "一三八零零零零零零零零",
    "一一九九九九一九九〇〇三〇七〇〇一二",
    "幺三八零零零零零零零零",
    "壹叁捌零零零零零零零零",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_persons_number_is_recognised(number):
    assert words.holds_a_number_of_a_person(number)


@pytest.mark.parametrize(
    "query",
    [
        "12333",
        "95588",
        "2026-11-22",
        "第58条",
        "人社部发〔2011〕47号",
        "LD/T 32-2015",
        "20元15个工作日180天24:00结束",
        "二〇二六年十一月二十二日",
        "GB 11643-1999",
        "GB11643",
        "三两天能办好吗",
        "M1 card",
    ],
)
def test_other_numbers_are_searched_for(query):
    assert not words.holds_a_number_of_a_person(query)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_query_with_a_number_is_sent_to_the_enquiry_without_it(db, number, caplog):
    response = Client().get("/guides/search/", {"q": number})
    assert response.status_code == 302
    assert response["Location"] == "/status/"
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    digits = "".join(char for char in number if char.isdigit())
    assert (digits or number)[:6] not in str(response.headers) + response.content.decode() + caplog.text


def test_a_number_behind_a_long_text_is_recognised_too(db):
    response = Client().get("/guides/search/", {"q": "挂失 " * 200 + "119999199003070012"})
    assert response["Location"] == "/status/"


def test_the_search_page_helps_when_nothing_is_found(guides, client):
    response = client.get("/guides/search/", {"q": "鲸鱼", "lang": "en"})
    page = response.content.decode()
    assert "No guide holds these words." in page
    assert "12333" in page
    assert "/guides/lost-card/" in page
    assert response["Cache-Control"] == "no-store"


def test_the_search_page_echoes_only_escaped_words(guides, client):
    page = client.get("/guides/search/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page


def test_a_search_costs_one_query_once_the_guides_are_known(guides, still, client, django_assert_num_queries):
    client.get("/guides/")
    with django_assert_num_queries(1):
        client.get("/guides/search/", {"q": "挂失"})
