"""What is not from the platform is refused before anything of it is read; what is from it is answered once."""

import base64
import random
import time
from threading import Thread
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cards.channels.wechat import protocol
from cards.channels.wechat.words import understood
from cards.models import AccessRecord, AnsweredMessage, LossReport
from tests import factories as f
from tests.wechat import platform
from tests.wechat.binding import bound
from tests.wechat.platform import ADDRESS, Follower, document, envelope, passes, posted

pytestmark = pytest.mark.django_db


# --- the address entered at the platform ----------------------------------------------------------------------------


def verification(at: str = "", late: int = 0, echo: str = "5838479218127813673", **changed: str) -> Any:
    at = at or str(int(time.time()) - late)
    query = {"timestamp": at, "nonce": "1320562132", "echostr": echo}
    query["signature"] = protocol._signature(at, "1320562132")
    return Client().get(ADDRESS, query | changed)


def test_the_platform_reads_its_own_words_back() -> None:
    response = verification()
    assert response.status_code == 200
    assert response.content == b"5838479218127813673"
    assert response["Content-Type"].startswith("text/plain")


def test_our_signature_is_the_platforms() -> None:
    platform.verified("1700000000", "nonce", protocol._signature("1700000000", "nonce"))


@pytest.mark.parametrize(
    "changed",
    [
        {"signature": "0" * 40},
        {"signature": ""},
        {"signature": "é"},
        {"nonce": "another"},
        {"echo": "<script>alert(1)</script>"},
        {"echo": "../../etc"},
        {"echo": ""},
        {"echo": "1" * 65},
        {"late": 301},
        {"late": -310},
        {"at": "١٧٠٠٠٠٠٠٠٠"},
        {"at": "-1"},
    ],
    ids=str,
)
def test_a_verification_that_is_not_the_platforms_is_refused(changed: dict[str, Any]) -> None:
    response = verification(**changed)
    assert response.status_code == 403
    assert response.content == b""


def test_without_an_account_there_is_no_such_address(settings: Any) -> None:
    settings.WECHAT_TOKEN = ""
    assert verification().status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "head"])
def test_other_methods_are_refused(method: str) -> None:
    assert getattr(Client(), method)(ADDRESS).status_code == 405


# --- messages -------------------------------------------------------------------------------------------------------


def hello(follower: Follower) -> str:
    return document(**follower.parts("text", Content="help", MsgId="1"))


def sealed(plain: bytes) -> str:
    """Any bytes encrypted as the platform does, without its padding."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key = base64.b64decode(platform.AES_KEY + "=")
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def framed(inner: bytes, length: int | None = None, app: str = platform.APP_ID, padding: bytes = b"") -> str:
    plain = b"r" * 16 + (len(inner) if length is None else length).to_bytes(4, "big") + inner + app.encode()
    missing = 32 - len(plain) % 32
    return sealed(plain + (padding or bytes([missing])) * (1 if padding else missing))


def signed(encrypted: str, outer: str | None = None, at: str | None = None) -> tuple[dict[str, str], str]:
    """A request whose signature is right, whatever it carries."""
    at = at or str(int(time.time()))
    query = {"timestamp": at, "nonce": "n", "msg_signature": protocol._signature(at, "n", encrypted)}
    body = document(ToUserName=platform.ACCOUNT, Encrypt=encrypted) if outer is None else outer
    return query, body


def tampered(name: str, value: str) -> tuple[dict[str, str], str]:
    query, body = envelope(hello(Follower()))
    return query | {name: value}, body


def without(name: str) -> tuple[dict[str, str], str]:
    query, body = envelope(hello(Follower()))
    query.pop(name)
    return query, body


def bad_requests() -> dict[str, tuple[dict[str, str], "str | bytes"]]:
    inner = hello(Follower()).encode()
    right = framed(inner)
    query, body = envelope(hello(Follower()))
    return {
        "plain message, unsigned": ({}, hello(Follower())),
        "plain message under the old signature": (
            {"timestamp": query["timestamp"], "nonce": "n", "signature": protocol._signature(query["timestamp"], "n")},
            hello(Follower()),
        ),
        "downgraded by its own word": (query | {"encrypt_type": "raw"}, body),
        "both plain and encrypted, forged outside": (query | {"msg_signature": "0" * 40}, body),
        "signature of nothing": tampered("msg_signature", ""),
        "signature not ASCII": tampered("msg_signature", "é" * 40),
        "signature of another nonce": tampered("nonce", "other"),
        "signature of another moment": tampered("timestamp", str(int(time.time()) - 1)),
        "no signature": without("msg_signature"),
        "no moment": without("timestamp"),
        "stale": envelope(hello(Follower()), at=str(int(time.time()) - 301)),
        "from the future": envelope(hello(Follower()), at=str(int(time.time()) + 310)),
        "no body": (query, ""),
        "no XML": (query, "Encrypt"),
        "not UTF-8": (query, body.encode("utf-16")),
        "another root": (query, body.replace("xml>", "html>")),
        "Encrypt twice": signed(right, f"<xml><Encrypt>{right}</Encrypt><Encrypt>{right}</Encrypt></xml>"),
        "Encrypt with something in it": signed(right, f"<xml><Encrypt>{right}<b/></Encrypt></xml>"),
        "empty Encrypt": signed("", "<xml><Encrypt></Encrypt></xml>"),
        "document type": signed(right, f'<!DOCTYPE xml SYSTEM "x"><xml><Encrypt>{right}</Encrypt></xml>'),
        "entities": signed(
            right, f'<!DOCTYPE x [<!ENTITY a "b">]><xml><ToUserName>&a;</ToUserName><Encrypt>{right}</Encrypt></xml>'
        ),
        "no base64": signed("%%%%"),
        "base64 with a break": signed(right[:8] + "\n" + right[8:]),
        "half a block": signed(base64.b64encode(b"x" * 16).decode()),
        "nothing encrypted": signed(base64.b64encode(b"").decode()),
        "random blocks": signed(base64.b64encode(bytes(range(64))).decode()),
        "padding too long": signed(sealed(b"x" * 31 + b"\x21")),
        "padding of zero": signed(sealed(b"x" * 31 + b"\0")),
        "padding not whole": signed(sealed(b"x" * 30 + b"\x03\x03")),
        "nothing but padding": signed(sealed(b"\x20" * 32)),
        "length beyond the end": signed(framed(inner, length=100_000)),
        "length of all ones": signed(framed(inner, length=2**32 - 1)),
        "another app": signed(framed(inner, app="wxother")),
        "app with a tail": signed(framed(inner, app=platform.APP_ID + "x")),
        "no app": signed(framed(inner, app="")),
        "inner no XML": signed(framed(b"\xff\xfe")),
        "inner with a document type": signed(framed(b"<!DOCTYPE xml [<!ENTITY a 'b'>]>" + inner)),
        "inner element twice": signed(framed(inner.replace(b"</xml>", b"<MsgType>event</MsgType></xml>"))),
        "to another account": signed(framed(inner.replace(platform.ACCOUNT.encode(), b"gh_other"))),
        "outer to another account": signed(right, document(ToUserName="gh_other", Encrypt=right)),
        "from nobody": signed(framed(document(ToUserName=platform.ACCOUNT, MsgType="text").encode())),
        "from no account": signed(
            framed(document(ToUserName=platform.ACCOUNT, FromUserName="o 1\n", MsgType="text").encode())
        ),
        "of no kind": signed(framed(document(ToUserName=platform.ACCOUNT, FromUserName="o1").encode())),
    }


@pytest.mark.parametrize("name", bad_requests())
def test_what_the_platform_did_not_send_gets_a_quiet_no(name: str, client: Client) -> None:
    query, body = bad_requests()[name]
    response = posted(query, body, client)
    assert (response.status_code, response.content) == (403, b"")
    assert not response.cookies
    assert not AnsweredMessage.objects.exists()


def test_the_signature_is_looked_at_before_anything_is_decrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "_decrypted", lambda text: pytest.fail("decrypted"))
    query, body = envelope(hello(Follower()))
    assert posted(query | {"msg_signature": "0" * 40}, body).status_code == 403


def test_a_body_that_is_too_long_is_refused_unread(client: Client) -> None:
    query, _body = envelope(hello(Follower()))
    assert posted(query, b"<xml>" + b" " * protocol.LONGEST, client).status_code == 413


def test_ten_thousand_mutated_bodies_bring_no_fault() -> None:
    """Bits turned, pieces cut out, doubled and put elsewhere, in the envelope and, signed anew, in what it holds."""
    lot, client = random.Random(20261126), Client(raise_request_exception=True)
    inner = hello(Follower()).encode()
    seen: dict[int, int] = {}
    for number in range(10_000):
        if number % 2:
            query, text = envelope(hello(Follower()))
            body = mutated(text.encode(), lot)
        else:
            query, told = signed(framed(mutated(inner, lot)))
            body = told.encode()
        status = posted(query, body, client).status_code
        seen[status] = seen.get(status, 0) + 1
    assert set(seen) <= {200, 403}, seen
    assert seen[403] > 5_000


def mutated(data: bytes, lot: random.Random) -> bytes:
    turned = bytearray(data)
    for _ in range(lot.randint(1, 4)):
        at, kind = lot.randrange(len(turned) or 1), lot.randrange(5)
        if kind == 0 and turned:
            turned[at] ^= 1 << lot.randrange(8)
        elif kind == 1:
            turned[at : at + lot.randint(1, 20)] = b""
        elif kind == 2:
            turned[at:at] = turned[at : at + lot.randint(1, 40)]
        elif kind == 3:
            turned[at:at] = lot.choice([b"]]>", b"<![CDATA[", b"\0", b"\xff", b"<a>", b"&lt;", b"<!--", b"&#0;"])
        else:
            other = lot.randrange(len(turned) or 1)
            turned[at:at], turned[other : other + 5] = turned[other : other + 9], b""
    return bytes(turned)


@given(st.text())
def test_no_text_is_too_strange_to_be_understood(text: str) -> None:
    understood(text)


# --- answered once --------------------------------------------------------------------------------------------------


def test_a_text_cannot_leave_its_place_in_the_reply(follower: Follower) -> None:
    told = "]]></Content><MsgType>x</MsgType>\0\ud83d"
    message = protocol.Message({"FromUserName": follower.open_id})
    reply = protocol.reply(message, told)
    read = {part.tag: part.text for part in fromstring(reply.decode())}
    plain = platform.crypto().decrypt_message(reply, read["MsgSignature"], read["TimeStamp"], read["Nonce"])
    answer = {part.tag: part.text for part in fromstring(plain)}
    assert answer["Content"] == "]]></Content><MsgType>x</MsgType>"
    assert answer["MsgType"] == "text"


def test_the_same_message_again_gets_the_same_answer_and_counts_once(follower: Follower) -> None:
    receipt = f.first_application().receipt_id
    parts = follower.parts("text", Content=receipt, MsgId="77")
    told = {follower.sends(parts) for _ in range(3)}
    assert len(told) == 1
    assert "Your application has been accepted" in told.pop()
    assert AccessRecord.objects.filter(channel="wechat").count() == 1


def test_a_replayed_loss_report_has_one_effect() -> None:
    chat, card = bound()
    code = chat.code_in(chat.says("lost"))
    parts = chat.parts("text", Content=f"confirm loss {code}", MsgId="78")
    request = envelope(document(**parts))
    replies = {posted(*request).status_code for _ in range(4)}
    assert replies == {200}
    assert LossReport.objects.filter(card=card).count() == 1
    assert chat.sends(parts).startswith("Reported lost")


def test_a_message_that_failed_is_answered_when_it_comes_again(
    follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cards.channels.wechat import conversation

    whole = conversation.answer
    monkeypatch.setattr(conversation, "answer", lambda message: 1 / 0)
    parts = follower.parts("text", Content="help", MsgId="79")
    with pytest.raises(ZeroDivisionError):
        follower.sends(parts)
    monkeypatch.setattr(conversation, "answer", whole)
    assert "12 digits" in follower.sends(parts)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_get_one_answer() -> None:
    chat, card = bound()
    code = chat.code_in(chat.says("lost"))
    request = envelope(document(**chat.parts("text", Content=f"confirm loss {code}", MsgId="80")))
    statuses: list[int] = []

    def send() -> None:
        try:
            statuses.append(posted(*request).status_code)
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 20
    assert LossReport.objects.filter(card=card).count() == 1
    assert AnsweredMessage.objects.count() == 3


def test_what_was_answered_lies_sealed_and_for_minutes(follower: Follower, time_machine: Any) -> None:
    from cards.management import jobs

    receipt = f.first_application().receipt_id
    told = follower.says(receipt)
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, reply FROM cards_answeredmessage")
        (row,) = cursor.fetchall()
    assert all(told[:12].encode() not in bytes(part) for part in row)
    assert all(follower.open_id.encode() not in bytes(part) for part in row)
    jobs.remove_answered_messages()
    assert AnsweredMessage.objects.count() == 1
    passes(time_machine, 16 * 60)
    jobs.remove_answered_messages()
    assert AnsweredMessage.objects.count() == 0
