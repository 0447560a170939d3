"""Subscription messages of the WeChat Official Account: one call with a token that all of a process shares."""

import json
import logging
import threading
import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from cards.delivery.calling import call
from cards.delivery.outcomes import Letter, NotSent, OutcomeUnknown, Refused, Unsubscribed

logger = logging.getLogger("cards.notices")
# A token is used no longer than this before its end: it must not run out on the way.
MARGIN = 300.0
TOKEN_ENDED = {40001, 40014, 42001}
REFUSED_BY_THE_PERSON = {43101, 43004}
BUSY = {-1: 30.0, 45009: 3600.0, 45011: 60.0, 45047: 60.0}
# The platform's own limits of the fields of a template, in characters.
FIELD_LENGTHS = {"thing": 20, "character_string": 32, "phrase": 5, "short_thing": 20}


class _Token:
    """The access token of this process; `stable_token` gives every process the same one, so none ends another's."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.value, self.ends = "", 0.0

    def get(self, ended: str = "") -> str:
        """A token that stands; `ended` names one that the platform takes no longer."""
        with self.lock:
            if not self.value or time.monotonic() >= self.ends or self.value == ended:
                self._ask(force=False)
                # Another process may have renewed it already. Only where the shared one itself ended before its time
                # is a new one forced: that ends the old one for everybody, and the platform allows few a day.
                if self.value == ended:
                    self._ask(force=True)
            return self.value

    def _ask(self, *, force: bool) -> None:
        told = _post(
            "/cgi-bin/stable_token",
            {
                "grant_type": "client_credential",
                "appid": settings.WECHAT_APP_ID,
                "secret": settings.WECHAT_SECRET,
                "force_refresh": force,
            },
        )
        if not isinstance(told.get("access_token"), str):
            raise _ended(told.get("errcode"))
        self.value = told["access_token"]
        self.ends = time.monotonic() + max(0.0, float(told.get("expires_in", 0)) - MARGIN)

    def forget(self) -> None:
        """Ask anew at the next call."""
        with self.lock:
            self.value, self.ends = "", 0.0


token = _Token()


class Wechat:
    """The platform's subscription messages (`message/subscribe/bizsend`)."""

    def send(self, letter: Letter) -> str:
        """Hand over; a token that ended early is renewed once."""
        used = token.get()
        told = self._send(letter, used)
        if told.get("errcode") in TOKEN_ENDED:
            told = self._send(letter, token.get(ended=used))
        if told.get("errcode") != 0:
            raise _ended(told.get("errcode"))
        return str(told.get("msgid", ""))

    def find(self, letter: Letter) -> str | None:
        """The platform cannot be asked for what was sent."""
        return None

    def _send(self, letter: Letter, access_token: str) -> dict[str, Any]:
        path = f"/cgi-bin/message/subscribe/bizsend?{urlencode({'access_token': access_token})}"
        return _post(path, {"touser": letter.to, "template_id": _template_of(letter), "data": _fields_of(letter)})


def _template_of(letter: Letter) -> str:
    templates = settings.WECHAT_TEMPLATES
    found = templates.get(f"{letter.kind}.{letter.language}") or templates.get(letter.kind) or templates.get("any")
    if not found:
        raise Refused("no_template")
    return found


def _fields_of(letter: Letter) -> dict[str, dict[str, str]]:
    """What the template shows, under the names that the platform gave its fields."""
    fields = {}
    for part, name in settings.WECHAT_FIELDS.items():
        value = letter.message.fields.get(part, "")
        if value:
            most = FIELD_LENGTHS.get(name.rstrip("0123456789"))
            fields[name] = {"value": value[:most]}
    return fields


def _post(path: str, told: dict[str, Any]) -> dict[str, Any]:
    status, answer = call(
        f"{settings.WECHAT_API}{path}",
        json.dumps(told, ensure_ascii=False).encode(),
        {"Content-Type": "application/json; charset=utf-8"},
    )
    if not isinstance(answer, dict):
        raise OutcomeUnknown(f"http_{status}")
    return answer


def _ended(code: Any) -> Exception:
    """What an error of the platform means for a letter."""
    if code in REFUSED_BY_THE_PERSON:
        return Unsubscribed(f"wechat_{code}")
    if code in BUSY:
        return NotSent(f"wechat_{code}", BUSY[code])
    if code in TOKEN_ENDED:
        return NotSent(f"wechat_{code}", 60.0)
    return Refused(f"wechat_{code}" if isinstance(code, int) else "wechat_error")
