"""Tables of situations on their way into use: entered by one person, released by another, from a day ahead."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from cards import memory, situations
from cards.models import SituationTable
from cards.rules import china_day
from cards.staff_errors import (
    TableDateNotAhead,
    TableReleasedAlready,
    TableReleasedByAuthor,
    TableVersionTaken,
    TableWrong,
)


def enter(text: str, *, by: Any) -> SituationTable:
    """Write a new table; nobody reads by it before a colleague released it and its day has come."""
    try:
        table = situations.parse(text)
    except situations.TableWrong as wrong:
        raise TableWrong(why=str(wrong)) from wrong
    _ahead(table.valid_from)
    try:
        with transaction.atomic():
            return SituationTable.objects.create(
                version=table.version,
                valid_from=table.valid_from,
                text=text,
                entered_by=by,
                entered_at=timezone.now(),
            )
    except IntegrityError as taken:
        raise TableVersionTaken() from taken


def release(table: SituationTable, *, by: Any) -> None:
    """Let a table be used from its day on."""
    if table.entered_by_id == by.pk:
        raise TableReleasedByAuthor()
    _ahead(table.valid_from)
    waiting = SituationTable.objects.filter(pk=table.pk, entered_by__isnull=False, released_by__isnull=True)
    if waiting.update(released_by=by, released_at=timezone.now()) != 1:
        raise TableReleasedAlready()
    memory.forget_all()


def _ahead(day: Any) -> None:
    if day <= china_day(timezone.now()):
        raise TableDateNotAhead()
