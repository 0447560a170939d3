"""Collected, but the person does not have it: locked, examined, decided by a second person, told to the holder."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from cards import services
from cards.actors import Actor
from cards.answers import answer_application
from cards.case_reading import read_everything
from cards.errors import NotPossibleNow, ReasonMissing
from cards.models import Application, Card, Dispute, Outlet
from cards.office_vocabulary import Verdict
from cards.staff_errors import (
    DecidedAlready,
    DisputedAlready,
    DisputedCardBeingReplaced,
    DisputeStillOpen,
    SecondPersonNeeded,
)
from cards.vocabulary import Action, ApplicationKind, LossForm, Party, SocialStatus, Stage
from tests import factories as f
from tests.cards.losing import (
    collect,
    exchange,
    monday_morning,  # noqa: F401  (a fixture)
    put_rules_in_force,
    report,
)
from tests.cards.said import assert_four_bodies, assert_well_said
from tests.later import dispute, supervisor

pytestmark = pytest.mark.django_db


def decide(row: Dispute, action: Action, actor: Actor | None = None) -> Any:
    return services.decide_dispute(row, action, actor=actor or supervisor(), reason="已核对签收单和录像")


def test_the_card_is_locked_at_once_and_the_decision_has_a_day() -> None:
    row = dispute()
    assert Card.objects.get(pk=row.card_id).social_status == SocialStatus.LOCKED
    assert row.decide_by == date(2026, 3, 16)  # ten working days


def test_the_day_follows_the_rules_of_the_place() -> None:
    put_rules_in_force(dispute_working_days=3)
    assert dispute().decide_by == date(2026, 3, 5)


@pytest.mark.parametrize("action", [Action.CONFIRM_HANDED_OVER, Action.CONFIRM_NOT_RECEIVED])
def test_a_second_person_decides_once(action: Action) -> None:
    row = dispute()
    me = Actor(Party.OFFICE, "counter", row.asked_by, f.OutletFactory())
    with pytest.raises(SecondPersonNeeded):
        decide(row, action, me)
    with pytest.raises(ReasonMissing):
        services.decide_dispute(row, action, actor=supervisor(), reason=" ")
    decide(row, action)
    with pytest.raises(DecidedAlready):
        decide(row, action)


def test_a_card_that_was_handed_over_works_again() -> None:
    row = dispute()
    assert decide(row, Action.CONFIRM_HANDED_OVER) is None
    assert Card.objects.get(pk=row.card_id).social_status == SocialStatus.NORMAL
    assert Dispute.objects.get(pk=row.pk).verdict == Verdict.DECLINED
    with pytest.raises(DisputedAlready):
        services.dispute_collection(row.application, actor=f.at_counter(), evidence=f.everything(), reason="再次提出")


def test_a_card_that_was_not_received_is_void_and_a_new_one_is_made_at_no_cost() -> None:
    row = dispute()
    again = decide(row, Action.CONFIRM_NOT_RECEIVED)
    assert Card.objects.get(pk=row.card_id).social_status == SocialStatus.CANCELLED
    assert (again.kind, again.fee_yuan, again.fee_exemption) == (ApplicationKind.REPLACEMENT, 0, "not_received")
    assert again.delivery_outlet == row.application.delivery_outlet
    assert Stage.FEE_DUE not in again.route.stages
    f.walk_to(again, Stage.READY)
    assert collect(again).social_status == SocialStatus.NORMAL


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in (Stage.COLLECTED, Stage.ACTIVATED)])
def test_only_a_collected_card_is_disputed(stage: Stage) -> None:
    from cards import workflow
    from tests.cards.states import application_in

    route = next(r for r in workflow.ROUTES if stage in r.stages or stage in workflow.BROKEN_OFF)
    application = application_in(route, stage, "fee_unpaid" if stage == Stage.FEE_DUE else "", of=f.holder())
    with pytest.raises(NotPossibleNow):
        services.dispute_collection(application, actor=f.at_counter(), evidence=f.everything(), reason="未领到")


def test_a_card_in_place_of_which_a_new_one_is_made_is_not_disputed_before_that_ends() -> None:
    application = f.walk_to(f.first_application(), Stage.COLLECTED)
    under_way = exchange(Card.objects.get(pk=application.card_id))
    with pytest.raises(DisputedCardBeingReplaced):
        services.dispute_collection(application, actor=f.at_counter(), evidence=f.everything(), reason="未领到")
    services.advance(under_way, Action.WITHDRAW, actor=f.at_counter(), evidence=f.everything())
    row = services.dispute_collection(application, actor=f.at_counter(), evidence=f.everything(), reason="未领到")
    assert decide(row, Action.CONFIRM_NOT_RECEIVED).replaced_card == row.card


@pytest.mark.parametrize("change", [{"hands_over": False}, {"closed_for_good": True}])
def test_where_the_earlier_outlet_hands_nothing_over_any_more_the_new_card_comes_to_this_one(change: Any) -> None:
    row, here = dispute(), supervisor(f.OutletFactory())
    Outlet.objects.filter(pk=row.application.delivery_outlet_id).update(**change)
    again = decide(Dispute.objects.get(pk=row.pk), Action.CONFIRM_NOT_RECEIVED, here)
    assert again.delivery_outlet == here.outlet


@pytest.mark.parametrize("form", LossForm)
def test_while_it_is_examined_the_card_is_neither_reported_lost_nor_exchanged(form: str) -> None:
    card = dispute().card
    with pytest.raises(DisputeStillOpen):
        report(card, form)
    with pytest.raises(DisputeStillOpen):
        exchange(card)


def test_a_card_that_is_locked_already_is_not_disputed() -> None:
    application = f.walk_to(f.first_application(), Stage.COLLECTED)
    Card.objects.filter(pk=application.card_id).update(social_status=SocialStatus.LOCKED)
    with pytest.raises(NotPossibleNow):
        services.dispute_collection(application, actor=f.at_counter(), evidence=f.everything(), reason="未领到")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("action", [None, Action.CONFIRM_HANDED_OVER, Action.CONFIRM_NOT_RECEIVED])
def test_the_holder_reads_how_it_stands_at_the_full_level_only(action: Action | None, language: str) -> None:
    row = dispute()
    if action:
        decide(row, action)
    case = read_everything(row.holder, timezone.now() + timedelta(days=1))
    application = next(a for a in case.applications if a.pk == row.application_id)
    with translation.override(language):
        full = answer_application(application, full=True, now=case.now)
        outline = answer_application(Application.objects.get(pk=application.pk), full=False, now=case.now)
        assert_four_bodies(full)
        assert_well_said([full.title, full.now, full.next, full.phone], language)
    assert full.title != outline.title
    assert full.needs_person is False
    title = {None: "We are finding out who has your card", Action.CONFIRM_HANDED_OVER: "Your card was handed over"}
    if language == "en":
        assert full.title == title.get(action, "Your card did not reach you, and a new one is made")
        assert ("16 March 2026" in full.next) == (action is None)
        assert outline.title == "Your card has been collected"
