"""A form sent again gets the answer it got: one row per form that was carried out, in the transaction of the act."""

import hmac
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from cards import limits
from cards.errors import ChangedMeanwhile
from cards.models import Cardholder, SentForm
from cards.vocabulary import Action

KEPT = timedelta(days=7)
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Done:
    """What came of a form: the number of its paper, or nothing, when it was carried out, and whether just now."""

    paper: str
    at: datetime
    is_new: bool


def once(holder: Cardholder, key: uuid.UUID, action: Action, content: str, carry_out: Callable[[], str]) -> Done:
    """Carry out a form, or tell what came of it when it was sent before.

    To be called with the holder's row held: the fiftieth sender waits for the first and reads its row.
    """
    digest = limits.key("sent-form", content)
    earlier = SentForm.objects.filter(holder=holder, key=key).first()
    if earlier is not None:
        if not hmac.compare_digest(bytes(earlier.content), digest):
            raise ChangedMeanwhile()
        return Done(earlier.result, earlier.sent_at, is_new=False)
    result, now = carry_out(), timezone.now()
    SentForm.objects.create(holder=holder, key=key, action=action, content=digest, result=result, sent_at=now)
    return Done(result, now, is_new=True)


def insert_once(row: Row, content: Collection[str]) -> Row:
    """Insert a row about nobody under the key its form carried; the same form sent again gets the row it made.

    `content` names the columns by which another form under the same key is told from the same one.
    """
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        made = type(row)._default_manager.filter(pk=row.pk).first()
        if made is None:
            raise
        if any(getattr(made, name) != getattr(row, name) for name in content):
            raise ChangedMeanwhile() from None
        return made
    return row


def forget_sent(now: datetime, limit: int = 500) -> int:
    """Remove some of the rows nobody will send again; returns how many."""
    old = SentForm.objects.filter(sent_at__lte=now - KEPT).order_by("sent_at").values_list("pk", flat=True)[:limit]
    removed, _by_model = SentForm.objects.filter(pk__in=list(old)).delete()
    return removed
