"""One synthetic person's course: every step is a deed of the services, done at a moment of the past."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from cards import services, workflow
from cards.actors import Actor, Proof
from cards.management.demonstration.clock import MINUTES_OPEN, WorkingDays, at
from cards.management.demonstration.people import ADULT, People, Person
from cards.management.demonstration.places import City
from cards.models import Application, Bank, Card, CardCertificate, Cardholder, LossReport, Outlet
from cards.services.old_stock import take_over_card
from cards.vocabulary import (
    FINANCIAL_TYPES,
    Action,
    ApplicationKind,
    CardType,
    Channel,
    Evidence,
    IssueMethod,
    LossForm,
    OutletKind,
    Party,
    Stage,
)

# Working days a card usually stays in a stage, and how much that varies.
USUAL = {
    Stage.ACCEPTED: (0, 1),
    Stage.CHECKING: (1, 2),
    Stage.FEE_DUE: (0, 2),
    Stage.BANK_ACCOUNT: (1, 3),
    Stage.PRODUCING: (2, 4),
    Stage.SENDING: (1, 3),
    Stage.READY: (0, 6),
    Stage.COLLECTED: (0, 3),
}
_EVERYTHING = frozenset(Evidence)


@dataclass
class World:
    """What all courses share: places, people, the clock's calendar and the source of chance."""

    city: City
    people: People
    days: WorkingDays
    rng: random.Random
    now: datetime
    holders: list[Cardholder] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @cached_property
    def helper(self) -> Person:
        """One agent who acts for many, so that a supervisor has something to notice."""
        return self.people.draw()


class Life:
    """A person, and the place in time at which the next step happens."""

    def __init__(self, world: World, back: int) -> None:
        self.world, self.rng, self.city = world, world.rng, world.city
        self.bank: Bank = self.rng.choice(self.city.banks)
        self.home: Outlet = self.rng.choice(self.city.outlets_of(self.bank))
        self.holder: Cardholder
        self._at = world.days.opening(back) - timedelta(minutes=1)
        self.go_to(back)

    # --- time ---------------------------------------------------------------------------------------------------

    def go_to(self, back: int) -> None:
        """Go to a minute of the working day so many working days ago, never backwards."""
        self.back = max(back, 1)
        minute = self.world.days.opening(self.back) + timedelta(minutes=self.rng.randrange(MINUTES_OPEN))
        self._at = max(minute, self._at + timedelta(minutes=self.rng.randint(4, 20)))

    def wait(self, days: int) -> None:
        """Let working days pass, but never reach today."""
        self.go_to(self.back - days)

    def hours_ago(self, hours: float) -> None:
        """Go to a moment by the clock, for the telephone, which is always answered."""
        self._at = max(self._at + timedelta(minutes=5), self.world.now - timedelta(hours=hours))

    def moment(self) -> datetime:
        """The moment of the next step, some minutes after the last."""
        self._at += timedelta(minutes=self.rng.randint(2, 9), seconds=self.rng.randrange(60))
        return self._at

    # --- actors -------------------------------------------------------------------------------------------------

    def window(self, outlet: Outlet | None = None, party: Party = Party.HOLDER) -> Actor:
        """A clerk who serves somebody at a window."""
        outlet = outlet or self.city.special_window
        return Actor(party, Channel.COUNTER, self.clerk_at(outlet), outlet)

    def office(self, outlet: Outlet | None = None) -> Actor:
        """A clerk at the office's own work."""
        outlet = outlet or self.city.special_window
        return Actor.office(self.clerk_at(outlet), outlet)

    def clerk_at(self, outlet: Outlet) -> Any:
        """The account that works for an outlet."""
        return self.city.staff["bankclerk" if outlet.kind == OutletKind.BANK_OUTLET else "clerk"]

    def proof(self, party: Party = Party.HOLDER, **more: str) -> Proof:
        """A whole checklist; for a guardian also another grown-up person, for an agent always the same."""
        if party in (Party.AGENT, Party.GUARDIAN):
            agent = self.world.helper if party == Party.AGENT else self.world.people.draw()
            more |= {"agent_name": agent.name, "agent_id_number": agent.id_number}
        return Proof(_EVERYTHING, **more)

    # --- steps --------------------------------------------------------------------------------------------------

    def register(self, ages: tuple[int, int] = ADULT, family: str = "resident") -> None:
        """Enter the person."""
        person = self.world.people.draw(ages, family)
        with at(self.moment()):
            self.holder = services.register_cardholder(
                name=person.name, id_number=person.id_number, phone=person.phone, actor=self.office()
            )
        self.world.holders.append(self.holder)

    def old_card(self, card_type: str = CardType.FINANCIAL_BLUE, **more: Any) -> Card:
        """A card from before the portal."""
        issued = self.moment() - timedelta(days=self.rng.randint(400, 2500))
        with at(self.moment()):
            return take_over_card(
                self.holder,
                card_type=card_type,
                card_number=self.card_number(),
                issued_at=issued,
                bank=self.bank if card_type in FINANCIAL_TYPES else None,
                actor=self.office(),
                **more,
            )

    def card_number(self) -> str:
        """The number on the next card."""
        return f"DEMO{next(self.world.numbers):08d}"

    def apply(self, kind: str = ApplicationKind.FIRST, party: Party = Party.HOLDER, **more: Any) -> Application:
        """Hand in a first application or an exchange."""
        card_type = more.pop("card_type", CardType.FINANCIAL_BLUE)
        row = {"delivery_outlet": self.home, "bank": self.bank if card_type in FINANCIAL_TYPES else None} | more
        with at(self.moment()):
            return services.accept_application(
                self.holder,
                kind=kind,
                card_type=card_type,
                actor=self.window(party=party),
                evidence=self.proof(party),
                **row,
            )

    def report(
        self, card: Card, form: str, party: Party = Party.HOLDER, outlet: Outlet | None = None, **by: Any
    ) -> LossReport:
        """Report the card lost: at a window, or by phone where it is done by word of mouth."""
        actor = self.window(outlet, party)
        if form == LossForm.ORAL:
            actor = by.get("actor") or Actor(party, Channel.HOTLINE, self.city.staff["hotline"])
        with at(self.moment()):
            return services.report_loss(card, form=form, actor=actor, evidence=self.proof(party))

    def cancel(self, report: LossReport, card: Card) -> None:
        """Cancel a report because the card turned up."""
        with at(self.moment()):
            services.cancel_loss_report(report, actor=self.window(), evidence=self.proof(card_number=card.card_number))

    def replace(
        self, report: LossReport, outlet: Outlet | None = None, party: Party = Party.HOLDER, **more: Any
    ) -> Application:
        """Have the card replaced at the special window or at an outlet of its bank."""
        with at(self.moment()):
            return services.replace_card(
                report,
                delivery_outlet=outlet or self.home,
                actor=self.window(outlet, party),
                evidence=self.proof(party),
                **more,
            ).application

    def step(self, application: Application) -> None:
        """Take the application to its next stage."""
        following = application.route.after(Stage(application.stage))
        if following is None:
            raise ValueError(f"{application.stage} is the end of the route")
        action = workflow.STEPS[Stage(application.stage), following]
        if action == Action.HAND_OVER:
            self.hand_over(application)
        else:
            self.do(application, action, outlet=self.home if action == Action.RECEIVE else None)

    def do(self, application: Application, action: Action, outlet: Outlet | None = None, reason: str = "") -> None:
        """One of the office's own steps."""
        with at(self.moment()):
            services.advance(application, action, actor=self.office(outlet), reason=reason)

    def hand_over(self, application: Application, party: Party = Party.HOLDER) -> Card:
        """Hand the card over against its certificate, where there is one."""
        certificate = CardCertificate.objects.filter(holder=self.holder, application=application).first()
        numbers = {
            "card_number": self.card_number(),
            "certificate_number": certificate.paper_id if certificate else "",
        }
        with at(self.moment()):
            return services.hand_over(
                application,
                actor=self.window(application.delivery_outlet, party),
                evidence=self.proof(party, **numbers),
            )

    def stop(self, application: Application, reason: str) -> None:
        """Stop the clock."""
        with at(self.moment()):
            services.stop_clock(application, reason, actor=self.office())

    def resume(self, application: Application) -> None:
        """Let the clock run again."""
        with at(self.moment()):
            services.resume_clock(application, actor=self.office())

    # --- courses ------------------------------------------------------------------------------------------------

    def walk(self, application: Application, plan: "Plan") -> None:
        """Take the application along the plan, each stage as long as planned."""
        for days in plan.days:
            self.wait(days)
            self.step(application)


@dataclass(frozen=True)
class Plan:
    """How long an application stays in each stage until it reaches the last one of the plan."""

    days: tuple[int, ...]
    since: int

    @property
    def length(self) -> int:
        """How many working days ago it has to begin."""
        return sum(self.days) + self.since


def plan(
    rng: random.Random, stages: Sequence[Stage], until: Stage, since: tuple[int, int] = (1, 3), slower: int = 0
) -> Plan:
    """Draw a plan through these stages; `slower` days are added to the production."""
    passed = list(itertools.takewhile(lambda stage: stage != until, stages))
    days = [rng.randint(*USUAL[stage]) + (slower if stage == Stage.PRODUCING else 0) for stage in passed]
    return Plan(tuple(days), rng.randint(*since))


def stages_of(
    kind: str = ApplicationKind.FIRST,
    card_type: str = CardType.FINANCIAL_BLUE,
    *,
    method: IssueMethod = IssueMethod.FACTORY,
    fee: bool | None = None,
    activation: bool = False,
) -> tuple[Stage, ...]:
    """The stages such an application goes through."""
    financial = card_type in FINANCIAL_TYPES
    return workflow.Route(method, financial, kind != ApplicationKind.FIRST if fee is None else fee, activation).stages
