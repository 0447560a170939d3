"""What a sender is given, and how an attempt can end other than well."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from cards.answers.notice import Message


@dataclass(frozen=True)
class Letter:
    """One message to one address; `number` names it to the service, so that a lost answer can be asked for."""

    number: str
    to: str = field(repr=False)
    kind: str
    language: str
    message: Message
    begun_at: datetime


class Sender(Protocol):
    """One way to one service. Neither function touches the database: several letters are under way at once."""

    def send(self, letter: Letter) -> str:
        """Hand a letter over; return the service's own id of it. Raise one of the outcomes below."""

    def find(self, letter: Letter) -> str | None:
        """Ask whether an earlier attempt got there; return its id, or None where it did not or cannot be asked."""


class NotSent(Exception):
    """The letter was not taken, surely; it is tried again. `seconds`: not before so long, for this whole way."""

    def __init__(self, code: str, seconds: float = 0) -> None:
        super().__init__(code)
        self.code, self.seconds = code, seconds


class OutcomeUnknown(Exception):
    """The letter may have been taken or not: the answer was lost. It is asked for before anything is sent again."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refused(Exception):
    """The service takes this letter neither now nor later."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unsubscribed(Refused):
    """The person took the consent back at the service."""
