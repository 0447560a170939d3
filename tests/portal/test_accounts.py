"""Accounts of staff: who looks after them can neither raise themselves nor touch who may do more."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from cards.management.staff_groups import ADMINISTRATORS

pytestmark = pytest.mark.django_db


@pytest.fixture
def security():
    """A signed-in security administrator."""
    call_command("load_groups", verbosity=0)
    account = User.objects.create_user("guard", is_staff=True)
    account.groups.add(Group.objects.get(name="security"))
    client = Client()
    client.force_login(account)
    client.account = account
    return client


def address(account):
    return reverse("admin:auth_user_change", args=[account.pk])


def form(account, **changes):
    given = {"username": account.username, "last_name": "", "first_name": "", "is_active": "on", "is_staff": "on"}
    return given | changes


def group(name):
    return Group.objects.get(name=name)


def test_a_clerk_is_let_in_and_put_out_again(security):
    clerk = User.objects.create_user("clerk7", is_staff=True)
    assert security.post(address(clerk), form(clerk, groups=[group("clerk").pk])).status_code == 302
    assert User.objects.get(pk=clerk.pk).has_perm("cards.act_accept")
    out = form(clerk, groups=[group("clerk").pk])
    del out["is_active"]
    assert security.post(address(clerk), out).status_code == 302
    visitor = Client()
    visitor.force_login(clerk)
    assert visitor.get("/admin/").status_code == 302


def test_an_account_put_out_loses_the_session_it_has(security):
    clerk = User.objects.create_user("clerk7", is_staff=True)
    clerk.groups.add(group("clerk"))
    visitor = Client()
    visitor.force_login(clerk)
    assert visitor.get("/admin/").status_code == 200
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert visitor.get("/admin/").status_code == 302


def test_two_administrators_groups_are_refused_in_words(security):
    account = User.objects.create_user("somebody", is_staff=True)
    both = [group(name).pk for name in ADMINISTRATORS[:2]]
    answer = security.post(address(account), form(account, groups=both), headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert "System, security and audit are administered by different people" in answer.content.decode()
    assert not account.groups.exists()


def test_nobody_raises_the_own_account(security):
    own = security.account
    assert security.post(address(own), form(own, groups=[group("supervisor").pk])).status_code == 403
    assert {g.name for g in own.groups.all()} == {"security"}


def test_an_account_that_may_do_more_is_not_touched(security):
    root = User.objects.create_superuser("root")
    assert security.post(address(root), form(root)).status_code == 403
    assert security.get(reverse("admin:auth_user_password_change", args=[root.pk])).status_code == 403


def test_single_powers_cannot_be_given(security):
    account = User.objects.create_user("somebody", is_staff=True)
    security.post(address(account), form(account, is_superuser="on", user_permissions=["1", "2"]))
    account = User.objects.get(pk=account.pk)
    assert not account.is_superuser
    assert not account.user_permissions.exists()


def test_accounts_and_groups_stay(security):
    account = User.objects.create_user("somebody")
    assert security.post(reverse("admin:auth_user_delete", args=[account.pk]), {"post": "yes"}).status_code == 403
    place = reverse("admin:auth_group_change", args=[group("clerk").pk])
    assert security.get(place).status_code == 200
    assert security.post(place, {"name": "clerk"}).status_code == 403


@pytest.mark.parametrize("name", ADMINISTRATORS)
def test_administrators_do_nothing_for_citizens(security, name):
    permissions = {f"{p.content_type.app_label}.{p.codename}" for p in group(name).permissions.all()}
    assert not [
        p for p in permissions if p.startswith("cards.act_") or p in ("cards.find_cardholder", "cards.view_full")
    ]


def test_the_three_share_no_power_to_change(security):
    changing = [
        {p.codename for p in group(name).permissions.all() if not p.codename.startswith("view_")}
        for name in ADMINISTRATORS
    ]
    assert not changing[0] & changing[1]
    assert not changing[1] & changing[2]
    assert not changing[0] & changing[2]


def test_a_session_ends_after_twelve_hours_however_busy_it_was(clock):
    clock("2026-03-02 08:00")
    User.objects.create_superuser("root", password="a long enough password")
    visitor = Client()
    signed_in = visitor.post("/admin/login/?next=/admin/", {"username": "root", "password": "a long enough password"})
    assert signed_in.status_code == 302
    for hour in range(8, 20):
        for quarter in ("00", "14", "28", "42", "56"):
            clock(f"2026-03-02 {hour:02}:{quarter}")
            assert visitor.get("/admin/").status_code == 200
    clock("2026-03-02 20:01")
    assert visitor.get("/admin/").status_code == 302
    assert visitor.get("/admin/login/").status_code == 200
    assert "_auth_user_id" not in visitor.session
