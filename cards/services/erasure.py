"""Erasing a person when the time of keeping is over: directory, sealed values and particulars go, the chain stays."""

import logging
from datetime import datetime

from django.conf import settings

from cards.actors import Actor
from cards.errors import NotDueForErasure, Refusal
from cards.models import (
    AccessRecord,
    Cardholder,
    CardNumberIndex,
    EventDetail,
    IdNumberIndex,
    Notice,
    NoticeConsent,
    PaperNumber,
    WechatBinding,
)
from cards.models.fields import sealed_columns
from cards.notice_vocabulary import NoticeState
from cards.services.deed import Deed
from cards.services.opening import deed
from cards.vocabulary import EventKind

logger = logging.getLogger("cards.services")


def cutoff(now: datetime) -> datetime | None:
    """Before which moment everything about a person must lie; None where the office never erases."""
    years = settings.RETENTION_YEARS
    if not years:
        return None
    try:
        return now.replace(year=now.year - years)
    except ValueError:  # 29 February
        return now.replace(year=now.year - years, day=28)


def erase_cardholder(holder: Cardholder, *, actor: Actor, again: bool = False) -> None:
    """Erase what tells who a person is; rows that only say what was done, and when, stay under a random key.

    `again` repeats an erasure after the restore of an older backup, in which the time may not be over yet.
    """
    with deed(holder, actor) as act:
        before = cutoff(act.now)
        if not again and (before is None or not Cardholder.objects.due_for_erasure(before).filter(pk=holder.pk)):
            raise NotDueForErasure()
        _erase(act)
        for part in Cardholder.objects.filter(merged_into=act.holder, erased_at=None):
            _erase(Deed(part, actor, act.now, act.book))


def _erase(act: Deed) -> None:
    """One record; one that was merged into another has a chain of its own, which tells its end."""
    for directory in (IdNumberIndex, CardNumberIndex):
        directory.objects.filter(holder=act.holder).delete()
    EventDetail.objects.filter(holder=act.holder).delete()
    PaperNumber.objects.of(act.holder).in_force().update(voided_at=act.now)
    AccessRecord.objects.of(act.holder).update(reason=None)
    Notice.objects.of(act.holder).unsent().update(state=NoticeState.DROPPED, claim=None, settled_at=act.now)
    NoticeConsent.objects.of(act.holder).delete()
    WechatBinding.objects.of(act.holder).delete()
    _empty_sealed_values(act)
    act.record(EventKind.ERASED, act.holder)
    Cardholder.objects.filter(pk=act.holder.pk).update(erased_at=act.now)


def _empty_sealed_values(act: Deed) -> None:
    """Every sealed column of every table that belongs to a person, those of tables yet to come included."""
    for model, columns in sealed_columns():
        names = {field.name for field in model._meta.concrete_fields}
        if model is not Cardholder and "holder" not in names:
            continue
        own = {"pk": act.holder.pk} if model is Cardholder else {"holder": act.holder}
        for key in list(model._base_manager.filter(**own).values_list("pk", flat=True)):
            empty = {column.name: None if column.null else column.sealed("", key) for column in columns}
            model._base_manager.filter(pk=key).update(**empty)


def erase_due(now: datetime, limit: int = 100) -> int:
    """Erase the people whose time is over; returns how many."""
    before = cutoff(now)
    if before is None:
        return 0
    erased = 0
    for holder in list(Cardholder.objects.due_for_erasure(before)[:limit]):
        try:
            erase_cardholder(holder, actor=Actor.system())
            erased += 1
        except Refusal:
            # Something happened to this person at this very moment: the others are erased all the same.
            logger.exception("The personal data of holder %s are not erased.", holder.pk)
    return erased
