"""The signed digits of a paper: made by the newest key, verified by anybody, and broken by any changed digit."""

import base64
import json
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured

from cards import paper_signature
from cards.paper_number import PaperNumberMalformed, new_paper_number
from cards.paper_signature import PaperDigitsWrong, public_keys, sign, verify
from cards.papers import picture
from tests.harness.environment import test_key as seed_of

DAY = date(2026, 11, 26)
SEED = seed_of("another paper key")


def wrong(digits: str, keys: Any = None) -> str:
    """Why these digits are refused."""
    with pytest.raises(PaperDigitsWrong) as refused:
        verify(digits, public_keys() if keys is None else keys)
    assert str(refused.value.message)
    return refused.value.reason


@pytest.mark.parametrize("kind", "123456")
def test_digits_say_key_kind_day_and_number_and_verify(kind: str) -> None:
    number = new_paper_number(kind)
    digits = sign(int(kind), DAY, number)
    assert digits[:25] == f"1002{kind}20261126{number}"
    assert len(digits) == 180
    assert digits.isascii()
    assert digits.isdigit()
    paper = verify(digits, public_keys())
    assert (paper.key, paper.kind, paper.day, paper.number) == (2, int(kind), DAY, number)


def test_signature_is_the_documented_one() -> None:
    """Written from docs/papers.md alone, with nothing of ours but the public key."""
    digits = sign(1, DAY, new_paper_number("1"))
    key = next(key for key in paper_signature.key_set()["keys"] if key["kid"] == str(int(digits[1:4])))
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "="))
    public.verify(int(digits[25:]).to_bytes(64, "big"), b"card-portal/paper/" + digits[:25].encode())


def test_same_paper_always_has_the_same_digits() -> None:
    number = new_paper_number("2")
    assert sign(2, DAY, number) == sign(2, DAY, number)


def test_every_changed_digit_is_refused() -> None:
    digits = sign(2, DAY, new_paper_number("2"))
    keys = public_keys()
    for place, digit in enumerate(digits):
        for other in "0123456789":
            if other != digit:
                wrong(digits[:place] + other + digits[place + 1 :], keys)


def test_two_changed_places_are_refused() -> None:
    digits = sign(3, DAY, new_paper_number("3"))
    for place in range(179):
        if digits[place] != digits[place + 1]:
            wrong(digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: "", "empty"),
        (lambda d: d[:-1], "length"),
        (lambda d: d + "0", "length"),
        (lambda d: d[:-1] + "x", "characters"),
        (lambda d: d[:-1] + "٣", "characters"),
        (lambda d: "2" + d[1:], "version"),
        (lambda d: d[:1] + "009" + d[4:], "key"),
        (lambda d: d[:9] + "1340" + d[13:], "content"),
        (lambda d: d[:4] + "4" + d[5:], "content"),
        (lambda d: d[:24] + str((int(d[24]) + 1) % 10) + d[25:], "content"),
        (lambda d: d[:25] + "9" * 155, "signature"),
        (lambda d: d[:25] + "0" * 155, "signature"),
    ],
)
def test_each_fault_is_named(change: Any, reason: str) -> None:
    assert wrong(change(sign(1, DAY, new_paper_number("1")))) == reason


def test_digits_may_be_spaced_broken_or_full_width() -> None:
    digits = sign(1, DAY, new_paper_number("1"))
    full_width = digits.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    spaced = " ".join(digits[i : i + 4] for i in range(0, 180, 4))
    for dress in (full_width, spaced, f"\ufeff{digits}\r\n"):
        assert verify(dress, public_keys()).number == digits[13:25]


def test_a_rotated_key_still_verifies_and_a_removed_one_does_not(settings: Any) -> None:
    old = sign(1, DAY, new_paper_number("1"))
    settings.PAPER_KEYS = f"7:ed25519:{SEED},{settings.PAPER_KEYS}"
    assert sign(1, DAY, old[13:25])[1:4] == "007"
    assert verify(old, public_keys()).key == 2
    settings.PAPER_KEYS = f"7:ed25519:{SEED}"
    assert wrong(old) == "key"


def test_a_paper_signed_by_somebody_else_under_our_number_is_refused(settings: Any) -> None:
    ours = public_keys()
    settings.PAPER_KEYS = f"2:ed25519:{SEED}"
    assert wrong(sign(1, DAY, new_paper_number("1")), ours) == "signature"


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ("", "holds no key"),
        (f"abc:ed25519:{SEED}", "kid a number of up to 3 digits"),
        (f"1000:ed25519:{SEED}", "kid a number of up to 3 digits"),
        (f"1:rsa:{SEED}", "each key is kid:ed25519:base64"),
        ("1:ed25519:AAAA", "has 3 bytes; it needs 32"),
        ("1:ed25519:A", "not base64"),
        (f"1:ed25519:{SEED},demo-1:ed25519:{SEED}", "two keys are numbered 1"),
    ],
)
def test_unusable_keys_are_named_without_their_secret(settings: Any, keys: str, complaint: str) -> None:
    settings.PAPER_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match=complaint) as refused:
        paper_signature.check_keys()
    assert SEED not in str(refused.value)


def test_public_keys_survive_their_journey_as_json_and_hold_no_secret(settings: Any) -> None:
    text = json.dumps(paper_signature.key_set())
    digits = sign(4, DAY, new_paper_number("4"))
    assert verify(digits, paper_signature.read_key_set(text)).kind == 4
    for entry in settings.PAPER_KEYS.split(","):
        seed = base64.b64decode(entry.rpartition(":")[2])
        assert base64.urlsafe_b64encode(seed).rstrip(b"=").decode() not in text
    for nonsense in ("", "[]", "{}", '{"keys": [{"kid": "1"}]}', '{"keys": 3}'):
        with pytest.raises(ValueError, match=r"."):
            paper_signature.read_key_set(nonsense)


def test_a_number_is_read_whether_typed_or_scanned() -> None:
    number = new_paper_number("2")
    digits = sign(2, DAY, number)
    assert paper_signature.number_on(f"{number[:4]} {number[4:8]} {number[8:]}") == number
    assert paper_signature.number_on(digits) == number
    with pytest.raises(PaperDigitsWrong):
        paper_signature.number_on(digits[:-1] + str((int(digits[-1]) + 1) % 10))
    with pytest.raises(PaperNumberMalformed):
        paper_signature.number_on("12345")


@pytest.mark.skipif(shutil.which("zbarimg") is None, reason="zbarimg is not installed")
@pytest.mark.parametrize("scale", [3, 8])
def test_the_picture_is_read_back_by_a_scanner_and_verifies(tmp_path: Path, scale: int) -> None:
    digits = sign(2, DAY, new_paper_number("2"))
    drawn = picture.qr(digits)
    assert (drawn.version, drawn.mode, drawn.error) == (5, "numeric", "M")
    drawn.save(f"{tmp_path}/qr.png", scale=scale, border=4)
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", f"{tmp_path}/qr.png"], capture_output=True, text=True, check=True
    )
    assert read.stdout.strip() == digits
    assert verify(read.stdout, public_keys()).number == digits[13:25]
