"""The command on an empty database: what it does and what it says."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from guidance import shipped
from guidance.models import Article, ContentVersion, Topic
from tests.guidance.texts import rewrite


def test_a_dry_run_says_what_it_would_do_and_does_nothing(db):
    out = StringIO()
    call_command("load_guides", "--dry-run", stdout=out)
    assert "guide lost-card: added" in out.getvalue()
    assert "nothing was changed" in out.getvalue()
    assert not Article.objects.exists()
    assert not ContentVersion.objects.exists()


def test_the_command_tells_what_it_did(db):
    first, second = StringIO(), StringIO()
    call_command("load_guides", stdout=first)
    call_command("load_guides", stdout=second)
    assert "guide lost-card: added" in first.getvalue()
    assert second.getvalue() == "Guides: 39 unchanged.\n"


def test_the_command_fails_loudly_and_loads_nothing(db, folder, monkeypatch):
    rewrite(folder / "your-data.zh.md", "order: 20", "order: x")
    rewrite(folder / "your-data.en.md", "order: 20", "order: x")
    monkeypatch.setattr(shipped, "read", lambda read=shipped.read: read(folder))
    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("load_guides")
    assert not Topic.objects.exists()
