"""What makes a sentence of a guide too long to be read at once; pure, for the editors' warnings and for the tests."""

import re
from collections.abc import Iterable

from guidance import markdown

# Between two full stops: English words, Chinese characters (a word or number in Latin letters counts as one).
LONGEST = {"zh": 50, "en": 25}
ENDS = re.compile(r"[。！？.!?]+[”’）)]*(?=\s|$|[\u3400-\u9fff“])|[。！？]+[”’）]*")
UNIT = {"zh": re.compile(r"[\u3400-\u9fff]|[A-Za-z0-9:]+"), "en": re.compile(r"[\w’'-]+")}
BLOCK = re.compile(r"</?(?:h2|h3|p|li|td|th|dt|dd|div|ul|ol|table|tr)\b[^>]*>")


def lines(title: str, summary: str, html: str) -> list[str]:
    """Everything a reader sees of a guide, each block of the text on a line of its own."""
    return [line for line in (title, summary, *map(markdown.plain_text, BLOCK.split(html))) if line]


def sentences(told: Iterable[str]) -> list[str]:
    """The sentences of some lines."""
    return [part.strip() for line in told for part in ENDS.split(line) if part.strip()]


def length(sentence: str, language: str) -> int:
    """How many characters ("zh") or words ("en") a sentence has."""
    return len(UNIT[language].findall(sentence))


def long_sentences(told: Iterable[str], language: str) -> list[str]:
    """The sentences that are longer than a reader takes in at once."""
    return [said for said in sentences(told) if length(said, language) > LONGEST[language]]
