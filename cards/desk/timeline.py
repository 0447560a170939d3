"""The events of a person in words, the newest first: what happened, who did it, through which door and where."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from cards.models import Cardholder, Event
from cards.notice_vocabulary import BindingEnd, NoticeChoice
from cards.office_vocabulary import FollowUpKind, FollowUpOutcome, MergeSide, PhoneChange, RequestKind, Verdict
from cards.staff_errors import REFUSALS
from cards.vocabulary import (
    ApplicationKind,
    BankStatus,
    CardType,
    EventKind,
    LossForm,
    Party,
    ReplacementRoute,
    SocialStatus,
    Stage,
    StopReason,
)

LENGTH = 100
_VALUES: dict[str, Any] = {
    EventKind.APPLICATION_ACCEPTED: ApplicationKind,
    EventKind.STAGE_REACHED: Stage,
    EventKind.CLOCK_STOPPED: StopReason,
    EventKind.LOSS_REPORTED: LossForm,
    EventKind.REPLACEMENT_ACCEPTED: ReplacementRoute,
    EventKind.CARD_ISSUED: CardType,
    EventKind.CORRECTED: EventKind,
    EventKind.NOTICES_CHOSEN: NoticeChoice,
    EventKind.PHONE_CHANGED: PhoneChange,
    EventKind.WECHAT_UNBOUND: BindingEnd,
    EventKind.REQUESTED: RequestKind,
    EventKind.REQUEST_GRANTED: RequestKind,
    EventKind.REQUEST_DECLINED: RequestKind,
    EventKind.AMENDED: RequestKind,
    EventKind.MERGED: MergeSide,
    EventKind.FOLLOW_UP_PROMISED: FollowUpKind,
    EventKind.FOLLOW_UP_SETTLED: FollowUpOutcome,
}
_DISPUTE_DECIDED = {
    Verdict.GRANTED: gettext_lazy("not received, a new card is made"),
    Verdict.DECLINED: gettext_lazy("the card was handed over"),
}


@dataclass(frozen=True)
class TimelineLine:
    """One event in words."""

    at: datetime
    what: str
    by: str


def newest_events(holder: Cardholder) -> list[Event]:
    """The newest events of a person, also of a record that was merged into this one."""
    events = Event.objects.told_of(holder).select_related("user", "outlet")
    return list(events.order_by("-at", "-seq")[:LENGTH])


def lines_of(events: list[Event]) -> list[TimelineLine]:
    """Each event as a line; a step that was put back is named."""
    known = {f"event:{event.pk}": event for event in events}
    return [TimelineLine(event.at, told_event(event, known.get(event.subject)), _told_by(event)) for event in events]


def told_event(event: Event, put_back: Event | None = None) -> str:
    """Kind and result of an event; `put_back` is the step that a correction names."""
    value = told_event(put_back) if put_back else told_value(event)
    return str(event.get_kind_display()) + (pgettext("before a detail", ": ") + value if value else "")


def told_step(event: Event) -> str:
    """A step in few words: the stage it led to, or what was done."""
    return told_value(event) if event.kind == EventKind.STAGE_REACHED else told_event(event)


def told_value(event: Event) -> str:
    """The result of an event in words."""
    if not event.value:
        return ""
    if event.kind == EventKind.CARD_STATUS:
        if event.value in SocialStatus.values:
            return _("social security function: %(state)s") % {"state": SocialStatus(event.value).label}
        return _("bank account function: %(state)s") % {"state": BankStatus(event.value).label}
    if event.kind == EventKind.OVERRIDDEN:
        return told_rule_of(event.value)
    if event.kind == EventKind.DISPUTE_DECIDED:
        return str(_DISPUTE_DECIDED[Verdict(event.value)])
    labels = _VALUES.get(event.kind)
    return str(labels(event.value).label) if labels else event.value


def told_rule_of(code: str) -> str:
    """What a rule is about, by the code of its refusal."""
    return str(REFUSALS[code].exception_from)


def joined(*parts: str) -> str:
    """Notes one after another."""
    return pgettext("between notes", ", ").join(str(part) for part in parts if part)


def _told_by(event: Event) -> str:
    return joined(
        event.user.get_username() if event.user else "",
        event.get_channel_display() if event.channel != event.party else "",
        event.outlet.told("name") if event.outlet else "",
        ""
        if event.party in (Party.OFFICE, Party.SYSTEM)
        else _("for: %(party)s") % {"party": event.get_party_display()},
    )
