"""A worker killed between two statements leaves no half state, and the same form sent again makes one case.

At full size (`RACES` of 1000) there is a kill at every statement of the act, otherwise at ten of them.
"""

import os
import signal
import subprocess
import sys
import uuid
from collections import Counter
from typing import Any

import pytest
from django.db import connection, transaction

from cards import services
from cards.actors import Actor
from cards.management.ledger_check import Walk
from cards.models import Application, Card, CardCertificate, Cardholder, Event, LossReport, Replacement, SentForm
from cards.services import sent_forms
from cards.vocabulary import Action, Channel, LossStatus, SocialStatus
from tests import factories as f
from tests.cards.test_races import told_counts  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]

FULL_SIZE = int(os.environ.get("RACES", "100")) >= 1000
SOME = 10

# A process of its own that sends one form and dies at the n-th statement (0: lives). It says how many there were.
SENDER = """
import os, signal, sys
import django
from django.db import connection, transaction
django.setup()
report, user, outlet, key, die_at = sys.argv[1:]
from django.contrib.auth import get_user_model
from cards import services
from cards.actors import Actor, Proof
from cards.models import Cardholder, LossReport, Outlet
from cards.services import sent_forms
from cards.vocabulary import Action, Channel, Evidence, Party
from django.db import transaction
row = LossReport.objects.select_related("holder").get(pk=report)
place = Outlet.objects.get(pk=outlet)
actor = Actor(Party.HOLDER, Channel.COUNTER, get_user_model().objects.get(pk=user), place)
seen = 0
def count(execute, sql, params, many, context):
    global seen
    seen += 1
    if seen == int(die_at):
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)
def replace():
    made = services.replace_card(row, delivery_outlet=place, actor=actor, evidence=Proof(frozenset(Evidence)))
    return made.application.certificate.paper_id
with connection.execute_wrapper(count), transaction.atomic():
    Cardholder.objects.select_for_update(no_key=True).get(pk=row.holder_id)
    done = sent_forms.once(row.holder, key, Action.REPLACE, "the same form", replace)
print(done.paper, seen)
"""


def send(report: LossReport, user: Any, outlet: Any, key: uuid.UUID, die_at: int = 0) -> tuple[int, str]:
    """Send the form from another process, which works in this test's own database."""
    name = connection.settings_dict["NAME"]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings_of_a_process",
        "TEST_DATABASE_NAME": str(name),
    }
    done = subprocess.run(
        [sys.executable, "-c", SENDER, str(report.pk), str(user.pk), str(outlet.pk), str(key), str(die_at)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode, done.stdout.strip()


def send_here(report: LossReport, user: Any, outlet: Any, key: uuid.UUID) -> str:
    """Send the same form from this process, which nobody kills."""
    actor = Actor.for_holder(user, Channel.COUNTER, outlet)

    def replace() -> str:
        row = LossReport.objects.get(pk=report.pk)
        made = services.replace_card(row, delivery_outlet=outlet, actor=actor, evidence=f.everything())
        return made.application.certificate.paper_id

    with transaction.atomic():
        Cardholder.objects.select_for_update(no_key=True).get(pk=report.holder_id)
        return sent_forms.once(report.holder, key, Action.REPLACE, "the same form", replace).paper


def on_record() -> list[Any]:
    rows = (Application, Card, CardCertificate, Event, LossReport, Replacement, SentForm)
    return [list(model.objects.order_by("pk").values()) for model in rows]


def test_killed_at_any_statement_there_is_no_half_state_and_the_form_sent_again_makes_one_case(
    told_counts: Counter,
) -> None:
    outlet, user = f.OutletFactory(), f.UserFactory()
    sample = f.written_report()
    code, told = send(sample, user, outlet, uuid.uuid4())
    assert code == 0
    statements = int(told.split()[1])
    assert statements > 20
    every = range(1, statements + 1)
    for die_at in every if FULL_SIZE else every[:: statements // SOME]:
        report, key = f.written_report(), uuid.uuid4()
        before = on_record()
        code, _told = send(report, user, outlet, key, die_at)
        assert code == -signal.SIGKILL, die_at
        assert on_record() == before, die_at
        papers = {send_here(report, user, outlet, key) for _ in range(2)}
        assert len(papers) == 1
        assert Application.objects.of(report.holder).count() == 1
        report.refresh_from_db()
        card = Card.objects.get(pk=report.card_id)
        assert (report.status, card.social_status) == (LossStatus.REPLACED, SocialStatus.CANCELLED)
        told_counts["killed, nothing left, one case after"] += 1
    walk = Walk()
    assert len(list(walk.heads())) > SOME
    assert not walk.faults
    told_counts["statements of the act"] = statements
