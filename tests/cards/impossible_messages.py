"""Rows of consents, notices and bindings that cannot be, by the constraint that refuses them."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db import models
from django.utils import timezone

from cards import services
from cards.models import OpenIdIndex, WechatBinding
from tests import factories as f
from tests import later
from tests.cards.states import changed, copied, paper


def binding(state: str = "begun") -> Any:
    """A binding that waits for its code, or is claimed or bound."""
    application = f.first_application()
    code = services.begin_binding(application.holder, language="en", actor=f.at_counter(), evidence=f.everything())
    if state != "begun":
        services.claim_binding(code, f"o{uuid.uuid4().hex}")
    if state == "bound":
        services.confirm_binding(application.holder, actor=f.at_counter(), evidence=f.everything())
    return WechatBinding.objects.get(holder=application.holder)


def entered_twice() -> models.Model:
    row = OpenIdIndex.objects.get(binding=binding("claimed"))
    return copied(row)


ROWS: dict[str, list[Callable[[], models.Model]]] = {
    "notice_consent_one_in_force_per_way": [lambda: copied(later.consent())],
    "notice_consent_taken_back_somewhere": [lambda: changed(later.consent(), withdrawn_source="web")],
    "notice_one_per_cause_and_way": [lambda: (lambda row: copied(row, paper=paper(row.holder)))(later.notice())],
    "notice_claimed_by_somebody": [lambda: changed(later.notice(), state="claimed", claim=uuid.uuid4())],
    "notice_kept_after_it_was_owed": [lambda: (lambda row: changed(row, keep_until=row.made_at))(later.notice())],
    "wechat_binding_code_once": [lambda: copied(binding(), holder=f.holder())],
    "wechat_binding_one_per_person": [lambda: copied(binding("bound"), open_id="o2")],
    "wechat_binding_one_begun_per_person": [lambda: copied(binding(), code_digest=b"x" * 32)],
    "wechat_binding_waits_for_one_thing": [
        lambda: changed(binding(), claimed_at=timezone.now()),
        lambda: changed(binding(), code_digest=None),
        lambda: changed(binding("claimed"), code_digest=b"x" * 32),
        lambda: changed(binding("claimed"), open_id=None),
    ],
    "wechat_binding_confirmed_after_the_code": [lambda: changed(binding(), confirmed_at=timezone.now())],
    "open_id_index_key_digest": [entered_twice],
}
