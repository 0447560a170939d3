"""The deadlines of a situation, for the page and as a calendar file (RFC 5545): no personal data in either."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from cards.answers.dates import told_day
from cards.channels.web.situation.facts import Facts
from cards.rule_words import days
from cards.rules import CHINA

_LINE = 75


@dataclass(frozen=True)
class Deadline:
    """A day to keep: a stable name for its entry, what it is about, and a sentence."""

    name: str
    day: date
    title: Any
    text: Any

    @property
    def told(self) -> str:
        """The day in the reader's language."""
        return told_day(self.day)


def dates_of(facts: Facts) -> list[Deadline]:
    """The days to keep, counted from the day of the report or of the application."""
    found = []
    counts = facts.answers.get("reported") in ("no", "oral") and facts.answers["what"] != "data"
    if counts and _oral(facts) and not facts.has_lapsed and not facts.day_needed:
        last = (facts.lapses_at - timedelta(seconds=1)).astimezone(CHINA).date()
        found.append(
            Deadline(
                "lapse",
                last,
                _("Last day of the oral report: it lapses at 24:00"),
                _("Then the card works again by itself.")
                if facts.answers["what"] == "found"
                else _("Report the loss in writing at a window before that. Questions: 12333."),
            )
        )
    if facts.kind is not None:
        told = {"days": days(facts.book.collection_deadline_days)}
        found.append(
            Deadline(
                "collect",
                facts.day + timedelta(days=facts.book.collection_deadline_days),
                _("Last day to collect the new card"),
                _("It is kept %(days)s from the day it is ready; counted here from the first day, to be safe.") % told,
            )
        )
    return found


def _oral(facts: Facts) -> bool:
    """Whether an oral report is part of the situation."""
    lost = facts.answers["what"] in ("lost", "stolen")
    return facts.reported_orally or (lost and facts.may_report_orally)


def written(deadlines: list[Deadline], facts: Facts) -> str:
    """The calendar file: whole days, each with a reminder at nine in the morning of the day before."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//card portal//situation guide//EN",
        "CALSCALE:GREGORIAN",
        *(line for one in deadlines for line in _event(one, facts)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(one: Deadline, facts: Facts) -> Iterator[str]:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    yield "BEGIN:VEVENT"
    # The same situation and day give the same entry, so that a second download replaces the first.
    yield f"UID:{one.name}-{one.day:%Y%m%d}-{facts.outcome.name}@{host}"
    yield f"DTSTAMP:{facts.now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{one.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(one.title)}"
    yield f"DESCRIPTION:{_escaped(one.text)}"
    yield "TRANSP:TRANSPARENT"
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{_escaped(one.title)}"
    yield "TRIGGER:-PT15H"
    yield "END:VALARM"
    yield "END:VEVENT"


def _escaped(text: Any) -> str:
    return re.sub(r"([\\;,])", r"\\\1", str(text)).replace("\r\n", "\\n").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """A line in pieces of at most 75 octets, never cut within a character; each further one begins with a space."""
    piece, length = "", 0
    for character in line:
        octets = len(character.encode())
        if length + octets > _LINE:
            yield piece
            piece, length = " ", 1
        piece, length = piece + character, length + octets
    yield piece
