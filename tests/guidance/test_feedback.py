"""Readers tell the editors what is missing and whether a guide was of use; nobody learns who they are."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from guidance import feedback
from guidance.models import Article, MissedSearch, Opinion
from tests.factories import synthetic_id_number


def send(path: str, language: str = "en", **data: str):
    return Client().post(path, data, headers={"Accept-Language": language}, follow=True)


def words_of(response) -> str:
    return response.content.decode()


def test_a_search_without_result_offers_to_tell_the_editors_and_keeps_nothing_by_itself(guides):
    page = Client().get("/guides/search/", {"q": "鲸鱼卡", "lang": "zh-hans"}).content.decode()
    assert "告诉编辑这里没有写" in page
    assert not MissedSearch.objects.exists()
    found = Client().get("/guides/search/", {"q": "挂失", "lang": "zh-hans"}).content.decode()
    assert "告诉编辑这里没有写" not in found


def test_what_was_told_is_counted_by_day_and_shown_when_several_days_have_it(guides, staff, time_machine):
    start = timezone.now()
    for day in range(feedback.DAYS_BEFORE_SHOWN):
        time_machine.move_to(start + timedelta(days=day), tick=False)
        for written in ("鲸鱼卡", " 鲸鱼卡 "):
            assert "Thank you." in words_of(send("/guides/search/missing/", q=written))
    send("/guides/search/missing/", q="某个人名")
    row = MissedSearch.objects.get(words="鲸鱼卡")
    assert (row.times, row.days) == (6, 3)
    client = staff("view_missedsearch", "add_draft", "view_draft")
    shown = words_of(client.get("/admin/guidance/missedsearch/"))
    address = shown.partition('href="/admin/guidance/draft/add/?')[2].partition('"')[0]
    form = words_of(client.get(f"/admin/guidance/draft/add/?{address}"))
    assert 'name="title_zh" value="鲸鱼卡"' in form
    assert "鲸鱼卡" in shown
    assert "某个人名" not in shown
    time_machine.move_to(start + feedback.KEPT + timedelta(days=5), tick=False)
    send("/guides/search/missing/", q="火星")
    assert list(MissedSearch.objects.values_list("words", flat=True)) == ["火星"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "  ",
        "!!!",
        synthetic_id_number(),
        "13800000000",
        "我的卡号 6217 0000 1234 5678",
        "长" * 60,
        "a b c d e f g",
    ],
)
def test_what_may_be_about_a_person_or_is_no_subject_is_not_kept(guides, query: str):
    assert "This was not kept" in words_of(send("/guides/search/missing/", q=query))
    assert not MissedSearch.objects.exists()


@pytest.mark.parametrize(("language", "thanks"), [("en", "Thank you."), ("zh", "谢谢。")])
def test_an_opinion_is_kept_with_its_words_and_its_day_alone(guides, language: str, thanks: str):
    response = send("/guides/fees/useful/", language, useful="no", words=" 没写残疾人减免 ")
    assert thanks in words_of(response)
    assert response.redirect_chain == [("/guides/fees/useful/thanks/", 302)]
    one = Opinion.objects.get()
    assert (one.article.slug, one.useful, one.words, one.day) == (
        "fees",
        False,
        "没写残疾人减免",
        timezone.localdate(),
    )
    assert {field.name for field in Opinion._meta.concrete_fields} == {
        "id", "article", "useful", "words", "language", "day",
    }  # fmt: skip


def test_a_number_of_a_person_is_refused_and_nothing_else_is_lost(guides):
    number = synthetic_id_number()
    page = words_of(send("/guides/fees/useful/", useful="yes", words=f"我的号码是{number}，写得好"))
    assert "Your text holds a long number." in page
    assert "写得好" in page
    assert 'value="yes"' in page
    assert "checked" in page
    assert not Opinion.objects.exists()


def test_yes_or_no_is_needed_and_long_words_are_told(guides):
    page = words_of(send("/guides/fees/useful/", words="好"))
    assert "Choose yes or no." in page
    assert ">\n好</textarea>" in page
    page = words_of(send("/guides/fees/useful/", useful="yes", words="字" * 501))
    assert "Your text has 501 characters; at most 500 can be sent." in page
    assert "您写了501个字符" in words_of(send("/guides/fees/useful/", "zh-hans", useful="yes", words="字" * 501))
    lines = "\r\n".join(["字"] * 250)
    assert "Thank you" in words_of(send("/guides/fees/useful/", useful="yes", words=lines))


def test_a_flood_from_one_network_waits_and_loses_nothing(guides):
    for _place in range(feedback.MOST_AN_HOUR):
        send("/guides/fees/useful/", useful="yes")
    response = send("/guides/fees/useful/", useful="no", words="最后一句")
    assert response.status_code == 429
    assert "最后一句" in words_of(response)
    assert Opinion.objects.count() == feedback.MOST_AN_HOUR
    assert send("/guides/search/missing/", q="鲸鱼").status_code == 429


@pytest.mark.usefixtures("valkey")
def test_what_readers_say_is_taken_in_while_the_counter_of_the_house_is_gone(guides, settings):
    assert "Thank you" in words_of(send("/guides/fees/useful/", useful="yes", words="写得好"))
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    assert "Thank you" in words_of(send("/guides/fees/useful/", useful="yes", words="写得好"))
    assert "Thank you" in words_of(send("/guides/search/missing/", q="鲸鱼卡"))
    assert (Opinion.objects.count(), MissedSearch.objects.count()) == (2, 1)


def test_editors_see_how_many_found_a_guide_of_use(guides, staff):
    article = Article.objects.get(slug="fees")
    for useful in (True, True, False):
        Opinion.objects.create(article=article, useful=useful, language="zh", day=timezone.localdate())
    Opinion.objects.create(article=article, useful=True, language="zh", day=timezone.localdate() - timedelta(days=120))
    page = words_of(staff("view_article", "view_opinion").get("/admin/guidance/article/"))
    assert "2 of 3" in page
    assert f"article__id__exact={article.pk}" in page


def test_only_published_guides_are_asked_about_and_no_other_method_or_origin_counts(guides):
    assert Client().get("/guides/no-such-guide/useful/").status_code == 404
    assert Client().get("/guides/search/missing/").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/guides/fees/useful/", {"useful": "yes"}).status_code == 403
    assert not Opinion.objects.exists()


def test_the_page_of_a_guide_leads_to_the_question_and_holds_no_token(guides):
    response = Client().get("/guides/fees/")
    assert b'href="/guides/fees/useful/"' in response.content
    assert b"csrfmiddlewaretoken" not in response.content
    assert not response.cookies
