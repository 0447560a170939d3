"""The shipped rules in force, an installation that sends to a file, and people who want to be told."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cards.models import Cardholder


@pytest.fixture(autouse=True)
def sends_to_a_file(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[None]:
    """The rules that come with the portal, and both ways set up for a file of this test."""
    from cards import memory
    from cards.management import shipped_rules, staff_groups

    settings.SMS_BACKEND = settings.EMAIL_SENDER = "file"
    settings.NOTICE_FILE = str(tmp_path / "notices.jsonl")
    memory.forget_all()
    marker = request.node.get_closest_marker("django_db")
    if marker:
        request.getfixturevalue("transactional_db" if marker.kwargs.get("transaction") else "db")
        shipped_rules.load(shipped_rules.read())
        staff_groups.load()
    yield
    memory.forget_all()


@pytest.fixture
def wants() -> "Callable[..., Cardholder]":
    """A person who wants to be told: `wants("sms", "email")`."""
    from tests.notices.people import wanting

    return wanting
