"""Checking a file line by line: what is taken, what is refused and why, and what was recorded before."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from cards import intake, services
from cards.errors import ChangedMeanwhile
from cards.intake import refusals, report, staging, template
from cards.models import Application, Event, IntakeFile, IntakeLine
from cards.office_vocabulary import IntakeResult, IntakeState, LineFault, LineState
from cards.rules import CHINA
from cards.vocabulary import PaperKind, Stage, StopReason
from tests import factories
from tests.cards.states import paper
from tests.intake.files import (
    BY_COMMAND,
    HEADER,
    OPENED,
    as_csv,
    at_bank,
    counts,
    line,
    record,
    recorded,
    staged,
)

pytestmark = pytest.mark.django_db


def stage_file(file: io.BytesIO, name: str = "a.csv") -> IntakeFile:
    return intake.stage(file, name, actor=BY_COMMAND, limits=intake.UPLOAD).file


def only_line(cells: list[str]) -> IntakeLine:
    return staged(cells).lines.get()


def test_checking_records_nothing() -> None:
    application = at_bank()
    before = list(Application.objects.values()), Event.objects.count()
    file = staged(line(application, OPENED))
    assert (file.state, counts(file)) == (IntakeState.CHECKED, (1, 0, 0, 0))
    assert (list(Application.objects.values()), Event.objects.count()) == before


def days_ago(days: int) -> str:
    return (timezone.now().astimezone(CHINA).date() - timedelta(days=days)).isoformat()


# Place and contents of the one wrong cell, and the fault.
FAULTS = [
    (0, "", LineFault.RECEIPT_MALFORMED),
    (0, "1.23457E+11", LineFault.RECEIPT_MALFORMED),
    (0, "123456789012", LineFault.RECEIPT_MALFORMED),
    (0, "100000000009", LineFault.RECEIPT_UNKNOWN),
    (1, "", LineFault.LAST_FOUR_MALFORMED),
    (1, "12345", LineFault.LAST_FOUR_MALFORMED),
    (1, "---9", LineFault.LAST_FOUR_MALFORMED),
    (1, "000A", LineFault.LAST_FOUR_WRONG),
    (2, "", LineFault.RESULT_UNKNOWN),
    (2, "好了", LineFault.RESULT_UNKNOWN),
    (2, "collected", LineFault.RESULT_UNKNOWN),
    (3, "", LineFault.DAY_MALFORMED),
    (3, "2026-13-01", LineFault.DAY_MALFORMED),
    (3, "2020-01-01", LineFault.DAY_TOO_FAR),
    (3, "2999-01-01", LineFault.DAY_TOO_FAR),
    (4, "信息不一致", LineFault.REASON_UNKNOWN),
    (4, "x" * 201, LineFault.TOO_LONG),
]


@pytest.mark.parametrize(("place", "cell", "fault"), FAULTS)
def test_each_fault_is_named(place: int, cell: str, fault: LineFault) -> None:
    cells = line(at_bank(), OPENED)
    cells[place] = cell
    refused = only_line(cells)
    assert (refused.state, refused.fault) == (LineState.REFUSED, fault)
    assert refused.cells == cells
    assert report.why(refused)
    assert "%(" not in report.why(refused)


def test_every_fault_is_tried_somewhere() -> None:
    here = {LineFault.REPEATED, LineFault.NOT_POSSIBLE}
    assert {fault for _place, _cell, fault in FAULTS} | here == set(LineFault)


def test_a_number_of_a_certificate_is_no_receipt() -> None:
    application = at_bank()
    cells = line(application, OPENED)
    cells[0] = paper(application.holder, PaperKind.CERTIFICATE).number
    assert only_line(cells).fault == LineFault.RECEIPT_UNKNOWN


@pytest.mark.parametrize(("days", "taken"), [(0, True), (template.OLDEST_DAYS, True), (61, False), (-1, False)])
def test_the_day_of_a_result_is_today_or_not_long_ago(days: int, taken: bool) -> None:
    assert (only_line(line(at_bank(), OPENED, day=days_ago(days))).state == LineState.READY) is taken


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"])
def test_days_are_read_as_people_write_them(form: str) -> None:
    day = timezone.now().astimezone(CHINA).date()
    assert only_line(line(at_bank(), OPENED, day=day.strftime(form))).result_on == day


def test_zeros_that_a_spreadsheet_dropped_are_put_back() -> None:
    number = next(n for n in iter(factories.synthetic_id_number, None) if n[-4] == "0")
    application = at_bank(of=factories.holder(id_number=number))
    cells = line(application, OPENED)
    cells[1] = number[-4:].lstrip("0").lower()
    assert only_line(cells).state == LineState.READY


@pytest.mark.parametrize("result", IntakeResult)
def test_a_result_is_read_as_code_and_in_both_languages(result: IntakeResult) -> None:
    application = factories.first_application()
    words = [result.value, result.value.upper()]
    for language in ("en", "zh-hans"):
        with translation.override(language):
            words.append(str(result.label))
    for word in words:
        read = only_line(line(application, word))
        assert read.result == result
        IntakeFile.objects.all().delete()


def test_a_failure_without_a_reason_means_the_first_of_the_list() -> None:
    reasons = [only_line(line(at_bank(), "开户失败", reason)).reason for reason in ("", "信息不一致", "ID_EXPIRED")]
    assert reasons == [StopReason.BANK_ACCOUNT_FAILED, StopReason.DATA_MISMATCH, StopReason.ID_EXPIRED]


def test_a_receipt_stands_in_a_file_once() -> None:
    application = at_bank()
    file = staged(line(application, OPENED), line(at_bank(), OPENED), line(application, "account_failed"))
    assert counts(file) == (2, 0, 0, 1)
    refused = file.lines.get(state=LineState.REFUSED)
    assert "in line 2." in report.why(refused)


def test_what_is_not_possible_says_where_the_case_stands() -> None:
    application = factories.walk_to(factories.first_application(), Stage.CHECKING)
    services.stop_clock(application, StopReason.PHOTO_REJECTED, actor=factories.at_office())
    refused = only_line(line(application, "sent"))
    assert report.why(refused) == "This is not possible in the present state: Data being checked (Photo rejected)."


def test_what_is_so_already_is_nothing_to_change() -> None:
    application = factories.walk_to(factories.first_application(), Stage.SENDING)
    file = staged(line(application, OPENED))
    assert counts(file) == (0, 0, 1, 0)
    assert file.lines.get().raw is None


# --- the whole file -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "refusal"),
    [
        (HEADER[:2], refusals.ColumnsMissing),
        ([*HEADER, "姓名"], refusals.ColumnsUnknown),
        ([*HEADER, "result"], refusals.ColumnTwice),
        (["", *HEADER], refusals.ColumnsUnknown),
    ],
)
def test_a_file_with_other_columns_is_refused_whole(header: list[str], refusal: type[Exception]) -> None:
    with pytest.raises(refusal) as refused:
        stage_file(as_csv(line(at_bank(), OPENED), header=header))
    assert refused.value.sentence  # type: ignore[attr-defined]
    assert not IntakeFile.objects.exists()


def test_columns_may_stand_in_any_order_and_the_reason_may_be_missing() -> None:
    receipt, last_four, result, day, _reason = line(at_bank(), OPENED)
    file = stage_file(
        as_csv([day, result, receipt, last_four], header=["date", "Result", "Receipt Number", "last_four"])
    )
    assert counts(file) == (1, 0, 0, 0)


@pytest.mark.parametrize("file", [as_csv(), io.BytesIO(b""), io.BytesIO(b"\n\n")])
def test_a_file_without_lines_is_refused(file: io.BytesIO) -> None:
    file.seek(0)
    with pytest.raises(refusals.FileRefused):
        stage_file(file)
    assert not IntakeFile.objects.exists()


def test_a_table_that_breaks_further_down_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "BATCH", 2)
    whole = as_csv(*(line(at_bank(), OPENED) for _ in range(5))).getvalue()
    with pytest.raises(refusals.QuotesBroken):
        stage_file(io.BytesIO(whole + b'"broken\n'))
    assert not IntakeFile.objects.exists()
    assert not IntakeLine.objects.exists()


def test_the_same_file_again_is_the_same_row() -> None:
    data = as_csv(line(at_bank(), OPENED)).getvalue()
    first = stage_file(io.BytesIO(data))
    again = intake.stage(io.BytesIO(data), "other.csv", actor=BY_COMMAND, limits=intake.UPLOAD)
    assert (again.known, again.file.pk, IntakeFile.objects.count()) == (True, first.pk, 1)


def test_a_rotated_index_key_still_knows_the_file(settings: Any) -> None:
    data = as_csv(line(at_bank(), OPENED)).getvalue()
    stage_file(io.BytesIO(data))
    settings.INDEX_KEYS = "newer:HS256:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=" + "," + settings.INDEX_KEYS
    assert intake.stage(io.BytesIO(data), "a.csv", actor=BY_COMMAND, limits=intake.UPLOAD).known


def test_a_discarded_file_may_be_handed_in_again() -> None:
    data = as_csv(line(at_bank(), OPENED)).getvalue()
    first = stage_file(io.BytesIO(data))
    intake.discard(first, actor=BY_COMMAND)
    assert not first.lines.exists()
    assert stage_file(io.BytesIO(data)).pk != first.pk


def test_checking_that_was_broken_off_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "BATCH", 2)
    applications = [at_bank() for _ in range(5)]
    data = as_csv(*(line(row, OPENED) for row in applications), line(applications[0], OPENED)).getvalue()
    put_down, calls = staging._Staging._put_down, []

    def dies_at_the_second(self: Any, read: Any) -> None:
        calls.append(len(read))
        if len(calls) == 2:
            raise KeyboardInterrupt
        put_down(self, read)

    monkeypatch.setattr(staging._Staging, "_put_down", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        stage_file(io.BytesIO(data))
    half = IntakeFile.objects.get()
    assert (half.state, half.total) == (IntakeState.CHECKING, 2)
    file = stage_file(io.BytesIO(data))
    assert (file.pk, file.state, counts(file)) == (half.pk, IntakeState.CHECKED, (5, 0, 0, 1))
    assert [one.line for one in file.lines.order_by("line")] == [2, 3, 4, 5, 6, 7]


def test_two_who_check_the_same_file_at_once_do_not_double_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    data = as_csv(line(at_bank(), OPENED)).getvalue()
    put_down = staging._Staging._put_down

    def other_is_faster(self: Any, read: Any) -> None:
        monkeypatch.setattr(staging._Staging, "_put_down", put_down)
        stage_file(io.BytesIO(data))
        put_down(self, read)

    monkeypatch.setattr(staging._Staging, "_put_down", other_is_faster)
    with pytest.raises(ChangedMeanwhile):
        stage_file(io.BytesIO(data))
    assert counts(IntakeFile.objects.get()) == (1, 0, 0, 0)


# --- from one file to the next --------------------------------------------------------------------------------------


def test_a_failure_sent_again_after_it_was_mended_stops_nothing() -> None:
    """By its state alone the line would be possible again: it is known by what it says and of which day."""
    application = at_bank()
    failure = line(application, "account_failed", "data_mismatch")
    recorded(failure)
    services.resume_clock(Application.objects.get(pk=application.pk), actor=factories.at_office())
    file = staged(failure, line(at_bank(), OPENED))
    assert counts(file) == (1, 0, 1, 0)
    later = staged(line(application, "account_failed", "data_mismatch", day=days_ago(1)))
    assert counts(later) == (1, 0, 0, 0)


def test_the_same_line_in_two_files_waiting_is_recorded_once() -> None:
    application = at_bank()
    failure = line(application, "account_failed")
    one, other = staged(failure), staged(failure, line(at_bank(), OPENED))
    record(one)
    services.resume_clock(Application.objects.get(pk=application.pk), actor=factories.at_office())
    record(other)
    assert counts(other) == (0, 1, 1, 0)
    application.refresh_from_db()
    assert application.stop == ""
