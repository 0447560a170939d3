"""The courses people take in the demonstration: every stage, stop, ending and kind of loss report at least once."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from cards.actors import Actor
from cards.management.demonstration.clock import at
from cards.management.demonstration.life import Life, World, plan, stages_of
from cards.management.demonstration.people import ADULT, CHILD, ELDER
from cards.rules import CHINA
from cards.services import advance, reissue_code
from cards.vocabulary import (
    Action,
    ApplicationKind,
    CardType,
    Channel,
    ExchangeReason,
    FeeExemption,
    IssueMethod,
    LossForm,
    Party,
    SocialStatus,
    Stage,
    StopReason,
)

Course = Callable[[World], None]
FIRST, REPLACEMENT, EXCHANGE = ApplicationKind
ORAL, WRITTEN = LossForm


# --- first applications ---------------------------------------------------------------------------------------------


def first(
    until: Stage,
    *,
    card_type: str = CardType.FINANCIAL_BLUE,
    ages: tuple[int, int] = ADULT,
    family: str = "resident",
    party: Party = Party.HOLDER,
    since: tuple[int, int] = (1, 3),
    slower: int = 0,
    stop: str = "",
) -> Course:
    """A first application that has come so far, and perhaps stands there."""

    def course(world: World) -> None:
        planned = plan(world.rng, stages_of(card_type=card_type), until, since, slower)
        life = Life(world, planned.length)
        life.register(ages, family)
        application = life.apply(card_type=card_type, party=party)
        life.walk(application, planned)
        if stop:
            life.stop(application, stop)

    return course


def first_after_a_stop(until: Stage) -> Course:
    """A first application whose clock stood for days over a photo and runs again."""

    def course(world: World) -> None:
        stages = stages_of()
        before, stood = plan(world.rng, stages, Stage.CHECKING, (0, 0)), world.rng.randint(3, 6)
        after = plan(world.rng, stages[1:], until)
        life = Life(world, before.length + stood + after.length)
        life.register()
        application = life.apply()
        life.walk(application, before)
        life.stop(application, StopReason.PHOTO_REJECTED)
        life.wait(stood)
        life.resume(application)
        life.walk(application, after)

    return course


def broken_off(action: Action, until: Stage, reason: str = "") -> Course:
    """A first application that was withdrawn or refused."""

    def course(world: World) -> None:
        planned = plan(world.rng, stages_of(), until, (3, 12))
        life = Life(world, planned.length)
        life.register()
        application = life.apply()
        life.walk(application, planned)
        life.wait(1)
        with at(life.moment()):
            actor = life.window() if action == Action.WITHDRAW else life.office()
            advance(application, action, actor=actor, evidence=life.proof(), reason=reason)

    return course


def recalled(world: World) -> None:
    """A card nobody collected before its deadline."""
    planned = plan(world.rng, stages_of(), Stage.READY, (150, 160))
    life = Life(world, planned.length)
    life.register()
    application = life.apply()
    life.walk(application, planned)
    if application.collect_by is None:
        raise ValueError("A card that lies ready has a deadline.")
    with at(datetime.combine(application.collect_by + timedelta(days=1), time(0, 5), CHINA)):
        advance(application, Action.RECALL, actor=Actor.system())


def instant(until: Stage) -> Course:
    """A card issued at once, on one visit."""

    def course(world: World) -> None:
        life = Life(world, world.rng.randint(1, 8))
        life.register()
        application = life.apply(method=IssueMethod.INSTANT, delivery_outlet=world.city.special_window)
        while application.stage != until:
            life.step(application)

    return course


def exchange(reason: str, until: Stage) -> Course:
    """A card exchanged; a fault of the card costs nothing."""

    def course(world: World) -> None:
        free = FeeExemption.QUALITY_FAULT.value if reason == ExchangeReason.QUALITY_FAULT else ""
        planned = plan(world.rng, stages_of(EXCHANGE, fee=not free), until)
        life = Life(world, planned.length)
        life.register()
        card = life.old_card()
        application = life.apply(EXCHANGE, replaced_card=card, exchange_reason=reason, fee_exemption=free)
        life.walk(application, planned)

    return course


def ordinary_lost(until: Stage) -> Course:
    """An ordinary card is lost, and a financial one is applied for instead."""

    def course(world: World) -> None:
        planned = plan(world.rng, stages_of(), until)
        life = Life(world, planned.length + 2)
        life.register()
        card = life.old_card(CardType.ORDINARY_BLUE)
        life.report(card, ORAL)
        life.wait(2)
        life.report(card, WRITTEN)
        application = life.apply(replaced_card=card)
        life.walk(application, planned)

    return course


# --- loss reports ---------------------------------------------------------------------------------------------------


def oral(hours: float, *, twice: bool = False, web: bool = False, by: Party = Party.HOLDER) -> Course:
    """An oral report made so many hours ago; twice: an earlier one had lapsed before."""

    def course(world: World) -> None:
        life = Life(world, 30)
        life.register(CHILD if by == Party.GUARDIAN else ADULT)
        card = life.old_card()
        if twice:
            life.hours_ago(hours + 24 * 12)
            life.report(card, ORAL)
        life.hours_ago(hours)
        life.report(card, ORAL, by, actor=Actor(by, Channel.WEB) if web else None)

    return course


def written(*, after_oral: bool = False, at_bank: bool = False, party: Party = Party.HOLDER) -> Course:
    """A written report that stands."""

    def course(world: World) -> None:
        life = Life(world, world.rng.randint(4, 9))
        life.register(CHILD if party == Party.GUARDIAN else ADULT)
        card = life.old_card()
        if after_oral:
            life.report(card, ORAL)
            life.wait(2)
        life.report(card, WRITTEN, party, life.home if at_bank else None)

    return course


def cancelled(form: str) -> Course:
    """A card that turned up again."""

    def course(world: World) -> None:
        life = Life(world, world.rng.randint(3, 10))
        life.register()
        card = life.old_card()
        report = life.report(card, form)
        life.wait(1)
        life.cancel(report, card)

    return course


def replaced(
    until: Stage,
    *,
    at_bank: bool = False,
    party: Party = Party.HOLDER,
    free: bool = False,
    since: tuple[int, int] = (1, 3),
    withdrawn: bool = False,
    new_code: bool = False,
) -> Course:
    """A lost financial card, reported in writing and replaced."""

    def course(world: World) -> None:
        stages = stages_of(REPLACEMENT, fee=not free, activation=not at_bank)
        planned = plan(world.rng, stages, until, since, slower=2)
        life = Life(world, planned.length)
        life.register()
        card = life.old_card()
        report = life.report(card, WRITTEN, outlet=life.home if at_bank else None)
        exemption = FeeExemption.QUALITY_FAULT.value if free else ""
        application = life.replace(report, life.home if at_bank else None, party, fee_exemption=exemption)
        life.walk(application, planned)
        if new_code:
            with at(life.moment()):
                reissue_code(application, actor=life.window(), evidence=life.proof())
        if withdrawn:
            with at(life.moment()):
                advance(application, Action.WITHDRAW, actor=life.window(), evidence=life.proof())

    return course


def ready_then_returned(world: World) -> None:
    """A replaced card that lay ready and was sent back."""
    planned = plan(world.rng, stages_of(REPLACEMENT, activation=True), Stage.READY, (20, 30))
    life = Life(world, planned.length)
    life.register()
    application = life.replace(life.report(life.old_card(), WRITTEN))
    life.walk(application, planned)
    life.wait(15)
    life.stop(application, StopReason.RETURNED)


def several_cards(world: World) -> None:
    """Two cards, one of them lost."""
    life = Life(world, 40)
    life.register(ELDER)
    life.old_card(CardType.ORDINARY_YELLOW)
    card = life.old_card(CardType.FINANCIAL_PREFERENTIAL_BLUE)
    life.hours_ago(30)
    life.report(card, ORAL)


def old_stock(card_type: str, status: str) -> Course:
    """A person with a card of earlier days and nothing under way."""

    def course(world: World) -> None:
        life = Life(world, 60)
        life.register()
        life.old_card(card_type, social_status=status)

    return course


def only_registered(world: World) -> None:
    """A person without card or case."""
    Life(world, 20).register()


# One of each; a demonstration smaller than this list shows its beginning.
EVERY_KIND: tuple[Course, ...] = (
    first(Stage.PRODUCING),
    oral(30),
    replaced(Stage.READY),
    first(Stage.CHECKING, stop=StopReason.PHOTO_REJECTED),
    first(Stage.ACCEPTED),
    first(Stage.CHECKING),
    first(Stage.BANK_ACCOUNT),
    first(Stage.SENDING),
    first(Stage.READY),
    replaced(Stage.FEE_DUE),
    replaced(Stage.COLLECTED),
    replaced(Stage.ACTIVATED),
    first(Stage.CHECKING, stop=StopReason.DATA_MISMATCH),
    first(Stage.CHECKING, stop=StopReason.ID_EXPIRED),
    first(Stage.BANK_ACCOUNT, stop=StopReason.BANK_ACCOUNT_FAILED),
    first(Stage.PRODUCING, stop=StopReason.PRODUCTION_FAILED),
    first(Stage.SENDING, stop=StopReason.RETURNED),
    ready_then_returned,
    first_after_a_stop(Stage.PRODUCING),
    broken_off(Action.WITHDRAW, Stage.CHECKING),
    broken_off(Action.REFUSE, Stage.CHECKING, "所交照片与本人身份证件不符，请重新拍照后再申请。"),
    recalled,
    first(Stage.PRODUCING, since=(30, 40)),
    first(Stage.PRODUCING, card_type=CardType.ORDINARY_BLUE),
    first(Stage.READY, card_type=CardType.ORDINARY_YELLOW),
    first(Stage.PRODUCING, card_type=CardType.FINANCIAL_PREFERENTIAL_BLUE, ages=ELDER),
    first(Stage.READY, ages=CHILD, party=Party.GUARDIAN),
    first(Stage.CHECKING, party=Party.AGENT),
    first(Stage.BANK_ACCOUNT, family="hk"),
    first(Stage.SENDING, family="macao"),
    first(Stage.READY, family="taiwan"),
    first(Stage.PRODUCING, family="foreign"),
    first(Stage.COLLECTED),
    instant(Stage.READY),
    instant(Stage.COLLECTED),
    exchange(ExchangeReason.DAMAGED, Stage.PRODUCING),
    exchange(ExchangeReason.EXPIRED, Stage.FEE_DUE),
    exchange(ExchangeReason.DATA_CHANGED, Stage.COLLECTED),
    exchange(ExchangeReason.QUALITY_FAULT, Stage.SENDING),
    ordinary_lost(Stage.PRODUCING),
    ordinary_lost(Stage.COLLECTED),
    oral(60, web=True),
    oral(20, twice=True),
    oral(15, by=Party.GUARDIAN),
    oral(24 * 12),
    written(),
    written(after_oral=True),
    written(at_bank=True),
    written(party=Party.AGENT),
    written(party=Party.GUARDIAN),
    cancelled(ORAL),
    cancelled(WRITTEN),
    replaced(Stage.ACCEPTED, party=Party.AGENT),
    replaced(Stage.PRODUCING, at_bank=True),
    replaced(Stage.SENDING, free=True),
    replaced(Stage.READY, at_bank=True),
    replaced(Stage.CHECKING, withdrawn=True),
    replaced(Stage.PRODUCING, new_code=True),
    several_cards,
    old_stock(CardType.FINANCIAL_BLUE, SocialStatus.LOCKED),
    old_stock(CardType.FINANCIAL_BLUE, SocialStatus.NOT_ENABLED),
    old_stock(CardType.ORDINARY_BLUE, SocialStatus.NORMAL),
    only_registered,
)

# What the forecasts rest on: cards of these two kinds that were finished in the last quarter.
FINISHED: tuple[Course, ...] = (
    first(Stage.COLLECTED, since=(1, 35)),
    replaced(Stage.COLLECTED, at_bank=True, since=(1, 30)),
)
