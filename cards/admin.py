"""Brings the pages of counter and hotline to the admin; everything about them lives in their channels."""

from cards.channels.counter import (
    lists,
    notices,
    office,
    people,
    result_files,
    rule_sets,
    second_looks,
    situation_tables,
    supervision,
)
from cards.channels.hotline import calls

__all__ = [
    "calls",
    "lists",
    "notices",
    "office",
    "people",
    "result_files",
    "rule_sets",
    "second_looks",
    "situation_tables",
    "supervision",
]
