"""Who acts, for whom, through which channel."""

from dataclasses import dataclass
from typing import Any

from cards.vocabulary import Channel, Evidence, Party


@dataclass(frozen=True)
class Actor:
    """One who acts: the party acted for, the channel, and the staff user and outlet where there are any."""

    party: Party
    channel: Channel
    user: Any = None
    outlet: Any = None

    @classmethod
    def for_holder(cls, user: Any, channel: Channel, outlet: Any = None) -> "Actor":
        """Staff acting on the word of the cardholder."""
        return cls(Party.HOLDER, channel, user, outlet)

    @classmethod
    def office(cls, user: Any, outlet: Any = None) -> "Actor":
        """Staff doing the office's own work at the counter."""
        return cls(Party.OFFICE, Channel.COUNTER, user, outlet)

    @classmethod
    def system(cls) -> "Actor":
        """The worker, acting by the clock."""
        return cls(Party.SYSTEM, Channel.SYSTEM)


@dataclass(frozen=True)
class Proof:
    """What was seen and said before an act: ticked checklist, agent's data, numbers read from card and paper.

    `card_meant` is the key of the card the caller named, where a person holds several.
    """

    seen: frozenset[Evidence] = frozenset()
    agent_name: str = ""
    agent_id_number: str = ""
    card_number: str = ""
    certificate_number: str = ""
    card_meant: str = ""
