"""Synthetic people, cards and cases for tests; every number is valid and cannot have been issued."""

import itertools
from datetime import date, timedelta
from typing import Any

import factory
from django.contrib.auth import get_user_model
from django.utils import timezone

from cards import id_number, services
from cards.actors import Actor, Proof
from cards.models import (
    Application,
    Bank,
    Card,
    Cardholder,
    CardNumberIndex,
    FollowUp,
    LossReport,
    Outlet,
)
from cards.vocabulary import (
    FINANCIAL_TYPES,
    BankStatus,
    CardType,
    Channel,
    Evidence,
    LossForm,
    OutletKind,
    Party,
    SocialStatus,
)

ALL_EVIDENCE = frozenset(Evidence)
_order = itertools.count(1)


def synthetic_id_number(birth: date = date(1990, 3, 7), area: str = "119999") -> str:
    """A valid number of a county that does not exist; another one each time."""
    days, order = divmod(next(_order), 999)
    return id_number.compose(area, birth + timedelta(days=days), order + 1)


class UserFactory(factory.django.DjangoModelFactory):
    """A member of staff."""

    class Meta:
        model = get_user_model()

    username = factory.Sequence(lambda n: f"staff{n}")
    is_staff = True


class BankFactory(factory.django.DjangoModelFactory):
    """A service bank."""

    class Meta:
        model = Bank

    name_zh = factory.Sequence(lambda n: f"示例银行{n}")
    name_en = factory.Sequence(lambda n: f"Example Bank {n}")
    hotline = "95000"


class OutletFactory(factory.django.DjangoModelFactory):
    """The special window of the card centre, unless said otherwise."""

    class Meta:
        model = Outlet

    kind = OutletKind.SPECIAL_WINDOW
    name_zh = factory.Sequence(lambda n: f"卡中心专窗{n}")
    name_en = factory.Sequence(lambda n: f"Card centre window {n}")
    district_zh, district_en = "示例区", "Example District"
    address_zh, address_en = "示例路1号", "1 Example Road"
    opening = "1-5 9:00-17:00"
    phone = "010-00000000"
    instant_issue = True

    class Params:
        of_bank = factory.Trait(kind=OutletKind.BANK_OUTLET, bank=factory.SubFactory(BankFactory))
        of_agency = factory.Trait(kind=OutletKind.AGENCY, replaces_cards=False)


def at_counter(outlet: Outlet | None = None, party: str = Party.HOLDER) -> Actor:
    """A clerk acting for a party at a window."""
    return Actor(Party(party), Channel.COUNTER, UserFactory(), outlet or OutletFactory())


def on_phone() -> Actor:
    """A hotline officer acting on the word of the holder."""
    return Actor.for_holder(UserFactory(), Channel.HOTLINE)


def at_office(outlet: Outlet | None = None) -> Actor:
    """A clerk doing the office's own work."""
    return Actor.office(UserFactory(), outlet or OutletFactory())


def everything(**more: Any) -> Proof:
    """A proof with the whole checklist ticked."""
    return Proof(ALL_EVIDENCE, **more)


def holder(**given: Any) -> Cardholder:
    """A registered person."""
    given = {
        "name": "张三",
        "id_number": synthetic_id_number(),
        "phone": "13800000000",
    } | given
    return services.register_cardholder(actor=at_office(), **given)


def card(of: Cardholder | None = None, card_type: str = CardType.FINANCIAL_BLUE, **given: Any) -> Card:
    """A card in a person's hands, put on record as an old stock of cards would be."""
    financial = card_type in FINANCIAL_TYPES
    now = timezone.now()
    row = {
        "holder": of or holder(),
        "card_type": card_type,
        "card_number": f"TEST{next(_order):08d}",
        "bank": BankFactory() if financial else None,
        "social_status": SocialStatus.NORMAL,
        "social_since": now,
        "bank_status": BankStatus.UNKNOWN if financial else BankStatus.NONE,
        "issued_at": now,
    } | given
    made = Card.objects.create(**row)
    CardNumberIndex.objects.enter(made.card_number, holder=made.holder, card=made)
    return made


def first_application(of: Cardholder | None = None, **given: Any) -> Application:
    """A first application for a financial blue card, just accepted."""
    of = of or holder()
    # Who has a financial blue card already applies for another kind.
    held = Card.objects.of(of).filter(card_type=CardType.FINANCIAL_BLUE).exclude(social_status=SocialStatus.CANCELLED)
    row = {
        "kind": "first",
        "card_type": CardType.ORDINARY_BLUE if held.exists() else CardType.FINANCIAL_BLUE,
        "delivery_outlet": OutletFactory(of_bank=True, **({"bank": given["bank"]} if given.get("bank") else {})),
        "actor": at_counter(),
        "evidence": everything(),
    } | given
    return services.accept_application(of, **row)


def walk_to(application: Application, stage: str) -> Application:
    """Take an application along its route to a stage by the office's own steps."""
    from cards import workflow

    while application.stage != stage:
        following = application.route.after(application.stage)
        assert following, f"{stage} is not on the route"
        action = workflow.STEPS[application.stage, following]
        if action == "hand_over":
            certificate = getattr(application, "certificate", None)
            proof = everything(
                card_number=f"NEW{next(_order):08d}",
                certificate_number=certificate.paper_id if certificate else "",
            )
            services.hand_over(application, actor=at_counter(application.delivery_outlet), evidence=proof)
        else:
            services.advance(application, action, actor=at_office())
    return application


def oral_report(of_card: Card | None = None) -> LossReport:
    """An oral report by phone."""
    return services.report_loss(of_card or card(), form=LossForm.ORAL, actor=on_phone(), evidence=everything())


def written_report(of_card: Card | None = None, actor: Actor | None = None) -> LossReport:
    """A written report at a window."""
    return services.report_loss(
        of_card or card(),
        form=LossForm.WRITTEN,
        actor=actor or at_counter(),
        evidence=everything(),
    )


def call_back(of: Cardholder | None = None, **given: Any) -> FollowUp:
    """A call promised for today to somebody who has a card."""
    row = {"reason": "progress", "days": 0, "note": "问进度"} | given
    return services.promise_call_back(of or card().holder, actor=on_phone_for_the_office(), **row)


def on_phone_for_the_office() -> Actor:
    """A hotline officer doing the office's own work."""
    return Actor(Party.OFFICE, Channel.HOTLINE, UserFactory())


def visit(outlet: Outlet, of: Cardholder | None = None, **given: Any) -> FollowUp:
    """A person sent to an outlet today."""
    row = {"reason": "loss", "days": 0, "note": "会带旧卡"} | given
    return services.refer_to_outlet(of or card().holder, outlet=outlet, actor=on_phone_for_the_office(), **row)
