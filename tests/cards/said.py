"""What the tests of answers share: how a text is judged."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import models
from django.utils.functional import Promise

from cards.models import Bank, Cardholder
from cards.rules import CHINA
from tests import factories as f

LANGUAGES = ("en", "zh-hans")
NOW = datetime(2026, 3, 30, 9, 0, tzinfo=CHINA)
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
LATIN = re.compile("[A-Za-z]")


@pytest.fixture(autouse=True)
def standing_clock(clock: Any) -> None:
    clock("2026-03-30 09:00")


@pytest.fixture
def person() -> Cardholder:
    return f.holder()


def secret_outlet() -> Any:
    return f.OutletFactory(
        kind="bank_outlet",
        bank=secret_bank(),
        name_zh="金丝雀网点",
        name_en="Canary Outlet",
        address_zh="金丝雀路",
        address_en="Canary Road",
        phone="010-55556666",
    )


def secret_bank() -> Any:
    known = Bank.objects.filter(hotline="95999").first()
    return known or f.BankFactory(name_zh="金丝雀银行", name_en="Canary Bank", hotline="95999")


FULL_ONLY = ("金丝雀", "Canary", "010-55556666", "95999")


def texts(value: Any) -> Iterator[str]:
    """Every text in an answer, however deep; rows of the database are not told, only what was made of them."""
    if isinstance(value, str | Promise):
        yield str(value)
    elif isinstance(value, models.Model) or value is None or isinstance(value, bool | int | float):
        return
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)
    elif dataclasses.is_dataclass(value):
        for one in dataclasses.fields(value):
            yield from texts(getattr(value, one.name))
    else:
        raise AssertionError(f"{value!r} is no part of an answer")


def words(answer: Any) -> list[str]:
    """What people read or hear: the texts of the answer and its four bodies, without the marks for scripts."""
    marks = {"stopped", "stage", "state", "kind", "outcome"}
    told = [
        text
        for one in dataclasses.fields(answer)
        if one.name not in marks
        for text in texts(_without_marks(getattr(answer, one.name), marks))
    ]
    return [text for text in [*told, answer.phone, answer.wechat, *answer.slip] if text]


def _without_marks(value: Any, marks: set[str]) -> Any:
    if isinstance(value, list):
        return [_without_marks(one, marks) for one in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, models.Model):
        return {one.name: getattr(value, one.name) for one in dataclasses.fields(value) if one.name not in marks}
    return value


def assert_well_said(told: list[str], language: str) -> None:
    assert told
    for text in told:
        assert "%" not in text, text
        assert "None" not in text, text
        assert text == text.strip(), repr(text)
        for slip in ("  ", "..", "。。", " .", " ,", "，，", "。，", "{", "}", "( )", "（）"):
            assert slip not in text, (slip, text)
        if language == "en":
            assert not CHINESE.search(text), text
        else:
            assert not LATIN.search(text), text


def sentences(text: str) -> int:
    return len(re.findall(r"[.!?](?=\s|$)|[。！？]", text))


def assert_four_bodies(answer: Any) -> None:
    assert answer.title
    assert not answer.title.endswith((".", "。"))
    for sentence in (answer.now, answer.next):
        assert sentences(sentence) == 1, sentence
        assert sentence.endswith((".", "。")), sentence
    assert 1 <= sentences(answer.phone) <= 3, answer.phone
    assert answer.title in answer.phone
    assert answer.title in answer.wechat
    assert "\n" not in answer.wechat
    assert len(answer.slip) >= 3
    assert all("\n" not in line for line in answer.slip)
