"""Reference data: who keeps it, what is refused, and that answers follow at once."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cards.models import OfficeDay, Outlet, RuleSet, StaffProfile
from cards.models.rule_data import book_on, office_days
from cards.rules import china_day
from tests import factories
from tests.counter.desk import Desk

pytestmark = pytest.mark.django_db

NO_STANDARDS = {"standards-TOTAL_FORMS": "0", "standards-INITIAL_FORMS": "0"}


def today() -> date:
    """The day in China."""
    return china_day(timezone.now())


def rule_form(**given: str) -> dict[str, str]:
    """The form of a rule set as a browser sends it."""
    return {
        "version": "test-1",
        "valid_from": today().isoformat(),
        "state": "in_force",
        "citation_zh": "测试",
        "citation_en": "Test",
        "data": '{"fee_yuan": 20}',
        **NO_STANDARDS,
        **given,
    }


@pytest.fixture
def keeper(desk_of: Any) -> Desk:
    """The administrator."""
    return desk_of("admin")


def test_a_new_rule_set_is_in_force_at_once_and_takes_the_standards_over(keeper: Desk) -> None:
    before = book_on(today())
    answer = keeper.client.post("/admin/cards/ruleset/add/", rule_form(data='{"fee_yuan": 25}'))
    assert answer.status_code == 302
    after = book_on(today())
    assert (after.version, after.fee_yuan) == ("test-1", 25)
    assert after.standards == before.standards != {}


def test_rules_that_cannot_be_are_refused_with_the_reason(keeper: Desk) -> None:
    page = keeper.client.post("/admin/cards/ruleset/add/", rule_form(data='{"fee_yuan": "viel"}'))
    assert "fee_yuan must be int" in page.content.decode()
    assert RuleSet.objects.count() == 1


def test_rules_cannot_come_into_force_in_the_past(keeper: Desk) -> None:
    past = rule_form(valid_from=(today() - timedelta(days=1)).isoformat())
    page = keeper.client.post("/admin/cards/ruleset/add/", past)
    assert "Rules cannot come into force on a day that has passed." in page.content.decode()
    assert RuleSet.objects.count() == 1
    assert keeper.client.post("/admin/cards/ruleset/add/", past | {"state": "draft"}).status_code == 302
    draft = RuleSet.objects.get(version="test-1")
    inline = {"standards-INITIAL_FORMS": "0"}
    page = keeper.client.post(f"/admin/cards/ruleset/{draft.pk}/change/", past | inline)
    assert "Rules cannot come into force on a day that has passed." in page.content.decode()
    RuleSet.objects.exclude(pk=draft.pk).get().full_clean()  # what stands, stands


def test_rules_that_have_begun_no_longer_change(keeper: Desk) -> None:
    begun = RuleSet.objects.get()
    address = f"/admin/cards/ruleset/{begun.pk}/change/"
    assert keeper.client.get(address).status_code == 200
    assert keeper.client.post(address, rule_form(version="other")).status_code == 403
    begun.refresh_from_db()
    assert begun.version != "other"


def test_rules_to_come_may_still_change(keeper: Desk) -> None:
    later = rule_form(valid_from=(today() + timedelta(days=30)).isoformat())
    answer = keeper.client.post("/admin/cards/ruleset/add/", later)
    assert answer.status_code == 302, answer.context["adminform"].errors
    made = RuleSet.objects.get(version="test-1")
    assert made.standards.exists()
    address = f"/admin/cards/ruleset/{made.pk}/change/"
    rows = list(made.standards.all())
    inline = {"standards-TOTAL_FORMS": str(len(rows)), "standards-INITIAL_FORMS": str(len(rows))}
    for place, row in enumerate(rows):
        for name in ("id", "kind", "method", "stage", "working_days"):
            inline[f"standards-{place}-{name}"] = str(getattr(row, name))
        inline[f"standards-{place}-rule_set"] = str(made.pk)
    answer = keeper.client.post(address, later | inline | {"version": "test-2"})
    assert answer.status_code == 302
    assert RuleSet.objects.filter(version="test-2").exists()


def test_an_office_day_counts_at_once(supervisor: Desk) -> None:
    assert office_days() == {}
    day = today()
    supervisor.client.post("/admin/cards/officeday/add/", {"day": day.isoformat(), "reason": "演练"})
    assert office_days() == {day: False}
    supervisor.client.post(f"/admin/cards/officeday/{day.isoformat()}/delete/", {"post": "yes"})
    assert office_days() == {}
    assert not OfficeDay.objects.exists()


def test_a_supervisor_closes_an_outlet_and_nobody_removes_one(supervisor: Desk, keeper: Desk, clerk: Desk) -> None:
    outlet = factories.OutletFactory()
    address = f"/admin/cards/outlet/{outlet.pk}/change/"
    fields = ("kind", "name", "district", "address", "hours", "phone")
    data = {name: getattr(outlet, name) for name in ("kind", "phone")}
    data |= {f"{n}_{side}": getattr(outlet, f"{n}_{side}") for n in fields[1:5] for side in ("zh", "en")}
    assert clerk.client.post(address, data | {"closed_for_good": "on"}).status_code == 403
    assert supervisor.client.post(address, data | {"closed_for_good": "on"}).status_code == 302
    assert Outlet.objects.get(pk=outlet.pk).closed_for_good
    assert keeper.client.post(f"/admin/cards/outlet/{outlet.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_bank_outlet_without_its_bank_is_refused_in_words(keeper: Desk) -> None:
    outlet = factories.OutletFactory()
    data = {name: getattr(outlet, name) for name in ("phone",)} | {"kind": "bank_outlet"}
    data |= {
        f"{n}_{side}": getattr(outlet, f"{n}_{side}")
        for n in ("name", "district", "address", "hours")
        for side in ("zh", "en")
    }
    page = keeper.client.post(f"/admin/cards/outlet/{outlet.pk}/change/", data)
    assert "A service bank outlet needs its bank; other outlets have none." in page.content.decode()


def test_an_administrator_places_staff(keeper: Desk) -> None:
    user, outlet = factories.UserFactory(), factories.OutletFactory()
    keeper.client.post("/admin/cards/staffprofile/add/", {"user": user.pk, "outlet": outlet.pk})
    assert StaffProfile.objects.get(user=user).outlet == outlet


@pytest.mark.parametrize("model", ["user", "group"])
def test_accounts_are_kept_by_the_administrator_alone(keeper: Desk, supervisor: Desk, model: str) -> None:
    assert keeper.client.get(f"/admin/auth/{model}/").status_code == 200
    assert supervisor.client.get(f"/admin/auth/{model}/").status_code == 403
