"""Checks before an act: the party, the channel, the checklist, the agent and the guardian (S9, S10)."""

from typing import Any

from django.db import models

from cards import id_number, workflow
from cards.actors import Actor, Proof
from cards.errors import (
    AgentIsHolder,
    AgentTooYoung,
    AgentUnnamed,
    ChannelNotAllowed,
    EvidenceMissing,
    GuardianNotApplicable,
    HolderMustComeInPerson,
    NotForThisParty,
    OriginalCardMissing,
    WrongPerson,
)
from cards.names import clean_name
from cards.services.deed import Deed
from cards.vocabulary import Action, Evidence, Party


def check(deed: Deed, action: Action, proof: Proof) -> dict[str, Any]:
    """Refuse unless this party may do this through this channel on this evidence.

    Returns what the decision row remembers: party, channel, agent, evidence, rule version, moment.
    """
    actor = deed.actor
    checklists = workflow.CHECKLISTS[action]
    if actor.party not in checklists:
        if action == Action.CANCEL_REPORT and actor.party in (Party.AGENT, Party.GUARDIAN):
            raise HolderMustComeInPerson()
        raise NotForThisParty()
    if actor.channel not in workflow.CHANNELS[action]:
        raise ChannelNotAllowed()
    missing = checklists[actor.party] - proof.seen
    if Evidence.ORIGINAL_CARD in missing:
        raise OriginalCardMissing()
    agent = _checked_agent(deed, proof) if actor.party == Party.AGENT else {}
    if missing:
        raise EvidenceMissing(missing="; ".join(str(item.label) for item in sorted(missing)))
    if actor.party == Party.GUARDIAN:
        limit = deed.book.guardian_below_age
        if id_number.age_on(deed.holder.id_number, deed.today) >= limit:
            raise GuardianNotApplicable(age=limit)
    return {
        "party": actor.party,
        "channel": actor.channel,
        "evidence": sorted(proof.seen),
        "rule_version": deed.book.version,
        "made_at": deed.now,
        **agent,
    }


def _checked_agent(deed: Deed, proof: Proof) -> dict[str, str]:
    """The agent's name and ID number, from the agent's own original document."""
    if not proof.agent_name.strip() or not proof.agent_id_number.strip():
        raise AgentUnnamed()
    name, number = clean_name(proof.agent_name), id_number.check(proof.agent_id_number)
    if number == deed.holder.id_number:
        raise AgentIsHolder()
    if id_number.age_on(number, deed.today) < deed.book.agent_minimum_age:
        raise AgentTooYoung(age=deed.book.agent_minimum_age)
    return {"agent_name": name, "agent_id_number": number}


def belongs(deed: Deed, row: models.Model | None) -> None:
    """Refuse a card or case of another person."""
    if row is not None and getattr(row, "holder_id", None) != deed.holder.pk:
        raise WrongPerson()


def office_only(deed: Deed, action: Action) -> None:
    """Refuse unless the office or the system does its own work here."""
    check(deed, action, Proof())


def actor_may(actor: Actor, action: Action) -> bool:
    """Whether the table lets this party act through this channel at all."""
    return actor.party in workflow.CHECKLISTS[action] and actor.channel in workflow.CHANNELS[action]
