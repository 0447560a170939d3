"""Opening the one transaction of an act on a person's record."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from cards.actors import Actor
from cards.errors import PersonErased, Refusal
from cards.models import Cardholder, LossReport
from cards.models.rule_data import book_on
from cards.rules import china_day
from cards.services.card_status import lapse
from cards.services.deed import Deed
from cards.staff_errors import RecordMerged


@contextmanager
def deed(holder: "Cardholder | uuid.UUID", actor: Actor) -> Iterator[Deed]:
    """Open the one transaction of an act on a holder's record.

    The holder's row is held, so that two writers of one person queue and the chain of events has no forks; who wins
    a decision is still settled by compare-and-swap, because a form may have been opened long before. What is due to
    lapse lapses first, so that no service sees a report in force whose moment has passed.
    """
    with transaction.atomic():
        holder_id = holder.pk if isinstance(holder, Cardholder) else holder
        held = Cardholder.objects.select_for_update(no_key=True).get(pk=holder_id)
        if held.merged_into_id is not None:
            raise RecordMerged()
        if held.erased_at is not None:
            raise PersonErased()
        now = timezone.now()
        act = Deed(held, actor, now, book_on(china_day(now)))
        for report in LossReport.objects.of(held).due_to_lapse(now):
            lapse(act, report)
        try:
            yield act
        except Refusal as refused:
            refused.rule_version, refused.subject = act.book.version, act.subject
            raise
        act.close()


@contextmanager
def deeds(holder_ids: Iterable[uuid.UUID], actor: Actor) -> Iterator[dict[uuid.UUID, Deed]]:
    """Open one transaction for acts on many holders' records; gives the deed of each by the holder's key.

    As `deed`, at one moment for all; whose record was erased or merged gets none. The rows are held in the order of
    their keys, so that two sets which share people queue, and never wait for each other.
    """
    with transaction.atomic():
        held = Cardholder.objects.select_for_update(no_key=True).filter(pk__in=set(holder_ids)).order_by("pk")
        rows = list(held.filter(erased_at=None, merged_into=None))
        now = timezone.now()
        book = book_on(china_day(now))
        acts = {holder.pk: Deed(holder, actor, now, book) for holder in rows}
        for report in LossReport.objects.filter(holder__in=rows).due_to_lapse(now):
            lapse(acts[report.holder_id], report)
        yield acts
        for act in acts.values():
            act.close()
