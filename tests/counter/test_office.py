"""Reference data: who keeps it, what is refused, and that answers follow at once."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from cards.models import OfficeDay, Outlet, StaffProfile
from cards.models.rule_data import office_days
from cards.rules import china_day
from tests import factories
from tests.counter.desk import Desk

pytestmark = pytest.mark.django_db


def today() -> date:
    """The day in China."""
    return china_day(timezone.now())


@pytest.fixture
def keeper(desk_of: Any) -> Desk:
    """The administrator."""
    return desk_of("admin")


def test_an_office_day_counts_at_once(supervisor: Desk) -> None:
    assert office_days() == {}
    day = today()
    supervisor.client.post("/admin/cards/officeday/add/", {"day": day.isoformat(), "reason": "演练"})
    assert office_days() == {day: False}
    supervisor.client.post(f"/admin/cards/officeday/{day.isoformat()}/delete/", {"post": "yes"})
    assert office_days() == {}
    assert not OfficeDay.objects.exists()


def outlet_form(outlet: Outlet, **more: str) -> dict[str, str]:
    """What the form of an outlet sends."""
    names = [f"{name}_{side}" for name in ("name", "district", "address") for side in ("zh", "en")]
    data = {name: getattr(outlet, name) for name in ("kind", "phone", "opening", *names)}
    return data | {"special_hours-TOTAL_FORMS": "0", "special_hours-INITIAL_FORMS": "0"} | more


def test_a_supervisor_enters_hours_and_a_day_on_which_an_outlet_is_closed(supervisor: Desk) -> None:
    outlet = factories.OutletFactory()
    address, day = f"/admin/cards/outlet/{outlet.pk}/change/", today().isoformat()
    special = {
        "special_hours-TOTAL_FORMS": "1",
        "special_hours-0-first_day": day,
        "special_hours-0-last_day": day,
        "special_hours-0-reason_zh": "停电检修",
        "special_hours-0-reason_en": "power cut",
    }
    for wrong, words in {
        "1-5 9:00-8:00": "ends before it begins",
        "1-5 9-17": "no span of time such as 9:00-17:00",
        "8 9:00-17:00": "names no weekdays",
        "1-5 9:00-12:00\n3 9:00-12:00": "Wednesday stands there twice",
        "1-5 9:00-12:00 11:00-13:00": "overlaps, or is out of order",
        "1-5": "names no time",
    }.items():
        page = supervisor.client.post(address, outlet_form(outlet, opening=wrong) | special).content.decode()
        assert words in page, wrong
        assert wrong.splitlines()[0] in page
    sent = outlet_form(outlet, opening="1-6 8:30-17:30") | special
    assert supervisor.client.post(address, sent).status_code == 302
    outlet.refresh_from_db()
    assert outlet.hours_en == "Monday to Saturday 8:30–17:30"
    assert outlet.hours_zh == "周一至周六 8:30–17:30"
    plan = outlet.plan(office_days())
    assert plan is not None
    assert plan.spans_on(today()) == ()
    assert plan.specials[today()].reason == "power cut"


def test_a_supervisor_closes_an_outlet_and_nobody_removes_one(supervisor: Desk, keeper: Desk, clerk: Desk) -> None:
    outlet = factories.OutletFactory()
    address = f"/admin/cards/outlet/{outlet.pk}/change/"
    data = outlet_form(outlet)
    assert clerk.client.post(address, data | {"closed_for_good": "on"}).status_code == 403
    assert supervisor.client.post(address, data | {"closed_for_good": "on"}).status_code == 302
    assert Outlet.objects.get(pk=outlet.pk).closed_for_good
    assert keeper.client.post(f"/admin/cards/outlet/{outlet.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_bank_outlet_without_its_bank_is_refused_in_words(keeper: Desk) -> None:
    outlet = factories.OutletFactory()
    page = keeper.client.post(f"/admin/cards/outlet/{outlet.pk}/change/", outlet_form(outlet, kind="bank_outlet"))
    assert "A service bank outlet needs its bank; other outlets have none." in page.content.decode()


def test_an_administrator_places_staff(keeper: Desk) -> None:
    user, outlet = factories.UserFactory(), factories.OutletFactory()
    keeper.client.post("/admin/cards/staffprofile/add/", {"user": user.pk, "outlet": outlet.pk})
    assert StaffProfile.objects.get(user=user).outlet == outlet


@pytest.mark.parametrize("model", ["user", "group"])
def test_accounts_are_kept_by_the_administrator_alone(keeper: Desk, supervisor: Desk, model: str) -> None:
    assert keeper.client.get(f"/admin/auth/{model}/").status_code == 200
    assert supervisor.client.get(f"/admin/auth/{model}/").status_code == 403


def test_nobody_but_the_administrator_touches_the_own_place_of_work(
    supervisor: Desk, keeper: Desk, clerk: Desk
) -> None:
    other = factories.OutletFactory()
    own, another, keepers = (StaffProfile.objects.get(user=desk.user) for desk in (supervisor, clerk, keeper))
    base = "/admin/cards/staffprofile/"
    moved = {"user": supervisor.user.pk, "outlet": other.pk}
    assert supervisor.client.post(f"{base}{own.pk}/change/", moved).status_code == 403
    assert supervisor.client.post(f"{base}{own.pk}/delete/", {"post": "yes"}).status_code == 403
    everybody = {"action": "delete_selected", "_selected_action": [own.pk, another.pk], "post": "yes"}
    supervisor.client.post(base, everybody)
    assert StaffProfile.objects.get(pk=own.pk).outlet == supervisor.outlet
    taken_over = {"user": supervisor.user.pk, "outlet": other.pk}
    StaffProfile.objects.filter(pk=own.pk).delete()
    for address in (f"{base}add/", f"{base}{another.pk}/change/"):
        page = supervisor.client.post(address, taken_over)
        assert page.status_code == 200, address
        assert "Select a valid choice" in page.content.decode()
    assert not StaffProfile.objects.filter(user=supervisor.user).exists()
    moved = {"user": clerk.user.pk, "outlet": other.pk}
    assert supervisor.client.post(f"{base}{another.pk}/change/", moved).status_code == 302
    moved = {"user": keeper.user.pk, "outlet": other.pk}
    assert keeper.client.post(f"{base}{keepers.pk}/change/", moved).status_code == 302
    assert StaffProfile.objects.get(user=keeper.user).outlet == other
