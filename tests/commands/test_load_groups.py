"""load_groups: every group has exactly the permissions of the table, before and after."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management.base import CommandError

from cards.management import staff_groups
from cards.vocabulary import Action

pytestmark = pytest.mark.django_db


def held(name):
    found = Group.objects.get(name=name).permissions.values_list("content_type__app_label", "codename")
    return {".".join(pair) for pair in found}


def test_every_group_holds_exactly_the_permissions_of_the_table(run):
    run("load_groups")
    assert {name: held(name) for name in staff_groups.GROUPS} == {n: set(p) for n, p in staff_groups.GROUPS.items()}


def test_what_is_no_longer_in_the_table_is_taken_away_and_what_is_missing_comes_back(run):
    run("load_groups")
    hotline = Group.objects.get(name="hotline")
    hotline.permissions.add(Permission.objects.get(codename="act_replace"))
    hotline.permissions.remove(Permission.objects.get(codename="act_report_orally"))
    assert "hotline: 23 permissions, 1 added, 1 removed" in run("load_groups")
    assert held("hotline") == staff_groups.GROUPS["hotline"]


def test_a_dry_run_counts_and_changes_nothing(run):
    assert "clerk: " in run("load_groups", dry_run=True)
    assert not Group.objects.exists()


def test_loading_again_keeps_the_members(run):
    run("load_groups")
    user = User.objects.create(username="somebody")
    user.groups.add(Group.objects.get(name="clerk"))
    run("load_groups")
    assert user.has_perm("cards.act_accept")


@pytest.mark.parametrize("action", [a for a in Action if a != Action.LAPSE])
def test_every_act_of_a_person_is_open_to_the_supervisor(action):
    assert f"cards.act_{action}" in staff_groups.GROUPS["supervisor"]


def test_nobody_lets_a_report_lapse_by_hand():
    assert not any("cards.act_lapse" in group for group in staff_groups.GROUPS.values())


def test_the_hotline_records_oral_reports_and_what_was_agreed_and_nothing_else():
    acts = {p for p in staff_groups.GROUPS["hotline"] if ".act_" in p}
    assert acts == {f"cards.act_{action}" for action in ("report_orally", "correct", "call_back", "refer", "settle")}
    assert "cards.view_full" not in staff_groups.GROUPS["hotline"]


def test_editors_and_auditors_touch_no_case_and_only_publishers_publish():
    for name in ("editor", "publisher", "auditor"):
        assert not any(p.startswith("cards.act_") or p == "cards.find_cardholder" for p in staff_groups.GROUPS[name])
    publishing = {name for name, group in staff_groups.GROUPS.items() if "guidance.publish_article" in group}
    assert publishing == {"publisher"}
    assert {"cards.view_event", "cards.view_accessrecord"} <= staff_groups.GROUPS["auditor"]


def test_nobody_may_change_or_delete_a_row_of_a_case():
    writing = {
        permission
        for group in staff_groups.GROUPS.values()
        for permission in group
        if permission.split(".")[1].split("_")[0] in ("add", "change", "delete") and permission.startswith("cards.")
    }
    reference = {"outlet", "bank", "officeday", "specialhours", "ruleset", "stagestandard", "staffprofile"}
    # A result file is handed in and confirmed; its row is changed by that alone.
    reference |= {"intakefile"}
    # Written by their services, about many people at once or about nobody.
    by_service = {"cards.add_incidentnote", "cards.add_export", "cards.add_situationtable"}
    assert {p.rsplit("_", 1)[1] for p in writing - by_service} <= reference


def test_a_permission_no_model_declares_stops_everything(run, monkeypatch):
    monkeypatch.setitem(staff_groups.GROUPS, "clerk", frozenset({"cards.act_dance"}))
    with pytest.raises(CommandError, match="act_dance"):
        run("load_groups")
    assert not Group.objects.exists()
