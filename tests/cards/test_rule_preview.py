"""Which cases would have come out differently: by the decisions the services take, and no personal value with them."""

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cards import rule_preview, rules, services
from cards.actors import Actor
from cards.models import Application, Cardholder
from cards.models.rule_data import book_on
from cards.rule_preview import Preview, preview
from cards.rules import RuleBook
from cards.services import rule_sets
from cards.vocabulary import CardType, LossForm, Party, Stage
from tests import factories as f
from tests.cards.losing import accept, cancel, exchange, monday_morning, person_aged, replace, report  # noqa: F401

pytestmark = pytest.mark.django_db


def under(**data: Any) -> Preview:
    """The preview of a book that differs from the one in force in these values."""
    current = book_on(rule_sets.today())
    return preview(current, dataclasses.replace(current, version="draft", **data), timezone.now())


def figures(told: Preview) -> list[tuple[str, int, int]]:
    return [(one.label, one.different, one.cases) for one in told.tried]


def agent(years: int) -> dict[str, str]:
    return {"agent_name": "李四", "agent_id_number": person_aged(years)}


def an_office_of_cases() -> None:
    """One case for every check, and one beside it that the change leaves alone."""
    card = f.card()
    cancel(report(card, LossForm.ORAL))
    report(card, LossForm.ORAL)
    cancel(report(f.card()))
    young = report(f.card(), actor=f.at_counter(party=Party.AGENT), **agent(18))
    report(f.card(), actor=f.at_counter(party=Party.AGENT), **agent(50))
    accept(f.holder(), actor=f.at_counter(party=Party.AGENT), evidence=f.everything(**agent(19)))
    report(f.card(f.holder(id_number=person_aged(15))), actor=f.at_counter(party=Party.GUARDIAN), **agent(45))
    report(f.card(f.holder(id_number=person_aged(5))), actor=f.at_counter(party=Party.GUARDIAN), **agent(45))
    for years in (60, 80):
        accept(f.holder(id_number=person_aged(years)), card_type=CardType.FINANCIAL_PREFERENTIAL_BLUE)
    replace(young)
    exchange(f.card(), exchange_reason="quality_fault", fee_exemption="quality_fault")
    f.walk_to(f.first_application(), Stage.READY)
    collected = f.walk_to(f.first_application(), Stage.COLLECTED)
    services.dispute_collection(collected, actor=f.at_counter(), evidence=f.everything(), reason="没有收到卡")


EXPECTED: dict[str, tuple[dict[str, Any], str, int, int]] = {
    "longer": ({"oral_validity_days": 10}, "Oral reports: the moment of lapse", 2, 2),
    "working days": ({"oral_validity_in_working_days": True}, "Oral reports: the moment of lapse", 2, 2),
    "from the day": ({"oral_counts_from_next_day": False}, "Oral reports: the moment of lapse", 2, 2),
    "no repeat": ({"oral_reports_allowed": 1}, "Oral reports: how often", 1, 2),
    "shorter window": ({"oral_reports_window_days": 7}, "Oral reports: how often", 0, 2),
    "final": ({"written_report_can_be_cancelled": False}, "Cancelled reports", 1, 2),
    "older agents": ({"agent_minimum_age": 20}, "Agents and guardians: their age", 2, 5),
    "younger children": ({"guardian_below_age": 14}, "Who acts, by the age of the cardholder", 1, 18),
    "older children": ({"guardian_below_age": 18}, "Who acts, by the age of the cardholder", 0, 18),
    "preferential": ({"preferential_from_age": 65}, "Preferential cards: the age of the cardholder", 1, 2),
    "dearer": ({"fee_yuan": 25}, "Fees", 1, 7),
    "no exemption": ({"fee_exemptions": ("first_issue",)}, "Fees", 1, 7),
    "faster": ({"replacement_working_days": 7}, "Earliest date on the card certificate", 1, 1),
    "kept longer": ({"collection_deadline_days": 365}, "Last day for collecting the card", 2, 2),
    "quicker": ({"dispute_working_days": 5}, "Cards that the person does not have: the day of the decision", 1, 1),
    "standard": ({"standards": {"factory.accepted": 9}}, "Service standards", 7, 7),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_rule_is_tried_on_its_cases(name: str) -> None:
    an_office_of_cases()
    data, label, different, cases = EXPECTED[name]
    assert figures(under(**data)) == [(label, different, cases)]


def test_every_rule_belongs_to_a_check_that_somebody_can_try() -> None:
    tried = {name for check in rule_preview._CHECKS for name in check.names}
    assert tried == {one.name for one in rules.rule_fields()} | {"standards"}
    assert {label for _data, label, *_figures in EXPECTED.values()} == {
        str(check.label) for check in rule_preview._CHECKS
    }


def test_of_the_erased_no_age_is_tried() -> None:
    an_office_of_cases()
    for person in Cardholder.objects.all():
        services.erase_cardholder(person, actor=Actor.system(), again=True)
    told = under(agent_minimum_age=20, guardian_below_age=14, preferential_from_age=65, oral_validity_days=10)
    assert [(one.different, one.cases) for one in told.tried] == [(2, 2), (0, 0), (0, 0), (0, 0)]


def test_where_more_people_count_as_children_what_they_did_alone_is_refused() -> None:
    def seventeen() -> Any:
        return f.card(f.holder(id_number=person_aged(17)))

    alone = report(seventeen())
    through_an_agent = report(seventeen(), actor=f.at_counter(party=Party.AGENT), **agent(40))
    cancel(report(seventeen(), LossForm.ORAL))
    (tried,) = under(guardian_below_age=18).tried
    assert (tried.different, tried.cases) == (2, 4)
    assert {one.case for one in tried.outcomes} == {str(alone), str(through_an_agent)}
    assert {(one.before, one.after) for one in tried.outcomes} == {("possible", "refused")}


def test_where_a_guardian_may_cancel_no_child_cancels_alone() -> None:
    cancel(report(f.card(f.holder(id_number=person_aged(10))), LossForm.ORAL))
    cancel(report(f.card(), LossForm.ORAL))
    assert figures(under(cancelled_also_by=("guardian",))) == [("Cancelled reports", 1, 2)]


def test_equal_books_try_nothing(django_assert_num_queries: Any) -> None:
    current = book_on(rule_sets.today())
    with django_assert_num_queries(0):
        assert preview(current, current, timezone.now()).tried == []


def test_a_case_that_differs_is_listed_with_both_outcomes() -> None:
    loss = report(f.card(), LossForm.ORAL)
    (tried,) = under(oral_validity_days=3, oral_validity_in_working_days=True).tried
    (outcome,) = tried.outcomes
    assert (outcome.holder_id, outcome.case) == (loss.holder_id, str(loss))
    assert outcome.before == "lapses at 24:00 on 9 March 2026"
    assert outcome.after == "lapses at 24:00 on 5 March 2026"


def test_the_preview_says_what_the_services_would_do(clock: Any) -> None:
    """The second oral report within the window: under the draft in force the service refuses just that one."""
    card = f.card()
    report(card, LossForm.ORAL)
    clock("2026-03-20 08:00")
    second = report(card, LossForm.ORAL)
    (tried,) = under(oral_reports_allowed=1).tried
    assert [(one.case, one.before, one.after) for one in tried.outcomes] == [(str(second), "possible", "refused")]
    assert under(oral_reports_allowed=1, oral_reports_window_days=10).different == 0


def test_reports_before_the_period_count_against_those_in_it(clock: Any) -> None:
    card = f.card()
    report(card, LossForm.ORAL)
    clock("2026-03-11 09:00")
    report(card, LossForm.ORAL)
    clock("2026-06-08 09:00")
    assert figures(under(oral_reports_allowed=1)) == [("Oral reports: how often", 1, 1)]


def test_only_the_last_ninety_days_are_tried(clock: Any) -> None:
    report(f.card(), LossForm.ORAL)
    clock("2026-05-31 09:30")
    assert under(oral_validity_days=8).cases == 1
    clock("2026-05-31 09:31")
    told = under(oral_validity_days=8)
    assert (told.cases, told.since) == (0, date(2026, 3, 2))


def test_a_great_number_of_cases_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        report(f.card(), LossForm.ORAL)
    whole = under(oral_validity_days=8)
    assert (whole.cases, whole.cut) == (3, False)
    monkeypatch.setattr(rule_preview, "MOST_CASES", 2)
    monkeypatch.setattr(rule_preview, "MOST_LISTED", 1)
    cut = under(oral_validity_days=8)
    assert (cut.cases, cut.different, cut.cut) == (2, 2, True)
    assert (len(cut.tried[0].outcomes), cut.tried[0].unlisted) == (1, 1)


def all_different() -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for data, *_rest in EXPECTED.values():
        merged |= data
    return merged


def test_no_name_number_or_age_is_told() -> None:
    an_office_of_cases()
    told = repr(under(**all_different()))
    for application in Application.objects.select_related("holder"):
        assert application.holder.name not in told
        assert application.holder.id_number not in told
    assert "李四" not in told
    assert "years" not in told


def test_the_work_does_not_grow_with_a_query_per_case() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        under(**all_different())
        with CaptureQueriesContext(connection) as captured:
            under(**all_different())
        return len(captured)

    an_office_of_cases()
    few = queries()
    an_office_of_cases()
    an_office_of_cases()
    assert queries() == few
    assert few <= 16


def test_the_two_shipped_profiles_can_be_compared() -> None:
    from cards.management import shipped_rules

    an_office_of_cases()
    read = shipped_rules.read(shipped_rules.PROFILES["strict"])
    strict: RuleBook = rules.parse(
        read["data"], version="s", valid_from=rule_sets.today() + timedelta(days=1), standards=read["standards"]
    )
    assert figures(preview(book_on(rule_sets.today()), strict, timezone.now())) == [
        ("Oral reports: the moment of lapse", 2, 2),
        ("Oral reports: how often", 1, 2),
        ("Cancelled reports", 1, 2),
        ("Fees", 1, 7),
    ]
