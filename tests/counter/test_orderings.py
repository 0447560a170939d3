"""The lists of the office open in their order through an index: a million rows are not sorted to show fifty."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection, models
from django.test import RequestFactory

from cards.models import AccessRecord, Application, Event, LossReport
from tests import factories

pytestmark = pytest.mark.django_db
ROWS = 5000
ANOTHER = "gen_random_uuid()"
EARLIER = "- n * interval '1 minute'"

LISTS = [
    (Event, "", "event_newest"),
    (AccessRecord, "", "access_record_newest"),
    (Application, "case=all", "application_waiting"),
    (Application, "", "application_waiting"),
    # SQLite sorts these: it has no index in which what never lapses comes last.
    pytest.param(LossReport, "case=all", "loss_report_lapsing_next", marks=pytest.mark.postgres),
]


def copied(row: models.Model, **changed: str) -> None:
    """Copy a row many times on PostgreSQL; `changed` gives columns as expressions of the running number n."""
    table = row._meta.db_table
    columns = [field.column for field in row._meta.local_concrete_fields if field.column not in changed]
    names = ", ".join([*columns, *changed])
    values = ", ".join([*columns, *changed.values()])
    source = f"{table} CROSS JOIN generate_series(1, {ROWS}) AS n WHERE {row._meta.pk.column} = %s"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM {source}", [row.pk])
        cursor.execute(f"ANALYZE {table}")


def many_events() -> None:
    """One holder's chain, a minute between one event and the next."""
    event = factories.first_application().holder.events.order_by("seq").last()
    copied(event, id=ANOTHER, seq="seq + n", at=f"at {EARLIER}")


def many_looks() -> None:
    """One holder's looks."""
    record = AccessRecord.objects.create(
        holder=factories.holder(), **dict.fromkeys(("at", "keep_until"), factories.timezone.now()), channel="web"
    )
    copied(record, id=ANOTHER, at=f"at {EARLIER}")


def with_a_paper_each(row: Any, number: str, **changed: str) -> None:
    """Copy a row whose receipt is its own, for holders of their own."""
    copied(row.holder, id="md5(n::text)::uuid")
    copied(row.receipt, number=number)
    copied(row, id=ANOTHER, holder_id="md5(n::text)::uuid", receipt_id=number, **changed)


def many_applications() -> None:
    """One open application for each of many people."""
    application = factories.first_application()
    with_a_paper_each(application, "'9' || lpad(n::text, 11, '0')", stage_since=f"stage_since {EARLIER}")


def many_reports() -> None:
    """Oral reports that were cancelled, for each of many people."""
    report = factories.oral_report()
    changed = {
        "status": "'cancelled'",
        "ended_at": "made_at",
        "lapses_at": f"lapses_at {EARLIER}",
        "made_at": f"made_at {EARLIER}",
    }
    with_a_paper_each(report, "'8' || lpad(n::text, 11, '0')", **changed)


MANY: dict[type[models.Model], Callable[[], None]] = {
    Event: many_events,
    AccessRecord: many_looks,
    Application: many_applications,
    LossReport: many_reports,
}


def plan_of(model: type[Any], query: str) -> str:
    """How the database would fetch the first page of a list."""
    request = RequestFactory().get(f"/?{query}")
    request.user = factories.UserFactory(is_superuser=True)
    shown = admin.site._registry[model].get_changelist_instance(request).queryset
    return str(shown.order_by(*shown.query.order_by)[:50].explain())


@pytest.mark.parametrize(("model", "query", "index"), LISTS)
def test_a_list_is_read_through_the_index_of_its_order(model: type[Any], query: str, index: str) -> None:
    # SQLite decides by the statement alone, PostgreSQL by what it finds in the tables.
    if connection.vendor == "postgresql":
        MANY[model]()
    plan = plan_of(model, query)
    assert index in plan
    # Rows of one moment are put in the order of their keys; the order itself comes from the index.
    assert "TEMP B-TREE" not in plan.replace("TEMP B-TREE FOR RIGHT PART OF ORDER BY", "")
    assert "Sort  (" not in plan.replace("Incremental Sort  (", "(")
