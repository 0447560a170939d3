"""Exceptions to a rule: asked for by one, granted by another, good once, told to the holder."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone, translation

from cards import errors, services, staff_errors
from cards.actors import Actor
from cards.answers import answer_case
from cards.case_file import Opening
from cards.case_reading import read_case
from cards.errors import Refusal
from cards.models import Application, Card, Cardholder, Event, Override
from cards.staff_errors import REFUSALS, DecidedAlready, NoExceptionFromThis, SecondPersonNeeded
from cards.vocabulary import AccessOutcome, Action, CardType, EventKind, LossForm, Party
from tests import factories as f
from tests.cards.losing import (
    MOTHER,
    accept,
    cancel,
    exchange,
    monday_morning,  # noqa: F401  (a fixture)
    person_aged,
    put_rules_in_force,
    replace,
    report,
)
from tests.later import asked, granted, supervisor

pytestmark = pytest.mark.django_db

# Whether a supervisor may make an exception, for every refusal there is. Never: what was decided cannot be undone by
# leave (S10 after a replacement, one open report, one open replacement), nobody is spared showing who they are (S9,
# S10), and what is physically not there (an outlet that hands nothing over, a bank that is missing) cannot be allowed.
OVERRIDABLE = {
    "AgentTooYoung",
    "CardHeldAlready",
    "CardTypeNotForAge",
    "FeeExemptionNotListed",
    "FormalReportIsFinal",
    "GuardianNeeded",
    "GuardianNotApplicable",
    "GuardianTooYoung",
    "OralReportRepeatedTooOften",
    "OrdinaryCardNotReplaced",
    "WrongPlaceForReplacement",
}
NEVER = {
    "ReplacementAlreadyStarted", "ReportStandsAlready", "ReplacementOpenAlready", "ApplicationOpenAlready",
    "EvidenceMissing", "OriginalCardMissing", "AnotherCard", "HolderMustComeInPerson", "AgentIsHolder",
    "AgentUnnamed", "GuardianIsHolder", "GuardianUnnamed", "WrongPerson", "ChannelNotAllowed", "NotForThisParty",
    "CertificateUsed", "CertificateNumberWrong", "SecondPersonNeeded", "DisputeStillOpen",
}  # fmt: skip


def test_each_refusal_is_decided_and_none_is_missing() -> None:
    known = {**vars(errors), **vars(staff_errors)}.values()
    classes = {one for one in known if isinstance(one, type) and issubclass(one, Refusal)}
    assert set(REFUSALS.values()) == classes - {Refusal}
    assert {one.__name__ for one in REFUSALS.values() if one.overridable()} == OVERRIDABLE
    assert {one.__name__ for one in REFUSALS.values()} - OVERRIDABLE >= NEVER
    assert all(len(code) <= 32 for code, one in REFUSALS.items() if one.overridable())


@pytest.mark.parametrize("refusal", [one for one in REFUSALS.values() if not one.overridable()])
def test_no_exception_can_be_asked_from_any_other_rule(refusal: type[Refusal]) -> None:
    with pytest.raises(NoExceptionFromThis):
        services.ask_exception(f.holder(), Action.ACCEPT, refusal, actor=f.at_counter(), reason="情况特殊")


# --- every rule an exception can be made to, tried with and without one ------------------------------------------


def _clerk(party: Party = Party.HOLDER, outlet: Any = None) -> Actor:
    return f.at_counter(outlet, party)


def _repeated() -> tuple[Cardholder, Actor, Callable[[], Any]]:
    card = f.card()
    for _ in range(2):
        cancel(report(card, LossForm.ORAL))
        card.refresh_from_db()
    actor = f.on_phone()
    return card.holder, actor, lambda: report(Card.objects.get(pk=card.pk), LossForm.ORAL, actor)


def _young_agent() -> tuple[Cardholder, Actor, Callable[[], Any]]:
    card, actor = f.card(), _clerk(Party.AGENT)
    return card.holder, actor, lambda: report(card, actor=actor, agent_name="李四", agent_id_number=person_aged(17))


def _young_guardian() -> tuple[Cardholder, Actor, Callable[[], Any]]:
    card, actor = f.card(f.holder(id_number=person_aged(10))), _clerk(Party.GUARDIAN)
    return card.holder, actor, lambda: report(card, actor=actor, agent_name="李四", agent_id_number=person_aged(17))


def _grown_ward() -> tuple[Cardholder, Actor, Callable[[], Any]]:
    card, actor = f.card(f.holder(id_number=person_aged(30))), _clerk(Party.GUARDIAN)
    return card.holder, actor, lambda: report(card, actor=actor, **MOTHER)


def _child_alone() -> tuple[Cardholder, Actor, Callable[[], Any]]:
    card, actor = f.card(f.holder(id_number=person_aged(15))), _clerk()
    return card.holder, actor, lambda: report(card, actor=actor)


def _final() -> tuple[Cardholder, Actor, Callable[[], Any]]:
    put_rules_in_force(written_report_can_be_cancelled=False)
    loss, actor = report(f.card()), _clerk()
    return loss.holder, actor, lambda: cancel(loss, actor)


def _too_young_for_the_card() -> tuple[Cardholder, Actor, Callable[[], Any]]:
    holder, actor = f.holder(id_number=person_aged(59)), _clerk()
    card_type = CardType.FINANCIAL_PREFERENTIAL_BLUE
    return holder, actor, lambda: accept(holder, card_type=card_type, actor=actor)


def _like_for_like() -> tuple[Cardholder, Actor, Callable[[], Any]]:
    loss, actor = report(f.card(card_type=CardType.ORDINARY_YELLOW)), _clerk()
    return loss.holder, actor, lambda: replace(loss, actor)


def _wrong_place() -> tuple[Cardholder, Actor, Callable[[], Any]]:
    loss, actor = report(f.card()), _clerk(outlet=f.OutletFactory(of_bank=True))
    return loss.holder, actor, lambda: replace(loss, actor)


def _second_card() -> tuple[Cardholder, Actor, Callable[[], Any]]:
    card, actor = f.card(), _clerk()
    return card.holder, actor, lambda: accept(card.holder, actor=actor)


def _hardship() -> tuple[Cardholder, Actor, Callable[[], Any]]:
    card, actor = f.card(), _clerk()
    return card.holder, actor, lambda: exchange(card, fee_exemption="hardship", actor=actor)


CASES: dict[str, tuple[Action, Callable[[], tuple[Cardholder, Actor, Callable[[], Any]]]]] = {
    "OralReportRepeatedTooOften": (Action.REPORT_ORALLY, _repeated),
    "AgentTooYoung": (Action.REPORT_IN_WRITING, _young_agent),
    "GuardianTooYoung": (Action.REPORT_IN_WRITING, _young_guardian),
    "GuardianNotApplicable": (Action.REPORT_IN_WRITING, _grown_ward),
    "GuardianNeeded": (Action.REPORT_IN_WRITING, _child_alone),
    "FormalReportIsFinal": (Action.CANCEL_REPORT, _final),
    "CardTypeNotForAge": (Action.ACCEPT, _too_young_for_the_card),
    "OrdinaryCardNotReplaced": (Action.REPLACE, _like_for_like),
    "WrongPlaceForReplacement": (Action.REPLACE, _wrong_place),
    "CardHeldAlready": (Action.ACCEPT, _second_card),
    "FeeExemptionNotListed": (Action.ACCEPT, _hardship),
}


def test_every_overridable_rule_has_its_case() -> None:
    assert set(CASES) == OVERRIDABLE


@pytest.mark.parametrize("name", CASES)
def test_what_is_refused_goes_once_by_exception_and_the_ledger_names_the_rule(name: str) -> None:
    action, prepare = CASES[name]
    holder, actor, act = prepare()
    refusal = getattr(errors, name)
    with pytest.raises(refusal) as refused, transaction.atomic():
        act()
    override = granted(holder, action, refusal, actor, refused.value.subject)
    act()
    override.refresh_from_db()
    assert override.used_at is not None
    event = Event.objects.of(holder).get(kind=EventKind.OVERRIDDEN)
    assert (event.value, event.subject) == (refusal.code(), f"override:{override.pk}")
    assert "老人行动不便，情况属实" in event.detail.text
    assert Event.objects.of(holder).filter(subject=override.about).exists()


def test_an_exception_is_good_once() -> None:
    holder, actor, act = _second_card()
    granted(holder, Action.ACCEPT, errors.CardHeldAlready, actor)
    application = act()
    services.advance(application, Action.WITHDRAW, actor=actor, evidence=f.everything())
    with pytest.raises(errors.CardHeldAlready), transaction.atomic():
        act()


def test_an_exception_for_one_card_is_not_good_for_another_of_the_same_person() -> None:
    put_rules_in_force(written_report_can_be_cancelled=False)
    holder, actor = f.holder(), _clerk()
    first, second = (
        report(f.card(holder, card_type=kind)) for kind in (CardType.ORDINARY_BLUE, CardType.FINANCIAL_BLUE)
    )
    refusal = errors.FormalReportIsFinal
    with pytest.raises(refusal) as refused, transaction.atomic():
        cancel(first, actor)
    assert refused.value.subject == f"lossreport:{first.pk}"
    override = granted(holder, Action.CANCEL_REPORT, refusal, actor, refused.value.subject)
    with pytest.raises(refusal), transaction.atomic():
        cancel(second, actor)
    override.refresh_from_db()
    assert override.used_at is None
    cancel(first, actor)
    override.refresh_from_db()
    assert override.used_at is not None


def test_an_exception_that_is_not_needed_stays_unused() -> None:
    holder, actor = f.holder(), _clerk()
    override = granted(holder, Action.ACCEPT, errors.CardHeldAlready, actor)
    accept(holder, actor=actor)
    override.refresh_from_db()
    assert override.used_at is None
    assert not Event.objects.of(holder).filter(kind=EventKind.OVERRIDDEN).exists()


def test_an_act_that_fails_for_another_reason_does_not_use_the_exception_up() -> None:
    holder, actor, _act = _second_card()
    override = granted(holder, Action.ACCEPT, errors.CardHeldAlready, actor)
    nowhere = f.OutletFactory(hands_over=False)
    with pytest.raises(errors.OutletDoesNotDoThis), transaction.atomic():
        accept(holder, actor=actor, delivery_outlet=nowhere)
    override.refresh_from_db()
    assert override.used_at is None


@pytest.mark.parametrize("other", ["holder", "action", "refusal", "clerk", "day", "declined", "waiting"])
def test_an_exception_is_for_one_person_one_act_one_rule_one_clerk_and_one_day(other: str, clock: Any) -> None:
    holder, actor, act = _second_card()
    override = asked(
        f.holder() if other == "holder" else holder,
        Action.REPLACE if other == "action" else Action.ACCEPT,
        errors.CardTypeNotForAge if other == "refusal" else errors.CardHeldAlready,
        f.at_counter() if other == "clerk" else actor,
    )
    if other != "waiting":
        verdict = Action.DECLINE if other == "declined" else Action.GRANT
        services.decide(override, verdict, actor=supervisor(), reason="理由不足")
    if other == "day":
        clock("2026-03-03 00:00")
    with pytest.raises(errors.CardHeldAlready):
        act()


def test_whoever_asked_does_not_decide() -> None:
    actor = f.at_counter()
    override = asked(actor=actor)
    me = Actor(Party.OFFICE, actor.channel, actor.user, actor.outlet)
    for action in (Action.GRANT, Action.DECLINE):
        with pytest.raises(SecondPersonNeeded):
            services.decide(override, action, actor=me)
    override.refresh_from_db()
    assert override.pending


def test_a_request_is_decided_once_and_on_its_day(clock: Any) -> None:
    override = asked()
    services.decide(override, Action.DECLINE, actor=supervisor(), reason="理由不足")
    with pytest.raises(DecidedAlready):
        services.decide(override, Action.GRANT, actor=supervisor())
    late = asked()
    clock("2026-03-03 00:00")
    with pytest.raises(DecidedAlready):
        services.decide(late, Action.GRANT, actor=supervisor())


def test_the_same_question_twice_is_one_request() -> None:
    holder, actor = f.holder(), f.at_counter()
    assert asked(holder, actor=actor) == asked(holder, actor=actor)
    assert Override.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            "An exception to the rule on one card of each type was allowed on 2 March 2026 for this reason: "
            "老人行动不便，情况属实",
        ),
        ("zh-hans", "2026年3月2日经批准，对“每种卡限持一张”的规定作了例外处理，理由：老人行动不便，情况属实"),
    ],
)
def test_the_holder_reads_which_rule_was_set_aside_when_and_why(language: str, told: str) -> None:
    holder, actor, act = _second_card()
    granted(holder, Action.ACCEPT, errors.CardHeldAlready, actor)
    application: Application = act()
    opening = Opening(AccessOutcome.FOUND, holder.pk, paper=application.receipt_id, issue=1)
    with translation.override(language):
        answer = answer_case(read_case(opening, timezone.now()), opening)
        outline = Opening(AccessOutcome.FOUND, holder.pk)
        nothing = answer_case(read_case(outline, timezone.now()), outline)
    assert answer.exceptions == [told]
    assert nothing.exceptions == []
