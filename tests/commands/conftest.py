"""What every test of a command starts from: nothing remembered, and the shipped rules where it wants them."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Reference data live in the process, not in the database that is rolled back."""
    from cards import memory

    memory.forget_all()
    yield
    memory.forget_all()


@pytest.fixture
def rules_in_force(db: None) -> None:
    """The shipped rule set."""
    from cards.management import shipped_rules

    shipped_rules.load(shipped_rules.read())


@pytest.fixture
def run() -> Callable[..., str]:
    """Run a command and return what it printed."""

    def run_command(name: str, *arguments: str, **options: Any) -> str:
        told = io.StringIO()
        call_command(name, *arguments, stdout=told, stderr=told, **options)
        return told.getvalue()

    return run_command
