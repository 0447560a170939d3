"""A mistaken step is put back: the rows as before, a new event that names the old one, and nothing counts it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cards import forecast, services, workflow
from cards.actors import Actor
from cards.answers import told_history
from cards.errors import Refusal
from cards.models import Application, Card, Cardholder, CardNumberIndex, Event, EventDetail, LossReport
from cards.services.correcting import to_put_back
from cards.staff_errors import (
    CorrectionNeedsSupervisor,
    CorrectionReasonMissing,
    LaterStepExists,
    NotToBePutBack,
    StateBeforeUnknown,
)
from cards.vocabulary import (
    Action,
    BankStatus,
    Channel,
    EventKind,
    LossForm,
    LossStatus,
    OutletKind,
    Party,
    SocialStatus,
    Stage,
    StopReason,
)
from tests import factories as f
from tests import later
from tests.cards.losing import (
    accept,
    cancel,
    collect,
    exchange,
    monday_morning,  # noqa: F401  (a fixture)
    ready_replacement,
    replace,
    report,
)
from tests.cards.states import PLAIN, STAGES_AND_STOPS, application_in
from tests.cards.test_workflow import MOVES, told
from tests.later import same_desk

pytestmark = pytest.mark.django_db


def last_event(holder: Cardholder, kind: str = "") -> Event:
    events = Event.objects.of(holder).order_by("-seq")
    return (events.filter(kind=kind) if kind else events).first()


def put_back(event: Event, actor: Actor | None = None) -> None:
    services.correct(event, actor=actor or same_desk(event), reason="选错了这一步")


def state(application: Application) -> dict[str, Any]:
    names = ("stage", "stop", "stage_since", "ready_at", "collect_by", "history", "card_id", "refusal_reason")
    row = Application.objects.get(pk=application.pk)
    return {name: getattr(row, name) for name in names}


def step(application: Application, action: Action, outlet: Any, number: int) -> None:
    by_holder = action in (Action.WITHDRAW, Action.HAND_OVER)
    actor = f.at_counter(outlet) if by_holder else f.at_office(outlet)
    if action == Action.HAND_OVER:
        services.hand_over(application, actor=actor, evidence=f.everything(card_number=f"MISTAKE{number:04d}"))
    else:
        services.advance(application, action, actor=actor, evidence=f.everything(), reason="材料不全")


# --- the way of an application ------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", STAGES_AND_STOPS, ids=told)
def test_every_step_of_the_table_leaves_no_trace_in_the_case_once_it_is_put_back(
    where: tuple[Stage, str], clock: Any
) -> None:
    stage, stop = where
    holder, outlet, tried = f.holder(), f.OutletFactory(), 0
    for route in workflow.ROUTES:
        for action in MOVES:
            if workflow.target_of(action, stage, stop, route) is None:
                continue
            application, tried = application_in(route, stage, stop, of=holder, outlet=outlet), tried + 1
            before, cards = state(application), Card.objects.of(holder).count()
            bank = list(Card.objects.of(holder).order_by("pk").values_list("bank_status", "bank_since"))
            step(application, action, outlet, tried)
            assert state(application) != before
            mistaken = last_event(holder, EventKind.STAGE_REACHED)
            put_back(mistaken)
            assert state(application) == before, (route, action)
            assert Card.objects.of(holder).count() == cards
            assert list(Card.objects.of(holder).order_by("pk").values_list("bank_status", "bank_since")) == bank
            correction = last_event(holder)
            assert (correction.kind, correction.subject) == (EventKind.CORRECTED, f"event:{mistaken.pk}")
            assert "选错了这一步" in correction.detail.text
            Application.objects.filter(pk=application.pk).update(stage=Stage.WITHDRAWN, stop="", card=None)
    assert bool(tried) == any(workflow.target_of(a, stage, stop, r) for r in workflow.ROUTES for a in MOVES)


@pytest.mark.parametrize("reason", [r for r in StopReason if r != StopReason.FEE_UNPAID])
def test_a_clock_stopped_or_started_by_mistake_is_put_back(reason: StopReason) -> None:
    stage = sorted(workflow.STOPS[reason])[0]
    application = application_in(PLAIN, stage, of=f.holder())
    running = state(application)
    services.stop_clock(application, reason, actor=f.at_office(application.delivery_outlet))
    stopped = state(application)
    put_back(last_event(application.holder))
    assert state(application) == running
    application.refresh_from_db()
    services.stop_clock(application, reason, actor=f.at_office(application.delivery_outlet))
    stopped |= {"history": state(application)["history"]}
    services.resume_clock(application, actor=f.at_office(application.delivery_outlet))
    put_back(last_event(application.holder))
    assert state(application) == stopped


def test_after_a_step_was_put_back_the_one_before_it_can_be(clock: Any) -> None:
    application = f.walk_to(f.first_application(), Stage.PRODUCING)
    for back_to in (Stage.BANK_ACCOUNT, Stage.CHECKING, Stage.ACCEPTED):
        event = next(e for e in to_put_back(application.holder.events.order_by("-seq")) if "application" in e.subject)
        put_back(event)
        application.refresh_from_db()
        assert application.stage == back_to
    assert [told for _at, told in told_history(application)] == ["Application accepted"]
    # What is left is the acceptance, which is withdrawn and not put back.
    assert not to_put_back(application.holder.events.order_by("-seq"))
    with pytest.raises(NotToBePutBack):
        put_back(last_event(application.holder, EventKind.APPLICATION_ACCEPTED))


def test_a_step_that_others_rest_on_stays() -> None:
    application = f.walk_to(f.first_application(), Stage.CHECKING)
    event = last_event(application.holder)
    f.walk_to(application, Stage.BANK_ACCOUNT)
    with pytest.raises(LaterStepExists) as refused:
        put_back(event)
    assert "rests on this step" in refused.value.sentence
    assert Application.objects.get(pk=application.pk).stage == Stage.BANK_ACCOUNT


def test_a_step_is_put_back_once() -> None:
    application = f.walk_to(f.first_application(), Stage.CHECKING)
    event = last_event(application.holder)
    put_back(event)
    with pytest.raises(LaterStepExists):
        put_back(event)


def test_a_withdrawal_is_not_put_back_once_the_person_applied_again() -> None:
    outlet = f.OutletFactory(of_bank=True)
    application = accept(f.holder(), actor=f.at_counter(outlet))
    services.advance(application, Action.WITHDRAW, actor=f.at_counter(outlet), evidence=f.everything())
    event = last_event(application.holder)
    accept(application.holder)
    with pytest.raises(LaterStepExists):
        put_back(event)


def test_a_recall_put_back_gives_the_person_the_whole_time_again(clock: Any) -> None:
    application = f.walk_to(f.first_application(), Stage.READY)
    clock("2026-10-01 09:00")
    assert services.recall_due(timezone.now()) == 1
    supervisor = Actor(Party.OFFICE, Channel.COUNTER, f.UserFactory(is_superuser=True), f.OutletFactory())
    put_back(last_event(application.holder), supervisor)
    application.refresh_from_db()
    assert (application.stage, str(application.collect_by)) == (Stage.READY, "2027-03-30")
    assert services.recall_due(timezone.now()) == 0


def test_the_forecasts_do_not_count_a_step_that_was_put_back(clock: Any) -> None:
    application = f.walk_to(f.first_application(), Stage.CHECKING)
    clock("2026-03-10 09:30")
    services.advance(application, Action.OPEN_ACCOUNT, actor=f.at_office(application.delivery_outlet))
    put_back(last_event(application.holder))
    application.refresh_from_db()
    assert Stage.BANK_ACCOUNT not in application.reached()
    f.walk_to(application, Stage.READY)
    assert forecast.days_to_ready(application, Stage.CHECKING) == 6


# --- handing over too early ---------------------------------------------------------------------------------------


def test_a_hand_over_recorded_too_early_gives_the_certificate_back() -> None:
    application = ready_replacement()
    number = application.certificate.paper_id
    collect(application, certificate_number=number)
    put_back(last_event(application.holder, EventKind.STAGE_REACHED))
    application = Application.objects.get(pk=application.pk)
    assert application.stage == Stage.READY
    assert application.certificate.used_at is None
    assert application.certificate.paper.in_force
    assert CardNumberIndex.objects.entry("NEWCARD0001") is None
    # The very same card and certificate serve when it is handed over in truth.
    assert collect(application, certificate_number=number).social_status == SocialStatus.NORMAL


@pytest.mark.parametrize("lost", [False, True])
def test_an_exchanged_card_works_again_when_the_hand_over_is_put_back(lost: bool) -> None:
    old = f.card()
    application = f.walk_to(exchange(old, fee_exemption="quality_fault"), Stage.READY)
    loss = report(old) if lost else None
    collect(application)
    old.refresh_from_db()
    assert old.social_status == SocialStatus.CANCELLED
    put_back(last_event(application.holder, EventKind.STAGE_REACHED))
    old.refresh_from_db()
    assert old.social_status == (SocialStatus.FORMALLY_LOST if lost else SocialStatus.NORMAL)
    if loss:
        loss.refresh_from_db()
        assert (loss.status, loss.ended_at) == (LossStatus.STANDING, None)
        assert cancel(loss)


def test_a_hand_over_stays_once_the_new_card_was_reported_lost() -> None:
    application = ready_replacement()
    card = collect(application, certificate_number=application.certificate.paper_id)
    event = last_event(application.holder, EventKind.STAGE_REACHED)
    report(card)
    with pytest.raises(LaterStepExists):
        put_back(event)
    assert Card.objects.filter(pk=card.pk).exists()


# --- a report on the wrong card -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", LossForm)
@pytest.mark.parametrize("before", [SocialStatus.NORMAL, SocialStatus.NOT_ENABLED, SocialStatus.LOCKED])
def test_a_report_on_the_wrong_card_is_voided_and_the_card_is_as_it_was(form: LossForm, before: SocialStatus) -> None:
    card = f.card(social_status=before)
    since = Card.objects.get(pk=card.pk).social_since
    loss = report(card, form)
    event = last_event(card.holder, EventKind.LOSS_REPORTED)
    put_back(event, Actor(Party.OFFICE, event.channel, event.user, event.outlet))
    loss, card = LossReport.objects.get(pk=loss.pk), Card.objects.get(pk=card.pk)
    assert (loss.status, loss.receipt.in_force) == (LossStatus.VOIDED, False)
    assert (card.social_status, card.social_since) == (before, since)
    # The right card, or this one after all, can be reported at once.
    assert report(card, form).status == LossStatus.STANDING


def test_the_bank_ledger_is_as_it_was_too() -> None:
    card = f.card(bank_status=BankStatus.ACTIVE, bank_since=timezone.now() - timedelta(days=90))
    bank = f.OutletFactory(kind=OutletKind.BANK_OUTLET, bank=card.bank)
    report(card, actor=f.at_counter(bank))
    put_back(last_event(card.holder, EventKind.LOSS_REPORTED))
    again = Card.objects.get(pk=card.pk)
    assert (again.bank_status, again.bank_since) == (BankStatus.ACTIVE, card.bank_since)


def test_the_oral_report_that_a_mistaken_written_one_followed_is_in_force_again() -> None:
    card = f.card()
    oral = report(card, LossForm.ORAL)
    card.refresh_from_db()
    report(card)
    put_back(last_event(card.holder, EventKind.LOSS_REPORTED))
    oral.refresh_from_db()
    card.refresh_from_db()
    assert (oral.status, card.social_status) == (LossStatus.STANDING, SocialStatus.TEMPORARILY_LOST)


def test_a_voided_oral_report_does_not_count_as_one_of_the_two_that_are_allowed() -> None:
    card = f.card()
    for _ in range(3):
        report(card, LossForm.ORAL)
        event = last_event(card.holder, EventKind.LOSS_REPORTED)
        put_back(event, Actor(Party.OFFICE, Channel.HOTLINE, event.user, None))
        card.refresh_from_db()
    assert report(card, LossForm.ORAL).status == LossStatus.STANDING


@pytest.mark.parametrize("later", ["cancelled", "replaced"])
def test_a_report_that_was_decided_on_stays(later: str) -> None:
    loss = report(f.card())
    event = last_event(loss.holder, EventKind.LOSS_REPORTED)
    cancel(loss) if later == "cancelled" else replace(loss)
    with pytest.raises(LaterStepExists):
        put_back(event)


# --- who, and when ------------------------------------------------------------------------------------------------


def outcome(event: Event, actor: Actor) -> str:
    from django.db import transaction

    with transaction.atomic():
        try:
            put_back(event, actor)
        except Refusal as refused:
            return type(refused).__name__
        transaction.set_rollback(True)
    return "put back"


def test_the_same_day_the_clerk_or_the_outlet_and_later_a_supervisor(clock: Any) -> None:
    application = f.first_application()
    clerk = f.at_office()
    services.advance(application, Action.CHECK, actor=clerk)
    event = last_event(application.holder)
    elsewhere = f.OutletFactory()
    who = {
        "the clerk": Actor(Party.OFFICE, Channel.COUNTER, clerk.user, elsewhere),
        "a colleague": same_desk(event),
        "a stranger": f.at_office(elsewhere),
        "a supervisor": Actor(Party.OFFICE, Channel.COUNTER, f.UserFactory(is_superuser=True), elsewhere),
    }
    no = CorrectionNeedsSupervisor.__name__
    clock("2026-03-02 23:59")
    assert {name: outcome(event, actor) for name, actor in who.items()} == {
        "the clerk": "put back",
        "a colleague": "put back",
        "a stranger": no,
        "a supervisor": "put back",
    }
    clock("2026-03-03 00:00")
    assert {name: outcome(event, actor) for name, actor in who.items()} == {
        "the clerk": no,
        "a colleague": no,
        "a stranger": no,
        "a supervisor": "put back",
    }


def test_nothing_is_put_back_without_a_reason() -> None:
    application = f.walk_to(f.first_application(), Stage.CHECKING)
    event = last_event(application.holder)
    with pytest.raises(CorrectionReasonMissing):
        services.correct(event, actor=same_desk(event), reason="  ")


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind not in workflow.CORRECTABLE])
def test_an_event_of_another_kind_is_never_put_back(kind: EventKind) -> None:
    event = Event.objects.of(f.holder()).get()
    event.kind = kind
    with pytest.raises(NotToBePutBack):
        put_back(event, Actor(Party.OFFICE, Channel.COUNTER, event.user, event.outlet))


def test_a_step_whose_detail_was_erased_stays() -> None:
    application = f.walk_to(f.first_application(), Stage.CHECKING)
    event = last_event(application.holder)
    EventDetail.objects.filter(event=event).delete()
    with pytest.raises(StateBeforeUnknown):
        put_back(Event.objects.get(pk=event.pk))
    assert Application.objects.get(pk=application.pk).stage == Stage.CHECKING


def test_a_withdrawal_stays_where_a_merged_record_brought_another_open_application(clock: Any) -> None:
    stays, ends = f.holder(), f.holder()
    other, mine = f.first_application(ends), f.first_application(stays)
    clock("2026-03-03 10:00")
    services.advance(mine, Action.WITHDRAW, actor=f.at_counter(), evidence=f.everything())
    services.decide(later.merge(stays, ends), Action.GRANT, actor=later.supervisor())
    event = Event.objects.of(stays).get(kind=EventKind.STAGE_REACHED)
    with pytest.raises(LaterStepExists):
        services.correct(event, actor=later.same_desk(event), reason="撤回有误")
    assert Application.objects.of(stays).open().get() == other
