"""The pages of the situation guide: one question each, then what to do; all of it stands in the address."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from cards.channels.web.manners import answers_to
from cards.channels.web.situation import calendar_file, words
from cards.channels.web.situation.ending import ending_of
from cards.channels.web.situation.facts import Facts
from cards.models.rule_data import book_on
from cards.models.situations import table_on
from cards.rules import china_day
from cards.situations import ANSWERS, Question, Table

# A day of a report that lies further back, or ahead, is a slip of the finger.
EARLIEST, LATEST = timedelta(days=365), timedelta(days=31)


@dataclass(frozen=True)
class Choice:
    """One answer as a link."""

    value: str
    url: str
    answer: words.Answer


@dataclass(frozen=True)
class Said:
    """One answer that was given, and where to change it."""

    question: Any
    answer: Any
    url: str


def _address(answers: dict[str, str], name: str = "lost-card") -> str:
    """One address for the same answers, in whatever order they were given."""
    ordered = {one: answers[one] for one in (*ANSWERS, "day") if one in answers}
    return reverse(name) + (f"?{urlencode(ordered)}" if ordered else "")


def _said(table: Table, answers: dict[str, str]) -> list[Said]:
    """What was answered; changing it keeps the other answers."""
    return [
        Said(
            words.SHORT_QUESTIONS[one.name],
            words.ANSWERS[one.name][answers[one.name]].told,
            _address({name: value for name, value in answers.items() if name != one.name}),
        )
        for one in table.questions
        if one.name in answers
    ]


def day_of(request: HttpRequest, today: date) -> tuple[date, bool]:
    """The day in the address, and whether one was there that is none; without one, today in China."""
    given = request.GET.get("day", "")
    if not given:
        return today, False
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return today, True
    possible = today - EARLIEST <= day <= today + LATEST
    return (day, False) if possible else (today, True)


def _facts(request: HttpRequest, table: Table, answers: dict[str, str]) -> tuple[Facts, bool]:
    now = timezone.now()
    today = china_day(now)
    day, misread = day_of(request, today)
    if answers.get("reported") == "oral" and day > today:
        # What was made already was made today at the latest.
        day, misread = today, True
    told = bool(request.GET.get("day")) and not misread
    return Facts(answers, table.outcome(answers), book_on(today), now, day, told), misread


@answers_to("GET", "HEAD")
def guide(request: HttpRequest) -> HttpResponse:
    """Ask the first question that is open, or tell what to do."""
    table = table_on(china_day(timezone.now()))
    answers, still, misread = table.read(request.GET)
    said = _said(table, answers)
    if still is not None:
        return render(
            request, "lost_card/question.html", _asked(table, answers, still) | {"said": said, "misread": misread}
        )
    facts, day_misread = _facts(request, table, answers)
    dated = {"day": facts.day.isoformat()} if facts.told else {}
    context = {
        "ending": ending_of(table, facts),
        "name": facts.outcome.name,
        "said": said,
        "misread": misread or day_misread,
        "banks": [(bank.told("name"), bank.hotline) for bank in facts.banks],
        "hidden": list(answers.items()),
        "day": "" if facts.day_needed else facts.day.isoformat(),
        "ask_day": facts.reported_orally,
        "dates": calendar_file.dates_of(facts),
        "calendar": _address(answers | dated, "lost-card-dates"),
        "rules": facts.book.version,
        "table": table.version,
    }
    return render(request, "lost_card/ending.html", context)


def _asked(table: Table, answers: dict[str, str], question: Question) -> dict[str, Any]:
    """The question with its answers as links, and the way back to the one before."""
    asked = [one.name for one in table.questions]
    before = [name for name in asked[: asked.index(question.name)] if name in answers]
    choices = [
        Choice(value, _address({**answers, question.name: value}), words.ANSWERS[question.name][value])
        for value in question.offers(answers)
    ]
    back = _address({name: value for name, value in answers.items() if name != before[-1]}) if before else ""
    return {
        "name": question.name,
        "question": words.QUESTIONS[question.name],
        "hint": words.HINTS.get(question.name, ""),
        "choices": choices,
        "back": back,
        "urgent": answers.get("what") in ("lost", "stolen") and answers.get("reported", "no") == "no",
    }


@answers_to("GET", "HEAD")
def dates(request: HttpRequest) -> HttpResponse:
    """The deadlines of a situation as a calendar file; an address that lacks an answer leads to the question."""
    table = table_on(china_day(timezone.now()))
    answers, still, _misread = table.read(request.GET)
    if still is not None:
        return redirect(_address(answers))
    facts, misread = _facts(request, table, answers)
    found = calendar_file.dates_of(facts)
    if misread or not found:
        # The page says what was wrong with the day, or that there is none to keep.
        given = {"day": request.GET["day"]} if "day" in request.GET else {}
        return redirect(_address(answers | given))
    response = HttpResponse(calendar_file.written(found, facts), content_type="text/calendar; charset=utf-8")
    # What is to be kept changes with the day and the language.
    response.headers["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    response.headers["Content-Disposition"] = 'attachment; filename="card-dates.ics"'
    return response
