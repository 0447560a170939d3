"""The voice line as a pure state machine: what is heard, what is asked for, what follows; no telephone, no database.

Shallow on purpose: two questions, then the answer. `0` leads to a person from everywhere, and so does silence.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from cards.answers import voice
from cards.paper_number import PAPER_NUMBER_LENGTH, PaperNumberMalformed, check_paper_number

LANGUAGES = ("zh-hans", "en")
TRIES = 3
LAST_FOUR = 4
PERSON, STAR = "0", "*"


class Step(StrEnum):
    """Where a call is."""

    RECEIPT = "receipt"
    LAST_FOUR = "last_four"
    ANSWERED = "answered"
    PERSON = "person"


class Errand(StrEnum):
    """What the machine wants done before it goes on; the outcome comes back by `told`."""

    LOOK_UP = "look_up"
    SEND = "send"


@dataclass(frozen=True)
class Phrase:
    """A text to be spoken; `language` where it is another than the call's, `slowly` for who asked to hear it again."""

    text: Any
    language: str = ""
    slowly: bool = False


@dataclass(frozen=True)
class Found:
    """What a look-up found: the sentences of the answer, and whether they can be sent to a telephone on file."""

    sentences: tuple[str, ...]
    may_send: bool = False


@dataclass(frozen=True)
class Call:
    """A call as far as it has come. `most` is how many keys are asked for; `errand` waits for its outcome.

    A key out of `alone` is an answer by itself, as nothing that is asked for begins with it. `receipt` and `last_four`
    are keyed by a caller and leave this object only for the look-up.
    """

    step: Step
    language: str
    say: tuple[Phrase, ...] = ()
    most: int = 0
    alone: str = ""
    tries: int = 0
    receipt: str = ""
    last_four: str = ""
    answer: tuple[str, ...] = ()
    may_send: bool = False
    errand: Errand | None = None

    def __repr__(self) -> str:
        """Without what was keyed in: a call may end up in a traceback."""
        return f"Call({self.step}, {self.language}, tries={self.tries})"


def begin(language: str) -> Call:
    """A call that was just answered."""
    other = LANGUAGES[1 - LANGUAGES.index(language)]
    hint = (Phrase(voice.OTHER_LANGUAGE, other),)
    return _ask_receipt(Call(Step.RECEIPT, language), (Phrase(voice.GREETING), *hint))


def keyed(call: Call, keys: str) -> Call:
    """What follows from the keys a caller pressed; none means silence."""
    if call.step == Step.PERSON or keys in ("", PERSON):
        return _to_person(call)
    return _STEPS[call.step](call, keys)


def told(call: Call, outcome: Any) -> Call:
    """What follows from an errand's outcome: what was found (None: nothing fits), or whether it was sent.

    The characters of the ID number are forgotten here, whatever the outcome.
    """
    done = replace(call, errand=None, last_four="")
    if call.errand == Errand.SEND:
        return _ask_what_now(done, (Phrase(voice.SENT if outcome else voice.NOT_SENT),))
    if not outcome:
        return _again(replace(done, receipt=""), voice.NOT_FOUND, _ask_receipt)
    answered = replace(done, step=Step.ANSWERED, answer=outcome.sentences, may_send=outcome.may_send)
    return _ask_what_now(answered, tuple(map(Phrase, outcome.sentences)))


def _ask_receipt(call: Call, first: tuple[Phrase, ...] = ()) -> Call:
    say = (*first, Phrase(voice.ASK_RECEIPT))
    # One key more than is needed: so the number ends with the hash key, and a thirteenth digit shows.
    return replace(call, step=Step.RECEIPT, say=say, most=PAPER_NUMBER_LENGTH + 1, alone=PERSON + STAR)


def _ask_last_four(call: Call, first: tuple[Phrase, ...] = ()) -> Call:
    say = (*first, Phrase(voice.ASK_LAST_FOUR))
    return replace(call, step=Step.LAST_FOUR, say=say, most=LAST_FOUR + 1, alone="")


def _ask_what_now(call: Call, first: tuple[Phrase, ...]) -> Call:
    return replace(call, step=Step.ANSWERED, say=(*first, _what_now(call)), most=1, alone="")


def _what_now(call: Call) -> Phrase:
    return Phrase(voice.WHAT_NOW if call.may_send else voice.WHAT_NOW_UNSENT)


def _to_person(call: Call, first: tuple[Phrase, ...] = ()) -> Call:
    return replace(call, step=Step.PERSON, say=first, most=0, errand=None, receipt="", last_four="")


def _again(call: Call, why: Any, ask: "Callable[[Call, tuple[Phrase, ...]], Call]") -> Call:
    """Ask once more and say why; after the third time a person takes over."""
    tried = replace(call, tries=call.tries + 1)
    said = (Phrase(why),)
    return _to_person(tried, said) if tried.tries >= TRIES else ask(tried, said)


def _receipt(call: Call, keys: str) -> Call:
    if keys == STAR:
        return _ask_receipt(replace(call, language=LANGUAGES[1 - LANGUAGES.index(call.language)]))
    try:
        return _ask_last_four(replace(call, receipt=check_paper_number(keys)))
    except PaperNumberMalformed as malformed:
        return _again(call, voice.MISTYPED if malformed.reason == "check" else voice.NOT_TWELVE, _ask_receipt)


def _last_four(call: Call, keys: str) -> Call:
    if len(keys) != LAST_FOUR or STAR in keys[:-1] or not keys.replace(STAR, "").isdecimal():
        return _again(call, voice.NOT_FOUR, _ask_last_four)
    return replace(call, last_four=keys.replace(STAR, "X"), say=(), most=0, errand=Errand.LOOK_UP)


def _answered(call: Call, keys: str) -> Call:
    if keys == "1":
        return _ask_what_now(call, tuple(Phrase(text, slowly=True) for text in call.answer))
    if keys == "2" and call.may_send:
        return replace(call, say=(), most=0, errand=Errand.SEND)
    return _again(call, _what_now(call).text, lambda tried, said: replace(tried, say=said, most=1))


_STEPS: dict[Step, Callable[[Call, str], Call]] = {
    Step.RECEIPT: _receipt,
    Step.LAST_FOUR: _last_four,
    Step.ANSWERED: _answered,
}
