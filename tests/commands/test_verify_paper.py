"""`manage.py verify_paper`: genuine or not, offline, with the published keys alone."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cards import paper_signature
from cards.paper_number import new_paper_number, spaced_paper_number
from tests.harness.environment import test_key as seed_of

NUMBER = new_paper_number("2")


@pytest.fixture
def digits() -> str:
    return paper_signature.sign(2, date(2026, 11, 26), NUMBER)


def told(*arguments: str) -> str:
    """What the command prints; it must not touch the database (no test here may)."""
    out = io.StringIO()
    call_command("verify_paper", *arguments, stdout=out)
    return out.getvalue()


def test_genuine_paper_is_named(digits: str) -> None:
    expected = f"Genuine: Card certificate {spaced_paper_number(NUMBER)} of 2026-11-26, signed with key 2.\n"
    assert told(digits) == expected
    assert told(digits[:90], digits[90:]) == expected


def test_published_keys_suffice(digits: str, tmp_path: Path, settings: Any) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(paper_signature.key_set()))
    settings.PAPER_KEYS = f"9:ed25519:{seed_of('elsewhere')}"
    assert "Genuine" in told(digits, "--keys", str(keys))
    with pytest.raises(CommandError, match="Not genuine: This code names a key"):
        told(digits)


def test_changed_digit_is_not_genuine(digits: str) -> None:
    with pytest.raises(CommandError, match="Not genuine: This code was not signed by us"):
        told(digits[:-1] + str((int(digits[-1]) + 1) % 10))


@pytest.mark.parametrize("content", [None, "nonsense", "{}"])
def test_unreadable_keys_are_said_to_be_so(digits: str, tmp_path: Path, content: str | None) -> None:
    keys = tmp_path / "keys.json"
    if content is not None:
        keys.write_text(content)
    with pytest.raises(CommandError, match="cannot be read"):
        told(digits, "--keys", str(keys))
