"""workflow_diagram: the page says what the tables say, and its check fails when it does not."""

import pytest
from django.core.management.base import CommandError

from cards import workflow
from cards.management import diagram
from cards.vocabulary import Action, LossStatus, SocialStatus, Stage, StopReason


def test_the_page_in_the_repository_is_up_to_date(run):
    assert run("workflow_diagram", check=True) == ""


def test_every_word_of_the_tables_is_drawn():
    page = diagram.document()
    for words in (Stage, StopReason, LossStatus, SocialStatus):
        assert all(word.value in page for word in words)
    assert all(str(action.label) in page for action in Action)
    assert all(f"    {a.value} --> {b.value}: " in page for a, b in workflow.STEPS)


def test_it_is_english_whatever_the_language_of_the_moment():
    from django.utils import translation

    with translation.override("zh-hans"):
        in_chinese = diagram.document()
    assert in_chinese == diagram.document()


def test_a_changed_table_makes_the_check_fail(run, monkeypatch):
    monkeypatch.setitem(workflow.KEEPERS, Stage.PRODUCING, workflow.KEEPERS[Stage.SENDING])
    with pytest.raises(CommandError, match="stale"):
        run("workflow_diagram", check=True)


def test_drawing_mends_a_stale_page(run, settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match="stale"):
        run("workflow_diagram", check=True)
    assert "drawn anew" in run("workflow_diagram")
    assert run("workflow_diagram", check=True) == ""
    assert "unchanged" in run("workflow_diagram")
