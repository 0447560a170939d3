"""The rule sets at the supervisor's desk: one field per rule, what would change, and each step by its own button."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from cards import rules
from cards.models import RuleSet
from cards.models.rule_data import book_on
from cards.services import rule_sets
from tests import factories
from tests.counter.desk import Desk

pytestmark = pytest.mark.django_db
LIST = "/admin/cards/ruleset/"
ADD = "/admin/cards/ruleset/add/"


def filled(desk: Desk, address: str = ADD, **given: Any) -> dict[str, Any]:
    """The form as it is shown, with some fields filled in anew; None leaves a field out."""
    form = desk.client.get(address).context["form"]
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent = data | {"version": data.get("version") or "2027-local"} | given
    return {name: value for name, value in sent.items() if value is not None}


def drafted(desk: Desk, **given: Any) -> RuleSet:
    answer = desk.client.post(ADD, filled(desk, **given))
    assert answer.status_code == 303, answer.context["form"].errors
    return RuleSet.objects.latest("pk")


def address(rule_set: RuleSet, move: str = "change") -> str:
    return f"/admin/cards/ruleset/{rule_set.pk}/{move}/"


def text(page: Any) -> str:
    return " ".join(unescape(page.content.decode()).split())


@pytest.fixture
def second(desk_of: Any) -> Desk:
    """Another supervisor."""
    return desk_of("supervisor")


def moves(page: Any) -> list[str]:
    return [move.name for move in page.context["moves"]]


def press(desk: Desk, rule_set: RuleSet, move: str) -> Any:
    page = desk.client.get(address(rule_set))
    assert move in moves(page)
    return desk.client.post(address(rule_set, move), {"seen": page.context["seen"]}, follow=True)


def test_a_rule_is_drafted_reviewed_by_a_colleague_and_put_in_force(supervisor: Desk, second: Desk) -> None:
    made = drafted(
        supervisor,
        oral_validity_days="3",
        oral_validity_in_working_days="1",
        written_report_can_be_cancelled="0",
        fee_yuan="0",
    )
    page = supervisor.client.get(address(made))
    assert "Oral report holds" in text(page)
    assert "7 calendar days, counted from the next day" in text(page)
    assert "3 working days, counted from the next day" in text(page)
    assert "20 yuan" in text(page)
    assert "free of charge" in text(page)
    assert "is final" in text(page)
    assert moves(page) == ["withdraw"]
    assert "a colleague has to review it" in text(page)
    assert "Next: put it in force before that day." in text(press(second, made, "review"))
    assert "begins on" in text(press(supervisor, made, "put-in-force"))
    told = text(supervisor.client.get(LIST))
    assert told.index("To come") < told.index("In force")
    assert book_on(made.valid_from).fee_yuan == 0
    assert book_on(rule_sets.today()).fee_yuan == 20
    steps = text(supervisor.client.get(address(made)))
    assert all(step in steps for step in ("Drafted", "Reviewed and found right", "Put in force from its date"))
    assert supervisor.user.username in steps


def test_a_new_draft_begins_with_the_rules_and_standards_in_force(supervisor: Desk) -> None:
    made = drafted(supervisor)
    current, book = book_on(rule_sets.today()), made.book()
    assert {one.name: getattr(book, one.name) for one in rules.rule_fields()} == {
        one.name: getattr(current, one.name) for one in rules.rule_fields()
    }
    assert book.standards == current.standards
    assert "Nothing: every rule and every standard is the same." in text(supervisor.client.get(address(made)))


def test_the_form_has_one_labelled_field_per_rule_and_no_box_for_data(supervisor: Desk) -> None:
    page = supervisor.client.get(ADD)
    grouped = [field.name for _title, fields in page.context["form"].groups for field in fields]
    assert set(grouped) == {"version", "valid_from", "citation_zh", "citation_en"} | {
        one.name for one in rules.rule_fields()
    }
    assert len(grouped) == len(set(grouped))
    assert 'name="data"' not in page.content.decode()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"valid_from": "2020-05-01"}, "Choose tomorrow or later."),
        ({"version": "2026-default"}, "There is a rule set of this version already."),
        ({"version": "新规则"}, "Enter a valid value."),
        ({"fee_yuan": "viel"}, "Enter a whole number."),
        ({"oral_validity_days": "0"}, "greater than or equal to 1"),
        ({"collection_deadline_days": "99999"}, "less than or equal to 3660"),
        ({"standard-factory-accepted": "-1"}, "greater than or equal to 0"),
        ({"citation_zh": ""}, "This field is required."),
        ({"cancelled_also_by": ["office"]}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_a_rule_set_is_refused_at_its_field(supervisor: Desk, given: dict[str, Any], told: str) -> None:
    page = supervisor.client.post(ADD, filled(supervisor, **given))
    assert page.status_code == 200
    assert told in text(page)
    assert set(page.context["form"].errors) == set(given)
    assert RuleSet.objects.count() == 1


def test_a_draft_is_changed_on_its_own_page(supervisor: Desk, second: Desk) -> None:
    made = drafted(supervisor)
    sent = filled(second, address(made), agent_minimum_age="20") | {"standard-factory-sending": ""}
    assert second.client.post(address(made), sent).status_code == 303
    made.refresh_from_db()
    assert made.book().agent_minimum_age == 20
    assert "factory.sending" not in made.book().standards
    page = second.client.get(address(made))
    assert "no standard of its own" in text(page)
    assert "review" not in moves(page)


def test_a_draft_changed_meanwhile_is_not_written_over(supervisor: Desk, second: Desk) -> None:
    made = drafted(supervisor)
    opened = filled(supervisor, address(made), fee_yuan="7")
    assert second.client.post(address(made), filled(second, address(made), fee_yuan="8")).status_code == 303
    page = supervisor.client.post(address(made), opened)
    assert "Someone else changed this in the meantime." in text(page)
    made.refresh_from_db()
    assert made.book().fee_yuan == 8


def test_a_review_of_other_contents_is_refused(supervisor: Desk, second: Desk) -> None:
    made = drafted(supervisor)
    page = second.client.get(address(made))
    seen = page.context["seen"]
    supervisor.client.post(address(made), filled(supervisor, address(made), fee_yuan="7"))
    assert "Someone else changed this" in text(second.client.post(address(made, "review"), {"seen": seen}))
    assert RuleSet.objects.get(pk=made.pk).state == "draft"


def test_the_author_is_refused_in_words_when_the_button_is_gone_round(supervisor: Desk) -> None:
    made = drafted(supervisor)
    seen = supervisor.client.get(address(made)).context["seen"]
    page = supervisor.client.post(address(made, "review"), {"seen": seen})
    assert "Whoever wrote a rule set, or part of it, cannot review it." in text(page)
    assert RuleSet.objects.get(pk=made.pk).state == "draft"


def test_a_reviewed_set_is_sent_back_and_a_coming_one_withdrawn(supervisor: Desk, second: Desk) -> None:
    made = drafted(supervisor)
    press(second, made, "review")
    assert "The rule set is a draft again." in text(press(supervisor, made, "reopen"))
    press(second, made, "review")
    press(supervisor, made, "put-in-force")
    assert "never began" in text(press(supervisor, made, "withdraw"))
    assert book_on(made.valid_from).version == "2026-default"


def test_rules_that_have_begun_show_no_form_and_take_none(supervisor: Desk) -> None:
    begun = RuleSet.objects.get()
    page = supervisor.client.get(address(begun))
    assert page.context["form"] is None
    assert moves(page) == []
    assert "7 calendar days" in text(page)
    assert supervisor.client.post(address(begun), {"version": "other"}).status_code == 403
    assert "in another state" in text(supervisor.client.post(address(begun, "withdraw")))
    assert RuleSet.objects.get().state == "in_force"


@pytest.mark.parametrize("move", ["review", "put-in-force", "reopen", "withdraw"])
def test_a_step_is_a_post_by_somebody_who_may(supervisor: Desk, clerk: Desk, move: str) -> None:
    made = drafted(supervisor)
    assert supervisor.client.get(address(made, move)).status_code == 405
    assert clerk.client.post(address(made, move)).status_code == 403
    assert RuleSet.objects.get(pk=made.pk).state == "draft"


def test_everybody_at_a_desk_reads_the_rules_and_only_supervisors_draft(clerk: Desk, supervisor: Desk) -> None:
    assert "Draft a new rule set" not in text(clerk.client.get(LIST))
    assert "Draft a new rule set" in text(supervisor.client.get(LIST))
    assert clerk.client.get(ADD).status_code == 403
    made = drafted(supervisor)
    page = clerk.client.get(address(made))
    assert page.context["form"] is None
    assert page.context["preview"] is None


def test_the_draft_tells_which_cases_would_have_come_out_differently(supervisor: Desk) -> None:
    report = factories.oral_report()
    factories.written_report()
    made = drafted(supervisor, oral_validity_days="10")
    page = supervisor.client.get(address(made))
    assert "1 of 1 outcomes would have been different." in text(page)
    assert f"/admin/cards/cardholder/{report.holder_id}/change/" in text(page)
    assert str(report) in text(page)
    assert report.holder.name not in text(page)
    assert report.holder.id_number not in text(page)


def test_the_pages_are_chinese_for_whoever_reads_chinese(supervisor: Desk) -> None:
    made = drafted(supervisor, oral_validity_days="3", oral_validity_in_working_days="1")
    page = text(supervisor.client.get(address(made), headers={"accept-language": "zh-hans"}))
    assert "口头挂失有效期" in page
    assert "3 个工作日，自次日起算" in page
    assert "须由其他同事复核" in page


def test_a_draft_for_a_day_far_ahead_is_compared_with_what_will_hold_then(supervisor: Desk, second: Desk) -> None:
    first = drafted(supervisor, version="spring", fee_yuan="5")
    press(second, first, "review")
    press(supervisor, first, "put-in-force")
    later = drafted(supervisor, version="autumn", valid_from=str(rule_sets.today() + timedelta(days=60)), fee_yuan="5")
    page = supervisor.client.get(address(later))
    assert page.context["before"] == first
    assert page.context["differences"] == []


def test_a_refusal_at_the_desk_names_the_rule_and_the_rule_set(clerk: Desk) -> None:
    report = factories.written_report()
    page = clerk.act("cancel_report", report, card_number="TEST99999999")
    assert "Rule S10: cancelling a loss report · rule set 2026-default" in text(page)
