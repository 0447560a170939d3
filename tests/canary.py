"""A person with telling data: the acts that can touch a card, and every spelling in which a trace could be left."""

import base64
import hashlib
import json
import urllib.parse
from collections.abc import Iterator

from cards import services, told
from cards.models import Cardholder
from cards.vocabulary import Party, Stage
from tests import factories as f
from tests import later

CANARY = {"name": "欧阳金丝雀", "phone": "13987654321"}
CANARY_EMAIL = "canary-bird@example.com"
CANARY_ACCOUNT = "oCanaryBird0123456789ABCDEFG"
CANARY_CARD, NEW_CARD = "CANARYCARD77", "CANARYCARD88"
AGENT_NAME = "司徒代办"
NEW_NAME, NEW_PHONE = "金丝雀新名", "13700001111"


def canary_flow() -> tuple[Cardholder, list[str]]:
    """Take the person through every act that can touch a card; returns what must stay sealed."""
    person = f.holder(**CANARY)
    agent_number = f.synthetic_id_number()
    card = f.card(person, card_number=CANARY_CARD)
    services.choose_notices(
        person,
        {"sms": True, "email": True},
        language="zh-hans",
        email=CANARY_EMAIL,
        actor=f.at_counter(),
        evidence=f.everything(),
    )
    code = services.begin_binding(person, language="en", actor=f.at_counter(), evidence=f.everything())
    services.claim_binding(code, CANARY_ACCOUNT)
    services.confirm_binding(person, actor=f.at_counter(), evidence=f.everything())
    agent = f.everything(agent_name=AGENT_NAME, agent_id_number=agent_number, card_number=CANARY_CARD)
    f.oral_report(card)
    report = services.report_loss(card, form="written", actor=f.at_counter(party=Party.AGENT), evidence=agent)
    services.cancel_loss_report(report, actor=f.at_counter(), evidence=f.everything(card_number=CANARY_CARD))
    report = f.written_report(card)
    made = services.replace_card(
        report, delivery_outlet=f.OutletFactory(), actor=f.at_counter(party=Party.AGENT), evidence=agent
    )
    f.walk_to(made.application, Stage.READY)
    new = f.everything(
        agent_name=AGENT_NAME,
        agent_id_number=agent_number,
        card_number=NEW_CARD,
        certificate_number=made.application.certificate.paper_id,
    )
    services.hand_over(
        made.application, actor=f.at_counter(made.application.delivery_outlet, Party.AGENT), evidence=new
    )
    other = later.everything_happens_to(person, why=f"{CANARY['name']}急需用卡", name=NEW_NAME)
    refused_one = f.first_application(person)
    services.advance(refused_one, "refuse", actor=f.at_office(), reason=f"{CANARY['name']}的照片不合格")
    told.tell(person, actor=f.on_phone())
    services.note_caller(CANARY["phone"], refused_one.receipt_id)
    papers = [paper.query_code for paper in person.papers.all()]
    people = [
        *CANARY.values(),
        CANARY_EMAIL,
        CANARY_ACCOUNT,
        person.id_number,
        NEW_NAME,
        NEW_PHONE,
        other.name,
        other.id_number,
    ]
    return person, [*people, CANARY_CARD, NEW_CARD, AGENT_NAME, agent_number, *papers]


def spellings(secret: str) -> dict[str, bytes]:
    """How a text may stand in a file, a log or an address; also under the hashes anybody can compute."""
    raw = secret.encode()
    quoted = urllib.parse.quote(secret, safe="")
    found = {
        "as it is": raw,
        "in small letters": secret.lower().encode(),
        "full-width": secret.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")).encode(),
        "in an address": quoted.encode(),
        "in an address, small": quoted.lower().encode(),
        "in an address twice": urllib.parse.quote(quoted, safe="").encode(),
        "JSON": json.dumps(secret).strip('"').encode(),
        "JSON in JSON": json.dumps(json.dumps(secret)).strip('"').encode().replace(b'\\"', b""),
        "HTML": "".join(f"&#{ord(c)};" for c in secret).encode(),
        "bytes of Python": repr(raw)[2:-1].encode(),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "UTF-16": secret.encode("utf-16-le"),
        "UTF-16, big end first": secret.encode("utf-16-be"),
        "GB18030": secret.encode("gb18030"),
        "backwards": secret[::-1].encode(),
    }
    for name in ("md5", "sha1", "sha256"):
        digest = hashlib.new(name, raw)
        found |= {name: digest.digest(), f"{name}, hex": digest.hexdigest().encode()}
    return found | dict(_base64_of(raw))


def _base64_of(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """What of it is the same whatever stands before and after, for each of the three places it may begin at."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + raw)
        inner = encoded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
        yield f"base64 at {before}", inner
        yield f"base64 for addresses at {before}", inner.translate(bytes.maketrans(b"+/", b"-_"))


def traces(content: bytes, secrets: list[str]) -> list[tuple[str, str]]:
    """Which secrets stand in a content, and in which spelling."""
    return [
        (secret, spelling)
        for secret in secrets
        for spelling, spelled in spellings(secret).items()
        if spelled in content
    ]
