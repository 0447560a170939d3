"""Two editors on one draft: the second is told, and nothing that anybody typed is lost."""

from guidance import editing
from guidance.models import OPEN, Draft
from tests.guidance.desk import change_url, form_data, user_of


def test_the_second_editor_is_told_who_writes_and_since_when(draft, publisher):
    page = publisher.get(change_url(draft)).content.decode()
    assert f"{editing.name_of(draft.changed_by)} is writing on this draft too" in page
    assert "Begun" in page


def test_saving_over_a_colleague_loses_nothing_and_shows_what_changed(draft, editor, publisher):
    seen = form_data(draft, title_en="Mine")
    assert publisher.post(change_url(draft), form_data(draft, summary_zh="同事写的话")).status_code == 302
    response = editor.post(change_url(draft), seen)
    page = response.content.decode()
    assert "changed this draft at" in page
    assert "Nothing of yours is lost" in page
    assert 'value="Mine"' in page
    assert "<ins>" in page
    assert "同事写的话" in page.partition('class="changes"')[2].partition("</dl>")[0]
    draft.refresh_from_db()
    assert draft.title_en != "Mine"

    again = form_data(
        draft, title_en="Mine", summary_zh="同事写的话", seen=response.context["adminform"].form["seen"].value()
    )
    assert editor.post(change_url(draft), again).status_code == 302
    draft.refresh_from_db()
    assert (draft.title_en, draft.summary_zh) == ("Mine", "同事写的话")
    assert draft.authors.count() == 2


def test_a_text_sent_after_the_draft_went_on_is_not_lost(draft, editor, publisher):
    late = form_data(draft, title_en="Mine")
    publisher.post(change_url(draft), form_data(draft, _submit_review="1"))
    page = editor.post(change_url(draft), late).content.decode()
    assert "sent this draft on" in page
    assert 'value="Mine"' in page

    draft.refresh_from_db()
    editing.take(draft, editing.DraftAction.TAKE_BACK, user_of(editor), version=draft.version)
    draft.refresh_from_db()
    editing.take(draft, editing.DraftAction.DISCARD, user_of(editor), version=draft.version)
    page = editor.post(change_url(draft), late).content.decode()
    assert "discarded since" in page
    assert 'value="Mine"' in page
    assert 'name="_saveasnew"' in page
    assert editor.post(change_url(draft), late | {"_saveasnew": "1", "slug": draft.slug}).status_code == 302
    new = Draft.objects.get(slug=draft.slug, state__in=OPEN)
    assert (new.title_en, new.article) == ("Mine", draft.article)
