"""Lists of cases and of the ledger: nothing is counted, pages go on and back, and every filter leads somewhere."""

import itertools
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from cards.channels.counter import long_lists
from cards.channels.counter.lists import AccessRecordAdmin, ApplicationAdmin, EventAdmin, LossReportAdmin, ReadOnly
from cards.models import AccessRecord, Application, Event
from cards.vocabulary import AccessOutcome, AccessPurpose, Stage
from tests import factories as f
from tests.counter.desk import Desk

pytestmark = pytest.mark.django_db

LISTS = ("application", "lossreport", "event", "accessrecord", "agentact", "incidentnote", "export")


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReadOnly, "list_per_page", 2)


def applications(count: int) -> list[Application]:
    outlet, person = f.OutletFactory(of_bank=True), f.holder()
    made = [f.first_application(person, delivery_outlet=outlet)]
    now = timezone.now()
    for place in range(1, count):
        row = f.first_application(f.holder(), delivery_outlet=outlet)
        Application.objects.filter(pk=row.pk).update(stage_since=now + timedelta(minutes=place))
        made.append(row)
    return made


def get(desk: Desk, model: str, **given: Any) -> Any:
    page = desk.client.get(f"/admin/cards/{model}/", given)
    assert page.status_code == 200, (model, given, page.status_code, getattr(page, "url", ""))
    return page


@pytest.mark.parametrize("model", LISTS)
def test_no_list_counts_its_rows(supervisor: Desk, model: str) -> None:
    applications(3)
    with CaptureQueriesContext(connection) as queries:
        get(supervisor, model)
    told = [query["sql"] for query in queries]
    assert not [sql for sql in told if "COUNT(" in sql.upper()]
    assert len(told) <= 10, told


@pytest.mark.parametrize("model", LISTS)
def test_a_list_costs_the_same_however_long_it_is(supervisor: Desk, model: str) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            get(supervisor, model)
        return len(queries)

    statements()
    before = statements()
    applications(5)
    f.oral_report()
    assert statements() == before


def test_pages_follow_each_other_without_gap_or_double(supervisor: Desk, small_pages: None) -> None:
    made = applications(5)
    seen, url = [], "/admin/cards/application/"
    for first, last in ((1, 2), (3, 4), (5, 5)):
        page = supervisor.client.get(url)
        cl = page.context["cl"]
        seen += [row.pk for row in cl.result_list]
        assert f"{first} to {last}" in page.content.decode()
        url = f"/admin/cards/application/{cl.next_url}"
    assert seen == [row.pk for row in made]
    assert not cl.next_url
    back = supervisor.client.get(f"/admin/cards/application/{cl.previous_url}")
    assert [row.pk for row in back.context["cl"].result_list] == seen[2:4]


def test_the_pages_end_and_say_so(supervisor: Desk, small_pages: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_lists, "LAST_PAGE", 2)
    applications(5)
    page = get(supervisor, "application", p="2")
    assert "The list goes on; narrow it with the filters." in page.content.decode()
    assert not page.context["cl"].next_url
    for beyond in ("3", "0", "-1"):
        assert supervisor.client.get("/admin/cards/application/", {"p": beyond}).status_code == 302


def test_an_empty_list_says_so(supervisor: Desk) -> None:
    assert "Nothing here." in get(supervisor, "application").content.decode()


def test_open_is_the_default_and_every_case_is_open_or_ended(supervisor: Desk) -> None:
    open_one, ended = applications(2)
    f.walk_to(ended, Stage.COLLECTED)

    def listed(**given: str) -> set[Any]:
        return {row.pk for row in get(supervisor, "application", **given).context["cl"].result_list}

    assert listed() == listed(case="open") == {open_one.pk}
    assert listed(case="ended") == {ended.pk}
    assert listed(case="all") == {open_one.pk, ended.pk}


def test_a_report_is_in_force_or_ended(supervisor: Desk) -> None:
    standing, card = f.oral_report(), f.card()
    followed = f.oral_report(card)
    f.written_report(card)

    def listed(**given: str) -> set[Any]:
        return {row.pk for row in get(supervisor, "lossreport", **given).context["cl"].result_list}

    assert standing.pk in listed()
    assert listed(case="ended") == {followed.pk}
    assert len(listed(case="all")) == 3


def test_the_order_of_an_index_is_the_only_order(supervisor: Desk) -> None:
    applications(1)
    for model in ("application", "lossreport", "event", "accessrecord"):
        assert "?o=" not in get(supervisor, model).content.decode()
    for one in (ApplicationAdmin, LossReportAdmin, EventAdmin, AccessRecordAdmin):
        assert one.sortable_by == ()


PLANS = [
    (Application.objects.open().order_by("stage", "stage_since"), "application_waiting"),
    (Application.objects.filter(stage="sending").order_by("stage", "stage_since"), "application_waiting"),
    (Application.objects.open().filter(delivery_outlet=1).order_by("stage", "stage_since"), "application_at_outlet"),
    (Event.objects.order_by("-at"), "event_newest"),
    (Event.objects.filter(kind="loss_reported").order_by("-at"), "event_by_kind"),
    (AccessRecord.objects.order_by("-at"), "access_record_newest"),
]


@pytest.mark.sqlite
@pytest.mark.parametrize(("rows", "index"), PLANS, ids=range(len(PLANS)))
def test_a_list_is_read_in_the_order_of_its_index(rows: Any, index: str) -> None:
    """SQLite says how it goes; PostgreSQL sorts a handful of rows whatever index there is."""
    plan = rows[:51].explain()
    assert index in plan, plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan, plan


@pytest.mark.parametrize("group", ["editor", "auditor", "nobody"])
def test_the_address_of_a_case_leads_only_who_may_see_cases(desk_of: Any, group: str) -> None:
    desk, rows = desk_of(group), (f.first_application(), f.oral_report())
    for row in rows:
        name = row._meta.model_name
        if desk.user.has_perm(f"cards.view_{name}") and desk.user.has_perm("cards.find_cardholder"):
            continue
        assert desk.client.get(f"/admin/cards/{name}/{row.pk}/change/").status_code == 403, name


@pytest.mark.parametrize("model", ["incidentnote", "export", "application", "lossreport", "agentact"])
def test_an_address_that_is_no_key_is_not_found(desk_of: Any, model: str) -> None:
    desk = desk_of("admin")
    assert desk.client.get(f"/admin/cards/{model}/abc/change/").status_code == 404


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-13-01", "x"])
def test_only_a_day_that_is_offered_narrows_the_reports(supervisor: Any, day: str) -> None:
    f.oral_report()
    page = supervisor.client.get("/admin/cards/lossreport/", {"last_day": day})
    assert page.status_code == 200
    assert len(page.context["cl"].result_list) == 1


@pytest.mark.parametrize("lookup", ["subject_digest", "reason", "holder__name", "user__password__startswith"])
def test_records_of_looks_are_searched_by_the_filters_alone(desk_of: Any, lookup: str) -> None:
    auditor = desk_of("auditor")
    assert auditor.client.get("/admin/cards/accessrecord/", {lookup: "x"}).status_code == 400
    assert auditor.client.get("/admin/cards/accessrecord/", {"channel__exact": "web"}).status_code == 200


def looks(person: Any, user: Any) -> None:
    """One record of every outcome of every purpose."""
    now = timezone.now()
    for purpose, outcome in itertools.product(AccessPurpose, AccessOutcome):
        AccessRecord.objects.create(
            holder=person, at=now, keep_until=now, channel="hotline", purpose=purpose, outcome=outcome, user=user
        )


def test_a_record_of_a_look_says_what_came_of_it(desk_of: Any) -> None:
    auditor = desk_of("auditor")
    looks(f.holder(), auditor.user)
    page = get(auditor, "accessrecord")
    rows = [text_in(row) for row in re.findall(r"<tr>.*?</tr>", page.content.decode(), re.DOTALL)]
    for told in (
        "Progress enquiry Found",
        "Progress enquiry Nothing found",
        "Identity questions on the phone Identity confirmed",
        "Identity questions on the phone Identity not confirmed",
        "Identity questions on the phone Asked to wait",
        "Full view by staff Shown",
        "Telephone number shown for a call-back Shown",
        "Listed in an export by staff (data masked) Listed",
    ):
        assert sum(told in row for row in rows) == 1, told
    narrowed = get(auditor, "accessrecord", purpose__exact="identity_check", outcome="none")
    assert [row.outcome for row in narrowed.context["cl"].result_list] == ["none"]
    assert "By member of staff" in page.content.decode()


def text_in(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


OWN_MODELS = [model for model in admin.site._registry if model._meta.app_label in ("cards", "guidance")]


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model.__name__)
def test_every_heading_of_a_list_is_chinese_in_chinese(model: Any) -> None:
    shown = admin.site._registry[model]
    with translation.override("zh-hans"):
        names = {*shown.list_display, *shown.readonly_fields} - {"__str__"}
        headings = [str(label_for_field(name, model, shown)) for name in names]
    assert not [heading for heading in headings if re.search("[A-Za-z]{2}", heading)], headings


def test_a_filter_says_in_chinese_what_it_narrows_by(desk_of: Any) -> None:
    page = desk_of("auditor").client.get("/admin/cards/accessrecord/", headers={"accept-language": "zh-hans"})
    assert "按查阅目的" in page.content.decode()
