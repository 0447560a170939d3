"""What a person was told under answer numbers, the newest first, word for word as it was given."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cards.desk.timeline import joined
from cards.models import Answer, Cardholder, PaperNumber
from cards.paper_number import spaced_paper_number

SHOWN = 20


@dataclass(frozen=True)
class Told:
    """An answer that was given under a number: when, by which door, in which words, and its slip."""

    number: str
    at: datetime
    by: str
    matters: list[dict[str, Any]]
    language: str
    slip: Any


def told_to(holder: Cardholder, now: datetime, slip_of: Callable[[PaperNumber], Any]) -> list[Told]:
    """The newest answers that are still kept."""
    answers = Answer.objects.of(holder).kept(now).select_related("paper", "user").newest_first()[:SHOWN]
    return [
        Told(
            spaced_paper_number(answer.paper_id),
            answer.at,
            joined(answer.get_channel_display(), answer.user.get_username() if answer.user else ""),
            answer.words[answer.language],
            answer.language,
            slip_of(answer.paper),
        )
        for answer in answers
    ]
