"""The one look-up by ID number: counted, recorded, uniform; and the reading of a case that was opened.

Every door calls `look_up` with what the person gave, keeps the `Opening` it gets (the web in a sealed cookie), and
reads the case by `read_case`. Under a strict policy every miss does the same work and leaves the same record.
"""

import hmac
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from ipaddress import ip_network
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cards import id_number as id_numbers
from cards import limits, sealing
from cards.actors import Actor
from cards.case_file import NOBODY, Opening
from cards.models import AccessRecord, Cardholder, IdNumberIndex, PaperNumber
from cards.models.fields import Sealed
from cards.models.ledger import RECORD_KEPT
from cards.models.prepared import OfHolder, insert
from cards.names import fold_name
from cards.paper_number import QueryCodeMalformed, clean_query_code
from cards.vocabulary import OPENING_PAPERS, AccessOutcome, AccessPurpose

MISS_KEPT = timedelta(days=30)
PAPERS_TRIED = 12
# Every miss does the same work, but reading a row that is there takes some millionths of a second longer than finding
# none. Nobody can wait for that difference to show when all answers come at the same time.
EVEN_SECONDS = 0.015
DAY, HOUR, QUARTER, MINUTE = 86400, 3600, 900, 60
_NAME: Any = Cardholder.name


class AskedTooOften(Exception):
    """The network has to wait; nothing of this try was counted. `code_missed`: because of wrong query codes."""

    def __init__(self, retry_at: float, code_missed: bool = False) -> None:
        self.retry_at, self.code_missed = retry_at, code_missed
        super().__init__("asked too often")


@dataclass(frozen=True)
class Question:
    """What a person gave, cleaned: the number, and code and name where they were given."""

    id_number: str
    code: str = ""
    name: str = ""


def look_up(question: Question, *, network: str, actor: Actor) -> Opening:
    """Find a person by ID number and say what may be opened; counts, and leaves an access record.

    `network` is what limits are counted by (an IPv4 address, an IPv6 /64). The number must have passed
    `id_number.check`. A network that asked too often gets the outcome LATER with the moment of the next try.
    Under a strict policy no answer comes sooner than EVEN_SECONDS.
    """
    begun = time.monotonic()
    opening = _looked_up(question, network, actor)
    if settings.ENQUIRY_POLICY != "number":
        time.sleep(max(0.0, begun + EVEN_SECONDS - time.monotonic()))
    return opening


def _looked_up(question: Question, network: str, actor: Actor) -> Opening:
    limits.alarm.note()
    subject = subject_of(question.id_number)
    # Read before the transaction: SQLite has one writer, and nobody shall wait for what reads only.
    holder_id, name = _found(question.id_number)
    opening = _judge(holder_id, name, question)
    try:
        with transaction.atomic():
            _count(network, subject, question, opening)
            opening = _closed_for_subject(opening)
            _record(opening, subject, actor)
            return opening.opening
    except AskedTooOften as wait:
        later = Opening(AccessOutcome.LATER, retry_at=wait.retry_at, code_missed=wait.code_missed)
        _record(_Judgement(later, holder_id), subject, actor)
        return later


def open_with_code(holder_id: uuid.UUID, code: str, *, network: str, actor: Actor) -> Opening:
    """Go from the outline to the full level with a query code, on the same counters and with the same record."""
    holder = Cardholder.objects.filter(pk=holder_id).first()
    if holder is None:
        return Opening(AccessOutcome.NONE, code_missed=True)
    return look_up(Question(holder.id_number, code=code, name=holder.name), network=network, actor=actor)


def look_up_paper(number: str, code: str, *, asker: str, actor: Actor) -> Opening:
    """Find a case by the number of its paper, at doors where no ID number is given; counts, and leaves a record.

    The number alone opens the outline, as the ID number does; under a strict policy it opens nothing without the
    query code. Wrong numbers and codes are counted by `asker`, whose way is closed for the day after too many.
    """
    limits.alarm.note()
    strict = settings.ENQUIRY_POLICY != "number"
    paper = PaperNumber.objects.in_force().filter(kind__in=OPENING_PAPERS, pk=number).first()
    like = paper or PaperNumber(number="000000000000", code_key_id=sealing.current_index_key_id())
    fits = sealing.query_code_fits(code or "-", like.number, like.issue, like.code_key_id) and paper is not None
    found = paper is not None and (fits or not strict)
    missed = not found or bool(code and not fits)
    subject = limits.key("subject-paper", number).hex()
    with transaction.atomic():
        if closed := count_miss(asker, int(missed)):
            opening = Opening(AccessOutcome.LATER, retry_at=closed)
        elif paper is None or not found:
            opening = Opening(AccessOutcome.NONE)
        else:
            shown = (paper.number, paper.issue) if fits else ("", 0)
            opening = Opening(AccessOutcome.FOUND, paper.holder_id, *shown, code_missed=missed)
        purpose = AccessPurpose.FULL_ENQUIRY if opening.paper else AccessPurpose.RECEIPT_ENQUIRY
        record_look(paper.holder_id if paper and found else None, subject, opening.outcome, purpose, actor)
    return opening


def look_up_with_last_four(number: str, last_four: str, *, actor: Actor) -> Opening:
    """Find a case by the number of its paper and the last four characters of the person's ID number: the voice line's.

    Opens the outline under every policy. Too many misses about one number close this way to it for the day, and no
    other way; then a right answer is a miss like any other.
    """
    limits.alarm.note()
    paper = PaperNumber.objects.in_force().filter(kind__in=OPENING_PAPERS, pk=number).select_related("holder").first()
    known = paper.holder.id_number[-4:] if paper else "----"
    fits = hmac.compare_digest(known.encode(), last_four.encode("utf-8", "replace")) and paper is not None
    limit = settings.LIMIT_VOICE_MISSES_PER_DAY
    bucket = limits.Bucket(limits.key("voice", number), DAY, adds=int(not fits), limit=limit)
    with transaction.atomic():
        now = time.time()
        (tried,) = limits.count([bucket], now)
        found = paper is not None and fits and not tried.open_again_at(now)
        holder_id = paper.holder_id if paper and found else None
        opening = Opening(AccessOutcome.FOUND, holder_id) if holder_id else Opening(AccessOutcome.NONE)
        subject = limits.key("subject-paper", number).hex()
        record_look(holder_id, subject, opening.outcome, AccessPurpose.RECEIPT_ENQUIRY, actor)
    return opening


def count_miss(asker: str, misses: int = 1) -> float:
    """Count wrong numbers of one asker; returns from when the next try is possible, 0 where this one counted."""
    now = time.time()
    limit = settings.LIMIT_ASKER_MISSES_PER_DAY
    (tried,) = limits.count([limits.Bucket(limits.key("asker", asker), DAY, adds=misses, limit=limit)], now)
    return tried.open_again_at(now)


def record_look(
    holder_id: uuid.UUID | None, subject: str, outcome: AccessOutcome, purpose: AccessPurpose, actor: Actor
) -> None:
    """Leave the access record of a look; of what is not in the data only a keyed digest, for 30 days."""
    now = timezone.now()
    insert(
        AccessRecord(
            holder_id=holder_id,
            subject_digest=None if holder_id else limits.key("record", subject),
            at=now,
            # Of a try that was asked to wait nothing was shown, so it need not be kept like a look.
            keep_until=now + (RECORD_KEPT if holder_id and outcome == AccessOutcome.FOUND else MISS_KEPT),
            channel=actor.channel,
            purpose=purpose,
            outcome=outcome,
            user=actor.user,
        )
    )


def subject_of(number: str) -> str:
    """The keyed digest under which a number is counted and recorded, by whomever it was given."""
    return sealing.index_digest(number, IdNumberIndex.objects.all().purpose)[1].hex()


@dataclass
class _Judgement:
    opening: Opening
    holder_id: uuid.UUID | None
    missed: bool = False
    subject_closed: bool = False


def _found(number: str) -> tuple[uuid.UUID | None, Sealed | None]:
    """Whose number this is; with the sealed name where the policy compares it."""
    if settings.ENQUIRY_POLICY != "number_and_name":
        return IdNumberIndex.objects.holder_id_of(number), None
    return IdNumberIndex.objects.name_of(number)


def _judge(holder_id: uuid.UUID | None, name: Sealed | None, question: Question) -> _Judgement:
    """What the policy in force opens for this question, before any limit."""
    policy = settings.ENQUIRY_POLICY
    paper = _paper_of(holder_id or NOBODY, question.code) if question.code else None
    found = holder_id is not None
    if policy == "number_and_name":
        found = _same_name(holder_id, name, question.name) and found
    elif policy == "number_and_code":
        found = paper is not None and found
    if not found or holder_id is None:
        return _Judgement(Opening(AccessOutcome.NONE), None, missed=True)
    opening = Opening(
        AccessOutcome.FOUND,
        holder_id,
        paper=paper[0] if paper else "",
        issue=paper[1] if paper else 0,
        code_missed=bool(question.code) and paper is None,
    )
    return _Judgement(opening, holder_id, missed=opening.code_missed)


@lru_cache(maxsize=4)
def _sealed_nobody(_key_id: str) -> Sealed:
    """A sealed name to open when there is no person, under the key in use."""
    return _NAME.sealed("nobody", NOBODY)


def _same_name(holder_id: uuid.UUID | None, sealed: Sealed | None, given: str) -> bool:
    """Whether the name fits, compared folded; where there is no person, nobody's name is opened and compared.

    No row becomes an object on the way: making one for those who exist would show in the time.
    """
    if holder_id is None or sealed is None:
        holder_id, sealed = NOBODY, _sealed_nobody(sealing.current_sealing_key_id())
    kept = _NAME.opened(sealed, holder_id)
    kept_folded, given_folded = (fold_name(one).encode("utf-8", "surrogatepass") for one in (kept, given))
    return hmac.compare_digest(kept_folded, given_folded)


_papers_in_force = OfHolder(
    lambda holder: (
        PaperNumber.objects.of(holder)
        .in_force()
        .filter(kind__in=OPENING_PAPERS)
        .order_by("-made_at")
        .values_list("number", "issue", "code_key_id")[:PAPERS_TRIED]
    )
)


def _paper_of(holder_id: uuid.UUID, code: str) -> tuple[str, int] | None:
    """Number and issue of the paper in force whose query code this is.

    As many candidates are tried for everybody, plain values all of them, so that time does not tell who has papers.
    """
    try:
        wanted = clean_query_code(code)
    except QueryCodeMalformed:
        wanted = ""
    found = None
    papers = _papers_in_force(holder_id)
    nothing = ("000000000000", 1, sealing.current_index_key_id())
    for number, issue, key_id in [*papers, *[nothing] * (PAPERS_TRIED - len(papers))]:
        if sealing.query_code_fits(wanted, number, issue, key_id):
            found = number, issue
    return found


@lru_cache(maxsize=4096)
def in_hall(network: str, halls: tuple[str, ...]) -> bool:
    """Whether a network is, or lies in, one of the service halls' networks."""
    if network == "unix":
        return network in halls
    asked = ip_network(network)
    listed = (ip_network(hall, strict=False) for hall in halls if hall != "unix")
    return any(asked.version == hall.version and asked.subnet_of(hall) for hall in listed)  # type: ignore[arg-type]


def _count(network: str, subject: str, question: Question, judged: _Judgement) -> None:
    """Count this try everywhere at once; raise where the network, or the network with this subject, must wait."""
    now = time.time()
    path = "code" if question.code else "number"
    missed = int(judged.missed)
    pair = limits.key("pair", network, subject)
    hall = in_hall(network, tuple(settings.LIMIT_HALL_NETWORKS))
    buckets = [
        limits.Bucket(
            limits.key("tries", network),
            MINUTE,
            limit=None if hall else settings.LIMIT_NETWORK_TRIES_PER_MINUTE,
            wait=2.0,
        ),
        limits.Bucket(
            limits.key("subjects", network),
            HOUR,
            limit=None if hall else settings.LIMIT_NETWORK_SUBJECTS_PER_HOUR,
            wait=2.0,
            unless_seen=pair,
        ),
        limits.Bucket(
            limits.key("misses", path, network, subject),
            QUARTER,
            adds=missed,
            limit=settings.LIMIT_PAIR_MISSES,
            wait=60.0,
        ),
        # Closes a path instead of making the network wait, so it must not refuse the count.
        limits.Bucket(limits.key("subject", subject), DAY, adds=missed),
        limits.Bucket(pair, HOUR),
    ]
    tries, subjects, misses, subject_day, _pair = limits.count(buckets, now)
    opens = max(tries.open_again_at(now), subjects.open_again_at(now), misses.open_again_at(now))
    if opens:
        guessed = path == "code" and settings.ENQUIRY_POLICY == "number" and bool(misses.open_again_at(now))
        raise AskedTooOften(opens, code_missed=guessed)
    closed = subject_day.before >= settings.LIMIT_SUBJECT_MISSES_PER_DAY
    # A code that opens a paper is never closed; one that was made up is no code.
    judged.subject_closed = closed and not judged.opening.paper


def _closed_for_subject(judged: _Judgement) -> _Judgement:
    """After too many misses on one number the path without a code says nothing more that day.

    Under the default policy the number alone opens an outline by design, so there is nothing to close but misses.
    """
    if judged.subject_closed and settings.ENQUIRY_POLICY != "number":
        return _Judgement(Opening(AccessOutcome.NONE), None, missed=True)
    return judged


def _record(judged: _Judgement, subject: str, actor: Actor) -> None:
    """Leave the access record of this look-up."""
    purpose = AccessPurpose.FULL_ENQUIRY if judged.opening.paper else AccessPurpose.ENQUIRY
    record_look(judged.holder_id, subject, judged.opening.outcome, purpose, actor)


def staff_find(id_number: str, *, actor: Actor) -> Cardholder | None:
    """Find a person for staff by the exact ID number; leaves an access record either way."""
    number = id_numbers.check(id_number)
    holder = Cardholder.objects.by_id_number(number)
    record_staff_look(holder, number, actor=actor)
    return holder


def record_staff_look(
    holder: Cardholder | None,
    number: str,
    *,
    actor: Actor,
    purpose: AccessPurpose = AccessPurpose.STAFF_FIND,
    reason: str = "",
) -> None:
    """Leave the access record of a member of staff who looked for or at a person."""
    now = timezone.now()
    AccessRecord.objects.create(
        holder=holder,
        subject_digest=None if holder else limits.key("record", subject_of(number)),
        at=now,
        keep_until=now + (RECORD_KEPT if holder else MISS_KEPT),
        channel=actor.channel,
        purpose=purpose,
        outcome=AccessOutcome.FOUND if holder else AccessOutcome.NONE,
        user=actor.user,
        reason=reason or None,
    )
