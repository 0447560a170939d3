"""What every service stands on: one transaction per deed, compare-and-swap, an event in the holder's chain."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models

from cards import notices
from cards.actors import Actor
from cards.errors import ChangedMeanwhile, OutletUnknown, Refusal
from cards.models import Cardholder, Event, EventDetail, Outlet, Override, PaperNumber
from cards.rules import RuleBook, china_day
from cards.vocabulary import Action, EventKind, PaperKind


@dataclass
class Deed:
    """One act under way: whose record, who acts, when, and under which rules."""

    holder: Cardholder
    actor: Actor
    now: datetime
    book: RuleBook
    # What is being done, set by the check of the proof; exceptions are allowed for one action on one
    # thing each.
    action: Action | None = None
    subject: str = ""
    about: str = ""
    exceptions: list[Override] = field(default_factory=list)

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

    def refuse(self, refusal: Refusal) -> None:
        """Raise a refusal, unless a supervisor allowed this very exception today; then it is used up here and now."""
        if any(override.refusal == refusal.code() for override in self.exceptions):
            return
        override = self._exception(refusal)
        if override is None:
            raise refusal
        self.swap(override, {"used_at": None}, used_at=self.now)
        self.exceptions.append(override)

    def _exception(self, refusal: Refusal) -> Override | None:
        """The exception this member of staff asked for and was granted, if there is one."""
        if self.action is None or self.actor.user is None or not refusal.overridable():
            return None
        usable = Override.objects.of(self.holder).usable(self.now)
        asked = {"action": self.action, "subject": self.subject, "refusal": refusal.code()}
        return usable.filter(asked_by=self.actor.user, **asked).first()

    def close(self) -> None:
        """Write every exception used into the chain, with what it was used for."""
        about = self.about
        for override in self.exceptions:
            self.swap(override, {"about": ""}, about=about)
            people = {"asked_by": str(override.asked_by_id), "granted_by": str(override.decided_by_id)}
            self.record(EventKind.OVERRIDDEN, override, override.refusal, reason=override.reason, **people)

    def record(self, kind: EventKind, subject: models.Model, value: str = "", **detail: Any) -> Event:
        """Append an event to the holder's chain, its particulars sealed beside it."""
        last = Event.objects.of(self.holder).order_by("-seq").values_list("seq", "digest").first()
        event, particulars = self.composed(kind, subject, value, detail, *(last or (0, "")))
        event.save(force_insert=True)
        particulars.save(force_insert=True)
        notices.owe([(event, particulars)])
        return event

    def composed(
        self, kind: EventKind, subject: models.Model, value: str, detail: dict[str, Any], seq: int, digest: str
    ) -> tuple[Event, EventDetail]:
        """The event that follows the one with this number and digest, and its particulars; not yet saved."""
        self.about = Event.subject_of(subject)
        text = json.dumps(detail, ensure_ascii=False, sort_keys=True)
        salt = secrets.token_hex(16)
        event = Event(
            holder=self.holder,
            seq=seq + 1,
            kind=kind,
            at=self.now,
            subject=self.about,
            value=value,
            party=self.actor.party,
            channel=self.actor.channel,
            user=self.actor.user,
            outlet=self.actor.outlet,
            rule_version=self.book.version,
            detail_digest=EventDetail.digest_of(salt, text),
            previous=digest,
        )
        event.digest = event.computed_digest()
        return event, EventDetail(holder=self.holder, event=event, salt=salt, text=text)

    def paper(self, kind: PaperKind) -> PaperNumber:
        """Give out a new number on paper."""
        return PaperNumber.objects.give_out([self.holder.pk], kind, self.now)[0]
