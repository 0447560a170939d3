"""People who want to be told, and what was sent to them."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from cards import services
from cards.models import Cardholder, NoticeConsent
from cards.notice_vocabulary import ConsentSource, NoticeChannel
from tests import factories as f


def wanting(*ways: str, language: str = "zh-hans", **given: Any) -> Cardholder:
    """A person who said at a window by which ways to be told; in WeChat it is said there."""
    person = f.holder(**given)
    chosen = {way: True for way in ways if way != NoticeChannel.WECHAT}
    if chosen:
        services.choose_notices(
            person,
            chosen,
            language=language,
            email="holder@example.com",
            actor=f.at_counter(),
            evidence=f.everything(),
        )
    if NoticeChannel.WECHAT in ways:
        NoticeConsent.objects.create(
            holder=person,
            channel=NoticeChannel.WECHAT,
            language=language,
            given_at=timezone.now(),
            source=ConsentSource.WECHAT,
        )
    return person


def sent() -> list[dict[str, str]]:
    """Every letter in the file of this test."""
    path = Path(settings.NOTICE_FILE)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
