"""Checks before an act: the party, the channel, the checklist, the agent and the guardian (S9, S10)."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext

from cards import id_number, workflow
from cards.actors import Actor, Proof
from cards.errors import (
    AgentIsHolder,
    AgentTooYoung,
    AgentUnnamed,
    ChannelNotAllowed,
    EvidenceMissing,
    GuardianIsHolder,
    GuardianNeeded,
    GuardianNotApplicable,
    GuardianTooYoung,
    GuardianUnnamed,
    HolderMustComeInPerson,
    NotForThisParty,
    OriginalCardMissing,
    Refusal,
)
from cards.models import AgentAct, Event
from cards.models.rule_data import book_on
from cards.names import clean_name
from cards.rules import RuleBook, china_day
from cards.services.deed import Deed
from cards.vocabulary import Action, Channel, Evidence, Party


def check(deed: Deed, action: Action, proof: Proof, subject: models.Model | None = None) -> dict[str, Any]:
    """Refuse unless this party may do this through this channel on this evidence.

    The subject is what the act is done to, where that is not the person: an exception is good for it alone.
    An act of an agent leaves its trace here, because every act passes here; a refusal later on takes it back.
    Returns what the decision row remembers: party, channel, agent, evidence, rule version, moment.
    """
    actor, deed.action, deed.subject = deed.actor, action, Event.subject_of(subject or deed.holder)
    if actor.party not in deed.book.parties(action):
        if action == Action.CANCEL_REPORT and actor.party in (Party.AGENT, Party.GUARDIAN):
            raise NotForThisParty() if deed.book.cancelled_also_by else HolderMustComeInPerson()
        raise NotForThisParty()
    if actor.channel not in deed.book.channels(action):
        raise ChannelNotAllowed()
    if actor.party not in (Party.OFFICE, Party.SYSTEM):
        age = id_number.age_on(deed.holder.id_number, deed.today)
        if refusal := refused_by_age(deed.book, action, actor.party, age):
            deed.refuse(refusal)
    missing = workflow.checklist(action, actor.party, actor.channel) - proof.seen
    if Evidence.ORIGINAL_CARD in missing:
        raise OriginalCardMissing()
    agent = _checked_deputy(deed, proof)
    if missing:
        between = pgettext("between things that are missing", "; ")
        raise EvidenceMissing(missing=between.join(str(item.label) for item in sorted(missing)))
    if agent and actor.party == Party.AGENT:
        _note_agent(deed, action, agent["agent_id_number"])
    return {
        "party": actor.party,
        "channel": actor.channel,
        "evidence": sorted(proof.seen),
        "rule_version": deed.book.version,
        "made_at": deed.now,
        **agent,
    }


def refused_by_age(book: RuleBook, action: Action, party: Party, age: int) -> Refusal | None:
    """What the cardholder's age has against one of the parties to an act, if anything (S9)."""
    possible = book.parties_for(action, age)
    if party in possible:
        return None
    if party == Party.GUARDIAN:
        return GuardianNotApplicable(age=book.guardian_below_age)
    return GuardianNeeded(age=book.guardian_below_age) if Party.GUARDIAN in possible else HolderMustComeInPerson()


# What is refused of an agent and of a guardian: unnamed, the holder, too young.
_DEPUTIES = {
    Party.AGENT: (AgentUnnamed, AgentIsHolder, AgentTooYoung),
    Party.GUARDIAN: (GuardianUnnamed, GuardianIsHolder, GuardianTooYoung),
}


def _checked_deputy(deed: Deed, proof: Proof) -> dict[str, str]:
    """Name and ID number of an agent or guardian who came to the window, from the own original document."""
    if deed.actor.party not in _DEPUTIES or deed.actor.channel != Channel.COUNTER:
        return {}
    unnamed, is_holder, too_young = _DEPUTIES[deed.actor.party]
    if not proof.agent_name.strip() or not proof.agent_id_number.strip():
        raise unnamed()
    name, number = clean_name(proof.agent_name), id_number.check(proof.agent_id_number)
    if number == deed.holder.id_number:
        raise is_holder()
    if not deed.book.deputy_old_enough(id_number.age_on(number, deed.today)):
        deed.refuse(too_young(age=deed.book.agent_minimum_age))
    return {"agent_name": name, "agent_id_number": number}


def _note_agent(deed: Deed, action: Action, number: str) -> None:
    """Leave the month-long trace by which a supervisor sees that one agent acts for many people."""
    actor = deed.actor
    AgentAct.objects.enter(
        number, holder=deed.holder, action=action, at=deed.now, user=actor.user, outlet=actor.outlet
    )


def office_only(deed: Deed, action: Action) -> None:
    """Refuse unless the office or the system does its own work here."""
    check(deed, action, Proof())


def actor_may(actor: Actor, action: Action) -> bool:
    """Whether the rules in force today let this party act through this channel at all."""
    book = book_on(china_day(timezone.now()))
    return actor.party in book.parties(action) and actor.channel in book.channels(action)
