"""The lists of words of the notices: what is told, by which way, and how far it is."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class NoticeKind(TextChoices):
    """What a notice tells."""

    LOSS_REPORTED = "loss_reported", _("A loss was reported")
    LOSS_CANCELLED = "loss_cancelled", _("A loss report was cancelled")
    LOSS_LAPSES = "loss_lapses", _("An oral report lapses soon")
    AGENT_ACTED = "agent_acted", _("Somebody acted for the person")
    EXCEPTION_USED = "exception_used", _("An exception to a rule was used")
    PHONE_CHANGED = "phone_changed", _("The telephone number was changed")
    CARD_READY = "card_ready", _("The card is ready")
    SOMETHING_NEEDED = "something_needed", _("Something is needed from the person")
    ESTIMATE_MISSED = "estimate_missed", _("The card is late")
    RECALL_SOON = "recall_soon", _("The card is recalled soon")
    PROGRESS_ASKED = "progress_asked", _("The person asked how far the card is")
    RECALLED = "recalled", _("The card was recalled")
    REFUSED = "refused", _("The application was refused")


class NoticeChannel(TextChoices):
    """The ways by which a person may want to be told."""

    SMS = "sms", _("Text message")
    WECHAT = "wechat", _("WeChat")
    EMAIL = "email", _("E-mail")


class NoticeState(TextChoices):
    """How far a notice is."""

    WAITING = "waiting", _("To be sent")
    CLAIMED = "claimed", _("Being sent")
    SENT = "sent", _("Handed to the sender")
    DELIVERED = "delivered", _("Arrived")
    FELL_BACK = "fell_back", _("Sent by text message instead")
    DROPPED = "dropped", _("No longer wanted")
    FAILED = "failed", _("Not sent")


class ConsentSource(TextChoices):
    """Where a person agreed to be told, or took it back."""

    COUNTER = "counter", _("At the counter")
    WEB = "web", _("On this website, with the query code")
    WECHAT = "wechat", _("In WeChat")
    SENDER = "sender", _("The service reported that messages are no longer wanted")


class BindingEnd(TextChoices):
    """How the binding of a WeChat account ended."""

    WEB = "web", _("ended on this website")
    CHAT = "chat", _("ended in the chat")
    COUNTER = "counter", _("ended at a window")
    UNSUBSCRIBED = "unsubscribed", _("the account no longer follows ours")
    REPLACED = "replaced", _("another account took its place")
    EXPIRED = "expired", _("its year is over")
    MERGED = "merged", _("two records were merged")


class NoticeChoice(TextChoices):
    """What the ledger says of a choice."""

    SMS_WANTED = "sms_wanted", _("text messages wanted")
    SMS_ENDED = "sms_ended", _("no more text messages")
    WECHAT_WANTED = "wechat_wanted", _("WeChat messages wanted")
    WECHAT_ENDED = "wechat_ended", _("no more WeChat messages")
    EMAIL_WANTED = "email_wanted", _("e-mail wanted")
    EMAIL_ENDED = "email_ended", _("no more e-mail")
