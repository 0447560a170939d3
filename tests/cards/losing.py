"""What the tests of losses, replacements and hand-overs share: a Monday morning and short verbs."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from cards import services
from cards.actors import Actor
from cards.errors import (
    Refusal,
)
from cards.memory import forget_all
from cards.models import Application, Card, LossReport, Replacement, RuleSet
from cards.rules import CHINA
from cards.vocabulary import (
    ApplicationKind,
    CardType,
    LossForm,
    Stage,
)
from tests import factories as f

TODAY = date(2026, 3, 2)
ORDINARY = (CardType.ORDINARY_BLUE, CardType.ORDINARY_YELLOW)
FINANCIAL = (CardType.FINANCIAL_BLUE, CardType.FINANCIAL_PREFERENTIAL_BLUE)


@pytest.fixture(autouse=True)
def monday_morning(clock: Any) -> None:
    clock("2026-03-02 09:30")


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def put_rules_in_force(**data: Any) -> None:
    """Another place's rules, in force from today."""
    RuleSet.objects.create(
        version="other-place",
        valid_from=TODAY,
        state="in_force",
        citation_zh="地方规定",
        citation_en="Local",
        data=data,
    )
    forget_all()


def assert_readable(refusal: Refusal, rule: str) -> None:
    """A refusal names its rule and has a whole sentence in both languages."""
    assert refusal.rule == rule
    with translation.override("en"):
        english = refusal.sentence
    with translation.override("zh-hans"):
        chinese = refusal.sentence
    assert english.endswith(".")
    assert "%" not in english
    assert chinese.endswith("。")
    assert "%" not in chinese
    assert chinese != english


def report(card: Card, form: str = LossForm.WRITTEN, actor: Actor | None = None, **proof: Any) -> LossReport:
    actor = actor or (f.on_phone() if form == LossForm.ORAL else f.at_counter())
    return services.report_loss(card, form=form, actor=actor, evidence=f.everything(**proof))


def cancel(loss: LossReport, actor: Actor | None = None, **proof: Any) -> Any:
    proof = {"card_number": loss.card.card_number} | proof
    return services.cancel_loss_report(loss, actor=actor or f.at_counter(), evidence=f.everything(**proof))


def replace(loss: LossReport, actor: Actor | None = None, **given: Any) -> Replacement:
    given = {"delivery_outlet": f.OutletFactory(), "evidence": f.everything()} | given
    return services.replace_card(loss, actor=actor or f.at_counter(), **given)


def accept(holder: Any, **given: Any) -> Application:
    row = {
        "kind": ApplicationKind.FIRST,
        "card_type": CardType.FINANCIAL_BLUE,
        "delivery_outlet": f.OutletFactory(of_bank=True),
        "actor": f.at_counter(),
        "evidence": f.everything(),
    }
    return services.accept_application(holder, **row | given)


def person_aged(years: int, plus_days: int = 0) -> str:
    """The ID number of somebody who turns `years` today, or some days earlier (plus) or later (minus)."""
    from cards import id_number

    born = date(TODAY.year - years, TODAY.month, TODAY.day) - timedelta(days=plus_days)
    return id_number.compose("119999", born, next(f._order) % 900 + 1)


MOTHER = {"agent_name": "王芳", "agent_id_number": person_aged(40)}


def exchange(card: Card, **given: Any) -> Application:
    row = {"kind": ApplicationKind.EXCHANGE, "exchange_reason": "damaged", "replaced_card": card} | given
    return accept(card.holder, **row)


def collect(application: Application, number: str = "NEWCARD0001", **proof: Any) -> Card:
    at = f.at_counter(application.delivery_outlet)
    return services.hand_over(application, actor=at, evidence=f.everything(card_number=number, **proof))


def ready_replacement(outlet: Any = None, card: Card | None = None) -> Application:
    loss = report(card or f.card())
    made = replace(loss, f.at_counter(outlet or f.OutletFactory()), fee_exemption="quality_fault")
    return f.walk_to(made.application, Stage.READY)
