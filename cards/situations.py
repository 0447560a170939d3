"""The decision table of the situation guide: what is asked, in which order, and what the last page is built of; pure.

It holds questions, answers and building blocks. What the rules say of them (who may, how long, what it costs) is asked
of the rule book and the workflow when the page is built, so the table cannot contradict them.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from cards.vocabulary import Action, ApplicationKind, CardType, OutletKind, Party

UNKNOWN = "unknown"
# Every answer there are words for; a table picks from these and puts them in order.
ANSWERS: dict[str, tuple[str, ...]] = {
    "what": ("lost", "stolen", "found", "damaged", "expired", "data"),
    "card": (*CardType.values, UNKNOWN),
    "reported": ("no", "oral", "written", "replaced"),
    "who": (Party.HOLDER.value, Party.AGENT.value, Party.GUARDIAN.value),
    "where": (*OutletKind.values, UNKNOWN),
}


class Block(StrEnum):
    """The building blocks of the steps, each a paragraph that words itself by the rules in force."""

    POLICE = "police"
    CALL_BANK = "call_bank"
    CALL_US = "call_us"
    BEFORE_IT_LAPSES = "before_it_lapses"
    WRITE = "write"
    REPLACE = "replace"
    APPLY = "apply"
    SEE_WHICH_CARD = "see_which_card"
    CANCEL = "cancel"
    LET_LAPSE = "let_lapse"
    RELEASE_BANK = "release_bank"
    USE_AGAIN = "use_again"
    HAND_IN = "hand_in"
    CORRECT = "correct"
    EXCHANGE = "exchange"
    ASK_BANK = "ask_bank"
    FOLLOW = "follow"
    COLLECT = "collect"
    ACTIVATE = "activate"


class Name(StrEnum):
    """What the last page is about; its title goes with it."""

    REPLACE = "replace"
    APPLY = "apply"
    FIND_OUT = "find_out"
    CANCEL = "cancel"
    NOTHING_REPORTED = "nothing_reported"
    TOO_LATE = "too_late"
    EXCHANGE = "exchange"
    CORRECT = "correct"


# The guides a page may lead on to.
GUIDES = (
    "lost-card",
    "stolen-card",
    "cancel-loss-report",
    "replace-through-an-agent",
    "which-card-where",
    "child-card",
    "exchange",
    "wrong-data",
    "two-sides",
)

# Any of several sets of answers, each by question; none at all fits always.
Condition = tuple[Mapping[str, tuple[str, ...]], ...]


class TableWrong(ValueError):
    """A text that cannot be a decision table; says where, in the reader's language."""

    def __init__(self, message: Any, **facts: Any) -> None:
        self.message, self.facts = message, facts
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.message) % self.facts


def fits(condition: Condition, answers: Mapping[str, str]) -> bool:
    """Whether the answers given are among those a row is for."""
    return not condition or any(all(answers.get(name) in wanted for name, wanted in one.items()) for one in condition)


@dataclass(frozen=True)
class Question:
    """One question: which answers it offers, when it is asked, and which answers are offered only sometimes."""

    name: str
    answers: tuple[str, ...]
    when: Condition
    only: Mapping[str, Condition]

    def offers(self, answers: Mapping[str, str]) -> tuple[str, ...]:
        """The answers offered after those given before."""
        return tuple(one for one in self.answers if fits(self.only.get(one, ()), answers))


@dataclass(frozen=True)
class Outcome:
    """What the last page is about: the acts at the window, and the kind of application they lead to, if any."""

    name: Name
    acts: tuple[Action, ...]
    kind: ApplicationKind | None
    when: Condition


@dataclass(frozen=True)
class Row:
    """A step, a guide or a note, and the answers it is for."""

    value: Any
    when: Condition


@dataclass(frozen=True)
class Table:
    """A decision table as it was read."""

    version: str
    valid_from: date
    questions: tuple[Question, ...]
    outcomes: tuple[Outcome, ...]
    steps: tuple[Row, ...]
    guides: tuple[Row, ...]
    notes: tuple[Row, ...]

    def read(self, given: Mapping[str, str]) -> tuple[dict[str, str], Question | None, bool]:
        """The answers that count, the first question still open, and whether an answer given was not understood."""
        answers: dict[str, str] = {}
        still: Question | None = None
        misread = False
        for question in self.questions:
            if still is None and not fits(question.when, answers):
                continue
            value = given.get(question.name, "")
            if value in (question.answers if still else question.offers(answers)):
                answers[question.name] = value
            else:
                misread = misread or bool(value)
                still = still or question
        return answers, still, misread

    def outcome(self, answers: Mapping[str, str]) -> Outcome:
        """What the page about these answers is about."""
        return next(one for one in self.outcomes if fits(one.when, answers))

    def walk(self) -> Iterator[dict[str, str]]:
        """Every combination of answers that ends somewhere."""
        open_ones: list[dict[str, str]] = [{}]
        while open_ones:
            answers = open_ones.pop()
            question = self.read(answers)[1]
            if question is None:
                yield answers
            else:
                open_ones += [answers | {question.name: value} for value in question.offers(answers)]


def chosen(rows: tuple[Row, ...], answers: Mapping[str, str]) -> list[Any]:
    """The values of the rows for these answers, in the order of the table."""
    return [row.value for row in rows if fits(row.when, answers)]


def parse(text: str) -> Table:
    """Read a table; every combination of its answers must have a page with steps, or it is refused."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise TableWrong(_("The text is not TOML: %(why)s"), why=wrong) from wrong
    unknown = data.keys() - {"version", "valid_from", "question", "outcome", "step", "guide", "note"}
    if unknown:
        raise TableWrong(_("There is no part called %(names)s"), names=", ".join(sorted(unknown)))
    version, valid_from = data.get("version"), data.get("valid_from")
    if not isinstance(version, str) or not version or type(valid_from) is not date:
        raise TableWrong(_("version must be a text, and valid_from a date such as 2026-01-31"))
    questions = [_question(row) for row in _rows(data, "question")]
    _check_order(questions)
    table = Table(
        version,
        valid_from,
        tuple(questions),
        tuple(_outcome(row) for row in _rows(data, "outcome")),
        tuple(_step(row) for row in _rows(data, "step")),
        tuple(_guide(row) for row in _rows(data, "guide")),
        tuple(_note(row) for row in _rows(data, "note")),
    )
    for answers in table.walk():
        told = ", ".join(f"{name} = {value}" for name, value in answers.items())
        if not any(fits(one.when, answers) for one in table.outcomes):
            raise TableWrong(_("No outcome is for %(answers)s"), answers=told)
        if not chosen(table.steps, answers):
            raise TableWrong(_("No step is for %(answers)s"), answers=told)
    return table


def _rows(data: dict[str, Any], part: str) -> list[dict[str, Any]]:
    rows = data.get(part, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TableWrong(_("Write each %(part)s under a line [[%(part)s]]"), part=part)
    return rows


def _only(row: dict[str, Any], part: str, *names: str) -> None:
    for name in row.keys() - set(names):
        raise TableWrong(_("%(part)s has no %(name)s; it has %(names)s"), part=part, name=name, names=", ".join(names))


def _word(row: dict[str, Any], part: str, name: str, known: Any) -> str:
    value = row.get(name)
    if value not in tuple(known):
        raise TableWrong(
            _("%(name)s of %(part)s must be one of %(known)s, not %(value)s"),
            name=name,
            part=part,
            known=", ".join(known),
            value=value,
        )
    return str(value)


def _words(values: Any, what: str, known: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not values or any(one not in tuple(known) for one in values):
        raise TableWrong(
            _("%(name)s must be a list out of %(known)s, not %(value)s"),
            name=what,
            known=", ".join(known),
            value=values,
        )
    return tuple(values)


def _condition(row: dict[str, Any], name: str = "when") -> Condition:
    given = row.get(name, [])
    several = given if isinstance(given, list) else [given]
    for one in several:
        if not isinstance(one, dict) or not one:
            raise TableWrong(_("%(name)s must name questions and their answers, not %(value)s"), name=name, value=one)
        for question in one.keys() - ANSWERS.keys():
            raise TableWrong(_("There is no question %(name)s"), name=question)
    return tuple(
        {question: _words(values, question, ANSWERS[question]) for question, values in one.items()} for one in several
    )


def _question(row: dict[str, Any]) -> Question:
    _only(row, "question", "name", "answers", "when", "only")
    name = _word(row, "question", "name", ANSWERS)
    answers, only = _words(row.get("answers"), name, ANSWERS[name]), row.get("only", {})
    if not isinstance(only, dict) or only.keys() - set(answers):
        raise TableWrong(_("only, of the question %(name)s, must name some of its answers"), name=name)
    return Question(name, answers, _condition(row), {one: _condition(only, one) for one in only})


def _check_order(questions: list[Question]) -> None:
    """A question can rest only on what was asked before it, and is asked once."""
    asked: set[str] = set()
    for one in questions:
        for condition in (one.when, *one.only.values()):
            for name in {name for part in condition for name in part} - asked:
                raise TableWrong(
                    _("The question %(name)s rests on %(other)s, which is not asked before it"),
                    name=one.name,
                    other=name,
                )
        if one.name in asked:
            raise TableWrong(_("The question %(name)s is asked twice"), name=one.name)
        asked.add(one.name)
    if not asked:
        raise TableWrong(_("There is no question"))


def _outcome(row: dict[str, Any]) -> Outcome:
    _only(row, "outcome", "name", "acts", "kind", "when")
    name = Name(_word(row, "outcome", "name", [one.value for one in Name]))
    acts = _words(row["acts"], "acts", Action.values) if row.get("acts") else ()
    kind = ApplicationKind(_word(row, "outcome", "kind", ApplicationKind.values)) if "kind" in row else None
    return Outcome(name, tuple(Action(one) for one in acts), kind, _condition(row))


def _step(row: dict[str, Any]) -> Row:
    _only(row, "step", "block", "when")
    return Row(Block(_word(row, "step", "block", [one.value for one in Block])), _condition(row))


def _guide(row: dict[str, Any]) -> Row:
    _only(row, "guide", "slug", "when")
    return Row(_word(row, "guide", "slug", GUIDES), _condition(row))


def _note(row: dict[str, Any]) -> Row:
    _only(row, "note", "zh", "en", "when")
    texts = row.get("zh"), row.get("en")
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise TableWrong(_("A note needs its sentence in both languages: zh and en"))
    return Row(texts, _condition(row))
