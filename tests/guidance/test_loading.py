"""`load_guides` may be run at any time: it adds, updates what nobody touched, and keeps its hands off the rest."""

import pytest

from guidance import loading, publishing, shipped
from guidance.models import Article, ContentVersion, LegalText, Topic
from tests.guidance.texts import SLUGS, rewrite


def deeds(done):
    return {name: deed for deed, name in done}


def test_first_load_publishes_every_text_in_both_languages(guides):
    assert Article.objects.filter(published=True).count() == len(guides.articles) == len(SLUGS)
    for article in Article.objects.all():
        assert "<h2" in article.html_zh
        assert "<h2" in article.html_en
        assert article.related.exists()
        assert article.laws.exists()
        assert not article.edited


def test_second_load_changes_nothing(guides):
    version = ContentVersion.objects.get().value
    records = Article.history.count()
    assert set(deeds(loading.load(guides)).values()) == {loading.SAME}
    assert ContentVersion.objects.get().value == version
    assert Article.history.count() == records


def test_an_edited_guide_is_kept_whatever_is_shipped(guides, folder):
    article = Article.objects.get(slug="lost-card")
    article.title_zh = "卡丢了看这里"
    publishing.publish(article)
    rewrite(folder / "lost-card.zh.md", "第一步", "第 1 步")

    assert deeds(loading.load(shipped.read(folder)))["guide lost-card"] == loading.KEPT
    article.refresh_from_db()
    assert article.title_zh == "卡丢了看这里"
    assert "第一步" in article.body_zh


def test_changing_only_the_related_guides_counts_as_an_edit(guides, folder):
    Article.objects.get(slug="lost-card").related.clear()
    rewrite(folder / "lost-card.zh.md", "第一步", "第 1 步")
    assert deeds(loading.load(shipped.read(folder)))["guide lost-card"] == loading.KEPT


def test_an_untouched_guide_follows_the_shipped_text(guides, folder):
    rewrite(folder / "lost-card.zh.md", "第一步", "第 1 步")
    version = ContentVersion.objects.get().value

    assert deeds(loading.load(shipped.read(folder)))["guide lost-card"] == loading.UPDATED
    article = Article.objects.get(slug="lost-card")
    assert "第 1 步" in article.html_zh
    assert not article.edited
    assert ContentVersion.objects.get().value != version


def test_a_withdrawn_guide_stays_withdrawn_when_it_is_updated(guides, folder):
    Article.objects.filter(slug="lost-card").update(published=False)
    rewrite(folder / "lost-card.zh.md", "第一步", "第 1 步")
    assert deeds(loading.load(shipped.read(folder)))["guide lost-card"] == loading.UPDATED
    assert not Article.objects.get(slug="lost-card").published


def test_line_ends_of_a_browser_are_no_edit(guides):
    article = Article.objects.get(slug="lost-card")
    article.body_zh = article.body_zh.replace("\n", "\r\n")
    publishing.publish(article)
    assert not article.edited


def test_edited_topics_and_laws_are_kept(guides):
    Topic.objects.filter(slug="loss").update(name_zh="丢卡")
    LegalText.objects.filter(slug="card-measures").update(meaning_zh="改过")
    done = deeds(loading.load(guides))
    assert done["topic loss"] == done["law card-measures"] == loading.KEPT
    assert LegalText.objects.get(slug="card-measures").meaning_zh == "改过"


def test_guides_are_rendered_anew_when_the_renderer_changed(guides):
    Article.objects.filter(slug="lost-card").update(html_zh="<p>by an older renderer</p>")
    done = loading.load(guides)
    assert (loading.RENDERED, "guide lost-card") in done
    assert "<h2" in Article.objects.get(slug="lost-card").html_zh


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("lost-card.zh.md", "title: ", "titel: ", "titel"),
        ("lost-card.zh.md", "order: 10", "order: ten", "differ in 'order'"),
        ("lost-card.zh.md", "topic: loss\n", "", "missing ['topic']"),
        ("lost-card.zh.md", "topic: loss\n", "topic: loss\ntopic: loss\n", "there twice"),
        ("lost-card.zh.md", "topic: loss", "topic: progress", "differ in 'topic'"),
        ("lost-card.en.md", "---\ntitle", "title", "head between"),
        ("topics.toml", "[topic.loss]", "[topic.lost]", "points to ['loss']"),
        ("topics.toml", "order = 20", "", "missing ['order']"),
        ("laws.toml", "[law.card-measures]", "[law.other]", "card-measures"),
        ("laws.toml", "amended_on = 2018-12-29", 'amended_on = "2018"', "must be a date"),
        (
            "laws.toml",
            "国家建立全国统一的个人社会保障号码。",
            "\n\n国家建立全国统一的个人社会保障号码。\n\n",
            "paragraphs",
        ),
    ],
)
def test_a_slip_in_a_shipped_text_is_refused_by_name(folder, name, old, new, told):
    rewrite(folder / name, old, new)
    with pytest.raises(shipped.BadContentError, match=r".") as refused:
        shipped.read(folder)
    assert told in str(refused.value)


def test_a_guide_in_one_language_only_is_refused(folder):
    (folder / "lost-card.en.md").unlink()
    with pytest.raises(shipped.BadContentError, match=r"lost-card\.en\.md"):
        shipped.read(folder)
