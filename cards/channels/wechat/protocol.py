"""The protocol of a WeChat Official Account in safe mode: signatures, encryption, XML both ways; no meaning.

A message is refused before anything of it is decrypted unless its signature fits, and whole unless every part is as
the platform makes it. Nothing unencrypted is ever taken, whatever the request says of itself.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

from cards import sealing

LONGEST = 64 * 1024
SKEW = 300
BLOCK = 32
_ECHO = re.compile(r"[0-9A-Za-z]{1,64}")
_OPEN_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,11}")
# XML 1.0 has no place for these; a text with one of them would make the whole reply unreadable.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What makes one message different from another, and is the same in each repetition of it.
_SAME = ("FromUserName", "CreateTime", "MsgType", "MsgId", "Event", "EventKey")


class MessageRefused(Exception):
    """What came is not what the platform sends to this account."""


@dataclass(frozen=True)
class Message:
    """A message or event of one follower, decrypted."""

    fields: Mapping[str, str]

    @property
    def open_id(self) -> str:
        """The account it comes from, as the platform names it to us."""
        return self.fields["FromUserName"]

    @property
    def kind(self) -> str:
        """The kind of a message in small letters; of an event its name after a stroke: `event/click`."""
        kind = self.fields.get("MsgType", "").lower()
        return f"{kind}/{self.fields.get('Event', '').lower()}" if kind == "event" else kind

    @property
    def key(self) -> bytes:
        """The same for every repetition of a message, and for nothing else; says nothing to whoever has no key."""
        return sealing.keyed_digest("wechat-message", *(self.fields.get(name, "") for name in _SAME))


def echo(query: Mapping[str, str]) -> str:
    """Return what the platform wants to read back when the address is entered there, or raise MessageRefused."""
    _check(query, query.get("signature", ""))
    said = query.get("echostr", "")
    if not _ECHO.fullmatch(said):
        raise MessageRefused("echo")
    return said


def receive(query: Mapping[str, str], body: bytes) -> Message:
    """Return the message in a request, or raise MessageRefused."""
    outer = _fields(body)
    encrypted = outer.get("Encrypt", "")
    if not encrypted or query.get("encrypt_type", "aes") != "aes":
        raise MessageRefused("unencrypted")
    _check(query, query.get("msg_signature", ""), encrypted)
    fields = _fields(_decrypted(encrypted))
    if not {outer.get("ToUserName", settings.WECHAT_ACCOUNT), fields.get("ToUserName")} == {settings.WECHAT_ACCOUNT}:
        raise MessageRefused("account")
    if not _OPEN_ID.fullmatch(fields.get("FromUserName", "")) or not fields.get("MsgType"):
        raise MessageRefused("incomplete")
    return Message(fields)


def reply(message: Message, text: str) -> bytes:
    """Return an encrypted and signed text message to whoever sent `message`."""
    at = str(int(time.time()))
    parts = {"ToUserName": message.open_id, "FromUserName": settings.WECHAT_ACCOUNT}
    encrypted = _encrypted(_xml(parts | {"CreateTime": at, "MsgType": "text", "Content": text}).encode())
    nonce = secrets.token_hex(8)
    signature = _signature(at, nonce, encrypted)
    return _xml({"Encrypt": encrypted, "MsgSignature": signature, "TimeStamp": at, "Nonce": nonce}).encode()


def _signature(*parts: str) -> str:
    # SHA-1 is the platform's choice.
    joined = "".join(sorted([settings.WECHAT_TOKEN, *parts])).encode("utf-8", "surrogatepass")
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def _check(query: Mapping[str, str], signature: str, *more: str) -> None:
    """Refuse what is not signed with our token, or not signed just now."""
    at, nonce = query.get("timestamp", ""), query.get("nonce", "")
    expected = _signature(at, nonce, *more)
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass")):
        raise MessageRefused("signature")
    if not _DIGITS.fullmatch(at) or abs(time.time() - int(at)) > SKEW:
        raise MessageRefused("stale")


def _fields(xml: bytes) -> dict[str, str]:
    """Return the elements of a flat document by name; what lies deeper is left out, what stands twice is refused."""
    # Few processes ever read XML, so only they carry its parser.
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(xml) > LONGEST:
        raise MessageRefused("length")
    try:
        # As text: then no declaration can choose another encoding.
        root = fromstring(xml.decode("utf-8"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise MessageRefused("xml") from None
    names = [part.tag for part in root]
    if root.tag != "xml" or len(names) != len(set(names)):
        raise MessageRefused("xml")
    return {part.tag: part.text or "" for part in root if not len(part)}


def _xml(parts: Mapping[str, str]) -> str:
    """Return a flat document; a text that would end its own CDATA section is split over two."""
    told = ((name, _NO_XML.sub("", text).replace("]]>", "]]]]><![CDATA[>")) for name, text in parts.items())
    return f"<xml>{''.join(f'<{name}><![CDATA[{text}]]></{name}>' for name, text in told)}</xml>"


def _cipher() -> "Cipher[modes.CBC]":
    key = base64.b64decode(settings.WECHAT_AES_KEY + "=")
    return Cipher(algorithms.AES256(key), modes.CBC(key[:16]))


def _decrypted(text: str) -> bytes:
    try:
        blob = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise MessageRefused("base64") from None
    if not blob or len(blob) % BLOCK:
        raise MessageRefused("blocks")
    decryptor = _cipher().decryptor()
    plain = decryptor.update(blob) + decryptor.finalize()
    padding = plain[-1]
    if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
        raise MessageRefused("padding")
    head, rest = plain[:20], plain[20:-padding]
    (length,) = struct.unpack(">16xI", head)
    if len(plain) - padding < len(head) or length > len(rest):
        raise MessageRefused("length")
    if not hmac.compare_digest(rest[length:], settings.WECHAT_APP_ID.encode()):
        raise MessageRefused("app")
    return rest[:length]


def _encrypted(message: bytes) -> str:
    plain = secrets.token_bytes(16) + struct.pack(">I", len(message)) + message + settings.WECHAT_APP_ID.encode()
    padding = BLOCK - len(plain) % BLOCK
    encryptor = _cipher().encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()
