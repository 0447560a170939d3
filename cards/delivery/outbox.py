"""The worker's side of the outbox: claim, ask for lost answers, send, and note what came of it.

A claim is a compare-and-swap, so two workers never hold one row. It says beforehand that an attempt is begun: whoever
finds a row whose sender died asks the service for the message number before anything is sent again.
"""

import logging
import random
import time
import uuid
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from cards import notices, services
from cards.actors import Actor
from cards.answers.notice import word
from cards.delivery.outcomes import Letter, NotSent, OutcomeUnknown, Refused, Sender, Unsubscribed
from cards.delivery.senders import address_of, sender_of
from cards.errors import Refusal
from cards.models import Notice, NoticeConsent
from cards.notice_vocabulary import NoticeChannel, NoticeState

logger = logging.getLogger("cards.notices")
TOGETHER = 24
AT_ONE_TIME = 8
# Longer than a set of letters can take: eight at a time, each asked for and sent within the limits of a call.
LEASE = timedelta(minutes=3)
TRIES = 8
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 3600.0
# After two days most of what is told is no longer true; until then a service may be out of order.
GIVE_UP_AFTER = timedelta(days=2)


@dataclass
class Round:
    """One run: which ways rest until when, because their service said so."""

    resting: set[str] = field(default_factory=set)
    done: int = 0


def send_for(seconds: float) -> int:
    """Send what is due for a while; returns how many notices were settled."""
    end, run = time.monotonic() + seconds, Round()
    with ThreadPoolExecutor(AT_ONE_TIME, thread_name_prefix="notice") as pool:
        while time.monotonic() < end:
            claimed = claim(timezone.now(), resting=run.resting)
            if not claimed:
                break
            _send(claimed, pool, run)
    return run.done


def claim(now: datetime, *, resting: Collection[str] = ()) -> list[Notice]:
    """Take a set of due notices into this worker's hands."""
    mine = uuid.uuid4()
    due = Notice.objects.due(now).exclude(channel__in=resting)
    keys = list(due.order_by("due_at").values_list("pk", flat=True)[:TOGETHER])
    if not keys:
        return []
    # What another worker took since is no longer due, and stays in its hands.
    Notice.objects.due(now).filter(pk__in=keys).update(
        state=NoticeState.CLAIMED,
        claim=mine,
        claimed_until=now + LEASE,
        # The first attempt whose outcome is not known.
        begun_at=Coalesce("begun_at", now),
    )
    return list(Notice.objects.filter(claim=mine).select_related("holder__merged_into").order_by("due_at"))


def _send(claimed: list[Notice], pool: ThreadPoolExecutor, run: Round) -> None:
    consents = NoticeConsent.objects.by_holder({notice.holder_id for notice in claimed})
    under_way: dict[Future[str], Notice] = {}
    for notice in claimed:
        consent = consents.get(notice.holder_id, {}).get(notice.channel)
        before = _lost_attempt(notice)
        now = timezone.now()
        if notice.channel in run.resting and not before:
            _put_back(notice, now + timedelta(seconds=FIRST_PAUSE))
        elif not _still_wanted(notice, consent):
            _settle(notice, NoticeState.DROPPED, run, begun_at=None)
        elif not before and (moment := notices.next_moment(now, at_once=notice.at_once)) > now:
            _put_back(notice, moment)
        else:
            _hand_over(notice, consent, before, pool, under_way, run)
    for future in as_completed(under_way):
        _note(under_way[future], future, run)


def _lost_attempt(notice: Notice) -> bool:
    """Whether an earlier attempt was begun and nobody knows what came of it."""
    return (
        notice.begun_at is not None
        and notice.claimed_until is not None
        and (notice.begun_at < notice.claimed_until - LEASE)
    )


def _still_wanted(notice: Notice, consent: NoticeConsent | None) -> bool:
    return notice.holder.erased_at is None and (consent is not None or notice.address is not None)


def _hand_over(
    notice: Notice,
    consent: NoticeConsent | None,
    before: bool,
    pool: ThreadPoolExecutor,
    under_way: dict[Future[str], Notice],
    run: Round,
) -> None:
    """Word the letter and put it on its way; what cannot be worded is a failure like any other."""
    try:
        sender, holder = sender_of(notice.channel), notice.holder.merged_into or notice.holder
        to = address_of(notice, holder, consent)
        if sender is None or not to:
            raise Refused("not_set_up" if sender is None else "no_address")
        letter = Letter(
            number=notice.paper_id,
            to=to,
            kind=notice.kind,
            language=notice.language,
            message=word(notice),
            begun_at=notice.begun_at or timezone.now(),
        )
    except Exception as problem:
        _failed(notice, problem, run)
        return
    under_way[pool.submit(_call, sender, letter, before)] = notice


def _call(sender: Sender, letter: Letter, before: bool) -> str:
    """Runs beside others, without the database."""
    found = sender.find(letter) if before else None
    return sender.send(letter) if found is None else found


def _note(notice: Notice, future: "Future[str]", run: Round) -> None:
    problem = future.exception()
    if problem is not None:
        _failed(notice, problem, run)
        return
    _settle(
        notice,
        NoticeState.SENT,
        run,
        begun_at=None,
        remote_id=future.result()[:80],
        sent_at=timezone.now(),
        failure="",
    )


def _failed(notice: Notice, problem: BaseException, run: Round) -> None:
    """Try again later, by another way, or give up visibly."""
    now = timezone.now()
    if isinstance(problem, Refused):
        _give_up(notice, problem.code, run, now, begun_at=None)
        if isinstance(problem, Unsubscribed):
            _take_back(notice)
        return
    code, pause = "broken", 0.0
    if isinstance(problem, NotSent | OutcomeUnknown):
        code = problem.code
        pause = problem.seconds if isinstance(problem, NotSent) else 0.0
    else:
        # Only the kind of the error: its text may hold an address.
        logger.error("Notice %s cannot be sent: %s.", notice.pk, type(problem).__name__)
    if pause:
        run.resting.add(notice.channel)
    # An attempt whose outcome is unknown stays begun until somebody has asked for it.
    known = not isinstance(problem, OutcomeUnknown) and not _lost_attempt(notice)
    outcome: dict[str, Any] = {"begun_at": None} if known else {}
    # A service that is busy says nothing about the letter.
    tries = notice.attempts + (0 if pause else 1)
    if tries >= TRIES or now - notice.made_at > GIVE_UP_AFTER:
        _give_up(notice, code, run, now, **outcome)
        return
    moment = notices.next_moment(now + timedelta(seconds=max(pause, pause_before(tries))), at_once=notice.at_once)
    _put_back(notice, moment, attempts=tries, failure=code, **outcome)


def pause_before(tries: int) -> float:
    """Seconds before the next try: twice as long each time, half of it by chance, so that they come back apart."""
    whole = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** max(0, tries - 1))
    return whole / 2 + random.uniform(0, whole / 2)  # noqa: S311  # no secret


def _give_up(notice: Notice, code: str, run: Round, now: datetime, **outcome: Any) -> None:
    """The text message takes over where it may; otherwise somebody has to look at it."""
    with transaction.atomic():
        took_over = notice.channel == NoticeChannel.WECHAT and notices.fall_back(notice, now)
        state = NoticeState.FELL_BACK if took_over else NoticeState.FAILED
        _settle(notice, state, run, failure=code, attempts=notice.attempts + 1, **outcome)
    if state == NoticeState.FAILED:
        logger.error("Notice %s was not sent: %s.", notice.pk, code)


def _take_back(notice: Notice) -> None:
    try:
        services.take_back_consent(notice.holder, NoticeChannel(notice.channel), actor=Actor.system())
    except Refusal:
        logger.warning("The consent of notice %s stands: its record was closed.", notice.pk)


def _settle(notice: Notice, state: NoticeState, run: Round, **changes: Any) -> None:
    run.done += _write(notice, state=state, settled_at=timezone.now(), **changes)


def _put_back(notice: Notice, due_at: datetime, **changes: Any) -> None:
    if not changes and not _lost_attempt(notice):
        # Nothing was begun after all.
        changes["begun_at"] = None
    _write(notice, state=NoticeState.WAITING, due_at=due_at, **changes)


def _write(notice: Notice, **changes: Any) -> int:
    """Note what came of it, unless the claim ran out and another worker holds the notice by now."""
    mine = Notice.objects.filter(pk=notice.pk, claim=notice.claim, state=NoticeState.CLAIMED)
    return mine.update(claim=None, claimed_until=None, **changes)
