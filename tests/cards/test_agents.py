"""Who may come for somebody else, and on what documents (S9)."""

from typing import Any

import pytest
from django.utils import translation

from cards import services
from cards.actors import Actor, Proof
from cards.errors import (
    AgentIsHolder,
    AgentTooYoung,
    AgentUnnamed,
    EvidenceMissing,
    GuardianIsHolder,
    GuardianNeeded,
    GuardianNotApplicable,
    GuardianTooYoung,
    GuardianUnnamed,
    NotForThisParty,
    Refusal,
)
from cards.id_number import IdNumberProblem, age_on
from cards.models import Application, Card, EventDetail, LossReport, Replacement
from cards.office_vocabulary import RequestKind
from cards.vocabulary import (
    CardType,
    Channel,
    Evidence,
    LossForm,
    Party,
    Stage,
)
from tests import factories as f
from tests.cards.losing import (
    MOTHER,
    TODAY,
    accept,
    assert_readable,
    monday_morning,  # noqa: F401  (a fixture)
    person_aged,
    put_rules_in_force,
    replace,
    report,
)

pytestmark = pytest.mark.django_db

# --- S9: the agent and the guardian -------------------------------------------------------------------------------

AGENT_REFUSALS = [
    ("no name", {"agent_name": " ", "agent_id_number": "adult"}, AgentUnnamed),
    ("no number", {"agent_name": "李四", "agent_id_number": ""}, AgentUnnamed),
    ("the holder's own number", {"agent_name": "李四", "agent_id_number": "holder"}, AgentIsHolder),
    ("the holder's number, typed otherwise", {"agent_name": "李四", "agent_id_number": "spaced"}, AgentIsHolder),
    ("eighteen tomorrow", {"agent_name": "李四", "agent_id_number": "minor"}, AgentTooYoung),
]


def agents_proof(given: dict[str, str], holder: Any, seen: Any = f.ALL_EVIDENCE) -> Proof:
    numbers = {
        "adult": person_aged(40),
        "eighteen": person_aged(18),
        "minor": person_aged(18, plus_days=-1),
        "holder": holder.id_number,
        "spaced": " ".join(holder.id_number),
        "": "",
    }
    return Proof(
        seen,
        agent_name=given["agent_name"],
        agent_id_number=numbers[given["agent_id_number"]],
        certificate_number=given.get("certificate_number", ""),
        card_number="NEWCARD0001",
    )


def acts_of_an_agent(holder: Any) -> dict[str, Any]:
    """Everything an agent may do, each on a case of its own, by name."""
    agent = f.at_counter(party=Party.AGENT)
    to_report, to_replace = f.card(holder), f.written_report(f.card(holder))
    ready = f.walk_to(f.first_application(holder), Stage.READY)
    return {
        "accept": lambda proof: accept(holder, card_type=CardType.ORDINARY_YELLOW, actor=agent, evidence=proof),
        "report": lambda proof: services.report_loss(
            Card.objects.get(pk=to_report.pk), form=LossForm.WRITTEN, actor=agent, evidence=proof
        ),
        "replace": lambda proof: replace(LossReport.objects.get(pk=to_replace.pk), actor=agent, evidence=proof),
        "hand over": lambda proof: services.hand_over(
            Application.objects.get(pk=ready.pk),
            actor=f.at_counter(ready.delivery_outlet, Party.AGENT),
            evidence=proof,
        ),
        "reissue": lambda proof: services.reissue_code(
            Application.objects.get(pk=ready.pk), actor=agent, evidence=proof
        ),
    }


@pytest.mark.parametrize("given", AGENT_REFUSALS, ids=lambda given: given[0])
@pytest.mark.parametrize("act", ["accept", "report", "replace", "hand over", "reissue"])
def test_an_agent_is_refused_by_rule_s9(act: str, given: tuple[str, dict[str, str], type[Refusal]]) -> None:
    holder = f.holder()
    acts = acts_of_an_agent(holder)
    with pytest.raises(given[2]) as refused:
        acts[act](agents_proof(given[1], holder))
    assert_readable(refused.value, "S9")


@pytest.mark.parametrize("age", ["eighteen", "adult"])
@pytest.mark.parametrize("act", ["accept", "report", "replace", "hand over", "reissue"])
def test_an_agent_who_is_eighteen_today_may_act(act: str, age: str) -> None:
    holder = f.holder()
    acts_of_an_agent(holder)[act](agents_proof({"agent_name": "李四", "agent_id_number": age}, holder))


def test_the_agents_number_must_be_an_id_number() -> None:
    card = f.card()
    with pytest.raises(IdNumberProblem):
        report(card, actor=f.at_counter(party=Party.AGENT), agent_name="李四", agent_id_number="110101")


@pytest.mark.parametrize("act", ["accept", "report", "replace", "hand over", "reissue"])
def test_an_agent_without_the_own_original_document_is_refused(act: str) -> None:
    holder = f.holder()
    acts = acts_of_an_agent(holder)
    seen = f.ALL_EVIDENCE - {Evidence.AGENT_ID_ORIGINAL}
    with pytest.raises(EvidenceMissing) as refused:
        acts[act](agents_proof({"agent_name": "李四", "agent_id_number": "adult"}, holder, seen))
    assert_readable(refused.value, "S9")


def test_a_replacement_through_an_agent_needs_copies_of_both_documents() -> None:
    holder = f.holder()
    proof = agents_proof(
        {"agent_name": "李四", "agent_id_number": "adult"}, holder, f.ALL_EVIDENCE - {Evidence.ID_COPIES}
    )
    with pytest.raises(EvidenceMissing) as refused:
        acts_of_an_agent(holder)["replace"](proof)
    assert str(Evidence.ID_COPIES.label) in refused.value.sentence


@pytest.mark.parametrize(("language", "between"), [("en", "; "), ("zh-hans", "；")])
def test_several_missing_things_are_told_apart_as_the_language_does(language: str, between: str) -> None:
    missing = sorted({Evidence.HOLDER_ID_ORIGINAL, Evidence.FACE_MATCHES, Evidence.SIGNED_FORM})
    with translation.override(language), pytest.raises(EvidenceMissing) as refused:
        services.report_loss(f.card(), form=LossForm.WRITTEN, actor=f.at_counter(), evidence=Proof())
    with translation.override(language):
        assert between.join(str(thing.label) for thing in missing) in refused.value.sentence


@pytest.mark.parametrize("act", ["accept", "report", "replace", "hand over", "reissue"])
def test_who_the_agent_was_stays_on_record_sealed(act: str) -> None:
    holder = f.holder()
    proof = agents_proof({"agent_name": "李四", "agent_id_number": "adult"}, holder)
    acts_of_an_agent(holder)[act](proof)
    rows = [detail.text for detail in EventDetail.objects.filter(holder=holder)]
    rows += [
        f"{row.agent_name} {row.agent_id_number}"
        for model in (LossReport, Replacement)
        for row in model.objects.filter(holder=holder)
    ]
    assert any("李四" in row and proof.agent_id_number in row for row in rows)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({}, GuardianUnnamed),
        (MOTHER | {"agent_id_number": person_aged(18, plus_days=-1)}, GuardianTooYoung),
        (MOTHER | {"agent_id_number": "the child"}, GuardianIsHolder),
    ],
)
def test_a_guardian_is_identified_like_an_agent(given: dict[str, str], refusal: type[Refusal]) -> None:
    child = f.holder(id_number=person_aged(9))
    if given.get("agent_id_number") == "the child":
        given = given | {"agent_id_number": child.id_number}
    with pytest.raises(refusal) as refused:
        report(f.card(child), actor=f.at_counter(party=Party.GUARDIAN), **given)
    assert_readable(refused.value, "S9")


@pytest.mark.parametrize(("age", "allowed"), [(0, True), (15, True), (16, False), (40, False)])
def test_a_guardian_acts_only_for_a_holder_under_sixteen(age: int, allowed: bool) -> None:
    card = f.card(f.holder(id_number=person_aged(age)))
    guardian = f.at_counter(party=Party.GUARDIAN)
    if allowed:
        made = report(card, actor=guardian, **MOTHER)
        assert made.party == Party.GUARDIAN
        assert LossReport.objects.get(pk=made.pk).agent_name == MOTHER["agent_name"]
    else:
        with pytest.raises(GuardianNotApplicable) as refused:
            report(card, actor=guardian, **MOTHER)
        assert_readable(refused.value, "S9")
        assert "16" in refused.value.sentence


def test_a_holder_is_under_sixteen_until_the_last_day() -> None:
    holder = f.holder(id_number=person_aged(16, plus_days=-1))
    assert age_on(holder.id_number, TODAY) == 15
    assert report(f.card(holder), actor=f.at_counter(party=Party.GUARDIAN), **MOTHER).party == Party.GUARDIAN


def acts_of_a_child(child: Any) -> dict[str, Any]:
    """Everything a person does at a window, each on a case of its own made by the guardian; done by any party."""
    mother, seen = f.at_counter(party=Party.GUARDIAN), f.everything(card_number="NEWCARD0001", **MOTHER)
    to_report = f.card(child)
    to_replace = report(f.card(child, card_type=CardType.FINANCIAL_BLUE), actor=mother, **MOTHER)
    first = {"card_type": CardType.ORDINARY_BLUE, "evidence": seen}
    ready = f.walk_to(accept(child, actor=mother, **first), Stage.READY)
    here = ready.delivery_outlet
    why = "材料不全"
    return {
        "accept": lambda who: accept(child, **first | {"card_type": CardType.ORDINARY_YELLOW}, actor=who(None)),
        "exchange": lambda who: accept(
            child,
            kind="exchange",
            card_type=to_report.card_type,
            bank=to_report.bank,
            delivery_outlet=f.OutletFactory(of_bank=True, bank=to_report.bank),
            replaced_card=to_report,
            exchange_reason="damaged",
            actor=who(None),
            evidence=seen,
        ),
        "report": lambda who: services.report_loss(to_report, form=LossForm.WRITTEN, actor=who(None), evidence=seen),
        "replace": lambda who: replace(to_replace, actor=who(None), evidence=seen),
        "hand over": lambda who: services.hand_over(ready, actor=who(here), evidence=seen),
        "reissue": lambda who: services.reissue_code(ready, actor=who(None), evidence=seen),
        "telephone": lambda who: services.change_phone(child, "13911112222", actor=who(None), evidence=seen),
        "amend": lambda who: services.ask_amendment(
            child, RequestKind.NAME, "张三丰", actor=who(None), evidence=seen, reason=why
        ),
    }


ACTS_OF_A_CHILD = ["accept", "exchange", "report", "replace", "hand over", "reissue", "telephone", "amend"]


@pytest.mark.parametrize("party", [Party.HOLDER, Party.AGENT])
@pytest.mark.parametrize("act", ACTS_OF_A_CHILD)
def test_for_a_child_neither_the_child_alone_nor_an_agent_acts(act: str, party: Party) -> None:
    acts = acts_of_a_child(f.holder(id_number=person_aged(15)))
    listed = party == Party.HOLDER or act not in ("telephone", "amend")
    with pytest.raises(GuardianNeeded if listed else NotForThisParty) as refused:
        acts[act](lambda outlet: f.at_counter(outlet, party))
    assert_readable(refused.value, "S9")
    assert not listed or "16" in refused.value.sentence


@pytest.mark.parametrize("act", ACTS_OF_A_CHILD)
def test_for_a_child_the_guardian_acts(act: str) -> None:
    acts_of_a_child(f.holder(id_number=person_aged(15)))[act](lambda outlet: f.at_counter(outlet, Party.GUARDIAN))


@pytest.mark.parametrize("party", [Party.HOLDER, Party.GUARDIAN])
def test_a_child_or_the_guardian_says_by_telephone_that_the_card_is_lost(party: Party) -> None:
    caller = Actor(party, Channel.HOTLINE, f.UserFactory())
    card = f.card(f.holder(id_number=person_aged(9)))
    assert report(card, LossForm.ORAL, caller).party == party


def test_a_sixteen_year_old_acts_alone_from_the_birthday_on() -> None:
    with pytest.raises(GuardianNeeded):
        report(f.card(f.holder(id_number=person_aged(16, plus_days=-1))))
    assert report(f.card(f.holder(id_number=person_aged(16)))).party == Party.HOLDER


def test_ages_follow_the_rules_of_the_place() -> None:
    put_rules_in_force(agent_minimum_age=20, guardian_below_age=14)
    assert report(f.card(f.holder(id_number=person_aged(14)))).party == Party.HOLDER
    with pytest.raises(GuardianNeeded) as needed:
        report(f.card(f.holder(id_number=person_aged(13))))
    assert "14" in needed.value.sentence
    card = f.card(f.holder(id_number=person_aged(15)))
    with pytest.raises(GuardianNotApplicable):
        report(card, actor=f.at_counter(party=Party.GUARDIAN))
    with pytest.raises(AgentTooYoung) as refused:
        report(card, actor=f.at_counter(party=Party.AGENT), agent_name="李四", agent_id_number=person_aged(19))
    assert "20" in refused.value.sentence
