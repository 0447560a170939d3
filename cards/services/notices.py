"""How a person wants to be told, and what the office does with a notice that could not be sent."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from cards.actors import Actor, Proof
from cards.errors import EmailMalformed, NoPhoneOnFile
from cards.models import Cardholder, Notice, NoticeConsent, PaperNumber
from cards.notice_vocabulary import ConsentSource, NoticeChannel, NoticeState
from cards.services import proof
from cards.services.deed import Deed
from cards.services.opening import deed
from cards.vocabulary import Action, Channel, EventKind

_SOURCES = {
    Channel.COUNTER: ConsentSource.COUNTER,
    Channel.WEB: ConsentSource.WEB,
    Channel.WECHAT: ConsentSource.WECHAT,
}


def choose_notices(
    holder: Cardholder,
    wanted: Mapping[str, bool],
    *,
    language: str,
    actor: Actor,
    evidence: Proof,
    email: str = "",
) -> int:
    """Record by which ways a person wants to be told; ways that are not named stay as they are.

    A way that is wanted already keeps its day, unless language or address change; returns how many ways changed.
    """
    with deed(holder, actor) as act:
        proof.check(act, Action.CHOOSE_NOTICES, evidence)
        if wanted.get(NoticeChannel.SMS) and not act.holder.phone:
            raise NoPhoneOnFile()
        now_wanted = NoticeConsent.objects.by_holder([act.holder.pk]).get(act.holder.pk, {})
        mail = now_wanted.get(NoticeChannel.EMAIL)
        if not email.strip() and mail is not None:
            # An office that does not see the address cannot send it back.
            email = mail.address or ""
        address = _clean_email(email) if wanted.get(NoticeChannel.EMAIL) else ""
        changed = 0
        for channel, yes in wanted.items():
            standing = now_wanted.get(channel)
            theirs = address if channel == NoticeChannel.EMAIL else None
            if yes and standing and (standing.language, standing.address) == (language, theirs):
                continue
            if standing is None and not yes:
                continue
            change_consent(act, NoticeChannel(channel), standing, language if yes else None, theirs)
            changed += 1
    return changed


def _clean_email(text: str) -> str:
    """The address that is meant."""
    address = text.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise EmailMalformed() from None
    return address


def change_consent(
    act: Deed, channel: NoticeChannel, standing: NoticeConsent | None, language: str | None, address: str | None
) -> None:
    """End the consent that stands, and give another one where a language is said."""
    source = _SOURCES.get(act.actor.channel, ConsentSource.SENDER)
    if standing is not None:
        act.swap(standing, {"withdrawn_at": None}, withdrawn_at=act.now, withdrawn_source=source)
    if language is None:
        _drop_unsent(act.holder, channel, act.now)
        act.record(EventKind.NOTICES_CHOSEN, act.holder, f"{channel}_ended")
        return
    NoticeConsent.objects.create(
        holder=act.holder, channel=channel, language=language, address=address, given_at=act.now, source=source
    )
    act.record(EventKind.NOTICES_CHOSEN, act.holder, f"{channel}_wanted")


def take_back_consent(holder: Cardholder, channel: NoticeChannel, *, actor: Actor) -> bool:
    """End the consent to one way, without proof: messages that stop harm nobody. Returns whether it stood."""
    with deed(holder, actor) as act:
        standing = NoticeConsent.objects.of(act.holder).in_force().filter(channel=channel).first()
        if standing is None:
            return False
        change_consent(act, channel, standing, None, None)
    return True


def _drop_unsent(holder: Cardholder, channel: NoticeChannel, now: datetime) -> None:
    """Nothing more is sent by a way that is no longer wanted; a message under way is not called back."""
    waiting = Notice.objects.of(holder).filter(channel=channel, state=NoticeState.WAITING, address__isnull=True)
    waiting.update(state=NoticeState.DROPPED, settled_at=now)


def retry_notice(notice: Notice) -> bool:
    """Put a notice that could not be sent back to those that wait; false where somebody did so already."""
    failed = Notice.objects.filter(pk=notice.pk, state=NoticeState.FAILED)
    return bool(failed.update(state=NoticeState.WAITING, attempts=0, due_at=timezone.now(), settled_at=None))


def forget_old_notices(now: datetime, limit: int) -> int:
    """Remove the notices that are kept no longer, with their numbers; the ledger keeps what happened."""
    old = Notice.objects.filter(keep_until__lte=now).order_by("keep_until")
    numbers = list(old.values_list("paper_id", flat=True)[:limit])
    with transaction.atomic():
        Notice.objects.filter(paper__in=numbers).delete()
        PaperNumber.objects.filter(pk__in=numbers).delete()
    return len(numbers)
