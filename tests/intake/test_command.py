"""`manage.py intake`: check and summary, then apply."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from cards.management.commands import intake as command
from cards.models import Application, Event, IntakeFile
from cards.office_vocabulary import IntakeState
from cards.vocabulary import Channel, Party, Stage
from tests.intake.files import HEADER, OPENED, as_csv, at_bank, line

pytestmark = pytest.mark.django_db


def run(*arguments: Any, **options: Any) -> str:
    told = io.StringIO()
    call_command("intake", *map(str, arguments), stdout=told, stderr=told, **options)
    return told.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of two good lines and one without a result."""
    bad = line(at_bank(), "=1+1")
    file = tmp_path / "回盘.csv"
    file.write_bytes(as_csv(line(at_bank(), OPENED), line(at_bank(), OPENED), bad, encoding="gb18030").getvalue())
    return file


def test_without_apply_it_checks_tells_and_records_nothing(path: Path) -> None:
    told = run(path)
    assert "Account opened: 0 recorded, 2 to be recorded, 0 nothing to change, 0 refused" in told
    assert "line 4: The result is none of the words of the template." in told
    assert "3 lines: 0 recorded, 2 to be recorded, 0 nothing to change, 1 refused." in told
    assert "Nothing was recorded yet." in told
    assert Application.objects.filter(stage=Stage.PRODUCING).count() == 0


def test_apply_records_and_a_second_run_changes_nothing(path: Path) -> None:
    run(path)
    assert "3 lines: 2 recorded, 0 to be recorded, 0 nothing to change, 1 refused." in run(path, "--apply")
    event = Event.objects.filter(value=Stage.PRODUCING).first()
    assert event is not None
    assert (event.party, event.channel, event.user) == (Party.OFFICE, Channel.SYSTEM, None)
    before = list(Application.objects.values()), Event.objects.count()
    again = run(path, "--apply")
    assert "This file is on record" in again
    assert "3 lines: 2 recorded" in again
    assert (list(Application.objects.values()), Event.objects.count()) == before


def test_apply_at_once_does_both(path: Path) -> None:
    assert "2 recorded" in run(path, "--apply")
    assert IntakeFile.objects.get().state == IntakeState.DONE


def test_refused_lines_are_written_with_number_reason_and_quoted_cells(path: Path, tmp_path: Path) -> None:
    to = tmp_path / "refused.csv"
    assert f"1 refused lines written to {to}." in run(path, "--refused", to)
    rows = list(csv.reader(to.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0][:2] == ["line", "why refused"]
    assert rows[1][:2] == ["4", "The result is none of the words of the template."]
    assert "'=1+1" in rows[1]
    with pytest.raises(CommandError, match="cannot be written"):
        run(path, "--refused", to)


def test_only_the_first_refused_lines_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "TOLD", 2)
    file = tmp_path / "a.csv"
    file.write_bytes(as_csv(*([str(number), "", "", "", ""] for number in range(5))).getvalue())
    told = run(file)
    assert "line 3:" in told
    assert "line 4:" not in told
    assert "and 3 more refused lines" in told


def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    with pytest.raises(CommandError, match="cannot be read"):
        run(file)
    file.write_text("姓名,身份证号\n张三,119999199003070019\n", encoding="utf-8")
    with pytest.raises(CommandError, match="The first line must name the columns"):
        run(file)
    file.write_text(",".join([*HEADER, "姓名"]) + "\n张三\n", encoding="utf-8")
    with pytest.raises(CommandError, match="not needed here: 姓名"):
        run(file)


def test_the_documented_sample_is_read_whole(clock: Callable[[str], Any]) -> None:
    """Its receipts belong to nobody, and nothing else is wrong with it."""
    clock("2026-03-10 10:00")
    told = run(Path(__file__).parents[2] / "docs" / "intake-sample.csv")
    faults = {text.partition(": ")[2] for text in told.splitlines() if text.startswith("line ")}
    assert faults == {"No application has this receipt number."}


def test_progress_is_told_in_plain_lines(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cards.management import progress

    monkeypatch.setattr(progress, "PLAIN_EVERY", -1.0)
    told = run(path, "--apply")
    assert "Checking: 3 of 4" in told
    assert "Recording: 2 of 2" in told
    assert "Checking" not in run(path, verbosity=0)
