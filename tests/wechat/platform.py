"""The WeChat platform as far as an account sees it: wechatpy encrypts and signs, as an independent reading would."""

import time
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from xml.etree import ElementTree

from django.test import Client
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

TOKEN, AES_KEY = "token0of0the0test", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID, ACCOUNT, SECRET = "wx0123456789abcdef", "gh_0123456789ab", "secret-of-the-account"
ADDRESS = "/wechat/callback/"
SETTINGS = {
    "WECHAT_TOKEN": TOKEN,
    "WECHAT_AES_KEY": AES_KEY,
    "WECHAT_APP_ID": APP_ID,
    "WECHAT_ACCOUNT": ACCOUNT,
    "WECHAT_NAME": "示例社保卡",
    "WECHAT_QR": "http://weixin.qq.com/r/example",
}
_ids = count(1)


def crypto() -> WeChatCrypto:
    return WeChatCrypto(TOKEN, AES_KEY, APP_ID)


def document(**parts: str) -> str:
    """A message as the platform writes it, before it is encrypted."""
    told = {name: text.replace("]]>", "]]]]><![CDATA[>") for name, text in parts.items()}
    return "<xml>" + "".join(f"<{name}><![CDATA[{text}]]></{name}>" for name, text in told.items()) + "</xml>"


def passes(time_machine: Any, seconds: int) -> None:
    """Let so much time pass."""
    time_machine.move_to(datetime.now(UTC) + timedelta(seconds=seconds))


def envelope(inner: str, at: str | None = None, nonce: str = "nonce") -> tuple[dict[str, str], str]:
    """Query and body of the request that carries a message."""
    at = at or str(int(time.time()))
    told = ElementTree.fromstring(crypto().encrypt_message(inner, nonce, at))
    body = document(ToUserName=ACCOUNT, Encrypt=told.findtext("Encrypt") or "")
    query = {"timestamp": at, "nonce": nonce, "encrypt_type": "aes", "msg_signature": told.findtext("MsgSignature")}
    return {name: str(value) for name, value in query.items()}, body


def posted(query: dict[str, str], body: "str | bytes", client: Client | None = None) -> Any:
    data = body.encode() if isinstance(body, str) else body
    return (client or Client()).post(ADDRESS, data, content_type="text/xml", query_params=query)


class Follower:
    """One WeChat account that follows ours."""

    def __init__(self, open_id: str = "") -> None:
        self.open_id = open_id or f"oFollower{next(_ids):019d}"
        self.client = Client()

    def parts(self, kind: str, **parts: str) -> dict[str, str]:
        common = {"ToUserName": ACCOUNT, "FromUserName": self.open_id, "CreateTime": str(int(time.time()))}
        return common | {"MsgType": kind} | parts

    def sends(self, inner: dict[str, str]) -> str:
        """What our account answers, read as WeChat would; empty where it says nothing."""
        response = posted(*envelope(document(**inner)), self.client)
        assert response.status_code == 200, response.status_code
        if response.content == b"success":
            return ""
        told = ElementTree.fromstring(response.content)
        read = {name: told.findtext(name) or "" for name in ("MsgSignature", "TimeStamp", "Nonce")}
        plain = crypto().decrypt_message(response.content, read["MsgSignature"], read["TimeStamp"], read["Nonce"])
        answer = {part.tag: part.text or "" for part in ElementTree.fromstring(plain)}
        assert (answer["ToUserName"], answer["FromUserName"]) == (self.open_id, ACCOUNT)
        assert answer["MsgType"] == "text"
        assert len(answer["Content"].encode()) <= 2048
        return answer["Content"]

    def says(self, text: str, number: str | None = None) -> str:
        return self.sends(self.parts("text", Content=text, MsgId=number or str(next(_ids))))

    def does(self, event: str, key: str = "") -> str:
        return self.sends(self.parts("event", Event=event, EventKey=key))


def verified(at: str, nonce: str, signature: str) -> None:
    """Raise where a signature of a verification is not the platform's."""
    check_signature(TOKEN, signature, at, nonce)
