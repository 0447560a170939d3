"""The tables and the services agree, state by state; the chains reach their end."""

import datetime
import itertools
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from cards import services, workflow
from cards.actors import Actor, Proof
from cards.errors import (
    ActivationNotNeeded,
    ChannelNotAllowed,
    EvidenceMissing,
    FormalReportIsFinal,
    GuardianNeeded,
    GuardianNotApplicable,
    HolderMustComeInPerson,
    NotForThisParty,
    NotPossibleNow,
    OriginalCardMissing,
    Refusal,
)
from cards.models import (
    Application,
    Card,
    CardCertificate,
    Event,
    FollowUp,
    LossReport,
)
from cards.services.proof import actor_may
from cards.vocabulary import (
    Action,
    CardType,
    Channel,
    Evidence,
    Keeper,
    LossForm,
    LossStatus,
    Party,
    SocialStatus,
    Stage,
    StopReason,
)
from tests import factories as f
from tests import later
from tests.cards.states import PLAIN, STAGES_AND_STOPS, application_in, certificate_of

pytestmark = pytest.mark.django_db

MOVES = tuple(dict.fromkeys((*workflow.STEPS.values(), *workflow.ENDINGS)))
BY_HOLDER = {Action.WITHDRAW, Action.HAND_OVER}


def told(stages_and_stops: tuple[str, str]) -> str:
    return "-".join(filter(None, stages_and_stops))


def move(application: Application, action: str, clerk: Any, number: int = 0) -> None:
    """Do to an application what the action says, by whoever may."""
    outlet = application.delivery_outlet
    actor = Actor.for_holder(clerk, Channel.COUNTER, outlet) if action in BY_HOLDER else Actor.office(clerk, outlet)
    if action == Action.HAND_OVER:
        services.hand_over(application, actor=actor, evidence=f.everything(card_number=f"CARD{number:08d}"))
    else:
        services.advance(application, action, actor=actor, evidence=f.everything(), reason="材料不全")


@pytest.mark.parametrize("state", STAGES_AND_STOPS, ids=told)
def test_the_services_take_an_application_exactly_where_the_table_says(profile: str, state: tuple[Stage, str]) -> None:
    stage, stop = state
    holder, outlet, clerk = f.holder(), f.OutletFactory(), f.UserFactory()
    tried = moved = 0
    for route in workflow.ROUTES:
        row = application_in(route, stage, stop, of=holder, outlet=outlet)
        for action in MOVES:
            expected = workflow.target_of(action, stage, stop, route)
            tried += 1
            application = Application.objects.get(pk=row.pk)
            with transaction.atomic():
                if expected is None:
                    with pytest.raises((NotPossibleNow, ActivationNotNeeded)):
                        move(application, action, clerk, tried)
                else:
                    move(application, action, clerk, tried)
                    moved += 1
                found = Application.objects.get(pk=row.pk)
                assert found.stage == (expected or stage), (route, action)
                standing = StopReason.FEE_UNPAID if expected == Stage.FEE_DUE else ""
                assert found.stop == (stop if expected is None else standing)
                transaction.set_rollback(True)
    assert tried == len(workflow.ROUTES) * len(MOVES)
    assert moved == sum(bool(workflow.target_of(a, stage, stop, r)) for r in workflow.ROUTES for a in MOVES)


@pytest.mark.parametrize("state", STAGES_AND_STOPS, ids=told)
def test_the_clock_stops_and_resumes_exactly_where_the_table_says(state: tuple[Stage, str]) -> None:
    stage, stop = state
    row, actor = application_in(PLAIN, stage, stop, of=f.holder()), f.at_office()
    allowed = workflow.possible_stops(stage, stop)
    for reason in StopReason:
        with transaction.atomic():
            if reason in allowed:
                services.stop_clock(Application.objects.get(pk=row.pk), reason, actor=actor)
            else:
                with pytest.raises(NotPossibleNow):
                    services.stop_clock(Application.objects.get(pk=row.pk), reason, actor=actor)
            assert Application.objects.get(pk=row.pk).stop == (reason if reason in allowed else stop)
            transaction.set_rollback(True)
    application = Application.objects.get(pk=row.pk)
    if workflow.may_resume(stop):
        services.resume_clock(application, actor=actor)
        assert [entry[:2] for entry in Application.objects.get(pk=row.pk).history][-2:] == [
            ["stop", stop],
            ["resume", stop],
        ]
    else:
        with pytest.raises(NotPossibleNow):
            services.resume_clock(application, actor=actor)
        assert Application.objects.get(pk=row.pk).stop == stop


@pytest.mark.parametrize("state", STAGES_AND_STOPS, ids=told)
def test_the_buttons_are_the_actions_the_services_accept(state: tuple[Stage, str]) -> None:
    stage, stop = state
    for route in workflow.ROUTES:
        shown = set(workflow.application_actions(stage, stop, route))
        expected = {action for action in MOVES if workflow.target_of(action, stage, stop, route)}
        expected |= {Action.STOP} if workflow.possible_stops(stage, stop) else set()
        expected |= {Action.RESUME} if workflow.may_resume(stop) else set()
        assert shown == expected


@pytest.mark.parametrize("route", workflow.ROUTES, ids=lambda r: "-".join(map(str, vars(r).values())))
def test_every_route_walks_from_accepted_to_its_end(route: workflow.Route) -> None:
    application = application_in(route, Stage.ACCEPTED, of=f.holder())
    walked, clerk = [Stage.ACCEPTED], f.UserFactory()
    while following := route.after(Stage(application.stage)):
        move(application, workflow.STEPS[Stage(application.stage), following], clerk)
        walked.append(Stage(Application.objects.get(pk=application.pk).stage))
    assert tuple(walked) == route.stages
    assert walked[-1] == (Stage.ACTIVATED if route.activation_needed else Stage.COLLECTED)
    application.refresh_from_db()
    assert tuple(value for what, value, _at in application.history if what == "stage") == route.stages
    assert [what for what, *_rest in application.history].count("stop") == (Stage.FEE_DUE in route.stages)
    assert all(end is not None for _start, end in application.stop_spans())


def test_every_step_of_the_table_is_on_some_route_and_every_route_on_the_table() -> None:
    pairs = {pair for route in workflow.ROUTES for pair in zip(route.stages, route.stages[1:], strict=False)}
    assert pairs == set(workflow.STEPS)


def test_the_tables_name_every_stage_stop_action_party_and_status() -> None:
    assert set(workflow.KEEPERS) == set(Stage)
    assert set(workflow.KEEPERS.values()) == set(Keeper)
    assert set(workflow.STOPS) == set(StopReason)
    assert set(workflow.CHECKLISTS) == set(Action) == set(workflow.CHANNELS)
    assert {party for by_party in workflow.CHECKLISTS.values() for party in by_party} == set(Party)
    assert {channel for channels in workflow.CHANNELS.values() for channel in channels} == set(Channel)
    assert set(workflow.LOSS_STEPS.values()) == set(LossStatus) - {LossStatus.STANDING}
    assert workflow.USABLE | workflow.LOST | {SocialStatus.CANCELLED} == set(SocialStatus)
    assert set(Stage) == workflow.OPEN | workflow.ENDED
    assert not workflow.OPEN & workflow.ENDED
    assert set().union(*workflow.STOPS.values()) <= workflow.OPEN
    assert {target for _sources, target in workflow.ENDINGS.values()} == workflow.BROKEN_OFF
    assert all(sources <= workflow.OPEN for sources, _target in workflow.ENDINGS.values())
    asked = {evidence for lists in workflow.CHECKLISTS.values() for one in lists.values() for evidence in one}
    asked |= {evidence for one in workflow.REMOTE.values() for evidence in one}
    assert asked == set(Evidence)


def test_no_stage_that_has_ended_leads_anywhere_but_collected_to_activated() -> None:
    for stage in workflow.ENDED:
        for route in workflow.ROUTES:
            actions = set(workflow.application_actions(stage, "", route))
            activates = stage == Stage.COLLECTED and route.activation_needed
            assert actions == ({Action.ACTIVATE} if activates else set())


# --- who may, through which door, on what evidence ----------------------------------------------------------------


@dataclass
class Scene:
    """A state in which an action is possible, and how it is done."""

    action: Action

    def __post_init__(self) -> None:
        self.outlet = f.OutletFactory()
        self.holder = f.holder()
        self.prepare()

    def of(self, born: datetime.date) -> "Scene":
        """The same state on the record of somebody born on this day."""
        self.holder.id_number = f.synthetic_id_number(born)
        self.holder.save(update_fields=["id_number"])
        return self

    def prepare(self) -> None:
        action = self.action
        if action in (Action.REPORT_ORALLY, Action.REPORT_IN_WRITING):
            self.card = f.card(self.holder)
        elif action in (Action.CANCEL_REPORT, Action.REPLACE):
            self.report = f.written_report(f.card(self.holder))
            self.card_number = self.report.card.card_number
        elif action in later.STARTS:
            self.subject = later.STARTS[action](self.holder)
        elif action in (Action.STOP, Action.RESUME):
            self.application = application_in(PLAIN, "checking", self.stopped, of=self.holder, outlet=self.outlet)
        elif action == Action.SETTLE:
            self.follow_up = f.call_back(self.holder)
        elif action not in (Action.ACCEPT, Action.CALL_BACK, Action.REFER):
            route, stage, stop = STARTS[action]
            self.application = application_in(route, stage, stop, of=self.holder, outlet=self.outlet)
        if action == Action.REPLACE_CERTIFICATE:
            certificate_of(self.application)

    @property
    def stopped(self) -> str:
        return StopReason.PHOTO_REJECTED if self.action == Action.RESUME else ""

    def do(self, actor: Actor, evidence: Proof) -> None:
        action = self.action
        if action == Action.ACCEPT:
            services.accept_application(
                self.holder,
                kind="first",
                card_type=CardType.ORDINARY_BLUE,
                delivery_outlet=self.outlet,
                actor=actor,
                evidence=evidence,
            )
        elif action == Action.REPORT_ORALLY:
            services.report_loss(self.card, form=LossForm.ORAL, actor=actor, evidence=evidence)
        elif action == Action.REPORT_IN_WRITING:
            services.report_loss(self.card, form=LossForm.WRITTEN, actor=actor, evidence=evidence)
        elif action == Action.CANCEL_REPORT:
            services.cancel_loss_report(self.report, actor=actor, evidence=evidence)
        elif action == Action.REPLACE:
            services.replace_card(self.report, delivery_outlet=self.outlet, actor=actor, evidence=evidence)
        elif action == Action.CALL_BACK:
            services.promise_call_back(self.holder, reason="progress", days=1, actor=actor)
        elif action == Action.REFER:
            services.refer_to_outlet(self.holder, outlet=self.outlet, reason="loss", days=0, actor=actor)
        elif action == Action.SETTLE:
            services.settle_follow_up(self.follow_up, "reached", actor=actor)
        elif action in later.STARTS:
            later.do(action, self.subject, actor, evidence)
        else:
            self._do_to_application(actor, evidence)

    def _do_to_application(self, actor: Actor, evidence: Proof) -> None:
        application = Application.objects.get(pk=self.application.pk)
        if self.action == Action.STOP:
            services.stop_clock(application, StopReason.PHOTO_REJECTED, actor=actor)
        elif self.action == Action.RESUME:
            services.resume_clock(application, actor=actor)
        elif self.action == Action.REISSUE_CODE:
            services.reissue_code(application, actor=actor, evidence=evidence)
        elif self.action == Action.REPLACE_CERTIFICATE:
            services.replace_certificate(application, actor=actor, evidence=evidence)
        elif self.action == Action.HAND_OVER:
            services.hand_over(application, actor=actor, evidence=evidence)
        else:
            services.advance(application, self.action, actor=actor, evidence=evidence, reason="材料不全")

    def proof(self, seen: frozenset[Evidence]) -> Proof:
        number = self.card_number if self.action == Action.CANCEL_REPORT else "NEWCARD0001"
        return Proof(seen, agent_name="李四", agent_id_number=AGENT, card_number=number)


# Whose record it is: for a child the guardian acts, for anybody else nobody's guardian does.
ADULT, CHILD = datetime.date(1990, 3, 7), datetime.date(2015, 5, 1)
AGENT = f.synthetic_id_number(datetime.date(1980, 1, 1))
_ROUTES = {
    action: next((r, stage) for r in workflow.ROUTES for stage in r.stages if workflow.target_of(action, stage, "", r))
    for action in MOVES
    if action != Action.TAKE_FEE
}
STARTS = {action: (*start, "") for action, start in _ROUTES.items()} | {
    Action.TAKE_FEE: (
        next(r for r in workflow.ROUTES if Stage.FEE_DUE in r.stages),
        Stage.FEE_DUE,
        StopReason.FEE_UNPAID,
    ),
    Action.REISSUE_CODE: (PLAIN, Stage.PRODUCING, ""),
    Action.REPLACE_CERTIFICATE: (PLAIN, Stage.PRODUCING, ""),
}
# The worker lets reports lapse by itself; nobody else can ask for it.
DONE_BY_SOMEBODY = [action for action in Action if action != Action.LAPSE]
REMEMBERED = (Application, Card, CardCertificate, Event, FollowUp, LossReport)


def everything_on_record() -> list[list[Any]]:
    return [list(model.objects.order_by("pk").values()) for model in REMEMBERED]


# What the shipped rules make of the table: nobody but the holder cancels, and at the window only. Under the second
# profile the written report of the scene is final.
CANCELLING = {"default": None, "strict": FormalReportIsFinal}


def parties(action: Action) -> set[Party]:
    return {Party.HOLDER} if action == Action.CANCEL_REPORT else set(workflow.CHECKLISTS[action])


def channels(action: Action) -> set[Channel]:
    return {Channel.COUNTER} if action == Action.CANCEL_REPORT else set(workflow.CHANNELS[action])


def possible(action: Action, born: datetime.date) -> set[Party]:
    """The parties that the cardholder's age leaves; a child may still say by telephone that a card is lost."""
    listed = parties(action)
    if born == ADULT:
        return listed - {Party.GUARDIAN}
    alone = Party.GUARDIAN not in listed or action == Action.REPORT_ORALLY
    return listed if alone else listed - {Party.HOLDER, Party.AGENT}


def expected_refusal(
    action: Action, party: Party, channel: Channel, profile: str, born: datetime.date
) -> type[Refusal] | None:
    if party not in parties(action):
        in_person = action == Action.CANCEL_REPORT and party in (Party.AGENT, Party.GUARDIAN)
        return HolderMustComeInPerson if in_person else NotForThisParty
    if channel not in channels(action):
        return ChannelNotAllowed
    if party not in possible(action, born):
        return GuardianNeeded if born == CHILD else GuardianNotApplicable
    return CANCELLING[profile] if action == Action.CANCEL_REPORT else None


def acting_user(action: Action) -> Any:
    """Anybody; a step that was recorded at another outlet is put back by a supervisor."""
    return f.UserFactory(is_superuser=action == Action.CORRECT)


@pytest.mark.parametrize("born", [ADULT, CHILD], ids=["adult", "child"])
@pytest.mark.parametrize("action", DONE_BY_SOMEBODY)
def test_only_the_parties_and_channels_of_the_table_may_act(profile: str, action: Action, born: datetime.date) -> None:
    scene, user = Scene(action).of(born), acting_user(action)
    allowed = 0
    before = everything_on_record()
    for party in Party:
        for channel in Channel:
            actor = Actor(party, channel, user, scene.outlet)
            wanted = expected_refusal(action, party, channel, profile, born)
            assert actor_may(actor, action) == (party in parties(action) and channel in channels(action))
            with transaction.atomic():
                if wanted is None:
                    scene.do(actor, scene.proof(frozenset(Evidence)))
                    allowed += 1
                    assert everything_on_record() != before
                else:
                    with pytest.raises(Refusal) as refused:
                        scene.do(actor, scene.proof(frozenset(Evidence)))
                    assert type(refused.value) is wanted, (party, channel)
                    assert refused.value.rule_version == f"2026-{profile}"
                transaction.set_rollback(True)
            assert everything_on_record() == before
    final = action == Action.CANCEL_REPORT and CANCELLING[profile]
    assert allowed == (0 if final else len(channels(action)) * len(possible(action, born)))


@pytest.mark.parametrize("action", [a for a in DONE_BY_SOMEBODY if any(workflow.CHECKLISTS[a].values())])
def test_nothing_is_done_while_one_item_of_the_checklist_is_missing(profile: str, action: Action) -> None:
    scene, user = Scene(action), f.UserFactory()
    if action == Action.CANCEL_REPORT:
        # An oral report can be cancelled under either profile.
        scene.report = f.oral_report(f.card(scene.holder))
        scene.card_number = scene.report.card.card_number
    for party, channel in itertools.product(parties(action), channels(action)):
        scene.of(CHILD if party == Party.GUARDIAN else ADULT)
        actor, needed = Actor(party, channel, user, scene.outlet), workflow.checklist(action, party, channel)
        for item in needed:
            with transaction.atomic(), pytest.raises(Refusal) as refused:
                scene.do(actor, scene.proof(needed - {item}))
            if item == Evidence.ORIGINAL_CARD:
                assert type(refused.value) is OriginalCardMissing
            else:
                assert type(refused.value) is EvidenceMissing
                assert str(item.label) in refused.value.sentence
        with transaction.atomic():
            scene.do(actor, scene.proof(needed))
            transaction.set_rollback(True)


# --- the buttons of a card ----------------------------------------------------------------------------------------
