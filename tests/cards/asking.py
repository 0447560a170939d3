"""What the tests of the enquiry share: names for what may be asked and answered, and short ways to ask."""

from cards import sealing
from cards.actors import Actor
from cards.case_file import Opening
from cards.enquiry import Question, look_up
from cards.vocabulary import AccessOutcome, Channel, Party

WEB = Actor(Party.HOLDER, Channel.WEB)
HOME, NEIGHBOUR, HALL = "192.0.2.1", "2001:db8::/64", "198.51.100.7"
POLICIES = ("number", "number_and_name", "number_and_code")
FOUND, NONE, LATER = AccessOutcome.FOUND, AccessOutcome.NONE, AccessOutcome.LATER


def ask(number: str, code: str = "", name: str = "", network: str = HOME) -> Opening:
    return look_up(Question(number, code=code, name=name), network=network, actor=WEB)


def wrong_code(right: str) -> str:
    """A well-formed code that is not this one."""
    return sealing.query_code("100000000000", 7) if right else ""
