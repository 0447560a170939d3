"""Which sender serves which way in this installation, and where a person is reached by it."""

from collections.abc import Callable

from django.conf import settings
from django.utils import timezone

from cards.delivery.outcomes import Sender
from cards.delivery.plain import Console, Email, File
from cards.delivery.sms import Aliyun, Tencent, Webhook
from cards.delivery.wechat import Wechat
from cards.models import Cardholder, Notice, NoticeConsent, WechatBinding
from cards.notice_vocabulary import NoticeChannel

_SMS: dict[str, Callable[[], Sender]] = {
    "aliyun": Aliyun,
    "tencent": Tencent,
    "webhook": Webhook,
    "file": File,
    "console": Console,
}
_EMAIL: dict[str, Callable[[], Sender]] = {"smtp": Email, "file": File, "console": Console}


def sender_of(channel: str) -> Sender | None:
    """The sender of a way; None where the office has not set it up."""
    made: Callable[[], Sender] | None = None
    if channel == NoticeChannel.SMS:
        made = _SMS.get(settings.SMS_BACKEND)
    elif channel == NoticeChannel.EMAIL:
        made = _EMAIL.get(settings.EMAIL_SENDER)
    elif channel == NoticeChannel.WECHAT and settings.WECHAT_SECRET and settings.WECHAT_TEMPLATES:
        made = Wechat
    return made() if made else None


def ways_set_up() -> list[NoticeChannel]:
    """The ways a person can choose from here."""
    return [channel for channel in NoticeChannel if sender_of(channel) is not None]


def address_of(notice: Notice, holder: Cardholder, consent: NoticeConsent | None) -> str:
    """Where a notice goes; empty where there is no address."""
    if notice.address is not None:
        return notice.address
    if notice.channel == NoticeChannel.SMS:
        return holder.phone or ""
    if notice.channel == NoticeChannel.EMAIL and consent is not None:
        return consent.address or ""
    if notice.channel == NoticeChannel.WECHAT:
        binding = WechatBinding.objects.of(holder).in_force(timezone.now()).first()
        return (binding.open_id or "") if binding else ""
    return ""
