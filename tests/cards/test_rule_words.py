"""The rules in words: every rule has its name, and two books are told apart in both languages."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from django.utils import translation

from cards import rule_words, rules
from cards.management import shipped_rules
from cards.rules import RuleBook

DAY = date(2026, 3, 2)


def shipped(profile: str) -> RuleBook:
    read = shipped_rules.read(shipped_rules.PROFILES[profile])
    return rules.parse(read["data"], version=read["version"], valid_from=DAY, standards=read["standards"])


def book(standards: dict[str, int] | None = None, **data: Any) -> RuleBook:
    return rules.parse(data, version="v", valid_from=DAY, standards=standards)


def test_every_rule_has_a_label_a_hint_and_exactly_one_line() -> None:
    names = [one.name for one in rules.rule_fields()]
    assert set(rule_words.FIELDS) == set(names)
    assert sorted(name for line in rule_words.RULES for name in line.names) == sorted(names)


DIFFERENT = {
    "en": [
        "Oral report holds: 7 calendar days, counted from the next day → 3 working days, counted from the next day",
        "Oral report may be made: 2 reports for one card in 30 calendar days "
        "→ 1 report for one card in 30 calendar days",
        "Written report: can be cancelled → is final",
        "Card production fee: 20 yuan → free of charge",
    ],
    "zh-hans": [
        "口头挂失有效期: 7 个自然日，自次日起算 → 3 个工作日，自次日起算",
        "口头挂失次数: 同一张卡在 30 个自然日内限 2 次 → 同一张卡在 30 个自然日内限 1 次",
        "书面挂失: 可以解除 → 不可解除",
        "工本费: 20 元 → 免费",
    ],
}


@pytest.mark.parametrize("language", DIFFERENT)
def test_the_two_profiles_differ_in_words(language: str) -> None:
    with translation.override(language):
        told = [
            f"{one.label}: {one.before} → {one.after}"
            for one in rule_words.differences(shipped("default"), shipped("strict"))
        ]
    assert told == DIFFERENT[language]


def test_equal_books_do_not_differ() -> None:
    assert rule_words.differences(shipped("default"), shipped("default")) == []


OTHER: dict[str, Any] = {
    "oral_validity_days": 8,
    "oral_validity_in_working_days": True,
    "oral_counts_from_next_day": False,
    "oral_reports_allowed": 0,
    "oral_reports_window_days": 31,
    "written_report_can_be_cancelled": False,
    "cancelled_also_by": ["guardian"],
    "oral_cancelled_also_through": ["hotline"],
    "agent_minimum_age": 21,
    "guardian_below_age": 18,
    "preferential_from_age": 65,
    "replacement_working_days": 7,
    "fee_yuan": 0,
    "fee_exemptions": ["hardship"],
    "collection_deadline_days": 365,
    "dispute_working_days": 5,
}


def test_there_is_another_value_for_every_rule() -> None:
    assert set(OTHER) == {one.name for one in rules.rule_fields()}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", OTHER)
def test_a_change_of_any_rule_is_seen_in_words(name: str, language: str) -> None:
    with translation.override(language):
        (difference,) = rule_words.differences(book(), book(**{name: OTHER[name]}))
    assert difference.before != difference.after
    assert "%" not in difference.label + difference.before + difference.after


def test_standards_are_compared_one_by_one_in_the_order_of_the_stages() -> None:
    before = book({"factory.accepted": 10, "factory.sending": 2, "instant.accepted": 0})
    after = book({"factory.accepted": 9, "replacement.factory.accepted": 15, "instant.accepted": 0})
    found = rule_words.differences(before, after)
    assert [(one.before, one.after) for one in found] == [
        ("10 working days", "9 working days"),
        ("2 working days", "no standard of its own"),
        ("no standard of its own", "15 working days"),
    ]
    assert "Application accepted" in found[0].label
    assert "Replacement of a lost card" in found[2].label
    assert all(one.label != other.label for one, other in pairwise(found))
