"""The state machine by itself: every state with every kind of keys leads on, and soon to an end."""

import itertools

import pytest

from cards.answers import voice
from cards.channels.hotline.voice import LANGUAGES, TRIES, Call, Errand, Found, Phrase, Step, begin, keyed, told
from cards.paper_number import new_paper_number
from cards.vocabulary import PaperKind

RIGHT = new_paper_number("1")
WRONG = RIGHT[:-1] + str((int(RIGHT[-1]) + 1) % 10)
KEYS = [
    "",
    "0",
    "1",
    "2",
    "3",
    "9",
    "*",
    "**",
    "12",
    "1234",
    "123*",
    "*234",
    "12345",
    RIGHT,
    WRONG,
    RIGHT + "1",
    "000*",
]
FOUND = [None, Found(("A.",)), Found(("Your card is being made.",), may_send=True)]


def said(call: Call) -> list[str]:
    return [str(phrase.text) for phrase in call.say]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_path_of_five_answers_ends_or_asks_again(language: str) -> None:
    """Breadth first over what can be told apart; no state is without a way on, and none loses the language."""
    seen, ahead = set(), [begin(language)]
    while ahead:
        call = ahead.pop()
        mark = (call.step, call.language, call.tries, bool(call.receipt), bool(call.answer), call.errand)
        if mark in seen:
            continue
        seen.add(mark)
        assert call.language in LANGUAGES
        assert call.tries <= TRIES
        if call.step == Step.PERSON:
            assert not call.most
            assert not call.receipt
            continue
        if call.errand:
            assert not call.say
            ahead += [told(call, outcome) for outcome in (FOUND if call.errand == Errand.LOOK_UP else (True, False))]
            continue
        assert call.say
        assert call.most in (1, 5, 13)
        ahead += [keyed(call, keys) for keys in KEYS]
    assert {mark[0] for mark in seen} == set(Step)


@pytest.mark.parametrize("keys", ["", "0"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_silence_and_nought_lead_to_a_person_from_everywhere(language: str, keys: str) -> None:
    asked = begin(language)
    second = keyed(asked, RIGHT)
    third = told(keyed(second, "1234"), Found(("A.",)))
    assert [one.step for one in (asked, second, third)] == [Step.RECEIPT, Step.LAST_FOUR, Step.ANSWERED]
    assert {keyed(one, keys).step for one in (asked, second, third)} == {Step.PERSON}


def test_the_star_key_changes_the_language_and_back() -> None:
    call = keyed(begin("zh-hans"), "*")
    assert call.language == "en"
    assert keyed(call, "*").language == "zh-hans"
    assert call.tries == 0


def test_the_other_language_is_offered_in_that_language() -> None:
    offers = {language: [one.language for one in begin(language).say if one.language] for language in LANGUAGES}
    assert offers == {"zh-hans": ["en"], "en": ["zh-hans"]}


def test_an_x_is_the_star_key() -> None:
    call = keyed(keyed(begin("en"), RIGHT), "123*")
    assert (call.errand, call.last_four, call.receipt) == (Errand.LOOK_UP, "123X", RIGHT)


def test_what_was_keyed_in_shows_nowhere_and_is_forgotten_after_the_look_up() -> None:
    call = keyed(keyed(begin("en"), RIGHT), "123*")
    assert RIGHT not in repr(call)
    assert "123X" not in repr(call)
    assert told(call, Found(("A.",))).last_four == ""
    assert told(call, None).receipt == ""


def test_an_unknown_number_and_wrong_characters_are_answered_alike() -> None:
    """The machine is told only that nothing was found; it cannot say more."""
    call = told(keyed(keyed(begin("en"), RIGHT), "1234"), None)
    assert said(call) == [str(voice.NOT_FOUND), str(voice.ASK_RECEIPT)]


@pytest.mark.parametrize("tries", [*itertools.product(["mistyped", "missed"], repeat=3)])
def test_after_the_third_try_a_person_takes_over(tries: tuple[str, ...]) -> None:
    call = begin("en")
    for tried in tries:
        assert call.step == Step.RECEIPT
        call = keyed(call, WRONG) if tried == "mistyped" else told(keyed(keyed(call, RIGHT), "1234"), None)
    assert call.step == Step.PERSON
    assert said(call)


def test_an_answer_is_repeated_slowly_and_as_often_as_one_likes() -> None:
    call = told(keyed(keyed(begin("en"), RIGHT), "1234"), Found(("One.", "Two."), may_send=True))
    for _ in range(5):
        call = keyed(call, "1")
        assert call.say[:2] == (Phrase("One.", slowly=True), Phrase("Two.", slowly=True))
    assert keyed(call, "2").errand == Errand.SEND


@pytest.mark.parametrize("may_send", [True, False])
def test_a_message_is_offered_only_where_one_can_be_sent(may_send: bool) -> None:
    call = told(keyed(keyed(begin("en"), RIGHT), "1234"), Found(("One.",), may_send=may_send))
    offer = str(voice.WHAT_NOW if may_send else voice.WHAT_NOW_UNSENT)
    assert said(call) == ["One.", offer]
    pressed = keyed(call, "2")
    assert (pressed.errand, said(pressed)) == ((Errand.SEND, []) if may_send else (None, [offer]))


def test_only_keys_that_begin_nothing_else_count_alone() -> None:
    """No receipt begins with 0 or the star, but the last four characters may begin with 0."""
    asked = begin("en")
    second = keyed(asked, RIGHT)
    third = told(keyed(second, "1234"), Found(("A.",)))
    assert [(one.alone, one.most) for one in (asked, second, third)] == [("0*", 13), ("", 5), ("", 1)]
    assert all(new_paper_number(str(kind.value))[0] not in asked.alone for kind in PaperKind)
