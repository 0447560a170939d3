"""What the tests of the enquiry share: a standing clock, a case, and short ways to ask."""

from typing import Any

import pytest

from cards import sealing
from cards.actors import Actor
from cards.case_file import Opening
from cards.enquiry import Question, look_up
from cards.models import Application
from cards.vocabulary import AccessOutcome, Channel, Party
from tests import factories as f

WEB = Actor(Party.HOLDER, Channel.WEB)
HOME, NEIGHBOUR, HALL = "192.0.2.1", "2001:db8::/64", "198.51.100.7"
POLICIES = ("number", "number_and_name", "number_and_code")
FOUND, NONE, LATER = AccessOutcome.FOUND, AccessOutcome.NONE, AccessOutcome.LATER


@pytest.fixture(autouse=True)
def standing_clock(clock: Any) -> Any:
    """No window ends and no waiting time passes unless a test says so."""
    return clock("2026-03-02 09:30")


@pytest.fixture
def case() -> Application:
    return f.first_application(f.holder(name="古丽·买买提"))


def ask(number: str, code: str = "", name: str = "", network: str = HOME) -> Opening:
    return look_up(Question(number, code=code, name=name), network=network, actor=WEB)


def wrong_code(right: str) -> str:
    """A well-formed code that is not this one."""
    return sealing.query_code("100000000000", 7) if right else ""
