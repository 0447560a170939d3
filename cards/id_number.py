"""Citizen identification numbers (GB 11643): cleaned as typed, checked part by part, masked; pure text.

18 characters: 6 area, 8 birth date, 3 order, 1 check character (ISO 7064 MOD 11-2, X stands for ten). The same holds
for the residence permits of Hong Kong, Macao and Taiwan people and for foreign permanent residents (first digit 9).
"""

import unicodedata
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

LENGTH: Final = 18
OLDEST: Final = 130
# Bounded before it is normalised, so that a megabyte costs nothing; room for a space between all characters.
LONGEST_INPUT: Final = 100

# Never the county: people keep numbers that were coded before their county existed, or after it was gone.
_PROVINCES: Final = frozenset(
    str(code)
    for codes in (
        (11, 16),
        (21, 24),
        (31, 38),
        (41, 47),
        (50, 55),
        (61, 66),
        (71, 72),
        (81, 84),
    )
    for code in range(*codes)
)
_FOREIGNER: Final = "9"
# str.isdigit and \d would take Arabic and other digits.
_DIGITS: Final = frozenset("0123456789")
_WEIGHTS: Final = tuple(2 ** (17 - place) % 11 for place in range(17))
_CHECK_CHARACTERS: Final = "10X98765432"
# Spaces, dashes and invisible format characters (zero-width, direction marks, byte order mark).
_IGNORED_CATEGORIES: Final = frozenset({"Zs", "Zl", "Zp", "Pd", "Cf"})
_IGNORED: Final = frozenset("\t\n\v\f\r.。·•‧・∙⋅\u2212\u2043")

_SENTENCES: Final = {
    "empty": _("Enter the ID number."),
    "fifteen": _(
        "This is an ID number of the old kind with 15 digits. Enter the number with 18 characters; "
        "it stands on every ID card in use today."
    ),
    "length": _("An ID number has 18 characters; this one has {count}. Compare it with the ID card."),
    "characters": _(
        "An ID number has only the digits 0 to 9, and its last character may be the letter X. "
        "Compare it with the ID card."
    ),
    "birth_date": _(
        "Characters 7 to 14 are the date of birth, and there is no such date. Compare them with the ID card."
    ),
    "birth_future": _(
        "Characters 7 to 14 are the date of birth, and it lies in the future. Compare them with the ID card."
    ),
    "birth_too_old": _(
        "Characters 7 to 14 are the date of birth, and it lies more than 130 years back. "
        "Compare them with the ID card."
    ),
    "check_character": _(
        "The last character does not fit the others, so at least one character is wrong. "
        "Compare all of them with the ID card."
    ),
    "area": _(
        "The first two digits stand for the province, and there is no such province. Compare them with the ID card."
    ),
}


class Kind(StrEnum):
    """Whose number it is, by its first digits."""

    RESIDENT = "resident"
    HONG_KONG = "hong_kong"
    MACAO = "macao"
    TAIWAN = "taiwan"
    FOREIGNER = "foreigner"


class IdNumberProblem(ValueError):
    """What was typed is no ID number: `part` names the part that is wrong, `message` says it and what to do.

    It never holds the number, because errors end up in logs.
    """

    def __init__(self, part: str, count: int = 0) -> None:
        super().__init__(part)
        self.part = part
        self.message: Promise = format_lazy(_SENTENCES[part], count=count)


def is_separator(character: str) -> bool:
    """Whether a character only keeps digits apart, or cannot be seen at all."""
    return character in _IGNORED or unicodedata.category(character) in _IGNORED_CATEGORIES


def clean(text: str) -> str:
    """Return the characters that a typed number means: full-width and Roman forms folded, separators gone, capitals.

    Raises `IdNumberProblem` (length) only for a text far too long to be a number.
    """
    if len(text) > LONGEST_INPUT:
        raise IdNumberProblem("length", len(text))
    folded = unicodedata.normalize("NFKC", text)
    return "".join(character for character in folded if not is_separator(character)).upper()


def check(text: str, today: date | None = None) -> str:
    """Return the cleaned number if it is valid on `today` (default: today in China), or raise `IdNumberProblem`."""
    number = clean(text)
    _check_shape(number)
    _check_birth(number, today or datetime.now(ZoneInfo("Asia/Shanghai")).date())
    if number[17] != check_character(number[:17]):
        raise IdNumberProblem("check_character")
    if number[:2] not in _PROVINCES and number[0] != _FOREIGNER:
        raise IdNumberProblem("area")
    return number


def _check_shape(number: str) -> None:
    if not number:
        raise IdNumberProblem("empty")
    if len(number) == 15 and _DIGITS.issuperset(number):
        raise IdNumberProblem("fifteen")
    if len(number) != LENGTH:
        raise IdNumberProblem("length", len(number))
    if not _DIGITS.issuperset(number[:17]) or number[17] not in _CHECK_CHARACTERS:
        raise IdNumberProblem("characters")


def _check_birth(number: str, today: date) -> None:
    try:
        birth = birth_date(number)
    except ValueError:
        raise IdNumberProblem("birth_date") from None
    if birth > today:
        raise IdNumberProblem("birth_future")
    # Compared as a tuple, because 29 February has no anniversary in most years.
    if (birth.year + OLDEST, birth.month, birth.day) < (
        today.year,
        today.month,
        today.day,
    ):
        raise IdNumberProblem("birth_too_old")


def check_character(first17: str) -> str:
    """Return the check character of 17 digits (ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first17, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def compose(area: str, birth: date, order: int) -> str:
    """Return the number of an area, a birth date and an order (1 to 999), with its check character."""
    first17 = f"{area}{birth.year:04d}{birth.month:02d}{birth.day:02d}{order:03d}"
    return first17 + check_character(first17)


def birth_date(number: str) -> date:
    """Return the date of birth in a checked number."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def age_on(number: str, day: date) -> int:
    """Return the age in completed years on a day; a year is completed on the birthday (1 March for 29 February)."""
    birth = birth_date(number)
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def kind(number: str) -> Kind:
    """Tell whose number a checked number is."""
    if number[0] == _FOREIGNER:
        return Kind.FOREIGNER
    return {"81": Kind.HONG_KONG, "82": Kind.MACAO, "83": Kind.TAIWAN}.get(number[:2], Kind.RESIDENT)


def mask(number: str) -> str:
    """Return a number for paper and screen: its first and last character, everything between as stars.

    Whoever knows district and birthday has 1,000 numbers left; the last four characters would leave one of them, the
    last two about nine. The check character alone leaves about ninety, and still lets a holder recognise a slip.
    """
    return f"{number[0]}{'*' * (LENGTH - 2)}{number[-1]}" if len(number) == LENGTH else "*" * LENGTH
