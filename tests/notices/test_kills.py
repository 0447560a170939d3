"""A worker killed at any moment sends everything and nothing twice: `RACES` kills, each at a point drawn by lot.

The points are every statement to the database and, for every call of the service, the moments before it, after it was
sent and before its answer was read, and after the answer. The double of the service takes whatever it is sent.
"""

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cards import notices
from cards.answers.notice import word
from cards.delivery import outbox
from cards.delivery.outcomes import Letter
from cards.delivery.sms import Aliyun
from cards.models import LossReport, Notice
from cards.notice_vocabulary import NoticeKind, NoticeState
from tests import factories as f
from tests.cards.test_races import told_counts  # noqa: F401  (a fixture)
from tests.notices import service as double
from tests.notices.people import wanting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]
KILLS = int(os.environ.get("RACES", "100"))
OWED_EACH_ROUND = 2

# Loads the portal once and forks a worker for every line it reads: the point at which to die, 0 to live.
KENNEL = """
import http.client, os, signal, sys, threading
from datetime import timedelta
import django
django.setup()
from django.db import connection, connections
from cards.delivery import calling, outbox
outbox.LEASE, outbox.TOGETHER = timedelta(milliseconds=1), 4
def work(die_at):
    seen, lock = 0, threading.Lock()
    def point():
        nonlocal seen
        with lock:
            seen += 1
            if seen == die_at:
                os.kill(os.getpid(), signal.SIGKILL)
    def count(execute, sql, params, many, context):
        point()
        return execute(sql, params, many, context)
    whole_open, whole_answer = calling._opener.open, http.client.HTTPConnection.getresponse
    def opened(*args, **more):
        point()
        answer = whole_open(*args, **more)
        point()
        return answer
    def answered(*args, **more):
        point()
        return whole_answer(*args, **more)
    calling._opener.open, http.client.HTTPConnection.getresponse = opened, answered
    with connection.execute_wrapper(count):
        outbox.send_for(30)
    connections.close_all()
    return seen
for line in sys.stdin:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.write(writer, str(work(int(line))).encode())
        os._exit(0)
    os.close(writer)
    told = os.read(reader, 20).decode()
    os.close(reader)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), told or "0", flush=True)
"""


class Kennel:
    """Workers on demand, in this test's own database."""

    def __init__(self, service: double.Service) -> None:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.settings_of_a_process",
            "TEST_DATABASE_NAME": str(connection.settings_dict["NAME"]),
            "SMS_BACKEND": "aliyun",
            "SMS_API": service.address,
            "SMS_KEY_ID": double.KEY_ID,
            "SMS_SECRET": double.SECRET,
            "SMS_SIGN_NAME": double.SIGN_NAME,
            "SMS_TEMPLATES": ",".join(f"{kind}:SMS_1" for kind in NoticeKind),
        }
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen([sys.executable, "-c", KENNEL], env=environment, **pipes)

    def run(self, die_at: int = 0) -> tuple[int, int]:
        """One worker; its exit code, and how many points it passed."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{die_at}\n")
        self.process.stdin.flush()
        code, points = self.process.stdout.readline().split()
        return int(code), int(points)

    def close(self) -> None:
        self.process.stdin.close()  # type: ignore[union-attr]
        self.process.wait(20)
        self.process.stdout.close()  # type: ignore[union-attr]


@pytest.fixture
def service() -> Iterator[double.Service]:
    made = double.Service()
    yield made
    made.close()


@pytest.fixture
def kennel(service: double.Service) -> Iterator[Kennel]:
    made = Kennel(service)
    yield made
    made.close()


def owe(report: LossReport, count: int) -> None:
    """So many notices, each for another cause."""
    now = timezone.now()
    for _ in range(count):
        cause = f"test:{uuid.uuid4()}"
        with transaction.atomic():
            notices.remind(report, NoticeKind.LOSS_REPORTED, cause=cause, now=now, day=now.date())


def test_killed_at_any_point_everything_is_sent_and_nothing_twice(
    service: double.Service,
    kennel: Kennel,
    told_counts: Counter,
) -> None:
    report = f.oral_report(f.card(wanting("sms")))
    owe(report, 3)
    # What waits for the morning may be sent now.
    Notice.objects.update(at_once=True, due_at=timezone.now())
    code, points = kennel.run()
    assert (code, points > 20) == (0, True)
    lots = random.Random(14)
    while told_counts["killed"] < KILLS:
        owe(report, OWED_EACH_ROUND)
        Notice.objects.unsent().update(at_once=True, due_at=timezone.now())
        code, _points = kennel.run(lots.randint(1, points))
        assert code in (0, -signal.SIGKILL)
        told_counts["killed" if code else "lived"] += 1
        while service.busy:
            time.sleep(0.001)
    assert kennel.run()[0] == 0
    everything = Notice.objects.count()
    assert not Notice.objects.unsent().exists()
    assert Notice.objects.filter(state=NoticeState.SENT).count() == everything
    assert service.twice == []
    assert {number for number, _to, _told in service.taken} == set(Notice.objects.values_list("paper_id", flat=True))
    told_counts["sent, each once"] = len(service.taken)
    told_counts["answers asked for again"] = service.asked


def test_one_worker_sends_so_many_messages_in_a_second(
    service: double.Service,
    settings: Any,
    told_counts: Counter,
) -> None:
    settings.SMS_BACKEND, settings.SMS_API = "aliyun", service.address
    settings.SMS_KEY_ID, settings.SMS_SECRET = double.KEY_ID, double.SECRET
    settings.SMS_SIGN_NAME = double.SIGN_NAME
    settings.SMS_TEMPLATES = dict.fromkeys(NoticeKind.values, "SMS_1")
    report = f.oral_report(f.card(wanting("sms")))
    owe(report, KILLS)
    Notice.objects.update(at_once=True, due_at=timezone.now())
    began = time.perf_counter()
    while Notice.objects.unsent().exists():
        outbox.send_for(60)
    took = time.perf_counter() - began
    sent = len(service.taken)
    assert (sent, service.twice) == (Notice.objects.count(), [])
    notice = Notice.objects.latest("made_at")
    letter = Letter(notice.paper_id, "13800000000", notice.kind, notice.language, word(notice), timezone.now())
    began = time.perf_counter()
    with ThreadPoolExecutor(outbox.AT_ONE_TIME) as pool:
        assert len(list(pool.map(lambda _: Aliyun().send(letter), range(sent)))) == sent
    bare = time.perf_counter() - began
    told_counts["messages a second"] = round(sent / took)
    told_counts["bare calls a second"] = round(sent / bare)
    told_counts["per cent of the bare calls"] = round(100 * bare / took)
