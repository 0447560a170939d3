"""Which sender serves which way in this installation, and where a person is reached by it."""

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from cards.delivery.outcomes import Sender
from cards.models import Cardholder, Notice, NoticeConsent, WechatBinding
from cards.notice_vocabulary import NoticeChannel

# By name, because the worker alone sends: a process that serves pages does not carry mail, TLS and signers.
_SMS = {
    "aliyun": "sms.Aliyun",
    "tencent": "sms.Tencent",
    "webhook": "sms.Webhook",
    "file": "plain.File",
    "console": "plain.Console",
}
_EMAIL = {"smtp": "plain.Email", "file": "plain.File", "console": "plain.Console"}


def _name_of(channel: str) -> str:
    """The name of the sender that serves a way here; empty where the office has not set it up."""
    if channel == NoticeChannel.SMS:
        return _SMS.get(settings.SMS_BACKEND, "")
    if channel == NoticeChannel.EMAIL:
        return _EMAIL.get(settings.EMAIL_SENDER, "")
    return "wechat.Wechat" if settings.WECHAT_SECRET and settings.WECHAT_TEMPLATES else ""


def sender_of(channel: str) -> Sender | None:
    """The sender of a way; None where the office has not set it up."""
    name = _name_of(channel)
    made: Sender | None = import_string(f"cards.delivery.{name}")() if name else None
    return made


def ways_set_up() -> list[NoticeChannel]:
    """The ways a person can choose from here."""
    return [channel for channel in NoticeChannel if _name_of(channel)]


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
