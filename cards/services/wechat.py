"""Binding a WeChat account to a person: a code shown on the website, typed in the chat, confirmed on the website."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from cards import sealing
from cards.actors import Actor, Proof
from cards.errors import AccountBoundAlready, BindingOver, Refusal
from cards.models import Cardholder, NoticeConsent, OpenIdIndex, WechatBinding
from cards.notice_vocabulary import BindingEnd, NoticeChannel
from cards.paper_number import CODE_ALPHABET
from cards.services import proof
from cards.services.deed import Deed
from cards.services.notices import change_consent
from cards.services.opening import deed
from cards.vocabulary import Action, EventKind

CODE_STANDS, CONFIRM_WITHIN = timedelta(minutes=10), timedelta(minutes=30)
BOUND_FOR = timedelta(days=365)
CODE_LENGTH = 8


def is_set_up() -> bool:
    """Whether the office has an Official Account that talks to this portal."""
    return bool(settings.WECHAT_TOKEN and settings.WECHAT_AES_KEY)


def begin_binding(holder: Cardholder, *, language: str, actor: Actor, evidence: Proof) -> str:
    """Return a new code for whoever proved to be the holder; one asked for before ends, a binding in force stays."""
    with deed(holder, actor) as act:
        proof.check(act, Action.CHOOSE_NOTICES, evidence)
        WechatBinding.objects.of(act.holder).filter(confirmed_at=None).delete()
        # It begins with a digit, so that no word of a chat is taken for one.
        code = secrets.choice("23456789") + "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH - 1))
        WechatBinding.objects.create(
            holder=act.holder,
            language=language,
            code_digest=_digest(code),
            begun_at=act.now,
            until=act.now + CODE_STANDS,
        )
    return code


def _digest(code: str) -> bytes:
    return sealing.keyed_digest("wechat-binding", code)


def claim_binding(code: str, open_id: str) -> WechatBinding | None:
    """Note which account typed a code; None where no such code stands. Nothing is bound before it is confirmed.

    Raises AccountBoundAlready where this account is bound, to whomever.
    """
    now = timezone.now()
    waiting = WechatBinding.objects.begun(now).filter(code_digest=_digest(code)).first()
    if waiting is None:
        return None
    with deed(waiting.holder_id, Actor.system()) as act:
        if WechatBinding.objects.of_account(open_id, now) is not None:
            raise AccountBoundAlready()
        entry = OpenIdIndex.objects.entry(open_id)
        if entry is not None:
            # Begun for somebody before and left alone, or over and not yet cleared away.
            WechatBinding.objects.filter(pk=entry.binding_id).delete()
        act.swap(
            waiting,
            {"code_digest": waiting.code_digest},
            code_digest=None,
            open_id=WechatBinding.open_id.sealed(open_id, waiting.pk),  # type: ignore[attr-defined]
            claimed_at=now,
            until=now + CONFIRM_WITHIN,
        )
        try:
            with transaction.atomic():
                OpenIdIndex.objects.enter(open_id, holder=act.holder, binding=waiting)
        except IntegrityError:
            # The same account typed two codes at once.
            raise AccountBoundAlready() from None
    return waiting


def confirm_binding(holder: Cardholder, *, actor: Actor, evidence: Proof) -> WechatBinding:
    """Bind the account that typed the code, and tell the person by WeChat from now on; an earlier one gives way."""
    with deed(holder, actor) as act:
        proof.check(act, Action.CHOOSE_NOTICES, evidence)
        mine = WechatBinding.objects.of(act.holder)
        claimed = mine.begun(act.now).filter(claimed_at__isnull=False).first()
        if claimed is None:
            raise BindingOver()
        for earlier in mine.filter(confirmed_at__isnull=False):
            unbind(act, earlier, BindingEnd.REPLACED)
        act.swap(claimed, {"confirmed_at": None}, confirmed_at=act.now, until=act.now + BOUND_FOR)
        act.record(EventKind.WECHAT_BOUND, act.holder)
        standing = NoticeConsent.objects.of(act.holder).in_force().filter(channel=NoticeChannel.WECHAT).first()
        change_consent(act, NoticeChannel.WECHAT, standing, claimed.language, None)
    return claimed


def end_binding(holder: Cardholder, how: BindingEnd, *, actor: Actor) -> bool:
    """End a binding, or one that was begun, with all that hangs on it; without proof, for it only protects.

    Returns whether an account was bound.
    """
    with deed(holder, actor) as act:
        bound = False
        for binding in WechatBinding.objects.of(act.holder):
            bound = bound or binding.confirmed_at is not None
            unbind(act, binding, how)
    return bound


def unbind(act: Deed, binding: WechatBinding, how: BindingEnd) -> None:
    """Remove a binding within an act under way, and the wish to be told by it."""
    was_bound = binding.confirmed_at is not None
    binding.delete()
    if not was_bound:
        return
    act.record(EventKind.WECHAT_UNBOUND, act.holder, how)
    standing = NoticeConsent.objects.of(act.holder).in_force().filter(channel=NoticeChannel.WECHAT).first()
    if standing is not None:
        change_consent(act, NoticeChannel.WECHAT, standing, None, None)


def end_old_bindings(now: datetime, limit: int = 500) -> int:
    """End the bindings whose year is over, and forget those that were begun and left; returns how many."""
    over = list(WechatBinding.objects.over(now).order_by("until").values_list("pk", "holder")[:limit])
    for key, holder in over:
        try:
            with deed(holder, Actor.system()) as act:
                for binding in WechatBinding.objects.of(act.holder).over(now).filter(pk=key):
                    unbind(act, binding, BindingEnd.EXPIRED)
        except Refusal:
            # The record was merged or erased: nothing of it may stay reachable by a chat.
            WechatBinding.objects.filter(pk=key).delete()
    return len(over)
