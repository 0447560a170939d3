"""Result files as partners write them, about synthetic people."""

import csv
import io
from typing import Any

from django.utils import timezone

from cards import intake
from cards.actors import Actor
from cards.models import Application, IntakeFile
from cards.office_vocabulary import IntakeResult
from cards.rules import CHINA
from cards.vocabulary import Channel, Party, Stage
from tests import factories

HEADER = ["受理回执编号", "公民身份号码后四位", "结果", "结果日期", "原因"]
BY_COMMAND = Actor(Party.OFFICE, Channel.SYSTEM)


def today() -> str:
    """The day in China."""
    return timezone.now().astimezone(CHINA).date().isoformat()


def line(application: Application, result: str, reason: str = "", day: str = "") -> list[str]:
    """What a partner tells of an application."""
    number = application.holder.id_number
    return [application.receipt_id, number[-4:], str(result), day or today(), reason]


def as_csv(*lines: list[str], header: list[str] = HEADER, encoding: str = "utf-8") -> io.BytesIO:
    """A CSV file as Excel saves it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *lines])
    return io.BytesIO(text.getvalue().encode(encoding))


def staged(*lines: list[str], **more: Any) -> IntakeFile:
    """A file of these lines, checked."""
    return intake.stage(as_csv(*lines), "回盘.csv", actor=BY_COMMAND, limits=intake.UPLOAD, **more).file


def recorded(*lines: list[str]) -> IntakeFile:
    """A file of these lines, checked, confirmed and recorded."""
    file = staged(*lines)
    record(file)
    return file


def record(file: IntakeFile, size: int = 1000) -> None:
    """Confirm a file and record it to its end."""
    intake.confirm(file, actor=BY_COMMAND)
    while intake.record_some(file, size):
        pass
    file.refresh_from_db()


def at_bank(**given: Any) -> Application:
    """An application whose account the bank is opening."""
    return factories.walk_to(factories.first_application(**given), Stage.BANK_ACCOUNT)


def counts(file: IntakeFile) -> tuple[int, int, int, int]:
    """Lines to be recorded, recorded, without change, refused."""
    return file.ready, file.applied, file.unchanged, file.refused


OPENED = IntakeResult.ACCOUNT_OPENED.value
