"""The signed digits in the QR code of a paper: how they are made, and how anybody verifies them offline.

180 digits: version (1), key id (3), kind of paper (1), day (8, YYYYMMDD), number (12), and the Ed25519 signature over
these 25 digits as a decimal number (155). Told byte by byte in docs/papers.md.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cards.paper_number import PaperNumberMalformed, PaperTextMalformed, check_paper_number, tidied

VERSION: Final = "1"
HEAD: Final = 25
SIGNATURE_DIGITS: Final = 155
LENGTH: Final = HEAD + SIGNATURE_DIGITS
# So that no signature made for anything else can ever pass for one of a paper.
_PURPOSE: Final = b"card-portal/paper/"
_KEY = re.compile(r"((?:demo-)?([0-9]{1,3})):ed25519:([A-Za-z0-9+/_=-]+)")
_LONGEST: Final = 1000

PublicKeys = Mapping[int, Ed25519PublicKey]


class PaperDigitsWrong(PaperTextMalformed):
    """Not the digits of a paper of ours: empty, length, characters, version, content, key or signature."""

    messages: ClassVar[dict[str, Promise]] = {
        "empty": _("Enter the 12-digit number of the paper, or scan the code on it."),
        "length": _("The code of a paper has 180 digits, and not all of them were read. Scan it again."),
        "characters": _("The code of a paper has only the digits 0 to 9. Scan it again."),
        "version": _("This code has a form that is not known here."),
        "content": _("The kind, day or number in this code cannot be true."),
        "key": _("This code names a key that is not known here."),
        "signature": _("This code was not signed by us, or one of its digits was changed."),
    }


@dataclass(frozen=True)
class SignedPaper:
    """What the digits of a genuine paper say; `kind` is the first digit of the number."""

    key: int
    kind: int
    day: date
    number: str


@lru_cache(maxsize=4)
def _ring_of(text: str) -> dict[int, Ed25519PrivateKey]:
    """The keys of the setting, newest first; complaints never quote a secret."""
    ring: dict[int, Ed25519PrivateKey] = {}
    for entry in filter(None, (one.strip() for one in text.split(","))):
        match = _KEY.fullmatch(entry)
        key_id = entry.partition(":")[0]
        if match is None:
            raise ImproperlyConfigured(
                f"PAPER_KEYS: {key_id[:20]!r}: each key is kid:ed25519:base64, the kid a number of up to 3 digits."
            )
        try:
            seed = base64.b64decode(match[3].replace("-", "+").replace("_", "/"), validate=True)
        except (binascii.Error, ValueError):
            raise ImproperlyConfigured(f"PAPER_KEYS: the seed of key {key_id!r} is not base64.") from None
        if len(seed) != 32:
            raise ImproperlyConfigured(f"PAPER_KEYS: the seed of key {key_id!r} has {len(seed)} bytes; it needs 32.")
        if int(match[2]) in ring:
            raise ImproperlyConfigured(f"PAPER_KEYS: two keys are numbered {int(match[2])}. Give each its own number.")
        ring[int(match[2])] = Ed25519PrivateKey.from_private_bytes(seed)
    if not ring:
        raise ImproperlyConfigured("PAPER_KEYS holds no key. Write at least one kid:ed25519:base64.")
    return ring


def check_keys() -> None:
    """Raise `ImproperlyConfigured` where the setting cannot be used."""
    _ring_of(settings.PAPER_KEYS)


def public_keys() -> dict[int, Ed25519PublicKey]:
    """The public halves of the configured keys."""
    return {number: key.public_key() for number, key in _ring_of(settings.PAPER_KEYS).items()}


def sign(kind: int, day: date, number: str) -> str:
    """Return the digits of a paper, signed with the newest key; the same paper always gives the same digits."""
    key_number, key = next(iter(_ring_of(settings.PAPER_KEYS).items()))
    head = f"{VERSION}{key_number:03d}{kind}{day:%Y%m%d}{number}"
    signature = int.from_bytes(key.sign(_PURPOSE + head.encode("ascii")), "big")
    return f"{head}{signature:0{SIGNATURE_DIGITS}d}"


def clean_digits(text: str) -> str:
    """Return scanned digits without separators, or raise `PaperDigitsWrong` where they cannot be a paper's."""
    digits = tidied(text, PaperDigitsWrong, _LONGEST)
    # str.isdigit would take Arabic and other digits.
    if any(digit not in "0123456789" for digit in digits):
        raise PaperDigitsWrong("characters")
    if len(digits) != LENGTH:
        raise PaperDigitsWrong("length")
    return digits


def verify(text: str, keys: PublicKeys) -> SignedPaper:
    """Return what the digits say if one of these keys signed them; raise `PaperDigitsWrong` otherwise."""
    digits = clean_digits(text)
    head, signature = digits[:HEAD], int(digits[HEAD:])
    if head[0] != VERSION:
        raise PaperDigitsWrong("version")
    paper = _read(head)
    if paper.key not in keys:
        raise PaperDigitsWrong("key")
    try:
        keys[paper.key].verify(signature.to_bytes(64, "big"), _PURPOSE + head.encode("ascii"))
    except (InvalidSignature, OverflowError):
        raise PaperDigitsWrong("signature") from None
    return paper


def _read(head: str) -> SignedPaper:
    """Read the 25 digits before the signature."""
    try:
        day = date(int(head[5:9]), int(head[9:11]), int(head[11:13]))
        number = check_paper_number(head[13:])
    except (ValueError, PaperNumberMalformed):
        raise PaperDigitsWrong("content") from None
    if number[0] != head[4]:
        raise PaperDigitsWrong("content")
    return SignedPaper(int(head[1:4]), int(head[4]), day, number)


def number_on(text: str) -> str:
    """Return the number of a paper, typed (12 digits) or scanned (then it must be genuine)."""
    try:
        return verify(text, public_keys()).number
    except PaperDigitsWrong as wrong:
        if wrong.reason not in ("length", "characters", "empty"):
            raise
    return check_paper_number(text)


# --- the public keys as others read them ---------------------------------------------------------------------------


def key_set() -> dict[str, list[dict[str, str]]]:
    """The public keys as a JSON Web Key Set (RFC 7517, RFC 8037)."""
    return {
        "keys": [
            {"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": str(number), "x": _encoded(key.public_bytes_raw())}
            for number, key in public_keys().items()
        ]
    }


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def read_key_set(text: str) -> dict[int, Ed25519PublicKey]:
    """Read what `key_set` wrote; raise `ValueError` where it is none."""
    try:
        keys: list[dict[str, Any]] = json.loads(text)["keys"]
        return {
            int(key["kid"]): Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "=="))
            for key in keys
            if key["crv"] == "Ed25519"
        }
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ValueError("This is no JSON Web Key Set with Ed25519 keys.") from wrong
