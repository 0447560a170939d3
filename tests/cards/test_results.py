"""Result files in sets: the table of results, and row by row what the single steps would have written."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cards import services, workflow
from cards.actors import Actor
from cards.errors import ChangedMeanwhile, ChannelNotAllowed
from cards.management import ledger_check
from cards.models import Application, Card, Cardholder, Event, EventDetail
from cards.office_vocabulary import IntakeResult, LineState
from cards.services import results
from cards.services.results import Told
from cards.vocabulary import Action, Channel, Party, Stage, StopReason
from tests import factories as f
from tests.cards.states import STAGES_AND_STOPS, application_in

pytestmark = pytest.mark.django_db

WITH_REASON = [(result, reason) for result in IntakeResult for reason in (workflow.reasons_of(result) or ("",))]


def states() -> Iterator[tuple[workflow.Route, Stage, str]]:
    for route, (stage, stop) in itertools.product(workflow.ROUTES, STAGES_AND_STOPS):
        if stage in route.stages or stage not in (Stage.FEE_DUE, Stage.BANK_ACCOUNT):
            yield route, stage, stop


def told(application: Application, result: str, reason: str = "") -> Told:
    return Told(application.holder_id, application.pk, IntakeResult(result), reason, "file:1")


def one_by_one(each: Told, actor: Actor) -> LineState:
    """Record a result by the single services, each a transaction of its own."""
    application = Application.objects.get(pk=each.application_id)
    due = workflow.steps_of_result(
        each.result, each.reason, Stage(application.stage), application.stop, application.route
    )
    for action, reason in due or ():
        application = Application.objects.get(pk=each.application_id)
        if action == Action.STOP:
            services.stop_clock(application, reason, actor=actor)
        elif action == Action.RESUME:
            services.resume_clock(application, actor=actor)
        else:
            services.advance(application, action, actor=actor)
    return LineState.REFUSED if due is None else LineState.APPLIED if due else LineState.UNCHANGED


def outcome(holders: set[Any]) -> dict[str, Any]:
    """Every row of these people that a result could touch, without what differs from one run to the next."""
    events = Event.objects.filter(holder__in=holders).in_order()
    details = {row.event_id: row for row in EventDetail.objects.filter(holder__in=holders)}
    told_in = {key: {k: v for k, v in json.loads(row.text).items() if k != "source"} for key, row in details.items()}
    varies = {"id", "digest", "previous", "detail_digest"}
    return {
        "applications": list(Application.objects.filter(holder__in=holders).order_by("pk").values()),
        "cards": list(Card.objects.filter(holder__in=holders).order_by("pk").values()),
        "events": [
            {field.attname: getattr(event, field.attname) for field in Event._meta.fields if field.name not in varies}
            | {"detail": told_in[event.pk]}
            for event in events
        ],
    }


def test_set_and_single_steps_write_the_same_rows(clock: Any) -> None:
    """Walks every state, route, result and reason; holders have several cases, so chains mix."""
    clock("2026-03-02 09:30")
    outlet, clerk = f.OutletFactory(), f.UserFactory()
    people = [f.holder() for _ in range(40)]
    holders = itertools.cycle(people)
    all_told = [
        told(application_in(route, stage, stop, of=next(holders), outlet=outlet), result, reason)
        for route, stage, stop in states()
        for result, reason in WITH_REASON
    ]
    actor = Actor.office(clerk, outlet)
    clock("2026-03-05 10:00")
    keys = {each.holder_id for each in all_told}
    with transaction.atomic():
        came_single = [one_by_one(each, actor) for each in all_told]
        single = outcome(keys)
        transaction.set_rollback(True)
    came_set = services.record_results(all_told, actor=actor)
    assert [came.state for came in came_set] == came_single
    assert {*came_single} == {LineState.APPLIED, LineState.UNCHANGED, LineState.REFUSED}
    together = outcome(keys)
    for table in single:
        assert together[table] == single[table], table
    walk = ledger_check.Walk()
    assert list(walk.heads())
    assert walk.faults == []


@pytest.mark.parametrize(("result", "reason"), WITH_REASON)
def test_a_result_recorded_once_is_recorded_for_good(result: IntakeResult, reason: str) -> None:
    for route, stage, stop in states():
        due = workflow.steps_of_result(result, reason, stage, stop, route)
        for action, why in due or ():
            if action == Action.STOP:
                stop = why
            elif action == Action.RESUME:
                stop = ""
            else:
                stage, stop = workflow.target_of(action, stage, stop, route) or stage, ""
        if due is not None:
            assert workflow.steps_of_result(result, reason, stage, stop, route) == ()


def test_each_partner_speaks_of_its_own_stage_only() -> None:
    keeper = {"account": "bank", "sent": "maker", "production": "maker", "signed": "carrier", "returned": "carrier"}
    for result, reported in workflow.RESULTS.items():
        assert workflow.KEEPERS[reported.stages[0]] == keeper[result.value.split("_")[0]]


def test_a_bank_cannot_send_an_ordinary_card_into_production() -> None:
    ordinary = next(route for route in workflow.ROUTES if not route.financial and route.method == "factory")
    assert workflow.target_of(Action.PRODUCE, Stage.CHECKING, "", ordinary) == Stage.PRODUCING
    assert workflow.steps_of_result(IntakeResult.ACCOUNT_OPENED, "", Stage.CHECKING, "", ordinary) is None


def test_a_clock_that_stands_for_another_reason_holds_the_result_back() -> None:
    route = next(route for route in workflow.ROUTES if route.financial and route.method == "factory")
    stopped = workflow.steps_of_result(IntakeResult.SENT, "", Stage.PRODUCING, StopReason.PRODUCTION_FAILED, route)
    assert stopped == ((Action.RESUME, ""), (Action.SEND, ""))
    assert workflow.steps_of_result(IntakeResult.SIGNED_FOR, "", Stage.SENDING, "id_expired", route) is None


def test_an_application_is_told_of_once_in_a_set() -> None:
    application = f.walk_to(f.first_application(), Stage.BANK_ACCOUNT)
    twice = [told(application, "account_opened"), told(application, "account_failed", "data_mismatch")]
    with pytest.raises(ValueError, match="once"):
        services.record_results(twice, actor=f.at_office())


def test_a_case_of_another_person_is_refused_and_the_others_go_on() -> None:
    mine, other = (f.walk_to(f.first_application(), Stage.BANK_ACCOUNT) for _ in range(2))
    wrong = Told(f.holder().pk, other.pk, IntakeResult.ACCOUNT_OPENED, "", "file:2")
    came = services.record_results([wrong, told(mine, "account_opened")], actor=f.at_office())
    assert [one.state for one in came] == [LineState.REFUSED, LineState.APPLIED]
    other.refresh_from_db()
    assert other.stage == Stage.BANK_ACCOUNT


def test_of_a_person_who_was_erased_nothing_is_recorded() -> None:
    application = f.walk_to(f.first_application(), Stage.BANK_ACCOUNT)
    Cardholder.objects.filter(pk=application.holder_id).update(erased_at=timezone.now())
    came = services.record_results([told(application, "account_opened")], actor=f.at_office())
    assert came == [results.Came(LineState.REFUSED, "", "")]
    application.refresh_from_db()
    assert application.stage == Stage.BANK_ACCOUNT


def test_a_set_is_refused_where_the_single_step_would_be() -> None:
    application = f.walk_to(f.first_application(), Stage.BANK_ACCOUNT)
    with pytest.raises(ChannelNotAllowed):
        services.record_results(
            [told(application, "account_opened")], actor=Actor(Party.OFFICE, Channel.HOTLINE, f.UserFactory())
        )


def test_a_row_that_changed_between_reading_and_writing_undoes_the_whole_set(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (f.walk_to(f.first_application(), Stage.BANK_ACCOUNT) for _ in range(2))
    write = results._Swaps.write

    def late(swaps: Any) -> None:
        Application.objects.filter(pk=second.pk).update(stop=StopReason.ID_EXPIRED)
        write(swaps)

    monkeypatch.setattr(results._Swaps, "write", late)
    before = Event.objects.count()
    with pytest.raises(ChangedMeanwhile), transaction.atomic():
        services.record_results([told(first, "account_opened"), told(second, "account_opened")], actor=f.at_office())
    first.refresh_from_db()
    assert first.stage == Stage.BANK_ACCOUNT
    assert Event.objects.count() == before


def test_state_and_events_of_a_set_fall_together(monkeypatch: pytest.MonkeyPatch) -> None:
    application = f.walk_to(f.first_application(), Stage.BANK_ACCOUNT)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(EventDetail.objects, "bulk_create", broken)
    before = Event.objects.count()
    with pytest.raises(RuntimeError):
        services.record_results([told(application, "account_opened")], actor=f.at_office())
    application.refresh_from_db()
    assert (application.stage, Event.objects.count()) == (Stage.BANK_ACCOUNT, before)


def test_what_is_due_to_lapse_lapses_before_the_set(clock: Any) -> None:
    clock("2026-03-02 09:30")
    application = f.walk_to(f.first_application(), Stage.BANK_ACCOUNT)
    report = f.oral_report(f.card(of=application.holder))
    clock("2026-04-02 09:30")
    services.record_results([told(application, "account_opened")], actor=f.at_office())
    report.refresh_from_db()
    assert report.status == "lapsed"
    kinds = Event.objects.of(application.holder).in_order().values_list("kind", flat=True)
    assert list(kinds)[-3:] == ["card_status", "loss_lapsed", "stage_reached"]


def test_a_set_costs_the_same_statements_whatever_its_size() -> None:
    def statements(count: int) -> int:
        outlet = f.OutletFactory(of_bank=True)
        rows = [f.walk_to(f.first_application(delivery_outlet=outlet), Stage.BANK_ACCOUNT) for _ in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            services.record_results([told(row, "account_opened") for row in rows], actor=f.at_office(outlet))
        return len(queries)

    assert statements(2) == statements(12)
