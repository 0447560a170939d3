"""What a look-up opened, and what is then read of a person's record: plain data, carried between the doors."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from cards.models import Application, Card, LossReport, Override
from cards.vocabulary import AccessOutcome

# A person nobody is: a miss reads this one's papers, so that it does the same work as a hit.
NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True)
class Opening:
    """What a look-up opened: an outcome, whose record, and the paper whose code was shown (none: outline only).

    `code_missed`: the code fitted nothing; with the outcome LATER: wrong codes are why the next try has to wait.
    """

    outcome: AccessOutcome
    holder_id: uuid.UUID = NOBODY
    paper: str = ""
    issue: int = 0
    code_missed: bool = False
    retry_at: float = 0.0


class Access(NamedTuple):
    """One look at a record: when, for which purpose, through which channel; never by whom in person."""

    at: datetime
    purpose: str
    channel: str
    outcome: str


@dataclass
class CaseFile:
    """What is on record about a person at a moment, and which parts a paper opens in full.

    `accesses` are the newest looks at the record, `more_looks` says whether there were others before them.
    `opened` holds the ids of applications, cards and loss reports shown in full; empty: outline only.
    """

    now: datetime
    applications: list[Application]
    cards: list[Card] = field(default_factory=list)
    reports: list[LossReport] = field(default_factory=list)
    accesses: list[Access] = field(default_factory=list)
    more_looks: bool = False
    exceptions: list[Override] = field(default_factory=list)
    opened: set[uuid.UUID] = field(default_factory=set)
    paper_void: bool = False
