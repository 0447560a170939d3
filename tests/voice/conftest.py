"""The shipped rules in force, prompts in a folder of the test, and a hotline that is open day and night."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def telephone(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[None]:
    """Nothing is spoken where a test does not ask for it: the name of a prompt's file says what would be."""
    from cards import memory
    from cards.management import shipped_rules, staff_groups

    settings.VOICE_PROMPTS, settings.VOICE_CACHE = str(tmp_path / "recorded"), str(tmp_path / "spoken")
    settings.HOTLINE_HOURS = "1-7 0:00-24:00"
    settings.HOTLINE_ON_HOLIDAYS = True
    settings.SMS_BACKEND = "file"
    settings.NOTICE_FILE = str(tmp_path / "notices.jsonl")
    memory.forget_all()
    marker = request.node.get_closest_marker("django_db")
    if marker:
        request.getfixturevalue("transactional_db" if marker.kwargs.get("transaction") else "db")
        shipped_rules.load(shipped_rules.read())
        staff_groups.load()
    yield
    memory.forget_all()
