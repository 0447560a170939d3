"""A comparison shows every field that differs, not the words alone; a version that comes back comes back whole."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from guidance import comparing, editing
from guidance.models import Article, Draft, DraftState, LegalText, Topic
from tests.guidance.desk import change_url, form_data, step, user_of


def without_a_word(draft: Draft) -> dict[str, dict]:
    """For each field that is no text: what a browser sends when only that is changed, and what the reviewer reads."""
    law = LegalText.objects.exclude(pk__in=draft.laws.all()).first()
    guide = Article.objects.exclude(slug=draft.slug).exclude(pk__in=draft.related.all()).first()
    topic = Topic.objects.exclude(pk=draft.topic_id).first()
    assert law is not None
    assert guide is not None
    assert topic is not None
    return {
        "laws": {"sent": {"laws": [law.pk]}, "read": [str(law), *(str(one) for one in draft.laws.all())]},
        "related": {"sent": {"related": [guide.pk]}, "read": [str(guide), *(str(one) for one in draft.related.all())]},
        "topic": {"sent": {"topic": topic.pk}, "read": [str(topic), str(draft.topic)]},
        "situation": {"sent": {"situation": "/lost-card/?what=stolen"}, "read": ["/lost-card/?what=stolen"]},
        "order": {"sent": {"order": 431}, "read": ["431", str(draft.order)]},
        "review_by": {"sent": {"review_by": "2027-03-05"}, "read": ["5 March 2027"]},
    }


FIELDS = ("laws", "related", "topic", "situation", "order", "review_by")


def test_the_table_below_names_every_field_without_words(draft) -> None:
    assert set(FIELDS) == set(without_a_word(draft))
    words = {"slug", "published", "last_reviewed"} | {
        name for name in comparing._FIELDS if name[-3:] in ("_zh", "_en")
    }
    assert set(FIELDS) | words == set(comparing._FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_a_reviewer_sees_what_changed_though_the_words_are_the_same(draft, editor, publisher, name) -> None:
    case = without_a_word(draft)[name]
    page = publisher.get(reverse("admin:guidance_draft_changes", args=[draft.pk])).content.decode()
    assert "Nothing differs." in page
    assert editor.post(change_url(draft), form_data(draft, **case["sent"])).status_code == 302
    page = publisher.get(reverse("admin:guidance_draft_changes", args=[draft.pk])).content.decode()
    shown = page.partition('class="changes"')[2].partition("</dl>")[0]
    assert shown.count("<dt>") == 1
    for text in case["read"]:
        assert text in shown


@pytest.mark.parametrize("name", FIELDS)
def test_the_second_editor_sees_what_the_first_changed_though_the_words_are_the_same(
    draft, editor, publisher, name
) -> None:
    case, stale = without_a_word(draft)[name], form_data(draft, title_en="Mine")
    assert publisher.post(change_url(draft), form_data(draft, **case["sent"])).status_code == 302
    page = editor.post(change_url(draft), stale).content.decode()
    assert "changed this draft at" in page
    shown = page.partition('class="changes"')[2].partition("</dl>")[0]
    assert case["read"][0] in shown


def test_a_day_taken_out_again_is_shown_too(draft, editor) -> None:
    editor.post(change_url(draft), form_data(draft, review_by="2027-03-05"))
    draft.refresh_from_db()
    before = draft.history.filter(version=draft.version).latest()
    editor.post(change_url(draft), form_data(draft))
    draft.refresh_from_db()
    (change,) = comparing.between(before, draft)
    assert [piece.text for piece in change.pieces] == ["5 March 2027"]


def test_a_published_version_is_one_version_with_everything_in_it(article, draft, editor, publisher) -> None:
    case = without_a_word(draft)
    law, guide = case["laws"]["sent"]["laws"][0], case["related"]["sent"]["related"][0]
    count = article.history.count()
    editor.post(change_url(draft), form_data(draft, laws=[law], related=[guide], title_en="New words"))
    step(editor, draft, "submit")
    step(publisher, draft, "publish")
    article.refresh_from_db()
    assert article.history.count() == count + 1
    kept = article.history.latest()
    assert [row.pk for row in comparing.linked(kept, "laws")] == [law]
    assert [row.pk for row in comparing.linked(kept, "related")] == [guide]
    assert kept.history_user == user_of(publisher)


def test_the_shipped_version_of_every_guide_is_whole(guides) -> None:
    for article in Article.objects.all():
        (kept,) = article.history.all()
        for name in ("laws", "related"):
            now = {row.pk for row in comparing.linked(article, name)}
            assert {row.pk for row in comparing.linked(kept, name)} == now, article.slug
            assert now, article.slug


def test_what_comes_back_is_whole_and_needs_somebody_else_s_review(article, draft, editor, publisher) -> None:
    then = {name: {row.pk for row in comparing.linked(article, name)} for name in ("laws", "related")}
    old = article.history.latest()
    editor.post(change_url(draft), form_data(draft, laws=[], related=[], title_en="New words"))
    step(editor, draft, "submit")
    step(publisher, draft, "publish")
    url = reverse("admin:guidance_article_write_on", args=[article.pk, old.pk])
    publisher.post(url)
    back = Draft.objects.get(slug=article.slug, state=DraftState.WRITING)
    assert back.title_en == old.title_en
    for name, wanted in then.items():
        assert {row.pk for row in comparing.linked(back, name)} == wanted
    step(publisher, back, "submit")
    back.refresh_from_db()
    assert "wrote on this draft yourself" in editing.refusal(back, editing.DraftAction.PUBLISH, user_of(publisher))
    step(publisher, back, "publish")
    back.refresh_from_db()
    assert back.state == DraftState.IN_REVIEW


def test_a_version_says_when_a_guide_was_taken_from_the_public_or_found_right(article, publisher) -> None:
    user = user_of(publisher)
    Article.objects.filter(pk=article.pk).update(review_by=date(2026, 1, 2))
    article.refresh_from_db()
    editing.reviewed(article, user)
    editing.show(article, user, published=False)
    hidden, looked_at, *_ = article.history.all()
    assert {change.label for change in comparing.between(looked_at, hidden)} == {"published"}
    assert {change.label for change in comparing.between(looked_at.prev_record, looked_at)} <= {
        "review by",
        "last reviewed",
    }
    page = publisher.get(reverse("admin:guidance_article_simple_history", args=[article.pk, hidden.pk]))
    assert "published" in page.content.decode().partition('class="changes"')[2]


def test_a_law_or_shelf_that_is_gone_since_does_not_break_the_comparison(article) -> None:
    gone = Topic.objects.create(slug="gone", name_zh="旧架", name_en="Old shelf")
    article.topic, before = gone, article.topic
    article.save()
    record = article.history.latest()
    article.topic = before
    article.save()
    gone.delete()
    law = article.laws.first()
    article.laws.clear()
    law.delete()
    labels = {change.label for change in comparing.between(record, article)}
    assert "topic" in labels
    back = editing.write_on_from(article, record, User.objects.create_user("somebody"))
    assert (back.topic, law in back.laws.all()) == (article.topic, False)
    assert timedelta(0) <= article.history.latest().history_date - record.history_date
