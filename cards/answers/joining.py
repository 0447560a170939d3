"""Sentences put one after another as each language does it."""

import re
from itertools import pairwise

from django.utils.translation import pgettext

# A sentence ends with a Chinese mark, or with a Latin one before a space or the end.
_END = re.compile(r"[。！？]|[.!?](?=\s|$)")


def as_sentence(text: str) -> str:
    """The text with a full stop, unless it ends like a sentence already."""
    return text if _END.fullmatch(text[-1:]) else text + pgettext("end of a sentence", ".")


def joined(*sentences: str) -> str:
    """The sentences one after another; Chinese puts no space between them."""
    told = ""
    for sentence in filter(None, sentences):
        pair = {"one": told, "two": sentence}
        told = pgettext("two sentences", "%(one)s %(two)s") % pair if told else sentence
    return told


def sentences(text: str) -> list[str]:
    """The sentences of a text, one by one."""
    ends = [0, *(end.end() for end in _END.finditer(text)), len(text)]
    return [part for start, end in pairwise(ends) if (part := text[start:end].strip())]


def first_sentence(text: str) -> str:
    """The text up to the end of its first sentence."""
    end = _END.search(text)
    return text[: end.end()] if end else text
