"""Statements that are built once: they give what the query set gives, for whom it is asked and for nobody else."""

from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cards import case_reading
from cards.case_file import NOBODY
from cards.models import AccessRecord, Application, Card, Cardholder, LossReport
from cards.models.prepared import OfHolder, insert
from cards.vocabulary import AccessOutcome, AccessPurpose, Channel
from tests import factories as f

pytestmark = pytest.mark.django_db

READERS = [value for value in vars(case_reading).values() if isinstance(value, OfHolder)]


def plain(row: Any, *seen: Any) -> Any:
    """Everything a row holds, with the rows read together with it, which may point back to it."""
    if not isinstance(row, models.Model) or row in seen:
        return row
    held = {name: getattr(row, name) for name in vars(row) if not name.startswith("_")}
    return held | {name: plain(other, row, *seen) for name, other in row._state.fields_cache.items()}


@pytest.fixture
def people() -> list[Cardholder]:
    """Two people with an application, a card, a report and a look each."""
    made = []
    for _ in range(2):
        holder = f.holder()
        f.first_application(holder)
        f.oral_report(f.card(holder))
        insert(a_look(holder))
        made.append(holder)
    return made


def a_look(holder: Cardholder) -> AccessRecord:
    return AccessRecord(
        holder=holder,
        at=timezone.now(),
        keep_until=timezone.now(),
        channel=Channel.WEB,
        purpose=AccessPurpose.ENQUIRY,
        outcome=AccessOutcome.FOUND,
        reason="问",
    )


@pytest.mark.parametrize("place", range(len(READERS)))
def test_a_statement_built_once_gives_what_its_query_set_gives(place: int, people: list[Cardholder]) -> None:
    reader = READERS[place]
    for holder in (*people, *people):
        expected = [plain(row) for row in reader.wanted(holder.pk)]
        with CaptureQueriesContext(connection) as statements:
            found = reader(holder.pk)
        assert [plain(row) for row in found] == expected != []
        assert len(statements) == 1


def test_every_reader_of_the_answer_was_tried() -> None:
    assert len(READERS) == 5
    models_read = {reader.wanted(NOBODY).model for reader in READERS}
    assert models_read == {Application, Card, LossReport, AccessRecord}


def test_a_statement_that_does_not_name_the_holder_is_refused() -> None:
    with pytest.raises(ValueError, match="does not name the holder"):
        OfHolder(lambda _holder: Card.objects.all())(NOBODY)


def test_an_inserted_row_is_the_row_that_save_would_have_written() -> None:
    holder = f.holder()
    for keep in (insert, lambda row: row.save(force_insert=True)):
        row = a_look(holder)
        keep(row)
        found = AccessRecord.objects.get(pk=row.pk)
        assert {field.attname: getattr(found, field.attname) for field in row._meta.concrete_fields} == {
            field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields
        }
