"""Second thoughts on record: requests that wait, disputes, and steps that can be put back."""

from typing import Any

from cards import services
from cards.actors import Actor
from cards.errors import CardHeldAlready, Refusal
from cards.models import Amendment, Cardholder, Dispute, Event, Merge, Override
from cards.vocabulary import Action, Channel, EventKind, Party, RequestKind, Stage
from tests import factories as f


def supervisor(outlet: Any = None) -> Actor:
    """A second person at the counter."""
    return f.at_office(outlet)


def asked(
    of: Cardholder | None = None,
    action: Action = Action.ACCEPT,
    refusal: type[Refusal] = CardHeldAlready,
    actor: Actor | None = None,
) -> Override:
    """A clerk asked for an exception."""
    return services.ask_exception(
        of or f.holder(), action, refusal, actor=actor or f.at_counter(), reason="老人行动不便，情况属实"
    )


def granted(of: Cardholder, action: Action, refusal: type[Refusal], actor: Actor) -> Override:
    """The same, and a supervisor granted it."""
    override = asked(of, action, refusal, actor)
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


def step() -> Event:
    """A step that can be put back today by whoever took it, or at the same outlet."""
    application = f.walk_to(f.first_application(), Stage.CHECKING)
    return application.holder.events.get(kind=EventKind.STAGE_REACHED)


def same_desk(event: Event) -> Actor:
    """Somebody else at the outlet where a step was recorded."""
    return Actor(Party.OFFICE, Channel.COUNTER, f.UserFactory(), event.outlet)
