"""Cancelling where the rules allow more people and the telephone; by default it is S10 (test_cancelling)."""

from typing import Any

import pytest

from cards.actors import Actor
from cards.errors import (
    AgentTooYoung,
    AnotherCard,
    ChannelNotAllowed,
    EvidenceMissing,
    NotForThisParty,
    OriginalCardMissing,
    Refusal,
)
from cards.models import LossReport
from cards.vocabulary import Channel, Evidence, LossForm, LossStatus, Party
from tests import factories as f
from tests.cards.losing import (
    MOTHER,
    cancel,
    monday_morning,  # noqa: F401  (a fixture)
    person_aged,
    put_rules_in_force,
    report,
)

pytestmark = pytest.mark.django_db
EVERYBODY = {"cancelled_also_by": ["agent", "guardian"], "oral_cancelled_also_through": ["hotline"]}


def through(party: Party, channel: Channel) -> Actor:
    return Actor(party, channel, f.UserFactory(), f.OutletFactory() if channel == Channel.COUNTER else None)


def childs(form: str) -> LossReport:
    return report(f.card(f.holder(id_number=person_aged(10))), form)


# Where everybody and the telephone is allowed: what comes of each party and door, for each form.
WIDE = {
    (Party.HOLDER, Channel.COUNTER): {},
    (Party.AGENT, Channel.COUNTER): {},
    (Party.GUARDIAN, Channel.COUNTER): {},
    (Party.HOLDER, Channel.HOTLINE): {LossForm.WRITTEN: ChannelNotAllowed},
    (Party.AGENT, Channel.HOTLINE): dict.fromkeys(LossForm, ChannelNotAllowed),
    (Party.GUARDIAN, Channel.HOTLINE): dict.fromkeys(LossForm, ChannelNotAllowed),
}


@pytest.mark.parametrize("form", LossForm)
@pytest.mark.parametrize("way", WIDE, ids=lambda way: "-".join(way))
def test_whom_the_rules_allow_cancels_through_the_door_they_allow(way: tuple[Party, Channel], form: LossForm) -> None:
    put_rules_in_force(**EVERYBODY)
    loss, refusal = childs(form), WIDE[way].get(form)
    if refusal is None:
        decision = cancel(loss, through(*way), **MOTHER)
        assert (loss.status, decision.party, decision.channel) == (LossStatus.CANCELLED, *way)
        assert decision.agent_name == (MOTHER["agent_name"] if way[0] != Party.HOLDER else None)
    else:
        with pytest.raises(refusal):
            cancel(loss, through(*way), **MOTHER)
        assert LossReport.objects.get(pk=loss.pk).status == LossStatus.STANDING


@pytest.mark.parametrize(("allowed", "party"), [(["agent"], Party.GUARDIAN), (["guardian"], Party.AGENT)])
def test_one_more_is_not_everybody_and_the_refusal_does_not_say_nobody(allowed: list[str], party: Party) -> None:
    put_rules_in_force(cancelled_also_by=allowed)
    with pytest.raises(NotForThisParty):
        cancel(childs(LossForm.ORAL), through(party, Channel.COUNTER), **MOTHER)


@pytest.mark.parametrize(
    ("proof", "refusal"),
    [
        ({"card_number": "TEST99999999"}, AnotherCard),
        ({"agent_id_number": person_aged(17)}, AgentTooYoung),
    ],
)
def test_an_agent_shows_the_very_card_and_is_of_age(proof: dict[str, str], refusal: type[Refusal]) -> None:
    put_rules_in_force(**EVERYBODY)
    with pytest.raises(refusal):
        cancel(report(f.card()), through(Party.AGENT, Channel.COUNTER), **MOTHER | proof)


def test_the_original_card_is_shown_by_whoever_comes() -> None:
    from cards import services
    from cards.actors import Proof

    put_rules_in_force(**EVERYBODY)
    loss = childs(LossForm.ORAL)
    seen = frozenset(Evidence) - {Evidence.ORIGINAL_CARD}
    with pytest.raises(OriginalCardMissing):
        services.cancel_loss_report(
            loss, actor=through(Party.AGENT, Channel.COUNTER), evidence=Proof(seen, card_number="X" * 9)
        )


def test_by_telephone_the_questions_are_answered_and_the_card_number_is_read_out() -> None:
    from cards import services
    from cards.actors import Proof

    put_rules_in_force(**EVERYBODY)
    loss, phone = childs(LossForm.ORAL), through(Party.HOLDER, Channel.HOTLINE)
    number: Any = loss.card.card_number
    with pytest.raises(EvidenceMissing):
        services.cancel_loss_report(loss, actor=phone, evidence=Proof(frozenset(), card_number=number))
    answered = frozenset({Evidence.IDENTITY_ANSWERS})
    with pytest.raises(AnotherCard):
        services.cancel_loss_report(loss, actor=phone, evidence=Proof(answered, card_number="TEST99999999"))
    services.cancel_loss_report(loss, actor=phone, evidence=Proof(answered, card_number=number))
    assert loss.status == LossStatus.CANCELLED
