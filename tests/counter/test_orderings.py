"""The lists of the office open in their order through an index: a million rows are not sorted to show fifty."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory

from cards.models import AccessRecord, Application, Event, LossReport
from tests import factories

pytestmark = pytest.mark.django_db

LISTS = [
    (Event, "", "event_newest"),
    (AccessRecord, "", "access_record_newest"),
    (Application, "case=all", "application_waiting"),
    (Application, "", "application_waiting"),
    # SQLite sorts these: it has no index in which what never lapses comes last.
    pytest.param(LossReport, "case=all", "loss_report_lapsing_next", marks=pytest.mark.postgres),
]


def plan_of(model: type[Any], query: str) -> str:
    """How the database would fetch the first page of a list."""
    request = RequestFactory().get(f"/?{query}")
    request.user = factories.UserFactory(is_superuser=True)
    shown = admin.site._registry[model].get_changelist_instance(request).queryset
    return str(shown.order_by(*shown.query.order_by)[:50].explain())


# PostgreSQL plans by what other tests left in its statistics, and forbids nothing for small tables.
@pytest.mark.sqlite
@pytest.mark.parametrize(("model", "query", "index"), LISTS)
def test_a_list_is_read_through_the_index_of_its_order(model: type[Any], query: str, index: str) -> None:
    plan = plan_of(model, query)
    assert index in plan
    # Rows of one moment are put in the order of their keys; the order itself comes from the index.
    assert "TEMP B-TREE" not in plan.replace("TEMP B-TREE FOR RIGHT PART OF ORDER BY", "")
    assert "Sort  (" not in plan.replace("Incremental Sort  (", "(")
