"""Second thoughts on record: requests that wait, disputes, and steps that can be put back."""

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cards import services
from cards.actors import Actor, Proof
from cards.errors import CardHeldAlready, Refusal
from cards.models import (
    Amendment,
    Application,
    Cardholder,
    Dispute,
    Event,
    Merge,
    Notice,
    NoticeConsent,
    Override,
    SituationTable,
)
from cards.office_vocabulary import RequestKind
from cards.services import sent_forms
from cards.vocabulary import Action, CardType, Channel, EventKind, Party, Stage
from tests import factories as f


def supervisor(outlet: Any = None) -> Actor:
    """A second person at the counter."""
    return f.at_office(outlet)


def asked(
    of: Cardholder | None = None,
    action: Action = Action.ACCEPT,
    refusal: type[Refusal] = CardHeldAlready,
    actor: Actor | None = None,
    subject: str = "",
) -> Override:
    """A clerk asked for an exception."""
    return services.ask_exception(
        of or f.holder(),
        action,
        refusal,
        actor=actor or f.at_counter(),
        reason="老人行动不便，情况属实",
        subject=subject,
    )


def granted(of: Cardholder, action: Action, refusal: type[Refusal], actor: Actor, subject: str = "") -> Override:
    """The same, and a supervisor granted it."""
    override = asked(of, action, refusal, actor, subject)
    services.decide(override, Action.GRANT, actor=supervisor())
    return override


def amendment(of: Cardholder | None = None, part: RequestKind = RequestKind.NAME, value: str = "张三丰") -> Amendment:
    """A clerk asked for a name or number to be put right."""
    return services.ask_amendment(
        of or f.holder(), part, value, actor=f.at_counter(), evidence=f.everything(), reason="户口本原件已核对"
    )


def merge(of: Cardholder | None = None, other: Cardholder | None = None) -> Merge:
    """A clerk asked for two records to be merged."""
    return services.ask_merge(of or f.holder(), other or f.holder(), actor=f.at_office(), reason="同一人两个号码")


def dispute(of: Cardholder | None = None) -> Dispute:
    """A person says that the collected card was never received."""
    application = f.walk_to(f.first_application(of), Stage.COLLECTED)
    return services.dispute_collection(
        application, actor=f.at_counter(), evidence=f.everything(), reason="本人称从未领到卡"
    )


def step(of: Cardholder | None = None) -> Event:
    """A step that can be put back today by whoever took it, or at the same outlet."""
    application = f.walk_to(f.first_application(of), Stage.CHECKING)
    return application.holder.events.get(kind=EventKind.STAGE_REACHED)


def same_desk(event: Event) -> Actor:
    """Somebody else at the outlet where a step was recorded."""
    return Actor(Party.OFFICE, Channel.COUNTER, f.UserFactory(), event.outlet)


# What each of these actions starts from.
STARTS: dict[Action, Callable[[Cardholder], Any]] = {
    Action.CORRECT: step,
    Action.CHANGE_PHONE: lambda holder: holder,
    Action.CHOOSE_NOTICES: lambda holder: holder,
    Action.AMEND: lambda holder: holder,
    Action.MERGE: lambda holder: (holder, f.holder()),
    Action.DISPUTE: lambda holder: f.walk_to(f.first_application(holder), Stage.COLLECTED),
    Action.GRANT: asked,
    Action.DECLINE: asked,
    Action.CONFIRM_HANDED_OVER: dispute,
    Action.CONFIRM_NOT_RECEIVED: dispute,
}


def do(action: Action, subject: Any, actor: Actor, evidence: Proof) -> None:
    """Do one of them."""
    why = "材料不全"
    if action == Action.CORRECT:
        services.correct(subject, actor=actor, reason=why)
    elif action == Action.CHANGE_PHONE:
        services.change_phone(subject, "13911112222", actor=actor, evidence=evidence)
    elif action == Action.CHOOSE_NOTICES:
        services.choose_notices(subject, {"sms": True}, language="zh-hans", actor=actor, evidence=evidence)
    elif action == Action.AMEND:
        services.ask_amendment(subject, RequestKind.NAME, "张三丰", actor=actor, evidence=evidence, reason=why)
    elif action == Action.MERGE:
        services.ask_merge(*subject, actor=actor, reason=why)
    elif action == Action.DISPUTE:
        application = Application.objects.get(pk=subject.pk)
        services.dispute_collection(application, actor=actor, evidence=evidence, reason=why)
    elif action in (Action.GRANT, Action.DECLINE):
        services.decide(Override.objects.get(pk=subject.pk), action, actor=actor, reason=why)
    else:
        services.decide_dispute(Dispute.objects.get(pk=subject.pk), action, actor=actor, reason=why)


def everything_happens_to(person: Cardholder, *, why: str, name: str) -> Cardholder:
    """Every second thought that writes what people say; returns another record that became part of this person's."""
    clerk, second, seen = f.at_counter(), supervisor(), f.everything()
    exception = services.ask_exception(person, Action.ACCEPT, CardHeldAlready, actor=clerk, reason=why)
    services.decide(exception, Action.GRANT, actor=second, reason=why)
    again = f.first_application(person, card_type=CardType.FINANCIAL_BLUE, actor=clerk)
    services.advance(again, Action.WITHDRAW, actor=clerk, evidence=seen)
    right = services.ask_amendment(person, RequestKind.NAME, name, actor=clerk, evidence=seen, reason=why)
    services.decide(right, Action.GRANT, actor=second, reason=why)
    services.change_phone(person, "13700001111", actor=clerk, evidence=seen)
    other = f.holder(name="金丝雀旧档")
    request = services.ask_merge(person, other, actor=f.at_office(), reason=why)
    services.decide(request, Action.GRANT, actor=second)
    with transaction.atomic():
        sent_forms.once(person, uuid.uuid4(), Action.ACCEPT, why, lambda: "")
    return other


def situation_table(by: Any, released_at: datetime | None, released_by: Any = None) -> SituationTable:
    """A table of situations, not saved; without another person it is released by whoever entered it."""
    return SituationTable(
        version="2027-1",
        valid_from=date(2027, 1, 1),
        text="",
        entered_by=by,
        entered_at=timezone.now(),
        released_by=released_by or by,
        released_at=released_at,
    )


def consent() -> NoticeConsent:
    """That somebody wants text messages."""
    person = f.holder()
    do(Action.CHOOSE_NOTICES, person, f.at_counter(), f.everything())
    return NoticeConsent.objects.get(holder=person)


def notice() -> Notice:
    """What somebody is owed."""
    f.oral_report(f.card(consent().holder))
    return Notice.objects.latest("made_at")
