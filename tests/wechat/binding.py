"""People who bound their WeChat account, by the way a person goes: website, chat, website."""

import re
from typing import Any

from django.test import Client

from cards.models import Card, Cardholder
from tests import factories as f
from tests.wechat.platform import Follower

PAGE = "/status/wechat/"


class Chat(Follower):
    """The same, of somebody who reads what is said."""

    @staticmethod
    def code_in(text: str) -> str:
        found = re.search(r"(?:confirm loss |确认挂失)(\d{4})", text)
        assert found, text
        return found[1]


def opened(holder: Cardholder, code: str, language: str = "en") -> Client:
    """A browser in which this person's answer is open in full."""
    client = Client(headers={"accept-language": language})
    client.cookies["lang"] = language
    data = {"id_number": holder.id_number}
    assert client.post("/status/", data).status_code == 303
    assert client.post("/status/code/", {"code": code}).status_code == 303
    return client


def code_on(response: Any) -> str:
    """The code a page shows."""
    found = re.search(r'class="code">([0-9A-Z]{4}) ([0-9A-Z]{4})<', response.content.decode())
    assert found
    return found[1] + found[2]


def bind(client: Client, chat: Follower) -> None:
    """Take a code from the page, send it, and confirm."""
    told = chat.says(code_on(client.post(PAGE, {"step": "code"})))
    assert "until then nothing is bound" in told or "确认之前不会绑定" in told, told
    assert client.post(PAGE, {"step": "confirm"}).status_code == 303


def bound(language: str = "en", **given: Any) -> tuple[Chat, Card]:
    """A chat that is bound to a person with a card and a first application of another kind."""
    card = f.card(f.holder(**given))
    application = f.first_application(card.holder)
    chat = Chat()
    bind(opened(card.holder, application.receipt.query_code, language), chat)
    return chat, card
