"""What a message can mean: a command in either language, a number on paper, a code of a binding, or none of these."""

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum

from cards.paper_number import (
    CODE_ALPHABET,
    PAPER_NUMBER_LENGTH,
    PaperNumberMalformed,
    PaperTextMalformed,
    check_paper_number,
    clean_query_code,
)


class Meaning(StrEnum):
    """What a message asks for; the first seven are also the keys of the account's menu."""

    HELP = "help"
    PROGRESS = "progress"
    LOST = "lost"
    OUTLETS = "outlets"
    PERSON = "person"
    BIND = "bind"
    UNBIND = "unbind"
    ID_NUMBER = "id_number"
    NUMBER = "number"
    MALFORMED = "malformed"
    BINDING_CODE = "binding_code"
    CONFIRM_LOSS = "confirm_loss"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Said:
    """A message understood: its meaning, its language where the words show one, and what it carries.

    `number` is a paper number or a code, `code` a query code; neither is ever an ID number.
    """

    meaning: Meaning
    language: str = ""
    number: str = ""
    code: str = ""
    problem: PaperTextMalformed | None = None


CHINESE: dict[Meaning, str] = {
    Meaning.HELP: "帮助 菜单 你好 您好",
    Meaning.PROGRESS: "进度 查询 查进度 进度查询 查询进度 办卡进度 社保卡进度",
    Meaning.LOST: "挂失 丢卡 卡丢了 社保卡丢了 我要挂失",
    Meaning.OUTLETS: "网点 服务网点 附近网点",
    Meaning.PERSON: "人工 客服 人工客服 人工服务 转人工",
    Meaning.BIND: "绑定 绑卡 绑定社保卡",
    Meaning.UNBIND: "解绑 解除绑定 取消绑定",
}
ENGLISH: dict[Meaning, str] = {
    Meaning.HELP: "help menu hello hi english",
    Meaning.PROGRESS: "progress status",
    Meaning.LOST: "lost loss",
    Meaning.OUTLETS: "outlets outlet",
    Meaning.PERSON: "person human",
    Meaning.BIND: "bind",
    Meaning.UNBIND: "unbind",
}
_WORDS = {
    word: Said(meaning, language)
    for language, words in (("zh-hans", CHINESE), ("en", ENGLISH))
    for meaning, listed in words.items()
    for word in listed.split()
}
_MENU = frozenset(list(Meaning)[:7])
_CONFIRM = re.compile(r"(确认挂失|confirm\s*loss)[\s\W_]*([0-9]{4})")
_AROUND = re.compile(r"^[\s\W_]+|[\s\W_]+$")
# What people put between digits, and what hides there.
_BETWEEN = re.compile("[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff.\u00b7\u2010-\u2015\u2212_-]+")
# Eighteen or the old fifteen digits; whoever drops one or doubles one still meant an ID number.
_ID_NUMBER = re.compile(r"[0-9]{14,17}[0-9X]")
_BINDING = re.compile(f"[2-9][{CODE_ALPHABET}OIL]{{7}}")
_LANGUAGE = re.compile(r"[\s,]+(en|english|中文)$")
LONGEST = 200


def understood(text: str) -> Said:
    """What somebody wrote; never raises, whatever it is."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    language = ""
    if asked := _LANGUAGE.search(folded):
        folded, language = folded[: asked.start()], "zh-hans" if asked[1] == "中文" else "en"
    folded = _AROUND.sub("", folded)
    if folded in _WORDS:
        return replace(_WORDS[folded], language=language or _WORDS[folded].language)
    if confirmed := _CONFIRM.fullmatch(folded):
        spoken = "en" if confirmed[1][0] == "c" else "zh-hans"
        return Said(Meaning.CONFIRM_LOSS, language or spoken, confirmed[2])
    return _numbers(_BETWEEN.sub("", folded).upper(), language)


def _numbers(packed: str, language: str) -> Said:
    """A receipt number, alone or before its query code; an ID number; a binding's code."""
    number, code = packed[:PAPER_NUMBER_LENGTH], packed[PAPER_NUMBER_LENGTH:]
    problem: PaperTextMalformed | None = None
    try:
        if number := check_paper_number(number):
            return Said(Meaning.NUMBER, language, number, clean_query_code(code) if code else "")
    except PaperTextMalformed as malformed:
        problem = malformed
    if _ID_NUMBER.search(packed):
        return Said(Meaning.ID_NUMBER, language)
    if _BINDING.fullmatch(packed):
        return Said(Meaning.BINDING_CODE, language, packed.replace("O", "0").replace("I", "1").replace("L", "1"))
    # Close enough to a number on paper to say what is wrong with it; a right number with a wrong code as well.
    if not isinstance(problem, PaperNumberMalformed) or re.fullmatch(r"[0-9]{9,14}", packed):
        return Said(Meaning.MALFORMED, language, problem=problem)
    return Said(Meaning.UNKNOWN, language)


def of_menu(key: str) -> Said:
    """What a key of the account's menu asks for; `.en` behind it asks in English."""
    name, _dot, language = key.partition(".")
    if name not in _MENU:
        return Said(Meaning.UNKNOWN)
    return Said(Meaning(name), "en" if language == "en" else "")
