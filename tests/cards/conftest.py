"""What every test of the core starts from: the shipped rules in force, and nothing remembered from the test before."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("portal", deadline=None)
settings.load_profile("portal")


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Reference data and the alarm live in the process, not in the database that is rolled back."""
    from cards import limits, memory

    memory.forget_all()
    limits.alarm.minute, limits.alarm.seen = 0, 0
    yield
    memory.forget_all()


@pytest.fixture(autouse=True)
def rules_in_force(request: pytest.FixtureRequest, nothing_remembered: None) -> None:
    """The shipped rule set, wherever a test uses the database; a module that wants none overrides this fixture."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        from cards.management import shipped_rules

        profile = request.getfixturevalue("profile") if "profile" in request.fixturenames else "default"
        request.getfixturevalue("db")
        shipped_rules.load(shipped_rules.read(shipped_rules.PROFILES[profile]))


@pytest.fixture(params=["default", "strict"])
def profile(request: pytest.FixtureRequest) -> str:
    """Runs a test once under each set of rules that comes with the portal; the name of the one in force."""
    return request.param


@pytest.fixture
def standing_clock(clock: Any) -> Any:
    """No window ends and no waiting time passes unless a test says so."""
    return clock("2026-03-02 09:30")


@pytest.fixture
def case() -> Any:
    """A first application, just accepted, of a person with a dot in the name."""
    from tests import factories

    return factories.first_application(factories.holder(name="古丽·买买提"))
