"""Who is calling? What the caller answers is compared with the record, and only the result is told, never the data.

An answer weighs by how few people can know it. The name must be among the answers; with the others, and with the
number the person was found by, they must weigh enough, and every one of them that the record knows must be right.
"""

import hmac
import re
import time
import uuid
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from cards import limits
from cards.actors import Actor
from cards.enquiry import MISS_KEPT
from cards.models import AccessRecord, Application, Card, Cardholder, PaperNumber
from cards.models.ledger import RECORD_KEPT
from cards.names import fold_name
from cards.vocabulary import OPENING_PAPERS, AccessOutcome, AccessPurpose

# Three tries of a person in an hour; each further one waits, twice as long as the one before.
TRIES, COUNTED_FOR, WAIT = 3, 3600, 60.0
# What employers, schools and families know weighs 1; what stands on card and paper weighs 2.
WEIGHTS = {"id_number": 1, "phone": 1, "bank": 1, "kind": 1, "card": 2, "paper": 2}
ENOUGH = 4
# How the person of a call-back was found; the number that was shown for it is no answer to this officer for a day.
DIALLED = "dialled"
SEEN_FOR = timedelta(days=1)
_FULL_CARD = 9


def left_out(found_by: str, holder_id: uuid.UUID | None, user: Any) -> frozenset[str]:
    """The questions that prove nothing: the person was found by the answer, or this officer has been shown it."""
    shown = AccessRecord.objects.filter(purpose=AccessPurpose.CALL_BACK, user=user, at__gt=timezone.now() - SEEN_FOR)
    seen = holder_id is not None and shown.told_of(holder_id).exists()
    return frozenset({found_by, "phone"} if seen else {found_by})


@dataclass(frozen=True)
class CallerAnswers:
    """What the caller said, cleaned; empty where a question was left out.

    `id_number` and `card` may be the last four characters; `bank` is the key of a bank, `kind` that of an application.
    """

    name: str = ""
    id_number: str = ""
    phone: str = ""
    bank: str = ""
    kind: str = ""
    card: str = ""
    paper: str = ""

    def weight(self, found_by: str, unasked: frozenset[str]) -> int:
        """How much these answers weigh together with the number the person was found by."""
        given = {field.name for field in fields(self) if getattr(self, field.name)} - unasked | {found_by}
        return sum(weight for name, weight in WEIGHTS.items() if name in given)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The full numbers among them, which stand on a card or paper and are not guessed."""
        return tuple(number for number in (self.card, self.paper) if len(number) >= _FULL_CARD)


@dataclass(frozen=True)
class Checked:
    """Whether the caller is the person; otherwise how many tries are left, or from when there are new ones."""

    passed: bool = False
    tries_left: int = 0
    open_again_at: float = 0.0


class ChecksClosed(Exception):
    """There were too many tries; nothing of this one was counted."""

    def __init__(self, open_again_at: float) -> None:
        self.open_again_at = open_again_at
        super().__init__("identity checks closed")


def check_caller(
    holder_id: uuid.UUID | None, subject: str, answers: CallerAnswers, *, found_by: str, actor: Actor
) -> Checked:
    """Compare the answers with the record; counted for the person across all officers, and recorded every time.

    `subject` is the digest a person is counted by; without a record (`holder_id` None) nothing ever matches.
    """
    holder = Cardholder.objects.filter(pk=holder_id).first() if holder_id else None
    # Asked of the record, not of the page: the number may have been shown elsewhere since the page was opened.
    passed = _same_person(holder, answers, found_by, left_out(found_by, holder_id, actor.user))
    try:
        with transaction.atomic():
            bucket = _bucket(subject, found_by, answers.numbers, adds=0 if passed else 1)
            (count,) = limits.count([bucket], time.time())
            if closed := count.open_again_at(time.time()):
                raise ChecksClosed(closed)
            _record(holder, subject, AccessOutcome.FOUND if passed else AccessOutcome.NONE, actor)
    except ChecksClosed as wait:
        _record(holder, subject, AccessOutcome.LATER, actor)
        return Checked(open_again_at=wait.open_again_at)
    if passed:
        return Checked(passed=True)
    now = time.time()
    after = replace(count, before=count.before + 1, last=now)
    return Checked(tries_left=max(TRIES - after.before, 0), open_again_at=after.open_again_at(now))


def closed_until(subject: str, found_by: str) -> float:
    """From when answers without a full number are compared again; 0 where they are compared now."""
    now = time.time()
    (count,) = limits.count([_bucket(subject, found_by, (), adds=0)], now)
    return count.open_again_at(now)


def _bucket(subject: str, found_by: str, numbers: tuple[str, ...], adds: int) -> limits.Bucket:
    """Who gives a full number is counted under it, so that a stranger without it never closes the holder's way."""
    own = (found_by,) if found_by in ("card", "paper") else ()
    key = limits.key("identity-number", subject, *own, *numbers) if own or numbers else limits.key("identity", subject)
    return limits.Bucket(key, COUNTED_FOR, adds=adds, limit=TRIES, wait=WAIT)


def _same_person(holder: Cardholder | None, answers: CallerAnswers, found_by: str, unasked: frozenset[str]) -> bool:
    """Whether every answer that can be compared is right, and those weigh enough."""
    known = _on_record(holder) if holder else {}
    verdicts = {
        name: _one_of(getattr(answers, name), values)
        for name, values in known.items()
        if values and name not in unasked and getattr(answers, name)
    }
    name_fits = _one_of(fold_name(answers.name), [fold_name(holder.name) if holder else ""])
    weight = sum(WEIGHTS[name] for name in {*verdicts, found_by} if name in WEIGHTS)
    return name_fits and bool(answers.name) and all(verdicts.values()) and weight >= ENOUGH


def _on_record(holder: Cardholder) -> dict[str, list[str]]:
    """What each question would be answered with, in every form that counts; nothing for what is not on record."""
    cards = list(Card.objects.of(holder))
    applications = list(Application.objects.of(holder).newest_first())
    banks = {str(card.bank_id) for card in cards if card.bank_id} | {str(a.bank_id) for a in applications if a.bank_id}
    papers = PaperNumber.objects.of(holder).filter(kind__in=OPENING_PAPERS).values_list("number", flat=True)
    return {
        "id_number": [holder.id_number, holder.id_number[-4:]],
        "phone": [national(holder.phone)] if holder.phone else [],
        "bank": sorted(banks),
        "kind": [applications[0].kind] if applications else [],
        "card": [form for card in cards for form in (card.card_number, card.last_four)],
        "paper": list(papers),
    }


def _one_of(given: str, values: list[str]) -> bool:
    """Whether the answer is one of these; all are compared, so that time tells nothing."""
    fits = [hmac.compare_digest(given.encode("utf-8", "replace"), value.encode()) for value in values]
    return any(fits)


def national(phone: str) -> str:
    """A telephone number without the country's code, as people give it."""
    return re.sub(r"^(\+|00)86", "", phone)


def _record(holder: Cardholder | None, subject: str, outcome: AccessOutcome, actor: Actor) -> None:
    now = timezone.now()
    AccessRecord.objects.create(
        holder=holder,
        subject_digest=None if holder else limits.key("record", subject),
        at=now,
        keep_until=now + (RECORD_KEPT if holder else MISS_KEPT),
        channel=actor.channel,
        purpose=AccessPurpose.IDENTITY_CHECK,
        outcome=outcome,
        user=actor.user,
    )
