"""What every service stands on: one transaction per deed, compare-and-swap, an event in the holder's chain."""

import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models

from cards import paper_number, sealing
from cards.actors import Actor
from cards.errors import ChangedMeanwhile, OutletUnknown
from cards.models import Cardholder, Event, EventDetail, Outlet, PaperNumber
from cards.rules import RuleBook, china_day
from cards.vocabulary import EventKind, PaperKind


@dataclass
class Deed:
    """One act under way: whose record, who acts, when, and under which rules."""

    holder: Cardholder
    actor: Actor
    now: datetime
    book: RuleBook

    @property
    def today(self) -> date:
        """The day in China."""
        return china_day(self.now)

    @property
    def outlet(self) -> Outlet:
        """Where the actor works; refused where nobody said so."""
        if self.actor.outlet is None:
            raise OutletUnknown()
        return self.actor.outlet

    def swap(self, row: Any, seen: dict[str, Any], **changes: Any) -> None:
        """Change the row only if it still is as it was seen; otherwise somebody else was faster."""
        rows = type(row).objects.filter(holder=self.holder, pk=row.pk, **seen)
        if rows.update(**changes) != 1:
            raise ChangedMeanwhile(self.last_act(row))
        for name, value in changes.items():
            setattr(row, name, value)

    def last_act(self, *rows: models.Model) -> Event | None:
        """The last entry about these rows: what the loser of a race is told."""
        return Event.objects.of(self.holder).last_about(*rows)

    def record(self, kind: EventKind, subject: models.Model, value: str = "", **detail: Any) -> Event:
        """Append an event to the holder's chain, its particulars sealed beside it."""
        last = Event.objects.of(self.holder).order_by("-seq").values("seq", "digest").first()
        text = json.dumps(detail, ensure_ascii=False, sort_keys=True)
        salt = secrets.token_hex(16)
        event = Event(
            holder=self.holder,
            seq=last["seq"] + 1 if last else 1,
            kind=kind,
            at=self.now,
            subject=Event.subject_of(subject),
            value=value,
            party=self.actor.party,
            channel=self.actor.channel,
            user=self.actor.user,
            outlet=self.actor.outlet,
            rule_version=self.book.version,
            detail_digest=EventDetail.digest_of(salt, text),
            previous=last["digest"] if last else "",
        )
        event.digest = event.computed_digest()
        event.save(force_insert=True)
        EventDetail.objects.create(holder=self.holder, event=event, salt=salt, text=text)
        return event

    def paper(self, kind: PaperKind) -> PaperNumber:
        """Give out a new number on paper."""
        while True:
            number = paper_number.new_paper_number(str(int(kind)))
            if not PaperNumber.objects.filter(pk=number).exists():
                break
        return PaperNumber.objects.create(
            number=number, kind=kind, holder=self.holder, code_key_id=sealing.current_index_key_id(), made_at=self.now
        )
