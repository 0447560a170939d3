"""Two records of one person become one: what is not ledger moves, and the chains of events stay where they are."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import models, transaction

from cards.errors import PersonErased
from cards.models import (
    AgentAct,
    Amendment,
    Answer,
    Application,
    Cancellation,
    Card,
    CardCertificate,
    Cardholder,
    CardNumberIndex,
    Dispute,
    FollowUp,
    IntakeLine,
    LossReport,
    Merge,
    Notice,
    NoticeConsent,
    Override,
    PaperNumber,
    Replacement,
    WechatBinding,
)
from cards.notice_vocabulary import BindingEnd, ConsentSource
from cards.office_vocabulary import MergeSide
from cards.services.deed import Deed
from cards.services.wechat import unbind
from cards.staff_errors import MergeHasOpenRequests, MergeWithItself, MergeWouldClash, RecordMerged
from cards.vocabulary import EventKind

# What moves to the record that stays. Events, access records and requests to merge stay and are read together with
# those of the other record. The directory's entry stays too: it leads to the ended record, and that leads on.
MOVING: tuple[type[models.Model], ...] = (
    PaperNumber,
    Card,
    CardNumberIndex,
    Application,
    CardCertificate,
    LossReport,
    Cancellation,
    Replacement,
    Dispute,
    Override,
    Amendment,
    Answer,
    FollowUp,
    IntakeLine,
    AgentAct,
    Notice,
    NoticeConsent,
)


def check(holder: Cardholder, other: Cardholder) -> None:
    """Refuse a merge that would leave what no service could have written."""
    if holder.pk == other.pk:
        raise MergeWithItself()
    if holder.merged_into_id or other.merged_into_id:
        raise RecordMerged()
    if other.erased_at is not None:
        raise PersonErased()
    mine, others = (Application.objects.of(one).open() for one in (holder, other))
    if any(mine.rivals(one.kind, one.card_type, one.replaced_card_id).exists() for one in others):
        raise MergeWouldClash()
    if any(model.objects.of(other).pending().exists() for model in (Override, Amendment, Merge)):
        raise MergeHasOpenRequests()


@contextmanager
def both_held(request: Merge) -> Iterator[None]:
    """Hold both records, always in one order, so that two merges cannot wait for each other."""
    with transaction.atomic():
        pair = Cardholder.objects.select_for_update(no_key=True).filter(pk__in=[request.holder_id, request.other_id])
        list(pair.order_by("pk"))
        yield


def merge(act: Deed, request: Merge) -> None:
    """Move every row that is not ledger, lead the ended record to this one, and tell both chains."""
    ended = Cardholder.objects.get(pk=request.other_id)
    check(act.holder, ended)
    there = Deed(ended, act.actor, act.now, act.book)
    act.record(EventKind.MERGED, request, MergeSide.SURVIVES, other=str(ended.pk))
    there.record(EventKind.MERGED, request, MergeSide.ENDS, other=str(act.holder.pk))
    # An account was bound to what the other record held; whoever proves to be this person may bind it anew.
    for binding in WechatBinding.objects.of(ended):
        unbind(there, binding, BindingEnd.MERGED)
    # Which ways are wanted is asked of the record that stays; nobody is told by a way only the other one named.
    NoticeConsent.objects.of(ended).in_force().update(withdrawn_at=act.now, withdrawn_source=ConsentSource.COUNTER)
    for model in MOVING:
        model._default_manager.filter(holder=ended).update(holder=act.holder)
    Cardholder.objects.filter(models.Q(pk=ended.pk) | models.Q(merged_into=ended)).update(merged_into=act.holder)
