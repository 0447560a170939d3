"""The ways to ask beside this website: the hotline and its hours, ways in writing, WeChat; only what is set up."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cards.answers.opening import hotline_state
from cards.hours import told_state, told_week


@dataclass(frozen=True)
class Asking:
    """What the contact page says of each way; empty where the office has not set one up."""

    hours: str
    state: str
    open: bool
    sms: str
    fax: str
    email: str
    sign_video: str
    wechat: str
    wechat_picture: SafeString


def asking(now: datetime) -> Asking:
    """The ways to ask as they stand at a moment; the page must be there without the database, so it asks none."""
    language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    text = settings.HOTLINE_HOURS
    state = hotline_state(now)
    return Asking(
        hours=told_week(text, language),
        state=told_state(state, now),
        open=state.open,
        sms=settings.HOTLINE_SMS,
        fax=settings.HOTLINE_FAX,
        email=settings.HOTLINE_EMAIL,
        sign_video=settings.HOTLINE_SIGN_VIDEO,
        wechat=settings.WECHAT_NAME,
        wechat_picture=qr_code(),
    )


def qr_code() -> SafeString:
    """The QR code of the Official Account, drawn; empty where the office has none."""
    if not settings.WECHAT_QR:
        return SafeString("")
    return _picture(settings.WECHAT_QR, _("QR code of our Official Account"))


@lru_cache(maxsize=4)
def _picture(content: str, label: str) -> SafeString:
    # Its tables fill three megabytes that a worker needs only when it draws one.
    import segno

    drawing = segno.make_qr(content, error="m").svg_inline(
        omitsize=True, border=4, dark="#000", light="#fff", title=label, svgclass="qr", lineclass=None
    )
    # segno escapes the label, and everything else in it is drawn.
    return SafeString(drawing)
