"""Parts of an answer that many people share, rendered once: thousands wait for the same step since the same day.

They hold stages, days, outlets and banks, and nothing of one person; what an officer typed about one is rendered each
time. What is remembered is found by its very words, so it is never out of date.
"""

from functools import lru_cache
from html import escape
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from cards.answers import ApplicationAnswer
from cards.answers.application import Among
from cards.answers.track import Step
from cards.channels.web.places import Place


def verdict_html(answer: ApplicationAnswer, heading: str) -> SafeString:
    """The verdict of an application."""
    told = answer.verdict
    dates = tuple((date["label"], date["value"]) for date in told["dates"])
    return _for(answer, _verdict)(get_language(), heading, dates, *(told[name] for name in _WORDS))


def track_html(answer: ApplicationAnswer, below: str) -> SafeString:
    """The track of an application under its heading of level `below`."""
    return _for(answer, _track)(get_language(), below, tuple(answer.steps))


def among_html(among: Among | None) -> str:
    """One card among those like it; nothing where that was not measured."""
    remembered: Any = _among.__wrapped__ if settings.DEBUG else _among
    return remembered(get_language(), among) if among else ""


def bar_length(days: int, longest: int) -> str:
    """The length of a bar in a drawing 100 wide, as a text; whatever is not nothing is seen."""
    return f"{max(days / longest * 100, 1):.1f}" if days and longest else "0"


def collect_html(below: str, place: Place, bring: list[str], activation: str) -> SafeString:
    """Where the card is collected and with what, under its heading of level `below`."""
    remembered: Any = _collect.__wrapped__ if settings.DEBUG else _collect
    return remembered(get_language(), below, place, tuple(bring), activation)


def log_html(lines: list[tuple[str, str]]) -> SafeString:
    """A log: moments, and what they brought. Only the frame around its rows is remembered."""
    remembered: Any = _log_frame.__wrapped__ if settings.DEBUG else _log_frame
    before, after = remembered(get_language())
    # A template, and Django's own way to join HTML, took as long as the rest of the answer.
    rows = "\n".join(f"<tr><td>{escape(moment)}</td><td>{escape(what)}</td></tr>" for moment, what in lines)
    return SafeString(f"{before}{rows}{after}")


def _for(answer: ApplicationAnswer, remembered: Any) -> Any:
    """The function itself where nothing may be remembered: of one person, and while templates are being written."""
    typed = answer.full and answer.application.refusal_reason
    return remembered.__wrapped__ if typed or settings.DEBUG else remembered


_WORDS = ("kind", "tag", "title", "text", "note")


@lru_cache(maxsize=4096)
def _verdict(language: str, heading: str, dates: tuple[tuple[str, str], ...], *words: str) -> SafeString:
    verdict: dict[str, Any] = dict(zip(_WORDS, words, strict=True))
    verdict["dates"] = [{"label": label, "value": value} for label, value in dates]
    return render_to_string("components/verdict.html", {"verdict": verdict, "level": heading})


@lru_cache(maxsize=4096)
def _track(language: str, below: str, steps: tuple[Step, ...]) -> SafeString:
    remembered: Any = _step.__wrapped__ if settings.DEBUG else _step
    lines = SafeString("".join(remembered(language, step) for step in steps))
    return render_to_string("status/track.html", {"below": below, "steps": lines})


@lru_cache(maxsize=4096)
def _step(language: str, step: Step) -> SafeString:
    return render_to_string("components/step.html", {"step": step})


@lru_cache(maxsize=1024)
def _among(language: str, among: Among) -> SafeString:
    # The bar ends a little behind the last mark, so that it is seen to be one.
    longest = max(among.day, among.most) + 1
    lengths = {name: bar_length(days, longest) for name, days in (("half", among.half), ("most", among.most))}
    return render_to_string(
        "status/among.html", {"told": among.told, "here": bar_length(among.day, longest), **lengths}
    )


@lru_cache(maxsize=1024)
def _collect(language: str, below: str, place: Place, bring: tuple[str, ...], activation: str) -> SafeString:
    part = {"below": below, "place": place, "bring": bring, "activation": activation}
    return render_to_string("status/collect.html", part)


@lru_cache(maxsize=8)
def _log_frame(language: str) -> list[str]:
    return render_to_string("status/log.html", {"rows": "\0"}).split("\0")
