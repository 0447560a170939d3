"""Numbers and codes that stand on paper: how they are made, checked, printed and read back.

Text only; which code belongs to which paper is decided by a key, in `cards.sealing`.
"""

import re
import secrets
import unicodedata
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Crockford's base 32: no I, L, O or U, so nothing on paper is mistaken for 1 or 0.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
PAPER_NUMBER_LENGTH = 12
# Typed text is bounded before it is normalised, so that a megabyte costs nothing.
LONGEST_INPUT = 100

_CODE_VALUES = {letter: value for value, letter in enumerate(CODE_ALPHABET)}
_LOOK_ALIKES = str.maketrans("OIL", "011")
_SEPARATORS = re.compile("[\\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff.\u00b7\u2010-\u2015\u2212_-]+")


class PaperTextMalformed(ValueError):
    """What was typed cannot be a number or code of ours; `reason` says why, `message` says what to do."""

    messages: ClassVar[dict[str, Promise]] = {}

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def message(self) -> Promise:
        """The sentence for the person who typed it."""
        return self.messages[self.reason]


class QueryCodeMalformed(PaperTextMalformed):
    """Not a query code: `reason` is empty, length, characters or check."""

    messages: ClassVar[dict[str, Promise]] = {
        "empty": _(
            "Enter the query code that stands on your receipt, card certificate or loss receipt, "
            "or that was told to you by phone or shown online."
        ),
        "length": _(
            "A query code has 10 characters. Compare it with your paper, "
            "or with what you wrote down on the phone or online."
        ),
        "characters": _("A query code has only digits and the letters A to Z without U. Compare it with your paper."),
        "check": _("One character of the query code is wrong, or two changed places. Compare it with your paper."),
    }


class PaperNumberMalformed(PaperTextMalformed):
    """Not a number of a paper: `reason` is empty, length, characters or check."""

    messages: ClassVar[dict[str, Promise]] = {
        "empty": _("Enter the 12-digit number that stands on the paper."),
        "length": _("The number of a paper has 12 digits. Compare it with the paper."),
        "characters": _("The number of a paper has only the digits 0 to 9. Compare it with the paper."),
        "check": _("One digit of the paper number is wrong, or two changed places. Compare it with the paper."),
    }


def tidied(text: str, problem: type[PaperTextMalformed], longest: int = LONGEST_INPUT) -> str:
    """Return the text folded to plain capitals without separators."""
    if len(text) > longest:
        raise problem("length")
    tidy = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    if not tidy:
        raise problem("empty")
    return tidy


def _times_two(value: int) -> int:
    """Multiply by the generator of the field of 32 elements (polynomial x^5 + x^2 + 1)."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def _remainder(code: str) -> int:
    """Read the characters as a polynomial over the field of 32 elements and evaluate it at the generator."""
    value = 0
    for letter in code:
        value = _times_two(value) ^ _CODE_VALUES[letter]
    return value


def with_check_character(nine: str) -> str:
    """Return the nine characters of a query code and the check character that makes the whole vanish.

    Each place weighs a different power of the generator of a field, and none weighs zero. So one wrong character
    always shows (weight × difference is not zero), and so do any two that changed places, neighbours or not
    (difference of weights × difference of characters is not zero). Mod 32 could promise neither: it has zero divisors.
    """
    return nine + CODE_ALPHABET[_times_two(_remainder(nine))]


def clean_query_code(text: str) -> str:
    """Return a typed query code as the ten characters it means, or raise `QueryCodeMalformed`."""
    code = tidied(text, QueryCodeMalformed).translate(_LOOK_ALIKES)
    if len(code) != CODE_LENGTH:
        raise QueryCodeMalformed("length")
    if any(letter not in _CODE_VALUES for letter in code):
        raise QueryCodeMalformed("characters")
    if _remainder(code):
        raise QueryCodeMalformed("check")
    return code


def spaced_code(code: str) -> str:
    """Return a query code as it is printed and read out, in two groups of five."""
    return f"{code[:5]} {code[5:]}"


def _mod_11_10(digits: str) -> int:
    """Return the running product of ISO 7064 MOD 11,10 after these digits."""
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return product


def new_paper_number(kind_digit: str) -> str:
    """Return a fresh 12-digit number: kind, ten random digits, ISO 7064 MOD 11,10 check digit."""
    if len(kind_digit) != 1 or kind_digit not in "0123456789":
        raise ValueError(f"The kind of a paper is one digit, not {kind_digit!r}.")
    body = f"{kind_digit}{secrets.randbelow(10**10):010d}"
    return f"{body}{(11 - _mod_11_10(body)) % 10}"


def check_paper_number(text: str) -> str:
    """Return a typed paper number as its twelve digits, or raise `PaperNumberMalformed`."""
    number = tidied(text, PaperNumberMalformed)
    # str.isdigit would take Arabic and other digits.
    if any(digit not in "0123456789" for digit in number):
        raise PaperNumberMalformed("characters")
    if len(number) != PAPER_NUMBER_LENGTH:
        raise PaperNumberMalformed("length")
    if (_mod_11_10(number[:-1]) + int(number[-1])) % 10 != 1:
        raise PaperNumberMalformed("check")
    return number


def spaced_paper_number(number: str) -> str:
    """Return a paper number as it is printed, in three groups of four."""
    return f"{number[:4]} {number[4:8]} {number[8:]}"
