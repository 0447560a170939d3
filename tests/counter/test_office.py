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
