"""Keeping an answer under a number."""

import uuid
from datetime import timedelta
from typing import Any

from cards.actors import Actor
from cards.models import Answer, Cardholder
from cards.services.opening import deed
from cards.vocabulary import EventKind, PaperKind

KEPT = timedelta(days=90)


def keep_answer(
    holder: Cardholder | uuid.UUID,
    *,
    language: str,
    state: list[list[str]],
    words: dict[str, list[dict[str, Any]]],
    actor: Actor,
) -> Answer:
    """Keep what was told, sealed, under a new number for 90 days; the ledger says that, never what, was told."""
    with deed(holder, actor) as act:
        answer = Answer.objects.create(
            holder=act.holder,
            paper=act.paper(PaperKind.ANSWER),
            at=act.now,
            keep_until=act.now + KEPT,
            channel=actor.channel,
            user=actor.user,
            rule_version=act.book.version,
            language=language,
            state=state,
            words=words,
        )
        act.record(EventKind.ANSWER_GIVEN, answer)
    return answer
