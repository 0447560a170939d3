"""One person goes through every flow, in a browser, and leaves no trace outside ciphertext."""

import gzip
import logging
import pickle
import tarfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client

from cards import enquiry, sealing
from cards.models import AccessRecord, Application, Card, Cardholder, EventDetail, LossReport
from tests import factories
from tests.canary import AGENT_NAME, CANARY, CANARY_CARD, NEW_CARD, canary_flow, spellings, traces
from tests.counter.desk import FIND, Desk, act_url, person_url

pytestmark = pytest.mark.django_db(transaction=True)
SLIPS = {"id_number": "the last character is wrong", "phone": "139876543x1"}


# --- the search ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["欧阳金丝雀", "119999199003070013", "11999919900307001X", "CANARYCARD77"])
def test_the_search_finds_every_spelling_wherever_it_begins(secret: str) -> None:
    """A search that finds nothing proves nothing."""
    for spelling, spelled in spellings(secret).items():
        assert len(spelled) >= 8, spelling
        for before in range(3):
            assert (secret, spelling) in traces(b"\x00" * before + spelled + b"\xff", [secret])
    import base64

    for before in range(7):
        packed = base64.b64encode(b"n" * before + secret.encode() + b"\x00more")
        assert any(spelling.startswith("base64") for _secret, spelling in traces(packed, [secret]))
    assert traces(b"nothing of the kind" * 100, [secret]) == []


# --- what is written down on the way ------------------------------------------------------------------------------


class Diary(logging.Handler):
    """Everything that is logged, with its traceback and every attribute of the record."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {record.__dict__}")


@pytest.fixture
def diary() -> Iterator[Diary]:
    """Listen to every logger at its most talkative."""
    handler = Diary()
    loggers = [logging.getLogger(name) for name in ("", "django", "django.request", "django.security", "cards")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    for logger in loggers[:2]:
        logger.addHandler(handler)
    yield handler
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
        logger.removeHandler(handler)


class Browser(Client):
    """A browser that tells where it comes from, and notes what stands outside bodies: addresses, headers, cookies."""

    def __init__(self, notes: list[str], **more: Any) -> None:
        super().__init__(raise_request_exception=False, headers={"accept-language": "zh"}, **more)
        self.notes = notes
        self.here = ""

    def request(self, **asked: Any) -> Any:
        if self.here:
            asked.setdefault("HTTP_REFERER", self.here)
        address = f"http://testserver{asked['PATH_INFO']}?{asked.get('QUERY_STRING', '')}"
        response = super().request(**asked)
        self.notes += [address, asked.get("HTTP_REFERER", ""), repr(sorted(response.headers.items()))]
        for cookie in response.cookies.values():
            self.notes.append(cookie.OutputString())
            if cookie.key == "answer" and cookie.value:
                opened = sealing.open_token(cookie.value, "web-answer", 600)
                self.notes.append(opened.decode("latin-1"))
        self.here = response.headers.get("Location") or address
        return response


class Round:
    """The whole way of one person, through the pages alone."""

    def __init__(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settings, self.monkeypatch = settings, monkeypatch
        self.notes: list[str] = []
        self.number, self.agent_number = factories.synthetic_id_number(), factories.synthetic_id_number()
        self.clerk, self.supervisor, self.hotline = Desk("clerk"), Desk("supervisor"), Desk("hotline", outlet=None)
        for desk in (self.clerk, self.supervisor, self.hotline):
            desk.client = Browser(self.notes)
            desk.client.force_login(desk.user)
        self.agent = {"agent_name": AGENT_NAME, "agent_id_number": self.agent_number}

    @property
    def person(self) -> Cardholder:
        found = Cardholder.objects.by_id_number(self.number)
        assert found
        return found

    @property
    def secrets(self) -> list[str]:
        codes = [paper.query_code for paper in self.person.papers.all()]
        given = [*CANARY.values(), self.number, self.number[:17], CANARY_CARD, NEW_CARD, AGENT_NAME, self.agent_number]
        return [*given, SLIPS["phone"], *codes]

    def at_the_counter(self) -> None:
        """Found nowhere, registered, an application refused, a card lost, found, lost again, replaced, handed over."""
        clerk, supervisor = self.clerk, self.supervisor
        assert clerk.client.post(FIND, {"number": self.number[:-1]}).status_code == 200
        assert clerk.find(self.number).status_code == 200
        form = CANARY | {"id_number": self.number}
        assert clerk.client.post(f"{FIND}register/", form | SLIPS).status_code == 200
        assert clerk.client.post(f"{FIND}register/", form).status_code == 303
        assert clerk.client.post(f"{FIND}register/", form).status_code == 303
        outlet = factories.OutletFactory(of_bank=True)
        place = {"bank": outlet.bank.pk, "delivery_outlet": outlet.pk}
        clerk.done("accept", self.person, party="agent", **place, **self.agent)
        application = Application.objects.get(holder=self.person)
        supervisor.done("refuse", application, party="", reason=f"{CANARY['name']}的照片不合格")
        card = factories.card(self.person, card_number=CANARY_CARD)
        self.hotline.done("report_orally", card)
        clerk.done("report_in_writing", card, party="agent", **self.agent)
        report = LossReport.objects.get(holder=self.person, status="standing")
        assert clerk.act("cancel_report", report, card_number=NEW_CARD).status_code == 200
        clerk.done("cancel_report", report, card_number=CANARY_CARD)
        clerk.done("report_in_writing", card)
        report = LossReport.objects.get(holder=self.person, status="standing")
        wrong = self.agent | {"agent_id_number": self.number}
        assert clerk.act("replace", report, party="agent", **wrong).status_code == 200
        clerk.done("replace", report, party="agent", delivery_outlet=clerk.outlet.pk, **self.agent)
        application = Application.objects.get(holder=self.person, kind="replacement")
        factories.walk_to(application, "ready")
        application.refresh_from_db()
        certificate = application.certificate.paper_id
        data = {"certificate_number": certificate, "card_number": NEW_CARD}
        assert clerk.act("hand_over", application, **data | {"card_number": "CANARY"}).status_code == 200
        self.as_the_citizen(application.receipt.query_code)
        clerk.done("hand_over", application, party="agent", **data, **self.agent)
        clerk.find(CANARY_CARD)
        clerk.find(application.receipt_id)
        reason = {"reason": f"{CANARY['name']}来电 {CANARY['phone']}"}
        assert supervisor.open(self.person).status_code == 200
        assert CANARY["name"] in supervisor.client.post(person_url(self.person), reason).content.decode()
        stranger = Browser(self.notes)
        stranger.post("/admin/login/", {"username": "clerk", "password": self.number, "otp_token": ""})
        stranger.post(act_url("accept", self.person), {"agent_name": AGENT_NAME})
        for page in ("", "cards/application/?case=all", "cards/lossreport/?case=all", "cards/event/"):
            assert supervisor.client.get(f"/admin/{page}").status_code in (200, 403)

    def as_the_citizen(self, code: str) -> None:
        """Every way to ask, under every policy: hits, slips, misses, the wait, the end, and when it breaks."""
        for policy in ("number", "number_and_name", "number_and_code"):
            self.settings.ENQUIRY_POLICY = policy
            citizen = Browser(self.notes)
            asked = {"id_number": self.number, "name": CANARY["name"], "code": code}
            for fields in (
                asked,
                asked | {"code": ""},
                asked | {"id_number": self.number[:-1]},
                asked | {"name": "赵六"},
            ):
                citizen.get("/status/")
                assert citizen.post("/status/", fields).status_code in (200, 303)
                assert citizen.get("/status/answer/").status_code in (200, 302)
                citizen.post("/language/", {"language": "en"})
            citizen.post("/status/", asked)
            assert citizen.get("/status/answer/").status_code == 200
            assert citizen.get("/status/answer/x.css").status_code == 404
            citizen.post("/status/code/", {"code": code[:-1]})
            citizen.post("/status/code/", {"code": code})
            citizen.get("/status/answer/")
            citizen.post("/status/end/")
            citizen.get("/status/forgotten/")
            citizen.get("/")
        self.settings.ENQUIRY_POLICY = "number"
        self.refused_and_broken(asked)

    def refused_and_broken(self, asked: dict[str, str]) -> None:
        """The limits, a missing token, an odd method, too much at once, and an error of ours at the worst place."""
        citizen = Browser(self.notes)
        self.settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 1
        citizen.post("/status/", asked)
        citizen.post("/status/", asked)
        assert citizen.get("/status/answer/").status_code == 429
        self.settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 10**6
        assert Browser(self.notes, enforce_csrf_checks=True).post("/status/", asked).status_code == 403
        assert citizen.put("/status/", self.number).status_code == 405
        assert citizen.post("/status/", {"id_number": self.number + "0" * 2**20}).status_code == 413
        assert citizen.get("/", HTTP_HOST="evil.example").status_code == 400

        def broken(*_args: Any, **_more: Any) -> None:
            number, name = self.number, CANARY["name"]
            raise RuntimeError(f"broken for {len(number)} and {len(name)} characters")

        with self.monkeypatch.context() as patch:
            patch.setattr(enquiry, "_judge", broken)
            assert citizen.post("/status/", asked).status_code == 500
        with self.monkeypatch.context() as patch:
            patch.setattr(
                enquiry, "_record", lambda *_args: Card.objects.create(holder_id=None, card_number=CANARY_CARD)
            )
            assert citizen.post("/status/", asked).status_code == 500


# --- where it is looked for ---------------------------------------------------------------------------------------


def sessions() -> Iterator[str]:
    """Every session as it lies in the table, and opened."""
    from django.contrib.sessions.models import Session

    for row in Session.objects.all():
        yield row.session_data
        yield repr(row.get_decoded())


def cached(address: str) -> Iterator[bytes]:
    """Every entry of the cache, in the process or in Valkey."""
    if not address:
        for name, value in cache._cache.items():  # type: ignore[attr-defined]
            yield name.encode() + value + repr(pickle.loads(value)).encode()
        return
    import redis

    with redis.Redis.from_url(address) as client:
        for name in client.scan_iter():
            kind = client.type(name)
            value = client.hgetall(name) if kind == b"hash" else client.get(name)
            yield name + repr(value).encode() + (client.dump(name) or b"")


def database_rows() -> Iterator[bytes]:
    """Every column of every row of every table, as the driver gives it."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    yield bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def database_files() -> Iterator[bytes]:
    """The file of SQLite with what is not written back yet."""
    if connection.vendor == "sqlite":
        main = Path(connection.settings_dict["NAME"])
        for file in (main, main.with_name(f"{main.name}-wal")):
            assert file.stat().st_size
            yield file.read_bytes()


def backup_files(folder: Path) -> Iterator[bytes]:
    """A backup, unpacked."""
    target = folder / "backup.tar.gz"
    call_command("backup", str(target), verbosity=0)
    with tarfile.open(fileobj=BytesIO(gzip.decompress(target.read_bytes()))) as archive:
        for member in archive.getmembers():
            if file := archive.extractfile(member):
                yield file.read()


@pytest.mark.parametrize("store", ["in the process", "in Valkey"])
def test_nothing_about_a_person_stands_outside_ciphertext(
    store: str,
    request: pytest.FixtureRequest,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    diary: Diary,
    tmp_path: Path,
) -> None:
    address = request.getfixturevalue("valkey") if store == "in Valkey" else ""
    call_command("load_rules", verbosity=0)
    call_command("load_groups", verbosity=0)
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = settings.LIMIT_PAIR_MISSES = 10**6
    way = Round(settings, monkeypatch)
    way.at_the_counter()
    metrics = way.supervisor.client.get("/metrics", REMOTE_ADDR="127.0.0.1").content
    places: dict[str, Callable[[], bytes]] = {
        "logs": lambda: "\n".join(diary.lines).encode("utf-8", "backslashreplace"),
        "addresses, headers and cookies": lambda: "\n".join(way.notes).encode(),
        "sessions": lambda: "\n".join(sessions()).encode(),
        "cache": lambda: b"\n".join(cached(address)),
        "metrics": lambda: metrics,
        "rows": lambda: b"\n".join(database_rows()),
        "backup": lambda: b"\n".join(backup_files(tmp_path)),
    }
    found = {name: content() for name, content in places.items()}
    # Mail and messages are kept in sessions or not at all.
    assert not mail.outbox
    for proof in ("broken for", "Too Many Requests", "Forbidden (CSRF", "Method Not Allowed"):
        assert proof.encode() in found["logs"], proof
    for proof in ("/status/answer/x.css", "answer=", "sessionid="):
        assert proof.encode() in found["addresses, headers and cookies"], proof
    for name, content in found.items():
        assert content or (name == "cache" and not address), name
        assert traces(content, way.secrets) == [], name
    for content in database_files():
        assert traces(content, way.secrets) == []
    # It was all there, sealed: the search looked at the right person.
    assert way.person.name == CANARY["name"]
    assert any(AGENT_NAME in detail.text for detail in EventDetail.objects.filter(holder=way.person))
    assert any(CANARY["phone"] in (record.reason or "") for record in AccessRecord.objects.of(way.person))


def test_no_row_holds_the_data_of_a_person_after_every_act() -> None:
    call_command("load_rules", verbosity=0)
    _person, secrets = canary_flow()
    rows = b"\n".join(database_rows())
    assert len(rows) > 10_000
    assert traces(rows, secrets) == []
