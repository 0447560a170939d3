"""Editors change guides, publishers publish them; a preview saves nothing, and what is missing is said."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from guidance import search, snapshot
from guidance.models import Article, LegalText, Topic

ADD = "/admin/guidance/article/add/"


def change_url(article):
    return reverse("admin:guidance_article_change", args=[article.pk])


def form_data(article, **changed):
    """What a browser would send from the form of an article."""
    names = ("slug", "order", "title_zh", "title_en", "summary_zh", "summary_en", "body_zh", "body_en")
    data = {name: getattr(article, name) for name in names}
    data |= {
        "topic": article.topic_id,
        "laws": [law.pk for law in article.laws.all()],
        "related": [other.pk for other in article.related.all()],
        "last_reviewed": article.last_reviewed or "",
    }
    if article.published:
        data["published"] = "on"
    return {name: value for name, value in (data | changed).items() if value is not None}


@pytest.fixture
def article(guides):
    return Article.objects.get(slug="your-data")


def test_strangers_are_sent_to_the_sign_in(guides, article):
    for path in (ADD, change_url(article), "/admin/guidance/article/", "/admin/guidance/topic/"):
        response = Client().get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")
    Client().post(change_url(article), form_data(article, title_zh="鲸鱼"))
    Client().post(change_url(article), form_data(article, title_zh="鲸鱼", _preview="zh"))
    article.refresh_from_db()
    assert article.title_zh != "鲸鱼"


def test_staff_without_the_permission_may_not_change_or_preview(guides, article, staff):
    reader = staff("view_article")
    assert reader.get(change_url(article)).status_code == 200
    for extra in ({}, {"_preview": "zh"}):
        assert reader.post(change_url(article), form_data(article, title_zh="鲸鱼", **extra)).status_code == 403
    assert staff().get(change_url(article)).status_code == 403
    article.refresh_from_db()
    assert article.title_zh != "鲸鱼"


def test_the_form_shows_both_languages_side_by_side(guides, article, editor):
    page = editor.get(change_url(article)).content.decode()
    for name in ("title", "summary", "body"):
        row = page.partition(f'class="form-row field-{name}_zh field-{name}_en"')[2]
        assert 0 < row.find(f'id="id_{name}_zh"') < row.find(f'id="id_{name}_en"')


def test_an_edit_is_rendered_indexed_kept_in_history_and_shown(guides, article, editor):
    assert Client().get("/guides/your-data/").status_code == 200
    body = article.body_zh + "\n\n## 鲸鱼\n\n**蓝色。**鲸鱼"
    response = editor.post(change_url(article), form_data(article, body_zh=body, published=None))
    assert response.status_code == 302, response.context["errors"]
    article.refresh_from_db()
    assert "<strong>蓝色。</strong>鲸鱼" in article.html_zh
    assert article.published
    assert article.edited
    assert article.pk in {hit.article_id for hit in search.find("鲸鱼")}
    newest = article.history.latest()
    assert newest.history_user.username.startswith("view_article")
    assert "鲸鱼" in newest.body_zh
    snapshot.forget()  # the commit, which this test's transaction never makes, would do it
    assert "鲸鱼" in Client().get("/guides/your-data/").content.decode()


def test_an_editor_cannot_publish_and_a_publisher_can(guides, article, editor, publisher):
    Article.objects.filter(pk=article.pk).update(published=False)
    article.refresh_from_db()
    assert editor.post(change_url(article), form_data(article, published="on")).status_code == 302
    article.refresh_from_db()
    assert not article.published

    assert publisher.post(change_url(article), form_data(article, published="on")).status_code == 302
    article.refresh_from_db()
    assert article.published


def test_taking_back_a_guide_warns_of_the_links_to_it(guides, publisher):
    article = Article.objects.get(slug="which-card-where")
    response = publisher.post(change_url(article), form_data(article, published=None), follow=True)
    told = [str(message) for message in response.context["messages"]]
    assert any("now lead nowhere" in text and "社保卡丢了" in text for text in told)
    assert Client().get("/guides/which-card-where/").status_code == 404


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_preview_shows_the_page_and_saves_nothing(guides, article, editor, language, django_assert_max_num_queries):
    records = article.history.count()
    changed = {"body_zh": "## 新\n\n**鲸鱼。**蓝色", "body_en": "## New\n\n**Whales** are blue."}
    response = editor.post(change_url(article), form_data(article, _preview=language, **changed))
    page = response.content.decode()
    assert response.status_code == 200
    assert {"zh": "<strong>鲸鱼。</strong>蓝色", "en": "<strong>Whales</strong> are blue."}[language] in page
    assert {"zh": '<html lang="zh-Hans"', "en": '<html lang="en"'}[language] in page
    assert "no-store" in response["Cache-Control"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert 'href="/guides/legal-basis-explained/"' in page
    assert 'href="/legal-basis/#personal-information-law"' in page
    article.refresh_from_db()
    assert "鲸鱼" not in article.body_zh
    assert article.history.count() == records
    assert not search.find("鲸鱼")


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
    assert not Article.objects.filter(slug="whales").exists()


def test_a_preview_of_a_form_with_errors_shows_the_errors(guides, article, editor):
    response = editor.post(change_url(article), form_data(article, body_en="", _preview="en"))
    assert "in both languages" in response.content.decode()
    article.refresh_from_db()
    assert article.body_en


@pytest.mark.parametrize("name", ["title_zh", "title_en", "summary_zh", "summary_en", "body_zh", "body_en"])
def test_a_published_guide_must_stay_complete_whoever_edits_it(guides, article, editor, name):
    response = editor.post(change_url(article), form_data(article, **{name: " "}))
    assert response.status_code == 200
    assert "in both languages" in str(response.context["adminform"].form.errors[name])
    article.refresh_from_db()
    assert getattr(article, name)


DEAD = ["/guides/no-such-guide/", "/no-such-page/", "lost-card/", "../lost-card/", "//example.org/x", "#nowhere"]


@pytest.mark.parametrize("address", DEAD)
def test_a_dead_link_keeps_a_published_guide_from_being_saved(guides, article, editor, address):
    response = editor.post(change_url(article), form_data(article, body_en=f"{article.body_en}\n\n[x]({address})"))
    assert response.status_code == 200
    assert address in str(response.context["adminform"].form.errors["body_en"])


@pytest.mark.parametrize(
    "address",
    [
        "/guides/lost-card/",
        "/guides/your-data/#section-4",
        "/guides/",
        "#section-1",
        "https://example.org/",
        "tel:12333",
    ],
)
def test_a_good_link_is_accepted(guides, article, editor, address):
    response = editor.post(change_url(article), form_data(article, body_en=f"{article.body_en}\n\n[x]({address})"))
    assert response.status_code == 302


def test_a_draft_may_be_incomplete_and_the_editor_is_told(guides, article, editor):
    Article.objects.filter(pk=article.pk).update(published=False)
    article.refresh_from_db()
    data = form_data(article, title_en="", body_zh="[x](/guides/no-such-guide/)")
    response = editor.post(change_url(article), data, follow=True)
    told = " ".join(str(message) for message in response.context["messages"])
    assert "/guides/no-such-guide/" in told
    assert "both languages" in told
    article.refresh_from_db()
    assert article.title_en == ""


@pytest.mark.parametrize("slug", ["search", "Lost", "a b", "a--b", "-a", "丢卡"])
def test_an_address_that_cannot_be_one_is_refused(guides, editor, slug):
    response = editor.post(ADD, {"slug": slug, "topic": Topic.objects.first().pk, "order": "1"})
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["slug"]


def test_the_history_can_be_read_and_an_old_version_brought_back(guides, article, editor):
    old = article.title_zh
    editor.post(change_url(article), form_data(article, title_zh="鲸鱼"))
    listed = editor.get(reverse("admin:guidance_article_history", args=[article.pk])).content.decode()
    assert "view_article-change_article" in listed
    assert "Title in Chinese" in listed
    assert "style=" not in listed
    record = article.history.filter(title_zh=old).first()
    url = reverse("admin:guidance_article_simple_history", args=[article.pk, record.pk])
    assert editor.get(url).status_code == 200
    article.refresh_from_db()
    response = editor.post(url, form_data(article, title_zh=old))
    assert response.status_code == 302
    article.refresh_from_db()
    assert article.title_zh == old
    assert "<h2" in article.html_zh


def test_opening_admin_pages_writes_nothing(guides, article, editor, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    law = LegalText.objects.get(slug="card-measures")
    paths = (
        ADD,
        change_url(article),
        "/admin/guidance/article/",
        reverse("admin:guidance_article_history", args=[article.pk]),
        reverse("admin:guidance_legaltext_change", args=[law.pk]),
    )
    for path in paths:
        with CaptureQueriesContext(connection) as queries:
            assert editor.get(path).status_code == 200
        written = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert [sql for sql in written if "django_session" not in sql] == []
        assert len(queries) <= 25


def test_the_list_costs_the_same_for_more_guides(guides, editor):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        with CaptureQueriesContext(connection) as queries:
            editor.get("/admin/guidance/article/")
        return len(queries)

    cost()
    before = cost()
    topic = Topic.objects.create(slug="more", name_zh="更多", name_en="More")
    Article.objects.bulk_create(Article(slug=f"more-{number}", topic=topic) for number in range(20))
    assert cost() == before


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


def test_editors_have_no_button_to_delete(guides, article, publisher):
    assert publisher.get(reverse("admin:guidance_article_delete", args=[article.pk])).status_code == 403
