"""An installation with an Official Account, the shipped rules in force."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.wechat import platform


@pytest.fixture(autouse=True)
def has_an_account(request: pytest.FixtureRequest, settings: Any) -> Iterator[None]:
    """The account of the tests, and the rules that come with the portal."""
    from cards import memory
    from cards.management import shipped_rules, staff_groups

    for name, value in platform.SETTINGS.items():
        setattr(settings, name, value)
    settings.DEFAULT_LANGUAGE = "en"
    memory.forget_all()
    marker = request.node.get_closest_marker("django_db")
    if marker:
        request.getfixturevalue("transactional_db" if marker.kwargs.get("transaction") else "db")
        shipped_rules.load(shipped_rules.read())
        staff_groups.load()
    yield
    memory.forget_all()


@pytest.fixture
def follower() -> "platform.Follower":
    """A WeChat account that is bound to nobody."""
    return platform.Follower()
