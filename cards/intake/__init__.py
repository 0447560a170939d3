"""Result files (回盘文件) of bank, card maker and outlets: read, checked line by line, confirmed, recorded in sets."""

from cards.intake.recording import CONFIRM, confirm, discard, may_discard, record_for, record_some, remove_old
from cards.intake.refusals import FileRefused
from cards.intake.staging import COMMAND, UPLOAD, stage

__all__ = [
    "COMMAND",
    "CONFIRM",
    "UPLOAD",
    "FileRefused",
    "confirm",
    "discard",
    "may_discard",
    "record_for",
    "record_some",
    "remove_old",
    "stage",
]
