"""The pages of notices and of WeChat, and the way to them."""

import uuid
from typing import TYPE_CHECKING

from django.test import override_settings
from django.utils import timezone

from cards import notices, services
from cards.channels.web.enquiry import CITIZEN
from cards.channels.web.notices import SHOWN_CODE
from cards.models import Notice
from cards.notice_vocabulary import NoticeKind, NoticeState
from tests import factories
from tests.browser.visitor import Visitor

if TYPE_CHECKING:
    from tests.browser.places import People


def to_be_told(visitor: Visitor, people: "People") -> None:
    """How the person wants to be told, after an answer in full."""
    visitor.ask(people.collected.holder.id_number, people.collected.receipt.query_code)
    visitor.page.goto("/status/notices/")
    assert visitor.page.locator("fieldset.choices, main p").count()


@override_settings(
    WECHAT_TOKEN="token", WECHAT_AES_KEY="k" * 43, WECHAT_NAME="示例社保卡", WECHAT_QR="http://weixin.qq.com/r/x"
)
def wechat_code(visitor: Visitor, people: "People") -> None:
    """A code to type in WeChat, with the account's QR code."""
    visitor.ask(people.collected.holder.id_number, people.collected.receipt.query_code)
    visitor.page.goto("/status/wechat/")
    visitor.press(visitor.page.locator("main form button").first)
    assert visitor.page.locator("main .code").count()


@override_settings(WECHAT_TOKEN="token", WECHAT_AES_KEY="k" * 43)
def wechat_to_confirm(visitor: Visitor, people: "People") -> None:
    """An account typed the code: was it the person?"""
    visitor.ask(people.collected.holder.id_number, people.collected.receipt.query_code)
    made = services.begin_binding(people.collected.holder, language="en", actor=CITIZEN, evidence=SHOWN_CODE)
    services.claim_binding(made, f"o{people.collected.pk.hex}")
    visitor.page.goto("/status/wechat/")
    assert visitor.page.locator("[value=confirm]").count()


def message_checked(visitor: Visitor, people: "People") -> None:
    """A message that is ours."""
    now, way = timezone.now(), {"sms": True}
    services.choose_notices(
        people.collected.holder,
        way,
        language="en",
        actor=factories.at_counter(),
        evidence=factories.everything(),
    )
    cause = f"seen:{uuid.uuid4()}"
    notices.remind(people.collected, NoticeKind.RECALLED, cause=cause, now=now, day=now.date())
    number = Notice.objects.get(cause=cause).paper
    Notice.objects.filter(cause=cause).update(state=NoticeState.SENT, sent_at=now)
    visitor.page.goto("/verify/")
    visitor.page.locator("[name=number]").fill(number.number)
    visitor.press(visitor.page.locator("main form button").first)
    assert visitor.page.locator("[data-verdict=message]").count()


PUBLIC = {
    "a message from us": message_checked,
    "to be told": to_be_told,
    "a code for WeChat": wechat_code,
    "an account to confirm": wechat_to_confirm,
}
