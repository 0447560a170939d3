"""run_worker: what happens by the clock, whatever else fails."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from django.utils import timezone

from cards import limits
from cards.management import jobs
from cards.models import AccessRecord, Card, Counter, Event, Forecast, LossReport
from cards.services.deed import Deed
from cards.vocabulary import EventKind, LossStatus, SocialStatus, Stage
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def due_report(rules_in_force, clock, time_machine):
    """An oral report whose moment has passed without anybody noticing."""
    clock("2026-03-02 10:00")
    report = factories.oral_report()
    clock("2026-03-10 00:01")
    return report


def test_a_due_oral_report_lapses_and_the_card_is_as_before(due_report, run):
    assert "oral reports lapsed: 1" in run("run_worker", once=True)
    due_report.refresh_from_db()
    assert due_report.status == LossStatus.LAPSED
    assert Card.objects.get(pk=due_report.card_id).social_status == SocialStatus.NORMAL
    assert run("run_worker", once=True) == ""


def test_one_minute_before_its_moment_it_stands(rules_in_force, clock, run):
    clock("2026-03-02 10:00")
    report = factories.oral_report()
    clock("2026-03-09 23:59")
    run("run_worker", once=True)
    report.refresh_from_db()
    assert report.status == LossStatus.STANDING


def test_a_card_past_its_deadline_is_recalled(rules_in_force, clock, run):
    clock("2026-03-02 10:00")
    application = factories.walk_to(factories.first_application(), Stage.READY)
    clock(f"{application.collect_by} 12:00")
    assert "recalled" not in run("run_worker", once=True)
    clock(f"{application.collect_by + timedelta(days=1)} 00:01")
    assert "uncollected cards recalled: 1" in run("run_worker", once=True)
    application.refresh_from_db()
    assert application.stage == Stage.RECALLED


def test_more_than_one_batch_is_done_at_once(rules_in_force, clock, run, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 2)
    clock("2026-03-02 10:00")
    for _ in range(5):
        factories.oral_report()
    clock("2026-03-12 10:00")
    assert "oral reports lapsed: 5" in run("run_worker", once=True)


def test_access_records_leave_on_their_day_and_not_before(rules_in_force, run, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 2)
    now, holder = timezone.now(), factories.holder()
    for days in (-3, -2, -1, 1):
        AccessRecord.objects.create(
            holder=holder,
            at=now - timedelta(days=30),
            keep_until=now + timedelta(days=days),
            channel="web",
            purpose="enquiry",
            outcome="found",
        )
    assert "old access records removed: 3" in run("run_worker", once=True)
    assert AccessRecord.objects.get().keep_until > now


def test_counters_leave_when_their_window_has_ended(run):
    for name, expires in (("old", time.time() - 1), ("running", time.time() + 60)):
        Counter.objects.create(key=limits.key(name), expires=expires, count=1, last=0)
    assert "old counters removed: 1" in run("run_worker", once=True)
    assert bytes(Counter.objects.get().key) == limits.key("running")


def test_forecasts_are_drawn(rules_in_force, run, monkeypatch):
    monkeypatch.setattr("cards.forecast.CASES_NEEDED", 1)
    factories.walk_to(factories.first_application(), Stage.READY)
    assert "forecasts drawn: 5" in run("run_worker", once=True)
    assert Forecast.objects.get(stage=Stage.ACCEPTED).cases == 1


def test_a_job_that_fails_is_logged_and_the_others_go_on(due_report, run, monkeypatch, caplog):
    def fail():
        raise RuntimeError("the calendar is on fire")

    monkeypatch.setattr(jobs, "JOBS", (jobs.Job("broken", 0, fail), *jobs.JOBS))
    with pytest.raises(CommandError, match="broken"):
        run("run_worker", once=True)
    due_report.refresh_from_db()
    assert due_report.status == LossStatus.LAPSED
    assert "the calendar is on fire" in caplog.text


def test_a_deed_that_breaks_off_leaves_no_half_state(due_report, run, monkeypatch):
    whole = Deed.record

    def break_off(act, kind, *args, **more):
        if kind == EventKind.LOSS_LAPSED:
            raise RuntimeError("killed")
        return whole(act, kind, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Deed, "record", break_off)
        with pytest.raises(CommandError):
            run("run_worker", once=True)
    report = LossReport.objects.get()
    assert report.status == LossStatus.STANDING
    assert Card.objects.get(pk=report.card_id).social_status == SocialStatus.TEMPORARILY_LOST
    assert not Event.objects.filter(value=SocialStatus.NORMAL).exists()
    run("run_worker", once=True)
    assert LossReport.objects.get().status == LossStatus.LAPSED


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT], ids=str)
def test_told_to_stop_it_ends_in_order(tmp_path, told):
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path / 'worker.sqlite3'}"}
    environment.pop("TEST_DATABASE_URL", None)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=root, env=environment, check=True)
    worker = subprocess.Popen(
        [sys.executable, "-u", "manage.py", "run_worker"],
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert worker.stdout.readline() == "The worker runs.\n"
        worker.send_signal(told)
        output, _errors = worker.communicate(timeout=20)
    finally:
        worker.kill()
        worker.wait()
    assert output.endswith("The worker has stopped.\n")
    assert worker.returncode == 0
