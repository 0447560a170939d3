"""The situation guide walked whole: every combination of answers, under every set of rules, in both languages."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from cards import memory
from cards.management import shipped_rules
from cards.models import Outlet, RuleSet
from cards.models.rule_data import book_on
from cards.models.situations import shipped_table
from cards.rules import RuleBook
from cards.situations import ANSWERS, Block
from cards.vocabulary import Action, OutletKind, Party
from tests import factories

pytestmark = pytest.mark.django_db
TABLE = shipped_table()
LATIN = re.compile(r"[A-Za-z]{3,}")
CHINESE = re.compile(r"[㐀-鿿]")


@pytest.fixture(params=["default", "strict"])
def book(request: pytest.FixtureRequest, clock: Any) -> RuleBook:
    """The rules of one profile in force, and outlets of every kind."""
    clock("2026-03-02 09:30")
    if request.param == "strict":
        RuleSet.objects.update(data=shipped_rules.read(shipped_rules.PROFILES["strict"])["data"])
    factories.OutletFactory()
    factories.OutletFactory(of_bank=True, instant_issue=False)
    factories.OutletFactory(of_agency=True)
    memory.forget_all()
    return book_on(date(2026, 3, 2))


@cache
def combinations() -> tuple[dict[str, str], ...]:
    return tuple(TABLE.walk())


def text_of(html: str) -> str:
    """What a person reads of the main part."""
    main = html[html.index("<main") : html.index("</main>")]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))


def pages(client: Any, language: str) -> Iterator[tuple[dict[str, str], str]]:
    for answers in combinations():
        response = client.get(f"/lost-card/?{urlencode(answers)}", headers={"Accept-Language": language})
        assert response.status_code == 200, answers
        yield answers, response.content.decode()


def test_the_walk_meets_every_answer_and_every_block() -> None:
    met = {(name, value) for answers in combinations() for name, value in answers.items()}
    assert met == {(name, value) for name, values in ANSWERS.items() for value in values}
    assert {row.value for row in TABLE.steps} == set(Block)
    assert len(combinations()) > 300


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_combination_ends_on_a_useful_page(client: Any, book: RuleBook, language: str) -> None:
    for answers, html in pages(client, language):
        assert html.count("<h1") == 1, answers
        assert 'data-situation="' in html, answers
        assert re.search(r'<ol class="steps">\s*<li>', html), answers
        assert 'href="tel:12333"' in html, answers
        nobody_goes = answers["what"] == "found" and answers["reported"] == "no"
        assert ('<section class="stack places">' in html) == (not nobody_goes), answers
        assert len(html.encode()) < 30_000, answers
        text = text_of(html)
        assert "%(" not in text, answers
        assert "None" not in text, answers
        # Words of a paper or of a window have no place on a page.
        assert not re.search(r"this (certificate|outlet|window)|本(领卡证明|网点|窗口)", text), answers
        if language == "en":
            assert not CHINESE.search(text), (answers, CHINESE.findall(text))
        else:
            foreign = [word for word in LATIN.findall(text) if word not in ("ics",)]
            assert not foreign, (answers, foreign)


def test_who_is_told_to_come_may_come(client: Any, book: RuleBook) -> None:
    """The page refuses whoever the rules refuse, and nobody else."""
    child, grown = book.guardian_below_age - 1, 40
    for answers, html in pages(client, "en"):
        outcome = TABLE.outcome(answers)
        acts = outcome.acts
        if Action.CANCEL_REPORT in acts and not book.may_be_cancelled(answers["reported"]):
            acts = (Action.REPLACE,)
            assert "Under the rules in force a written loss report cannot be cancelled." in html, answers
        party = Party(answers.get("who", "holder"))
        age = child if party == Party.GUARDIAN else grown
        allowed = all(party in book.parties_for(action, age) for action in acts)
        assert ("data-refusal" in html) == (not allowed), answers
        for_children = [action for action in acts if Party.GUARDIAN in book.parties_for(action, child)]
        told = "years of age the legal guardian acts" in html
        assert told == (bool(for_children) and party != Party.GUARDIAN), answers


def test_an_agent_is_never_sent_to_call_or_to_cancel(client: Any, book: RuleBook) -> None:
    for answers, html in pages(client, "en"):
        if answers.get("who") != "agent":
            continue
        if answers["what"] in ("lost", "stolen") and answers["reported"] == "no":
            assert "The cardholder calls us now" in html, answers
            assert "Call us now" not in html, answers
        if answers["what"] == "found" and book.may_be_cancelled(answers["reported"]):
            assert "Only the cardholder in person can cancel a loss report." in html, answers
            assert "The cardholder comes to any window with ID document and card" in html, answers


def test_the_fee_is_the_one_of_the_rules(client: Any, book: RuleBook) -> None:
    for answers, html in pages(client, "en"):
        told = re.findall(r"(?:The card|A replacement) costs (\d+) yuan", html)
        outcome = TABLE.outcome(answers)
        kind = outcome.kind
        if outcome.name == "cancel" and not book.may_be_cancelled(answers["reported"]):
            ordinary = answers["card"].startswith("ordinary")
            kind = "first" if ordinary else "replacement"  # type: ignore[assignment]
        fee = book.fee(kind, "") if kind else 0
        assert told == ([str(fee)] if fee else []), answers


def test_what_to_bring_follows_the_checklist_of_whoever_comes(client: Any, book: RuleBook) -> None:
    for answers, html in pages(client, "en"):
        brought = html[html.index("What to bring") :].split("</ul>")[0] if "What to bring" in html else ""
        agent = "agent&#x27;s own original valid ID document" in brought
        copies = "one copy of each" in brought
        lost = answers["what"] in ("lost", "stolen")
        comes_as_agent = answers.get("who") == "agent" and (
            answers["what"] != "found" or not book.may_be_cancelled(answers["reported"])
        )
        assert agent == comes_as_agent, answers
        ordinary = answers["card"].startswith("ordinary")
        replaced = lost or (answers["what"] == "found" and comes_as_agent)
        assert copies == (comes_as_agent and replaced and not ordinary), answers
        assert ("proof of guardianship" in brought) == (
            answers.get("who") == "guardian"
            and (answers["what"] != "found" or not book.may_be_cancelled(answers["reported"]))
        ), answers


def test_only_places_that_do_it_are_named(client: Any, book: RuleBook) -> None:
    agency = Outlet.objects.get(kind=OutletKind.AGENCY).name_en
    for answers, html in pages(client, "en"):
        if answers["what"] not in ("lost", "stolen"):
            continue
        financial = not answers["card"].startswith("ordinary")
        assert not (financial and agency in html), answers
        if financial and answers["card"] != "unknown" and answers["where"] == "agency":
            assert f"not here: {OutletKind.AGENCY.label}. The places below" in html, answers


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_partial_address_asks_one_question(client: Any, book: RuleBook, language: str) -> None:
    partial = {tuple(list(answers.items())[:count]) for answers in combinations() for count in range(len(answers))}
    for answers in sorted(partial):
        html = client.get(f"/lost-card/?{urlencode(answers)}", headers={"Accept-Language": language}).content.decode()
        assert html.count("<h1") == 1, answers
        assert "data-question" in html, answers
        assert html.count("data-choice") >= 3, answers
        assert 'href="tel:12333"' in html, answers
        text = text_of(html)
        assert not (CHINESE if language == "en" else LATIN).search(text), answers
