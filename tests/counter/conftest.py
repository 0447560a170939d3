"""Staff at their desks: the shipped rules and groups, and a browser for each of them."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.counter.desk import Desk


@pytest.fixture(autouse=True)
def office(request: pytest.FixtureRequest) -> Iterator[None]:
    """The rules and groups that come with the portal, and a memory that begins empty."""
    from django.core.management import call_command

    from cards import memory

    memory.forget_all()
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        call_command("load_rules", verbosity=0)
        call_command("load_groups", verbosity=0)
    yield
    memory.forget_all()


@pytest.fixture
def desk_of() -> "Callable[..., Desk]":
    """Seat a member of staff of a group (or an administrator) at an outlet."""
    from tests.counter.desk import Desk

    return Desk


@pytest.fixture
def clerk(db: Any) -> "Desk":
    """A clerk at the special window."""
    from tests.counter.desk import Desk

    return Desk("clerk")


@pytest.fixture
def hotline(db: Any) -> "Desk":
    """An officer of the hotline."""
    from tests.counter.desk import Desk

    return Desk("hotline", outlet=None)


@pytest.fixture
def supervisor(db: Any) -> "Desk":
    """A supervisor at the special window."""
    from tests.counter.desk import Desk

    return Desk("supervisor")
