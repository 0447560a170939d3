"""What a person is told under a number to quote: read now, worded in every language, kept as told."""

import uuid
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from cards import case_reading, services
from cards.actors import Actor
from cards.answers import answer_case
from cards.case_file import CaseFile, Opening
from cards.models import Answer, Cardholder
from cards.vocabulary import AccessOutcome


def tell(holder: Cardholder, *, actor: Actor, full: bool = True) -> Answer:
    """Tell a person how things stand now, and keep the words under a new answer number."""
    return keep(case_reading.read_present(holder, timezone.now(), full=full), holder.pk, actor=actor)


def keep(case: CaseFile, holder_id: uuid.UUID, *, actor: Actor) -> Answer:
    """Keep what a case file says, in every language; the language of the moment is the one it was told in.

    Who asks without an officer gets the same number again as long as the answer is the same.
    """
    words = {}
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            words[language] = answer_case(case, Opening(AccessOutcome.FOUND, holder_id)).matters
    state = _state(case)
    if actor.user is None:
        mine = Answer.objects.of(holder_id).kept(case.now).filter(channel=actor.channel, user=None)
        last = mine.newest_first().first()
        if last is not None and last.words == words:
            return last
    language = translation.get_language() or settings.LANGUAGE_CODE
    return services.keep_answer(holder_id, language=language, state=state, words=words, actor=actor)


def _state(case: CaseFile) -> list[list[Any]]:
    """What the words are about, in the words of the vocabulary: kind of row, state, and why its clock stood."""
    return [
        *(["application", row.stage, row.stop] for row in case.applications),
        *(["card", row.social_status, row.bank_status] for row in case.cards),
        *(["loss_report", row.status_at(case.now).value, row.form] for row in case.reports),
    ]
