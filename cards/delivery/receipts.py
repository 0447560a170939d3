"""What the services report back about a message: that it arrived, or that it did not; told twice, it counts once."""

import hmac
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from cards.delivery.signing import is_signed
from cards.models import Notice
from cards.notice_vocabulary import NoticeState

logger = logging.getLogger("cards.notices")
_CODE = re.compile(r"[^\w.-]+")


class ReceiptMalformed(ValueError):
    """The body is none of the forms that are understood."""


@dataclass(frozen=True)
class Receipt:
    """What is told of one message; it is named by our number or by the service's own id."""

    number: str
    remote_id: str
    arrived: bool
    code: str


def is_genuine(key: str, timestamp: str, signature: str, body: bytes) -> bool:
    """Whether a report comes from whom we gave the key to: signed, or, as the services do it, with the key itself."""
    secret = settings.NOTICE_RECEIPT_KEY
    if not secret:
        return False
    if signature:
        return is_signed(secret, timestamp, signature, body)
    return hmac.compare_digest(secret.encode(), key.encode())


def read(told: Any) -> list[Receipt]:
    """Read a report in one of the three forms: Aliyun, Tencent, our own webhook."""
    rows = told if isinstance(told, list) else [told]
    if not rows or len(rows) > 1000 or not all(isinstance(row, dict) for row in rows):
        raise ReceiptMalformed
    return list(_each(rows))


def _each(rows: list[dict[str, Any]]) -> Iterator[Receipt]:
    for row in rows:
        if "biz_id" in row:
            arrived, number, remote = row.get("success") is True, row.get("out_id"), row["biz_id"]
            code = row.get("err_code")
        elif "sid" in row:
            arrived, number, remote = row.get("report_status") == "SUCCESS", "", row["sid"]
            code = row.get("errmsg")
        elif "number" in row:
            arrived, number, remote = row.get("arrived") is True, row["number"], row.get("id")
            code = row.get("code")
        else:
            raise ReceiptMalformed
        yield Receipt(_plain(number), _plain(remote), arrived, _CODE.sub("_", str(code or ""))[:60])


def _plain(value: Any) -> str:
    """An id as text; anything else names nothing."""
    return value if isinstance(value, str) and len(value) <= 80 and value.isprintable() else ""


def record(receipts: list[Receipt]) -> int:
    """Note what arrived and what did not; returns how many notices changed.

    Only a message that was handed over and of which nothing was told yet changes: the first report counts.
    """
    changed = 0
    for receipt in receipts:
        names = Q(paper=receipt.number) if receipt.number else Q(remote_id=receipt.remote_id)
        if not (receipt.number or receipt.remote_id):
            continue
        state = NoticeState.DELIVERED if receipt.arrived else NoticeState.FAILED
        known = Notice.objects.filter(names, state=NoticeState.SENT)
        changed += known.update(
            state=state, settled_at=timezone.now(), failure="" if receipt.arrived else receipt.code or "not_delivered"
        )
    return changed
