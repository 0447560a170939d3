"""Who sees and may do what: every group against every action; read-only pages; nothing written by looking."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards import workflow
from cards.desk.tasks import TASKS
from cards.management import staff_groups
from cards.models import (
    AccessRecord,
    Application,
    Card,
    CardCertificate,
    Cardholder,
    Dispute,
    Event,
    FollowUp,
    LossReport,
    Override,
    PaperNumber,
)
from cards.vocabulary import Action, Channel, Party, SocialStatus, Stage
from tests import factories, later
from tests.counter.desk import FIND, Desk, act_url, person_url

pytestmark = pytest.mark.django_db

GROUPS = [*staff_groups.GROUPS, "nobody"]
BY_PEOPLE = [action for action in Action if action != Action.LAPSE]


def subject_for(action: Action) -> Any:
    """Something of a person on which the action's form can be opened."""
    task = TASKS[action]
    if FollowUp in task.subjects:
        return factories.call_back()
    for model, made in ((Event, later.step), (Override, later.asked), (Dispute, later.dispute)):
        if model in task.subjects:
            return made()
    if Cardholder in task.subjects:
        return factories.card().holder
    if Application in task.subjects:
        return factories.first_application()
    return factories.written_report() if LossReport in task.subjects else factories.card()


def test_every_action_of_people_has_a_form() -> None:
    assert set(TASKS) == set(BY_PEOPLE)


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_opens_exactly_the_forms_it_may(group: str, desk_of: Callable[..., Desk]) -> None:
    """Walks every action: the form, the form sent, and the group's table agree."""
    desk = desk_of(group)
    held = staff_groups.GROUPS.get(group, frozenset())
    channel = Channel.HOTLINE if group == "hotline" else Channel.COUNTER
    for action in BY_PEOPLE:
        subject = subject_for(action)
        allowed = {"cards.find_cardholder", f"cards.act_{action}"} <= held and channel in workflow.CHANNELS[action]
        if "cards.find_cardholder" in held:
            holder = subject if isinstance(subject, Cardholder) else subject.holder
            desk.reach(holder)
        expected = 200 if allowed else 403
        assert desk.client.get(act_url(action, subject)).status_code == expected, action
        assert desk.client.post(act_url(action, subject), {"party": "nonsense"}).status_code == expected, action


@pytest.mark.parametrize("group", ["clerk", "hotline", "supervisor"])
def test_the_screen_offers_exactly_what_the_tables_and_the_group_allow(group: str, desk_of: Any) -> None:
    """Walks every stage of a first application for a financial card."""
    desk = desk_of(group)
    held = staff_groups.GROUPS[group]
    person = factories.holder()
    application = factories.first_application(person)
    for stage in application.route.stages:
        factories.walk_to(application, stage)
        possible = set(workflow.application_actions(Stage(stage), "", application.route))
        if stage in workflow.OPEN:
            possible.add(Action.REISSUE_CODE)
        if stage in workflow.DISPUTABLE:
            possible.add(Action.DISPUTE)
        channel = Channel.HOTLINE if group == "hotline" else Channel.COUNTER
        expected = {a for a in possible if f"cards.act_{a}" in held and channel in workflow.CHANNELS[a]}
        offered = re.findall(rf"/do/(\w+)/{application.pk}/", desk.read(person))
        assert set(offered) == {action.value for action in expected}, stage
        assert len(offered) == len(set(offered))


def test_a_standing_report_is_cancelled_or_replaced_and_nothing_else(clerk: Desk, hotline: Desk) -> None:
    report = factories.written_report()
    later = {"call_back", "refer"}
    offered = re.findall(r"/do/(\w+)/", clerk.read(report.holder))
    personal = ["amend", "change_phone", "choose_notices", "merge"]
    expected = ["accept", *personal[:1], "cancel_report", *personal[1:], "reissue_code", "replace"]
    assert sorted(set(offered) - later) == expected
    assert set(re.findall(r"/do/(\w+)/", hotline.read(report.holder))) == later


def test_the_hotline_only_reports_a_loss(hotline: Desk) -> None:
    card = factories.card()
    offered = re.findall(r"/do/(\w+)/", hotline.read(card.holder))
    assert sorted(offered) == ["call_back", "refer", "report_orally"]


@pytest.mark.parametrize("address", ["/admin/", FIND, f"{FIND}register/", "/admin/cards/application/"])
def test_a_stranger_is_sent_to_sign_in(address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer.url.startswith("/admin/login/")


def test_a_stranger_reaches_no_person() -> None:
    application = factories.first_application()
    for address in (person_url(application.holder), act_url("check", application)):
        for answer in (Client().get(address), Client().post(address)):
            assert answer.status_code == 302
            assert answer.url.startswith("/admin/login/")


def test_a_form_from_another_site_is_refused(clerk: Desk) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(clerk.user)
    assert client.post(FIND, {"number": "1"}).status_code == 403


# --- what is shown ------------------------------------------------------------------------------------------------


def test_a_person_is_masked_until_a_reason_is_given(supervisor: Desk) -> None:
    card = factories.card(factories.holder(name="欧阳修文"))
    person, text = card.holder, supervisor.read(card.holder)
    assert "欧***" in text
    for secret in (person.name, person.id_number, person.phone, card.card_number):
        assert secret not in text
    refused = supervisor.client.post(person_url(person), {"reason": ""})
    assert person.id_number not in refused.content.decode()
    shown = supervisor.client.post(person_url(person), {"reason": "核对姓名"}).content.decode()
    for secret in (person.name, person.id_number, person.phone, card.card_number):
        assert secret in shown
    record = AccessRecord.objects.of(person).get(purpose="staff_full_view")
    assert (record.reason, record.user) == ("核对姓名", supervisor.user)
    assert person.id_number not in supervisor.client.get(person_url(person)).content.decode()


def test_without_the_permission_nobody_sees_a_person_in_full(hotline: Desk, desk_of: Any) -> None:
    person = factories.card().holder
    for desk in (hotline, desk_of("clerk")):
        may = desk.user.has_perm("cards.view_full")
        desk.open(person)
        answer = desk.client.post(person_url(person), {"reason": "核对姓名"})
        assert (answer.status_code == 200) is may


def test_a_person_reached_without_a_recorded_look_is_closed(clerk: Desk) -> None:
    application = factories.first_application()
    person = application.holder
    closed = clerk.client.get(person_url(person)).content.decode()
    assert "Every look at a person's record is itself recorded" in closed
    assert "Your application has been accepted" not in closed
    assert "Your application" not in clerk.client.get(act_url("check", application)).content.decode()
    assert not AccessRecord.objects.exists()
    answer = clerk.client.post(reverse("admin:cards_cardholder_open", args=[person.pk]))
    assert "Your application has been accepted" in clerk.client.get(answer.url).content.decode()
    assert AccessRecord.objects.of(person).count() == 1


def test_the_screen_tells_what_the_citizen_reads_and_what_happened(clerk: Desk) -> None:
    application = factories.walk_to(factories.first_application(), Stage.CHECKING)
    text = clerk.read(application.holder)
    for words in (
        "Your data are being checked",
        "Application accepted: First application",
        "Stage reached: Data being checked",
        "By the service standard it will be ready by",
        application.delivery_outlet.name_en,
        "Say this",
    ):
        assert words in text, words


def test_a_lapsed_report_is_told_as_lapsed_without_any_job(desk_of: Any, clock: Any) -> None:
    clock("2026-03-02 09:30")
    report = factories.oral_report()
    clock("2026-03-10 00:00")
    text = desk_of("clerk").read(report.holder)
    assert "The oral loss report has lapsed" in text
    assert "Social security function: Normal" in text


# --- nothing is written by looking --------------------------------------------------------------------------------


def writes(queries: CaptureQueriesContext) -> list[str]:
    """Statements that change a table, other than the session's own time."""
    verbs = ("INSERT", "UPDATE", "DELETE", "REPLACE")
    found = [query["sql"] for query in queries.captured_queries if query["sql"].lstrip().upper().startswith(verbs)]
    return [sql for sql in found if "django_session" not in sql]


def test_looking_writes_nothing(clerk: Desk, supervisor: Desk) -> None:
    report = factories.oral_report()
    application = factories.walk_to(factories.first_application(report.holder), Stage.READY)
    sheet = clerk.client.get  # every page below is fetched by GET
    supervisor.find(report.holder.id_number)
    clerk.find(report.holder.id_number)
    addresses = [
        "/admin/",
        FIND,
        f"{FIND}register/",
        person_url(report.holder),
        act_url("hand_over", application),
        act_url("report_in_writing", report.card),
        act_url("cancel_report", report),
        act_url("accept", report.holder),
        reverse("admin:cards_cardholder_paper", args=[report.holder.pk, report.receipt_id]),
        "/admin/cards/application/",
        "/admin/cards/lossreport/",
    ]
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            assert sheet(address).status_code == 200, address
        assert writes(queries) == [], address


def test_statements_are_counted_as_writes_when_they_are(clerk: Desk) -> None:
    """The check above can fail: a look that is recorded shows."""
    person = factories.holder()
    with CaptureQueriesContext(connection) as queries:
        clerk.find(person.id_number)
    assert [sql for sql in writes(queries) if "cards_accessrecord" in sql]


def test_the_screen_takes_a_bounded_number_of_statements(clerk: Desk) -> None:
    few = factories.holder()
    factories.first_application(few)
    many = factories.holder()
    for _ in range(6):
        report = factories.oral_report(factories.card(many))
        factories.written_report(report.card)
        collected = factories.walk_to(factories.first_application(many), Stage.COLLECTED)
        Card.objects.filter(pk=collected.card_id).update(social_status=SocialStatus.CANCELLED)
    counts = []
    clerk.read(few)  # what every page reads once and remembers
    for person in (few, many):
        clerk.find(person.id_number)
        with CaptureQueriesContext(connection) as queries:
            assert clerk.client.get(person_url(person)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[1] <= 23, counts


@pytest.mark.parametrize("address", ["/admin/cards/application/", "/admin/cards/lossreport/"])
def test_a_list_takes_a_bounded_number_of_statements(clerk: Desk, address: str) -> None:
    counts = []
    for _ in range(2):
        for _ in range(4):
            factories.first_application()
            factories.oral_report()
        with CaptureQueriesContext(connection) as queries:
            page = clerk.client.get(address)
        counts.append(len(queries))
    assert len(page.context["cl"].result_list) == 8
    assert counts[0] == counts[1]


# --- read-only ----------------------------------------------------------------------------------------------------

CASES = (Cardholder, Application, LossReport, Event, AccessRecord)


@pytest.mark.parametrize("model", CASES)
def test_even_an_administrator_adds_changes_and_deletes_no_case(model: Any, rf: Any, desk_of: Any) -> None:
    request = rf.get("/")
    request.user = desk_of("admin").user
    page = admin.site._registry[model]
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
    assert page.has_view_permission(request)
    assert "delete_selected" not in page.get_actions(request)


def test_no_page_of_the_admin_takes_a_status(desk_of: Any) -> None:
    desk = desk_of("admin")
    report = factories.written_report()
    application = factories.first_application(report.holder)
    for row in (application, report):
        address = f"/admin/cards/{row._meta.model_name}/{row.pk}/change/"
        desk.client.post(address, {"stage": "collected", "status": "cancelled"})
        assert desk.client.get(f"/admin/cards/{row._meta.model_name}/add/").status_code in (403, 404)
        assert desk.client.post(f"/admin/cards/{row._meta.model_name}/{row.pk}/delete/").status_code in (403, 404)
    application.refresh_from_db()
    report.refresh_from_db()
    assert (application.stage, report.status) == ("accepted", "standing")


@pytest.mark.parametrize("model", [Card, CardCertificate, PaperNumber])
def test_what_hangs_on_a_person_has_no_page_of_its_own(model: Any) -> None:
    assert model not in admin.site._registry


def test_people_are_not_listed(clerk: Desk) -> None:
    person = factories.holder()
    assert str(person.pk) not in clerk.client.get(FIND).content.decode()
    for part in ("add/", f"{person.pk}/delete/", f"{person.pk}/history/"):
        assert clerk.client.get(f"{FIND}{part}").status_code == 404


def test_a_row_of_a_list_leads_to_the_person(clerk: Desk) -> None:
    application = factories.first_application()
    assert person_url(application.holder) in clerk.client.get("/admin/cards/application/").content.decode()
    answer = clerk.client.get(f"/admin/cards/application/{application.pk}/change/")
    assert answer.url == person_url(application.holder)
    assert clerk.client.get("/admin/cards/application/nonsense/change/").status_code == 404


def test_open_cases_are_listed_first_and_ended_ones_on_request(clerk: Desk) -> None:
    going, gone = factories.first_application(), factories.walk_to(factories.first_application(), Stage.COLLECTED)
    for asked, expected in (({}, {going}), ({"case": "ended"}, {gone}), ({"case": "all"}, {going, gone})):
        listed = clerk.client.get("/admin/cards/application/", asked).context["cl"].result_list
        assert set(listed) == expected


def test_the_ledger_is_read_by_auditors_and_not_by_clerks(desk_of: Any) -> None:
    factories.first_application()
    auditor, clerk = desk_of("auditor"), desk_of("clerk")
    person = factories.holder()
    clerk.find(person.id_number)
    for address in ("/admin/cards/event/", "/admin/cards/accessrecord/"):
        assert auditor.client.get(address).status_code == 200
        assert clerk.client.get(address).status_code == 403
    record = AccessRecord.objects.get()
    assert auditor.client.get(f"/admin/cards/accessrecord/{record.pk}/change/").status_code == 200
    assert auditor.client.post(f"/admin/cards/accessrecord/{record.pk}/change/", {"purpose": "x"}).status_code == 403


# --- policy -------------------------------------------------------------------------------------------------------


def test_no_page_holds_inline_script_or_style(supervisor: Desk) -> None:
    report = factories.written_report()
    application = factories.first_application(report.holder)
    supervisor.find(report.holder.id_number)
    pages = [
        "/admin/",
        FIND,
        person_url(report.holder),
        act_url("replace", report),
        act_url("stop", factories.walk_to(application, Stage.CHECKING)),
        "/admin/cards/application/",
        "/admin/cards/outlet/",
        "/admin/cards/ruleset/",
    ]
    for address in pages:
        answer = supervisor.client.get(address)
        text = answer.content.decode()
        assert answer.status_code == 200, address
        assert "'unsafe" not in answer.headers["Content-Security-Policy"]
        assert not re.findall(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)[^>]*>(?!\s*</script>)", text), (
            address
        )
        assert "no-store" in answer.headers["Cache-Control"], address


def test_the_office_party_cannot_be_claimed_for_a_person(clerk: Desk) -> None:
    card = factories.card()
    clerk.find(card.holder.id_number)
    page = clerk.client.post(
        act_url("report_in_writing", card), {"seen": "normal", "key": uuid.uuid4(), "party": Party.OFFICE}
    )
    assert page.status_code == 200
    assert not card.loss_reports.exists()
