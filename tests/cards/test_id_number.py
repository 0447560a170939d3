"""ID numbers: every family accepted, every mistake named, and no text that breaks the check."""

import itertools
from datetime import date

import pytest
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st

from cards import id_number
from cards.id_number import IdNumberProblem, Kind

TODAY = date(2026, 11, 22)
RESIDENT = "119999199003070019"
WITH_X = id_number.compose("119999", date(1990, 3, 7), 6)
PROVINCES = [11, 12, 13, 14, 15, 21, 22, 23, *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71]

births = st.dates(min_value=date(1896, 11, 22), max_value=TODAY)
orders = st.integers(min_value=0, max_value=999)
counties = st.integers(min_value=0, max_value=9999).map("{:04d}".format)
residents = st.builds(
    lambda province, county, birth, order: id_number.compose(f"{province}{county}", birth, order),
    st.sampled_from(PROVINCES),
    counties,
    births,
    orders,
)
permits = st.builds(id_number.compose, st.sampled_from(["810000", "820000", "830000"]), births, orders)
foreigners = st.builds(
    lambda area, birth, order: id_number.compose(f"9{area:05d}", birth, order),
    st.integers(min_value=0, max_value=99999),
    births,
    orders,
)
numbers = st.one_of(residents, permits, foreigners)


def problem_of(text: str, today: date | None = TODAY) -> str | None:
    """The part that is wrong, or None for a valid number; every problem must have its sentence."""
    try:
        assert len(id_number.check(text, today)) == 18
    except IdNumberProblem as problem:
        return problem.part if str(problem.message) else "no sentence"
    return None


@given(numbers)
def test_every_valid_number_of_every_family_is_accepted(number: str) -> None:
    assert id_number.check(number, TODAY) == number


@given(numbers)
def test_every_single_wrong_character_is_caught(number: str) -> None:
    for place, character in itertools.product(range(18), "0123456789X"):
        if number[place] != character:
            assert problem_of(number[:place] + character + number[place + 1 :]) in id_number._SENTENCES


@given(numbers)
def test_every_pair_of_neighbours_that_changed_places_is_caught(number: str) -> None:
    for place in range(17):
        if number[place] != number[place + 1]:
            swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            assert problem_of(swapped) in id_number._SENTENCES


@given(residents)
def test_the_check_character_alone_catches_wrong_digits_and_changed_neighbours(number: str) -> None:
    for place, digit in itertools.product(range(17), "0123456789"):
        if number[place] != digit:
            assert id_number.check_character(number[:place] + digit + number[place + 1 : 17]) != number[17]
    for place in range(16):
        if number[place] != number[place + 1]:
            swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 : 17]
            assert id_number.check_character(swapped) != number[17]


@given(numbers)
def test_no_other_check_character_is_accepted(number: str) -> None:
    accepted = [c for c in "0123456789X" if id_number.check_character(number[:17]) == c]
    assert accepted == [number[17]]


@given(numbers, st.lists(st.sampled_from([" ", "-", ".", "\u3000", "\u200b", "\ufeff", "\u202e", "·", "—", "\n"])))
def test_separators_anywhere_change_nothing(number: str, separators: list[str]) -> None:
    written = number
    for place, separator in enumerate(separators):
        cut = place * 7 % (len(written) + 1)
        written = written[:cut] + separator + written[cut:]
    assume(len(written) <= id_number.LONGEST_INPUT)
    assert id_number.check(written, TODAY) == number


@given(st.text(alphabet=st.characters()))
def test_no_text_raises_anything_else(text: str) -> None:
    assert problem_of(text) in id_number._SENTENCES


@given(st.lists(st.sampled_from("0123456789Xx×Х١²Ⅹ⒈ \u200b\ud800\x00"), min_size=15, max_size=22).map("".join))
def test_no_text_that_resembles_a_number_raises_anything_else(text: str) -> None:
    assert problem_of(text) in {*id_number._SENTENCES, None}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("full-width", "".join(chr(ord(character) + 0xFEE0) for character in WITH_X)),
        ("small x", WITH_X.lower()),
        ("full-width small x", WITH_X[:17] + "ｘ"),
        ("Roman ten", WITH_X[:17] + "Ⅹ"),
        ("small Roman ten", WITH_X[:17] + "ⅹ"),
        ("zero-width", "\u200b\u200c\u200d\u2060".join(WITH_X)),
        ("spaces", " ".join(WITH_X)),
        ("ideographic and no-break spaces", f"\u3000{WITH_X[:6]}\u00a0{WITH_X[6:]}\t\r\n"),
        ("byte order mark", "\ufeff" + WITH_X),
        ("direction marks", "\u202a\u200e" + WITH_X + "\u200f\u202c\u061c"),
        ("hyphens and dashes", f"{WITH_X[:6]}-{WITH_X[6:14]}–{WITH_X[14:]}—"),
        ("dots", f"{WITH_X[:6]}.{WITH_X[6:14]}·{WITH_X[14:17]}．{WITH_X[17]}。"),
        ("soft hyphen", "\u00ad".join(WITH_X)),
    ],
)
def test_what_means_the_number_is_accepted(name: str, written: str) -> None:
    assert id_number.check(written, TODAY) == WITH_X, name


@pytest.mark.parametrize(
    ("part", "written"),
    [
        ("characters", WITH_X[:17] + "Х"),  # Cyrillic
        ("characters", WITH_X[:17] + "х"),
        ("characters", WITH_X[:17] + "Χ"),  # Greek
        ("characters", WITH_X[:17] + "×"),
        ("characters", "".join(chr(0x660 + int(digit)) for digit in RESIDENT)),  # Arabic
        ("characters", "".join(chr(0x966 + int(digit)) for digit in RESIDENT)),  # Devanagari
        ("characters", RESIDENT.replace("0", "O")),
        ("characters", RESIDENT.replace("0", "〇")),
        ("characters", RESIDENT[:16] + "X" + RESIDENT[17]),
        ("characters", RESIDENT[:17] + "A"),
        ("characters", RESIDENT[:17] + "\x00"),
        ("characters", RESIDENT[:17] + "\ud800"),
        ("empty", ""),
        ("empty", " -\u200b\ufeff"),
        ("fifteen", "119999900307001"),
        ("length", "11999990030700X"),
        ("length", RESIDENT[:17]),
        ("length", RESIDENT + "0"),
        pytest.param("length", "1" * 10_000_000, id="ten megabytes"),
        ("birth_date", id_number.compose("119999", date(1990, 3, 7), 1).replace("19900307", "19900231")),
        ("birth_date", "119999199013070019"),
        ("birth_date", "119999000003070019"),
        ("birth_date", "119999190002290019"),
        ("birth_future", id_number.compose("119999", date(2026, 11, 23), 1)),
        ("birth_too_old", id_number.compose("119999", date(1896, 11, 21), 1)),
        ("check_character", RESIDENT[:17] + "8"),
        ("check_character", RESIDENT[:17] + "X"),
        ("area", id_number.compose("169999", date(1990, 3, 7), 1)),
        ("area", id_number.compose("009999", date(1990, 3, 7), 1)),
        ("area", id_number.compose("849999", date(1990, 3, 7), 1)),
    ],
)
def test_what_is_wrong_is_named_and_the_number_is_not_quoted(part: str, written: str) -> None:
    with pytest.raises(IdNumberProblem) as refused:
        id_number.check(written, TODAY)
    assert refused.value.part == part
    assert refused.value.args == (part,)
    assert not written or written not in str(refused.value.message)


def test_the_length_that_was_typed_is_told() -> None:
    with pytest.raises(IdNumberProblem) as refused:
        id_number.check("1" * 17, TODAY)
    with translation.override("en"):
        assert "this one has 17" in str(refused.value.message)


def test_exactly_the_known_provinces_are_accepted() -> None:
    answers = [problem_of(id_number.compose(f"{code:02d}9999", date(1990, 3, 7), 1)) for code in range(100)]
    accepted = {*PROVINCES, 81, 82, 83, *range(90, 100)}
    assert answers == [None if code in accepted else "area" for code in range(100)]


def test_the_birthday_itself_is_a_limit_on_both_sides() -> None:
    assert id_number.check(id_number.compose("119999", TODAY, 1), TODAY)
    assert id_number.check(id_number.compose("119999", date(1896, 11, 22), 1), TODAY)
    leap = id_number.compose("119999", date(1896, 2, 29), 1)
    assert id_number.check(leap, date(2026, 2, 28))
    assert problem_of(leap, date(2026, 3, 1)) == "birth_too_old"


@pytest.mark.parametrize(
    ("moment", "part"), [("2026-11-22T15:59:59Z", "birth_future"), ("2026-11-22T16:00:00Z", None)]
)
def test_today_is_the_day_in_china(time_machine, moment: str, part: str | None) -> None:
    time_machine.move_to(moment, tick=False)
    assert problem_of(id_number.compose("119999", date(2026, 11, 23), 1), today=None) == part


def test_the_check_character_agrees_with_published_examples() -> None:
    # The two examples in GB 11643 itself.
    assert id_number.check_character("11010519491231002") == "X"
    assert id_number.check_character("44052418800101001") == "4"


def test_age_is_completed_on_the_birthday() -> None:
    assert id_number.age_on(RESIDENT, date(2008, 3, 6)) == 17
    assert id_number.age_on(RESIDENT, date(2008, 3, 7)) == 18
    leap = id_number.compose("119999", date(2008, 2, 29), 1)
    assert id_number.age_on(leap, date(2026, 2, 28)) == 17
    assert id_number.age_on(leap, date(2026, 3, 1)) == 18


@given(numbers)
def test_birth_date_is_read_from_the_number(number: str) -> None:
    assert f"{id_number.birth_date(number):%Y%m%d}".rjust(8, "0") == number[6:14]


@pytest.mark.parametrize(
    ("area", "kind"),
    [
        ("119999", Kind.RESIDENT),
        ("719999", Kind.RESIDENT),
        ("810000", Kind.HONG_KONG),
        ("820000", Kind.MACAO),
        ("830000", Kind.TAIWAN),
        ("911999", Kind.FOREIGNER),
    ],
)
def test_the_kind_follows_from_the_first_digits(area: str, kind: Kind) -> None:
    assert id_number.kind(id_number.compose(area, date(1900, 1, 1), 1)) is kind


def test_a_mask_leaves_only_the_first_and_last_character() -> None:
    assert id_number.mask(WITH_X) == "1****************X"
    assert id_number.mask("1234") == "*" * 18


def test_every_part_has_its_own_sentence_in_chinese() -> None:
    with translation.override("en"):
        english = {part: str(IdNumberProblem(part, 17).message) for part in id_number._SENTENCES}
    with translation.override("zh-hans"):
        chinese = {part: str(IdNumberProblem(part, 17).message) for part in id_number._SENTENCES}
    assert len(set(english.values())) == len(english)
    for part, sentence in chinese.items():
        assert sentence != english[part]
        assert "。" in sentence
