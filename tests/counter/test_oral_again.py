"""What the officer is told before and after an oral report: which one it is, and what holds for the type of card."""

from typing import Any

import pytest

from cards.models import Card
from cards.vocabulary import CardType
from tests import factories
from tests.cards.losing import put_rules_in_force
from tests.counter.desk import Desk
from tests.counter.test_papers import text_of

pytestmark = pytest.mark.django_db


def report_and_let_lapse(card: Card, clock: Any, morning: str, following: str) -> None:
    clock(morning)
    factories.oral_report(card)
    clock(following)


def consequence(desk: Desk, card: Card) -> str:
    return " ".join(desk.form("report_orally", card).context["deed"].consequence)


def test_the_second_oral_report_says_that_it_is_the_last(desk_of: Any, clock: Any) -> None:
    clock("2026-03-02 09:30")
    card = factories.card()
    hotline = desk_of("hotline", outlet=None)
    assert "This is report" not in consequence(hotline, card)
    report_and_let_lapse(card, clock, "2026-03-02 09:30", "2026-03-16 09:30")
    said = "This is report 2 of 2 for this card in 30 days; after it only a written report is possible."
    assert said in consequence(desk_of("hotline", outlet=None), card)
    clock("2026-04-20 09:30")
    assert "This is report" not in consequence(desk_of("hotline", outlet=None), card)


def test_where_three_are_allowed_the_second_is_not_called_the_last(desk_of: Any, clock: Any) -> None:
    put_rules_in_force(oral_reports_allowed=3)
    card = factories.card()
    report_and_let_lapse(card, clock, "2026-03-02 09:30", "2026-03-16 09:30")
    said = consequence(desk_of("hotline", outlet=None), card)
    assert "This is report 2 of 3 for this card in 30 days." in said
    assert "only a written report" not in said


def test_the_officer_promises_no_bank_number_for_an_ordinary_card(hotline: Desk) -> None:
    ordinary, financial = factories.card(card_type=CardType.ORDINARY_BLUE), factories.card()
    assert "this card has no bank account" in consequence(hotline, ordinary)
    assert "give the bank's number" in consequence(hotline, financial)
    done = text_of(hotline.done("report_orally", ordinary))
    assert "Say until when, and that it must be made in writing." in done
    assert "the bank must be told" not in done
    assert "the bank must be told separately" in text_of(hotline.done("report_orally", financial))
