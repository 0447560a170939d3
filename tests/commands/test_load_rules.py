"""load_rules: the shipped rule set is entered once and never written over."""

import dataclasses
from datetime import date, timedelta

import pytest
from django.core.management.base import CommandError

from cards import rules, workflow
from cards.management import shipped_rules
from cards.models import RuleSet, RuleSetStep, StageStandard
from cards.models.rule_data import book_on
from cards.services import rule_sets
from cards.vocabulary import ApplicationKind, IssueMethod

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


def test_the_shipped_rules_are_in_force_with_citation_and_standards(run):
    assert "2026-default: entered" in run("load_rules")
    book = book_on(DAY)
    assert book.version == "2026-default"
    assert "〔2011〕47" in book.citation_zh
    assert "〔2011〕47" in book.citation_en
    assert book.standard_to_ready("replacement", "factory", "accepted") == 15
    assert book.standard_to_ready("first", "factory", "accepted") == 10
    assert book.standard_to_ready("exchange", "factory", "accepted") == 10


def test_the_file_spells_out_every_rule_with_the_value_of_the_field():
    shipped = shipped_rules.read()
    spelled = rules.parse(shipped["data"], version="", valid_from=DAY)
    assert spelled == rules.RuleBook(version="", valid_from=DAY)
    identity = {"version", "valid_from", "citation_zh", "citation_en", "standards"}
    assert shipped["data"].keys() == {f.name for f in dataclasses.fields(rules.RuleBook)} - identity


@pytest.mark.parametrize("route", workflow.ROUTES, ids=str)
@pytest.mark.parametrize("kind", ApplicationKind.values)
def test_the_standard_never_grows_along_a_route(route, kind):
    shipped = shipped_rules.read()
    book = rules.parse(shipped["data"], version="", valid_from=DAY, standards=shipped["standards"])
    days = [book.standard_to_ready(kind, route.method, s) for s in route.stages if s in workflow.BEFORE_READY]
    assert days == sorted(days, reverse=True)
    assert days[-1] > 0 or route.method == IssueMethod.INSTANT


def test_loading_again_changes_nothing(run):
    run("load_rules")
    before = list(RuleSet.objects.values()), list(StageStandard.objects.values())
    assert "unchanged" in run("load_rules")
    assert (list(RuleSet.objects.values()), list(StageStandard.objects.values())) == before


@pytest.mark.parametrize("change", ["data", "standard", "citation", "state"])
def test_what_an_editor_changed_is_left_as_it_is(run, change):
    run("load_rules")
    rule_set = RuleSet.objects.get()
    if change == "standard":
        StageStandard.objects.filter(rule_set=rule_set, kind="", method="factory", stage="accepted").update(
            working_days=7
        )
    else:
        new = {"data": {"fee_yuan": 16}, "citation": "本地规定", "state": "draft"}[change]
        RuleSet.objects.update(**{{"citation": "citation_zh"}.get(change, change): new})
    before = RuleSet.objects.values().get(), list(StageStandard.objects.values())
    told = run("load_rules")
    assert ("unchanged" if change == "state" else "changed here") in told
    assert (RuleSet.objects.values().get(), list(StageStandard.objects.values())) == before


def test_the_second_profile_differs_where_it_says_so():
    default, strict = (shipped_rules.read(file)["data"] for file in shipped_rules.PROFILES.values())
    assert {name: strict[name] for name in strict if strict[name] != default[name]} == {
        "oral_validity_days": 3,
        "oral_validity_in_working_days": True,
        "oral_reports_allowed": 1,
        "written_report_can_be_cancelled": False,
        "fee_yuan": 0,
    }
    assert strict.keys() == default.keys()


def test_a_fresh_installation_may_begin_with_the_second_profile(run):
    assert "2026-strict: entered, in force" in run("load_rules", profile="strict")
    assert book_on(DAY).version == "2026-strict"
    assert RuleSetStep.objects.get().step == "loaded"


def test_beside_rules_in_force_a_profile_is_only_a_draft_from_tomorrow(run):
    run("load_rules")
    assert "as a draft" in run("load_rules", profile="strict")
    made = RuleSet.objects.get(version="2026-strict")
    assert (made.state, made.drafted_by) == ("draft", None)
    assert made.valid_from == rule_sets.today() + timedelta(days=1)
    assert made.standards.count() == 14
    assert book_on(DAY).version == "2026-default"
    assert "unchanged" in run("load_rules", profile="strict")


def test_a_dry_run_changes_nothing(run):
    assert "Dry run" in run("load_rules", dry_run=True)
    assert not RuleSet.objects.exists()


def test_the_new_rules_are_seen_at_once_in_the_same_process(run):
    RuleSet.objects.create(version="old", valid_from=date(2019, 1, 1), state="in_force", data={"fee_yuan": 16})
    assert book_on(DAY).fee_yuan == 16
    RuleSet.objects.all().delete()
    run("load_rules")
    assert book_on(DAY).fee_yuan == 20


def test_a_file_with_a_wrong_value_is_refused_by_name(run, tmp_path, monkeypatch):
    text = shipped_rules.FILE.read_text(encoding="utf-8").replace("fee_yuan = 20", 'fee_yuan = "20"')
    broken = tmp_path / "rules.toml"
    broken.write_text(text, encoding="utf-8")
    monkeypatch.setitem(shipped_rules.PROFILES, "default", broken)
    with pytest.raises(CommandError, match="fee_yuan must be int"):
        run("load_rules")
    assert not RuleSet.objects.exists()
