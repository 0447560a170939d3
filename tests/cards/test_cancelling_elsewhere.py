"""Cancelling where the rules allow more people and the telephone; by default it is S10 (test_cancelling)."""

from typing import Any

import pytest

from cards.actors import Actor
from cards.errors import (
    AgentTooYoung,
    AnotherCard,
    ChannelNotAllowed,
    EvidenceMissing,
    GuardianNeeded,
    GuardianNotApplicable,
    HolderMustComeInPerson,
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


def adults(form: str) -> LossReport:
    return report(f.card(), form)


def childs(form: str) -> LossReport:
    card = f.card(f.holder(id_number=person_aged(10)))
    return report(card, form, through(Party.GUARDIAN, Channel.COUNTER), **MOTHER)


ALWAYS = dict.fromkeys(LossForm)
Outcomes = dict[Any, type[Refusal] | None]
# Where everybody and the telephone is allowed: what comes of each party and door, for each form; first of an adult's
# report, then of a child's, for whom the guardian comes with both documents and the card.
WIDE: dict[tuple[Party, Channel], tuple[Outcomes, Outcomes]] = {
    (Party.HOLDER, Channel.COUNTER): (ALWAYS, dict.fromkeys(LossForm, GuardianNeeded)),
    (Party.AGENT, Channel.COUNTER): (ALWAYS, dict.fromkeys(LossForm, GuardianNeeded)),
    (Party.GUARDIAN, Channel.COUNTER): (dict.fromkeys(LossForm, GuardianNotApplicable), ALWAYS),
    (Party.HOLDER, Channel.HOTLINE): (
        {LossForm.ORAL: None, LossForm.WRITTEN: ChannelNotAllowed},
        dict.fromkeys(LossForm, GuardianNeeded),
    ),
    (Party.AGENT, Channel.HOTLINE): (
        dict.fromkeys(LossForm, ChannelNotAllowed),
        dict.fromkeys(LossForm, GuardianNeeded),
    ),
    (Party.GUARDIAN, Channel.HOTLINE): (
        dict.fromkeys(LossForm, GuardianNotApplicable),
        dict.fromkeys(LossForm, ChannelNotAllowed),
    ),
}


@pytest.mark.parametrize("whose", ["adult", "child"])
@pytest.mark.parametrize("form", LossForm)
@pytest.mark.parametrize("way", WIDE, ids=lambda way: "-".join(way))
def test_whom_the_rules_allow_cancels_through_the_door_they_allow(
    way: tuple[Party, Channel], form: LossForm, whose: str
) -> None:
    put_rules_in_force(**EVERYBODY)
    loss, refusal = (adults(form), WIDE[way][0][form]) if whose == "adult" else (childs(form), WIDE[way][1][form])
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
        cancel(adults(LossForm.ORAL), through(party, Channel.COUNTER), **MOTHER)


def test_where_an_agent_may_cancel_but_no_guardian_a_child_comes_alone_and_sends_nobody() -> None:
    put_rules_in_force(cancelled_also_by=["agent"])
    loss = childs(LossForm.ORAL)
    with pytest.raises(HolderMustComeInPerson):
        cancel(loss, through(Party.AGENT, Channel.COUNTER), **MOTHER)
    assert cancel(loss, through(Party.HOLDER, Channel.COUNTER)).party == Party.HOLDER


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


@pytest.mark.parametrize(("party", "whose"), [(Party.AGENT, adults), (Party.GUARDIAN, childs)])
def test_the_original_card_is_shown_by_whoever_comes(party: Party, whose: Any) -> None:
    from cards import services
    from cards.actors import Proof

    put_rules_in_force(**EVERYBODY)
    loss = whose(LossForm.ORAL)
    seen = frozenset(Evidence) - {Evidence.ORIGINAL_CARD}
    with pytest.raises(OriginalCardMissing):
        services.cancel_loss_report(
            loss, actor=through(party, Channel.COUNTER), evidence=Proof(seen, card_number="X" * 9)
        )


def test_by_telephone_the_questions_are_answered_and_the_card_number_is_read_out() -> None:
    from cards import services
    from cards.actors import Proof

    put_rules_in_force(**EVERYBODY)
    loss, phone = adults(LossForm.ORAL), through(Party.HOLDER, Channel.HOTLINE)
    number: Any = loss.card.card_number
    with pytest.raises(EvidenceMissing):
        services.cancel_loss_report(loss, actor=phone, evidence=Proof(frozenset(), card_number=number))
    answered = frozenset({Evidence.IDENTITY_ANSWERS})
    with pytest.raises(AnotherCard):
        services.cancel_loss_report(loss, actor=phone, evidence=Proof(answered, card_number="TEST99999999"))
    services.cancel_loss_report(loss, actor=phone, evidence=Proof(answered, card_number=number))
    assert loss.status == LossStatus.CANCELLED
