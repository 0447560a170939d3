"""Recording a confirmed file: in bounded sets, once, also when it is broken off; and what is kept afterwards."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from cards import intake, services
from cards.errors import ChangedMeanwhile
from cards.intake import recording, report
from cards.management import jobs, ledger_check
from cards.models import Application, Event, EventDetail, IntakeFile, IntakeLine
from cards.office_vocabulary import IntakeState, LineState
from cards.vocabulary import EventKind, Stage
from tests import factories
from tests.intake.files import BY_COMMAND, OPENED, at_bank, counts, line, record, staged

pytestmark = pytest.mark.django_db


def test_each_result_is_recorded() -> None:
    bank = at_bank()
    failed = at_bank()
    maker = factories.walk_to(factories.first_application(), Stage.PRODUCING)
    broken = factories.walk_to(factories.first_application(), Stage.PRODUCING)
    sent = factories.walk_to(factories.first_application(), Stage.SENDING)
    back = factories.walk_to(factories.first_application(), Stage.READY)
    file = staged(
        line(bank, "已开户"),
        line(failed, "开户失败", "身份证件过期"),
        line(maker, "已制卡寄出"),
        line(broken, "制卡失败"),
        line(sent, "网点已签收"),
        line(back, "已退回"),
    )
    record(file)
    assert (file.state, counts(file)) == (IntakeState.DONE, (0, 6, 0, 0))
    states = [
        (row.stage, row.stop)
        for row in Application.objects.in_bulk([bank.pk, failed.pk, maker.pk, broken.pk, sent.pk, back.pk]).values()
    ]
    assert sorted(states) == sorted(
        [
            ("producing", ""),
            ("bank_account", "id_expired"),
            ("sending", ""),
            ("producing", "production_failed"),
            ("ready", ""),
            ("ready", "returned"),
        ]
    )


def test_the_event_names_who_confirmed_and_its_particulars_the_line() -> None:
    application, clerk = at_bank(), factories.at_counter()
    file = staged(line(application, OPENED))
    intake.confirm(file, actor=factories.at_office(clerk.outlet))
    intake.record_some(file)
    file.refresh_from_db()
    event = Event.objects.of(application.holder).order_by("-seq").first()
    assert event is not None
    assert (event.kind, event.user, event.outlet) == (EventKind.STAGE_REACHED, file.confirmed_by, clerk.outlet)
    assert f'"source": "{file.pk}:2"' in EventDetail.objects.get(event=event).text


def test_what_is_recorded_keeps_no_cells() -> None:
    file = staged(line(at_bank(), OPENED), ["", "", "", "", ""], ["x", "", "", "", ""])
    record(file)
    assert {one.state: one.raw is None for one in file.lines.all()} == {
        LineState.APPLIED: True,
        LineState.REFUSED: False,
    }


def test_recording_that_was_broken_off_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    applications = [at_bank() for _ in range(5)]
    file = staged(*(line(row, OPENED) for row in applications))
    intake.confirm(file, actor=BY_COMMAND)
    assert intake.record_some(file, 2) == 2
    original = services.record_results

    def dies(*args: Any, **kwargs: Any) -> Any:
        original(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(services, "record_results", dies)
    with pytest.raises(KeyboardInterrupt):
        intake.record_some(file, 2)
    monkeypatch.undo()
    file.refresh_from_db()
    assert (counts(file), report.per_cent(file)) == ((3, 2, 0, 0), 40)
    assert Application.objects.filter(stage=Stage.PRODUCING).count() == 2
    assert jobs.record_result_files() == 3
    file.refresh_from_db()
    assert (file.state, counts(file), report.per_cent(file)) == (IntakeState.DONE, (0, 5, 0, 0), 100)
    reached = Event.objects.filter(kind=EventKind.STAGE_REACHED, value=Stage.PRODUCING)
    assert reached.count() == 5
    walk = ledger_check.Walk()
    assert list(walk.heads())
    assert walk.faults == []


def test_a_case_that_moved_since_the_check_is_judged_anew() -> None:
    moved, mended, plain = at_bank(), at_bank(), at_bank()
    file = staged(line(moved, OPENED), line(mended, "account_failed"), line(plain, OPENED))
    services.advance(moved, "produce", actor=factories.at_office())
    services.advance(mended, "produce", actor=factories.at_office())
    record(file)
    assert counts(file) == (0, 1, 1, 1)
    refused = file.lines.get(state=LineState.REFUSED)
    assert report.why(refused) == "This is not possible in the present state: Card in production."
    assert refused.raw


def test_only_a_checked_file_is_confirmed_and_only_once() -> None:
    file = staged(line(at_bank(), OPENED))
    assert intake.record_some(file) == 0
    intake.confirm(file, actor=BY_COMMAND)
    with pytest.raises(ChangedMeanwhile):
        intake.confirm(IntakeFile.objects.get(), actor=BY_COMMAND)
    with pytest.raises(ChangedMeanwhile):
        intake.discard(file, actor=BY_COMMAND)
    record_again = intake.record_some(file), intake.record_some(file), intake.record_some(file)
    assert record_again == (1, 0, 0)


def test_recording_twice_changes_nothing() -> None:
    file = staged(line(at_bank(), OPENED))
    record(file)
    before = list(Application.objects.values()), Event.objects.count()
    assert (intake.record_some(file), intake.record_for(1)) == (0, 0)
    assert (list(Application.objects.values()), Event.objects.count()) == before


def test_the_oldest_confirmed_file_comes_first_and_time_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [staged(line(at_bank(), OPENED)) for _ in range(2)]
    for file in reversed(files):
        intake.confirm(file, actor=BY_COMMAND)
    assert intake.record_for(0) == 0
    moments = iter([0.0, 0.0, 99.0, 99.0])
    monkeypatch.setattr(recording, "time", SimpleNamespace(monotonic=lambda: next(moments)))
    assert intake.record_for(10) == 1
    assert [counts(IntakeFile.objects.get(pk=file.pk))[1] for file in files] == [0, 1]


def test_lines_leave_after_their_time_and_the_file_stays_known() -> None:
    file = staged(line(at_bank(), OPENED))
    record(file)
    now = timezone.now()
    assert intake.remove_old(now + recording.KEPT - timedelta(minutes=1)) == 0
    assert intake.remove_old(now + recording.KEPT + timedelta(minutes=1)) == 1
    assert (IntakeFile.objects.count(), IntakeLine.objects.count()) == (1, 0)


def test_a_file_nobody_confirms_is_discarded() -> None:
    file = staged(line(at_bank(), OPENED))
    assert intake.remove_old(timezone.now() + recording.WAITS + timedelta(minutes=1)) == 1
    file.refresh_from_db()
    assert file.state == IntakeState.DISCARDED
    assert jobs.remove_old_result_lines() == 0


def test_lines_are_kept_longer_than_a_result_may_be_old() -> None:
    from cards.intake.template import OLDEST_DAYS

    assert timedelta(days=OLDEST_DAYS) + recording.WAITS < recording.KEPT
