"""The editors' desk: one form for both languages that loses nothing, and a second person who decides."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from guidance import search, snapshot
from guidance.models import Article, Draft, DraftState, LegalText, Topic
from tests.guidance.desk import change_url, form_data, step, told

ADD = "/admin/guidance/draft/add/"
LIST = "/admin/guidance/article/"


def test_strangers_are_sent_to_the_sign_in(guides, article, draft):
    for path in (ADD, change_url(draft), LIST, "/admin/guidance/topic/", "/admin/guidance/picture/"):
        response = Client().get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")
    for url, data in (
        (change_url(draft), form_data(draft, title_zh="鲸鱼")),
        (change_url(draft), form_data(draft, title_zh="鲸鱼", _preview="zh")),
        (reverse("admin:guidance_draft_step", args=[draft.pk]), {"action": "discard", "version": 1}),
        (reverse("admin:guidance_article_show", args=[article.pk]), {}),
    ):
        assert Client().post(url, data)["Location"].startswith("/admin/login/")
    draft.refresh_from_db()
    assert "鲸鱼" not in draft.title_zh
    assert draft.state == DraftState.WRITING


def test_who_may_only_read_changes_previews_and_begins_nothing(guides, article, draft, staff):
    reader = staff("view_article", "view_draft")
    assert reader.get(change_url(draft)).status_code == 200
    for extra in ({}, {"_preview": "zh"}):
        assert reader.post(change_url(draft), form_data(draft, title_zh="鲸鱼", **extra)).status_code == 403
    assert reader.post(reverse("admin:guidance_article_begin", args=[article.pk])).status_code == 403
    assert "Only a publisher" in told(
        reader.post(reverse("admin:guidance_article_show", args=[article.pk]), follow=True)
    )
    assert staff().get(change_url(draft)).status_code == 403
    draft.refresh_from_db()
    assert "鲸鱼" not in draft.title_zh


def test_the_form_shows_both_languages_side_by_side(draft, editor):
    page = editor.get(change_url(draft)).content.decode()
    for name in ("title", "summary", "body"):
        row = page.partition(f'class="form-row field-{name}_zh field-{name}_en"')[2]
        assert 0 < row.find(f'id="id_{name}_zh"') < row.find(f'id="id_{name}_en"')


def test_from_the_first_word_to_the_public_page(article, draft, editor, publisher):
    assert Client().get("/guides/your-data/").status_code == 200
    body = article.body_zh + "\n\n## 鲸鱼\n\n**蓝色。**鲸鱼"
    data = form_data(draft, body_zh=body, _submit_review="1")
    assert "Sent for review" in told(editor.post(change_url(draft), data, follow=True))
    snapshot.forget()
    assert "鲸鱼" not in Client().get("/guides/your-data/").content.decode()
    assert "Only a publisher" in told(step(editor, draft, "publish"))
    assert "Published" in told(step(publisher, draft, "publish"))
    article.refresh_from_db()
    assert "<strong>蓝色。</strong>鲸鱼" in article.html_zh
    assert article.edited
    assert article.pk in {hit.article_id for hit in search.find("鲸鱼")}
    snapshot.forget()  # the commit, which this test's transaction never makes, would do it
    assert "鲸鱼" in Client().get("/guides/your-data/?lang=zh-hans").content.decode()


def test_a_publisher_who_wrote_is_told_that_another_must_review(draft, publisher):
    data = form_data(draft, title_zh="鲸鱼", _submit_review="1")
    page = publisher.post(change_url(draft), data, follow=True).content.decode()
    assert "another publisher must review it" in page
    assert 'value="publish"' not in page
    assert "another publisher must review it" in told(step(publisher, draft, "publish"))


def test_a_set_time_and_a_note(draft, editor, publisher):
    editor.post(change_url(draft), form_data(draft, _submit_review="1"))
    assert "Send back" in publisher.get(change_url(draft)).content.decode()
    assert "still to come" in told(step(publisher, draft, "schedule", publish_at="2020-01-01T08:00"))
    assert "valid" in told(step(publisher, draft, "schedule", publish_at="never"))
    tomorrow = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert "Approved" in told(step(publisher, draft, "schedule", publish_at=tomorrow))
    step(publisher, draft, "send_back", note="第一句太长")
    assert "第一句太长" in editor.get(change_url(draft)).content.decode()


def test_taking_back_a_guide_warns_of_the_links_to_it(guides, publisher):
    article = Article.objects.get(slug="which-card-where")
    url = reverse("admin:guidance_article_show", args=[article.pk])
    response = publisher.post(url, follow=True)
    assert "now lead nowhere" in told(response)
    assert "社保卡丢了" in told(response)
    snapshot.forget()
    assert Client().get("/guides/which-card-where/").status_code == 404
    assert "again" in told(publisher.post(url, {"published": "1"}, follow=True))
    snapshot.forget()
    assert Client().get("/guides/which-card-where/").status_code == 200


# --- what is to be seen to ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_preview_shows_the_page_and_saves_nothing(draft, editor, language):
    records = draft.history.count()
    changed = {"body_zh": "## 新\n\n**鲸鱼。**蓝色", "body_en": "## New\n\n**Whales** are blue. [x](/guides/nowhere/)"}
    response = editor.post(change_url(draft), form_data(draft, _preview=language, **changed))
    page = response.content.decode()
    assert response.status_code == 200
    assert response["X-Preview"] == language
    assert {"zh": "<strong>鲸鱼。</strong>蓝色", "en": "<strong>Whales</strong> are blue."}[language] in page
    assert {"zh": '<html lang="zh-Hans"', "en": '<html lang="en"'}[language] in page
    assert ("/guides/nowhere/" in page.partition("<h1>")[0]) is (language == "en")
    assert "no-store" in response["Cache-Control"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert 'href="/guides/legal-basis-explained/"' in page
    assert 'href="/legal-basis/#personal-information-law"' in page
    draft.refresh_from_db()
    assert "鲸鱼" not in draft.body_zh
    assert draft.history.count() == records
    shown = editor.get(reverse("admin:guidance_draft_preview", args=[draft.pk]) + f"?in={language}")
    assert draft.title_zh in shown.content.decode() or draft.title_en in shown.content.decode()


def test_a_preview_of_a_new_guide_saves_nothing(guides, editor):
    data = {
        "slug": "whales",
        "topic": Topic.objects.get(slug="loss").pk,
        "order": "1",
        "title_zh": "鲸鱼",
        "body_zh": "**鲸鱼。**",
        "_preview": "zh",
    }
    response = editor.post(ADD, data)
    assert "<h1>鲸鱼</h1>" in response.content.decode()
    assert not Draft.objects.filter(slug="whales").exists()


def test_a_preview_of_a_form_with_errors_shows_the_errors(draft, editor):
    response = editor.post(change_url(draft), form_data(draft, topic="", title_en="Mine", _preview="en"))
    assert "X-Preview" not in response
    assert response.context["adminform"].form.errors["topic"]
    assert 'value="Mine"' in response.content.decode()


DEAD = [
    "/guides/no-such-guide/",
    "/no-such-page/",
    "lost-card/",
    "../lost-card/",
    "//example.org/x",
    "#nowhere",
    "http://example.org/",
    "ftp://example.org/",
    "/guides/lost-card/#section-99",
    "/guides/your-data/#section-99",
    "/language/",
    "/guides/missing/",
    "/status/end/",
    "/admin/guidance/",
]


@pytest.mark.parametrize("address", DEAD)
def test_a_dead_link_is_told_beside_its_field_and_keeps_the_guide_back(draft, editor, address):
    data = form_data(draft, body_en=f"{draft.body_en}\n\n[x]({address})", _submit_review="1")
    response = editor.post(change_url(draft), data, follow=True)
    assert address in told(response)
    help_text = str(response.context["adminform"].form.fields["body_en"].help_text)
    assert 'class="stops"' in help_text
    assert address in help_text
    draft.refresh_from_db()
    assert draft.state == DraftState.WRITING
    assert address in draft.body_en


@pytest.mark.parametrize(
    "address",
    [
        "/guides/lost-card/",
        "/guides/your-data/#section-4",
        "/guides/lost-card/#section-2",
        "/guides/lost-card/#rests-on",
        "/lost-card/?what=stolen",
        "/outlets/#results",
        "/status/",
        "/guides/",
        "#section-1",
        "https://example.org/",
        "tel:12333",
    ],
)
def test_a_good_link_is_accepted(draft, editor, address):
    data = form_data(draft, body_en=f"{draft.body_en}\n\n[x]({address})", _submit_review="1")
    assert "Sent for review" in told(editor.post(change_url(draft), data, follow=True))


@pytest.mark.parametrize("name", ["title_zh", "title_en", "summary_zh", "summary_en", "body_zh", "body_en"])
def test_a_draft_may_be_unfinished_and_says_so(draft, editor, name):
    assert editor.post(change_url(draft), form_data(draft, **{name: " "})).status_code == 302
    response = editor.get(change_url(draft))
    assert "in both languages" in str(response.context["adminform"].form.fields[name].help_text)


def test_a_long_sentence_is_told_and_stops_nothing(draft, editor):
    long = "这句话" * 20 + "。"
    data = form_data(draft, summary_zh=long, _submit_review="1")
    assert "Sent for review" in told(editor.post(change_url(draft), data, follow=True))
    page = editor.get(reverse("admin:guidance_draft_changes", args=[draft.pk])).content.decode()
    assert "A long sentence, 60 characters" in page
    assert "<ins>" in page


@pytest.mark.parametrize("slug", ["search", "Lost", "a b", "a--b", "-a", "丢卡"])
def test_an_address_that_cannot_be_one_is_refused(guides, editor, slug):
    response = editor.post(ADD, {"slug": slug, "topic": Topic.objects.first().pk, "order": "1"})
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["slug"]


def test_a_second_draft_of_the_same_address_is_refused_with_a_sentence(draft, editor):
    response = editor.post(ADD, form_data(draft, title_en="Mine"))
    assert "already writing on a guide with this address" in response.content.decode()
    assert 'value="Mine"' in response.content.decode()


def test_the_versions_can_be_compared_and_an_old_one_brought_back(article, draft, editor, publisher):
    old = article.title_zh
    editor.post(change_url(draft), form_data(draft, title_zh="鲸鱼", _submit_review="1"))
    step(publisher, draft, "publish")
    listed = editor.get(reverse("admin:guidance_article_history", args=[article.pk])).content.decode()
    assert "Title in Chinese" in listed
    assert "style=" not in listed
    record = article.history.filter(title_zh=old).first()
    page = editor.get(reverse("admin:guidance_article_simple_history", args=[article.pk, record.pk])).content.decode()
    assert "鲸鱼" in page.partition("Since then")[2]
    url = reverse("admin:guidance_article_write_on", args=[article.pk, record.pk])
    assert "The older text is a draft now" in told(editor.post(url, follow=True))
    assert Draft.objects.get(slug=article.slug, state=DraftState.WRITING).title_zh == old
    assert "open draft" in told(editor.post(url, follow=True))


def test_opening_admin_pages_writes_nothing(article, draft, editor):
    law = LegalText.objects.get(slug="card-measures")
    record = article.history.first()
    paths = (
        "/admin/",
        ADD,
        change_url(draft),
        reverse("admin:guidance_draft_preview", args=[draft.pk]),
        reverse("admin:guidance_draft_changes", args=[draft.pk]),
        "/admin/guidance/draft/",
        LIST,
        reverse("admin:guidance_article_change", args=[article.pk]),
        reverse("admin:guidance_article_history", args=[article.pk]),
        reverse("admin:guidance_article_simple_history", args=[article.pk, record.pk]),
        reverse("admin:guidance_legaltext_change", args=[law.pk]),
    )
    for path in paths:
        with CaptureQueriesContext(connection) as queries:
            assert editor.get(path).status_code == 200
        written = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert [sql for sql in written if "django_session" not in sql] == []
        assert len(queries) <= 30, path


def test_the_list_costs_the_same_for_more_guides(guides, editor):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            editor.get(LIST)
        return len(queries)

    cost()
    before = cost()
    topic = Topic.objects.create(slug="more", name_zh="更多", name_en="More")
    Article.objects.bulk_create(Article(slug=f"more-{number}", topic=topic) for number in range(20))
    assert cost() == before


def test_the_first_page_says_what_waits(article, draft, editor, publisher):
    def tiles(client):
        page = client.get("/admin/").content.decode()
        return " ".join(page.partition('id="editing"')[2].partition("</ul>")[0].split())

    assert "<b>1</b> being written" in tiles(editor)
    editor.post(change_url(draft), form_data(draft, title_zh="鲸鱼", _submit_review="1"))
    assert "<b>1</b> wait for your review" in tiles(publisher)
    assert "<b>1</b> wait for a review" in tiles(editor)
    Article.objects.filter(pk=article.pk).update(review_by=timezone.localdate() + timedelta(days=29))
    assert "<b>1</b> guides to look at again within 30 days" in tiles(editor)
    page = editor.get(f"{LIST}?review=due").content.decode()
    assert article.title_zh in page
    assert "社保卡丢了" not in page
    assert "waiting for review" in editor.get(LIST).content.decode()


def test_a_changed_topic_and_law_show_on_the_pages(guides, editor):
    topic = Topic.objects.get(slug="loss")
    data = {"slug": topic.slug, "name_zh": "鲸鱼", "name_en": "Whales", "order": topic.order}
    url = reverse("admin:guidance_topic_change", args=[topic.pk])
    assert "鲸鱼" not in Client().get("/guides/?lang=zh-hans").content.decode()
    assert editor.post(url, data).status_code == 302
    snapshot.forget()
    assert "鲸鱼" in Client().get("/guides/?lang=zh-hans").content.decode()


def test_a_law_whose_paragraphs_do_not_pair_is_refused(guides, editor):
    law = LegalText.objects.get(slug="social-insurance-law-58")
    data = {name: getattr(law, name) for name in LegalText.FIELDS} | {"slug": law.slug, "amended_on": "2018-12-29"}
    url = reverse("admin:guidance_legaltext_change", args=[law.pk])
    response = editor.post(url, data | {"meaning_en": "One paragraph only."})
    assert response.status_code == 200
    assert "same number of paragraphs" in response.content.decode()
    assert editor.post(url, data).status_code == 302


def test_a_guide_deleted_by_an_administrator_leaves_the_index_and_the_pages(guides, article):
    administrator = User.objects.create_superuser("root-of-tests", password="for-tests-only")
    client = Client()
    client.force_login(administrator, "django.contrib.auth.backends.ModelBackend")
    number = article.pk
    assert number in {hit.article_id for hit in search.find("密码")}
    response = client.post(reverse("admin:guidance_article_delete", args=[number]), {"post": "yes"})
    assert response.status_code == 302
    assert number not in {hit.article_id for hit in search.find("密码")}
    snapshot.forget()
    assert Client().get("/guides/your-data/").status_code == 404


def test_nobody_deletes_a_guide_or_changes_one_without_a_draft(article, draft, publisher):
    for name in ("article", "draft"):
        key = {"article": article, "draft": draft}[name].pk
        assert publisher.get(reverse(f"admin:guidance_{name}_delete", args=[key])).status_code == 403
    url = reverse("admin:guidance_article_change", args=[article.pk])
    assert publisher.post(url, {"title_zh": "鲸鱼"}).status_code == 403
    assert publisher.get("/admin/guidance/article/add/").status_code == 403
