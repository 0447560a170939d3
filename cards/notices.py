"""Which event owes whom what: one table, and the rows of the outbox it leads to; no wording and no sending.

The rows are written in the transaction of the event, so they fall together. The person is told by WeChat where that
is wanted, otherwise by text message; by e-mail as well, where that is wanted.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings

from cards.models import Application, Event, EventDetail, LossReport, Notice, NoticeConsent, PaperNumber
from cards.notice_vocabulary import NoticeChannel, NoticeKind
from cards.office_vocabulary import PhoneChange
from cards.rules import CHINA
from cards.vocabulary import EventKind, PaperKind, Party, Stage, StopReason

# So long `/verify/` knows a message by its number.
KEPT = timedelta(days=90)
NIGHT_BEGINS, NIGHT_ENDS = time(21), time(8)


@dataclass(frozen=True)
class Owed:
    """What is told; `at_once` where it warns of somebody who acts at this moment, so that it is told at night too."""

    kind: NoticeKind
    at_once: bool = False


_NEEDED = Owed(NoticeKind.SOMETHING_NEEDED)
_ANY = ""

# By kind of event and its result; a result of its own comes before any.
TABLE: dict[tuple[str, str], Owed] = {
    (EventKind.LOSS_REPORTED, _ANY): Owed(NoticeKind.LOSS_REPORTED, at_once=True),
    (EventKind.LOSS_CANCELLED, _ANY): Owed(NoticeKind.LOSS_CANCELLED, at_once=True),
    (EventKind.OVERRIDDEN, _ANY): Owed(NoticeKind.EXCEPTION_USED, at_once=True),
    (EventKind.PHONE_CHANGED, PhoneChange.CHANGED): Owed(NoticeKind.PHONE_CHANGED, at_once=True),
    (EventKind.PHONE_CHANGED, PhoneChange.REMOVED): Owed(NoticeKind.PHONE_CHANGED, at_once=True),
    (EventKind.STAGE_REACHED, Stage.READY): Owed(NoticeKind.CARD_READY),
    (EventKind.STAGE_REACHED, Stage.FEE_DUE): _NEEDED,
    (EventKind.STAGE_REACHED, Stage.REFUSED): Owed(NoticeKind.REFUSED),
    (EventKind.STAGE_REACHED, Stage.RECALLED): Owed(NoticeKind.RECALLED),
    # A card that has to be made again needs nothing from the person, and is told of when it is late.
    **{
        (EventKind.CLOCK_STOPPED, stop): _NEEDED
        for stop in StopReason
        if stop not in (StopReason.FEE_UNPAID, StopReason.PRODUCTION_FAILED)
    },
}

# Owed to whoever asked just now, whatever the hour.
_ANSWERED = Owed(NoticeKind.PROGRESS_ASKED, at_once=True)
# What somebody did for the person; one event of each act, the others that it leaves would tell the same again.
AGENT_TABLE: dict[tuple[str, str], Owed] = dict.fromkeys(
    [
        (EventKind.APPLICATION_ACCEPTED, _ANY),
        (EventKind.LOSS_REPORTED, _ANY),
        (EventKind.LOSS_CANCELLED, _ANY),
        (EventKind.CODE_REISSUED, _ANY),
        (EventKind.CERTIFICATE_REPLACED, _ANY),
        (EventKind.STAGE_REACHED, Stage.COLLECTED),
    ],
    Owed(NoticeKind.AGENT_ACTED, at_once=True),
)


def owed_for(event: Event) -> Owed | None:
    """What an event owes the holder."""
    for table in (AGENT_TABLE, TABLE) if event.party == Party.AGENT else (TABLE,):
        found = table.get((event.kind, event.value)) or table.get((event.kind, _ANY))
        if found is not None:
            return found
    return None


def next_moment(now: datetime, *, at_once: bool) -> datetime:
    """When a notice may be sent: now, or at eight in the morning in China where it is night and it can wait."""
    local = now.astimezone(CHINA)
    if at_once or NIGHT_ENDS <= local.time() < NIGHT_BEGINS:
        return now
    morning = local.date() + timedelta(days=1) if local.time() >= NIGHT_BEGINS else local.date()
    return datetime.combine(morning, NIGHT_ENDS, CHINA)


@dataclass
class _Draft:
    """A notice before it has its number."""

    holder_id: uuid.UUID
    cause: str
    owed: Owed
    subject: str
    parameters: dict[str, str] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    address: str | None = None
    # The language of a message to an address of its own, where one was chosen just now.
    language: str = ""


def owe(events: Sequence[tuple[Event, EventDetail]]) -> int:
    """Put what these events owe into the outbox, in the transaction that writes them; returns how many."""
    drafts = []
    for event, detail in events:
        owed = owed_for(event)
        if owed is not None:
            draft = _Draft(event.holder_id, Event.subject_of(event), owed, event.subject)
            draft.parameters = {"day": event.at.astimezone(CHINA).date().isoformat()}
            if owed.kind == NoticeKind.AGENT_ACTED:
                draft.parameters["did"] = event.kind
            if owed.kind == NoticeKind.PHONE_CHANGED:
                draft.address = json.loads(detail.text)["old"]
            drafts.append(draft)
    return _write(drafts, events[0][0].at) if drafts else 0


def may_answer_by_message(application: Application) -> bool:
    """Whether this installation sends text messages and the person left a number."""
    return bool(settings.SMS_BACKEND and application.holder.phone)


def answer_by_message(application: Application, now: datetime, *, language: str) -> bool:
    """Owe whoever asked on the voice line the stage by text message, to the number on file and once a day.

    It answers a question, so it needs no consent, and comes in the language that was heard; false where no message
    can go out or one did today.
    """
    if not may_answer_by_message(application):
        return False
    day = now.astimezone(CHINA).date().isoformat()
    draft = _Draft(application.holder_id, cause_of(application, NoticeKind.PROGRESS_ASKED, day), _ANSWERED, "")
    draft.subject, draft.address = Event.subject_of(application), application.holder.phone
    draft.language = language
    draft.parameters = {"day": day, "stage": application.stage}
    return bool(_write([draft], now))


def cause_of(row: Application | LossReport, kind: NoticeKind, about: str = "") -> str:
    """What a reminder is owed for; `about` makes another one of the same row."""
    return f"{kind.replace('_', '')}:{row.pk}" + (f":{about}" if about else "")


def remind(row: Application | LossReport, kind: NoticeKind, *, cause: str, now: datetime, day: date) -> int:
    """Owe what falls due by the clock; told once for each cause. Returns how many notices are owed."""
    return _write([_Draft(row.holder_id, cause, Owed(kind), Event.subject_of(row), {"day": day.isoformat()})], now)


def fall_back(notice: Notice, now: datetime) -> bool:
    """Owe by text message what could not be told in WeChat, where the person wants that too."""
    consent = NoticeConsent.objects.of(notice.holder_id).in_force().filter(channel=NoticeChannel.SMS).first()
    if notice.channel != NoticeChannel.WECHAT or consent is None:
        return False
    draft = _Draft(notice.holder_id, notice.cause, Owed(NoticeKind(notice.kind), notice.at_once), "")
    draft.parameters, draft.channels = notice.parameters, {NoticeChannel.SMS.value: consent.language}
    return bool(_write([draft], now, tail=notice.tail))


def ways(consents: dict[str, NoticeConsent]) -> dict[str, str]:
    """By which ways a person is told, with the language of each: a text message only where WeChat is not wanted."""
    told = {channel: consent.language for channel, consent in consents.items()}
    if NoticeChannel.WECHAT in told:
        told.pop(NoticeChannel.SMS, None)
    return told


def _write(drafts: list[_Draft], now: datetime, tail: str | None = None) -> int:
    """Give each draft its ways, its number and the end of its receipt, and write them all."""
    consents = NoticeConsent.objects.by_holder({draft.holder_id for draft in drafts})
    for draft in drafts:
        if draft.address is not None:
            # To the number that was on file, whoever wants what: it is the only way to reach whoever owned it.
            consent = consents.get(draft.holder_id, {}).get(NoticeChannel.SMS)
            usual = consent.language if consent else settings.DEFAULT_LANGUAGE
            draft.channels = {NoticeChannel.SMS.value: draft.language or usual}
        elif not draft.channels:
            draft.channels = ways(consents.get(draft.holder_id, {}))
    wanted = [(draft, channel) for draft in drafts for channel in draft.channels]
    told = set(Notice.objects.filter(cause__in={draft.cause for draft, _ in wanted}).values_list("cause", "channel"))
    wanted = [(draft, channel) for draft, channel in wanted if (draft.cause, channel) not in told]
    if not wanted:
        return 0
    tails = {} if tail is not None else _tails({draft.subject for draft, _ in wanted})
    papers = PaperNumber.objects.give_out([draft.holder_id for draft, _ in wanted], PaperKind.MESSAGE, now)
    Notice.objects.bulk_create(
        Notice(
            holder_id=draft.holder_id,
            cause=draft.cause,
            kind=draft.owed.kind,
            channel=channel,
            language=draft.channels[channel],
            paper=paper,
            tail=tails.get(draft.subject, "") if tail is None else tail,
            parameters=draft.parameters,
            address=draft.address,
            at_once=draft.owed.at_once,
            made_at=now,
            due_at=next_moment(now, at_once=draft.owed.at_once),
            keep_until=now + KEPT,
        )
        for (draft, channel), paper in zip(wanted, papers, strict=True)
    )
    return len(wanted)


def _tails(subjects: set[str]) -> dict[str, str]:
    """The last four digits of the receipt that each subject of an event has; nothing for those without one."""
    found: dict[str, str] = {}
    models: tuple[Any, ...] = (Application, LossReport)
    for model in models:
        name = model._meta.model_name
        keys = [key for kind, _, key in (subject.partition(":") for subject in subjects) if kind == name]
        if keys:
            rows = model.objects.filter(pk__in=keys).values_list("pk", "receipt_id")
            found |= {f"{name}:{key}": receipt[-4:] for key, receipt in rows}
    return found
