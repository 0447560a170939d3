"""The search index of the guides: FTS5 on SQLite, tsvector on PostgreSQL, the same words in both.

Neither database cuts Chinese into words people search for, so `words` does, and the databases only store and rank.
"""

import re
from dataclasses import dataclass

from django.db import connection

from guidance import words

LANGUAGES = ("zh", "en")
# Each database ranks in its own way, so neither is asked to: whoever shows the hits puts them into their order.
FIND = {
    "sqlite": "SELECT rowid, plain FROM guidance_search WHERE guidance_search MATCH %s ORDER BY rowid LIMIT %s",
    "postgresql": "SELECT rowid, plain FROM guidance_search WHERE words @@ %s::tsquery ORDER BY rowid LIMIT %s",
}
# AND, OR and the quotation mark of each query language.
MARKS = {"sqlite": (" AND ", " OR ", '"'), "postgresql": (" & ", " | ", "'")}


@dataclass(frozen=True)
class Hit:
    """One text that matched: which article, in which language, and its words on one line."""

    article_id: int
    language: str
    plain: str


def rowid(article_id: int, language: str) -> int:
    """Return the index row of an article in one language; one number, because FTS5 rows have no other key."""
    return article_id * len(LANGUAGES) + LANGUAGES.index(language)


def forget(article_id: int) -> None:
    """Take an article out of the index."""
    with connection.cursor() as cursor:
        for language in LANGUAGES:
            cursor.execute("DELETE FROM guidance_search WHERE rowid = %s", [rowid(article_id, language)])


def remember(article_id: int, language: str, columns: tuple[str, str, str], plain: str) -> None:
    """Put one language of an article into the index: title, summary, text, and what results quote.

    The old row must be gone.
    """
    cut = [words.index_words(text) for text in columns]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = "INSERT INTO guidance_search (rowid, words, plain) VALUES (%s, %s::tsvector, %s)"
            cursor.execute(sql, [rowid(article_id, language), _tsvector(cut), plain])
        else:
            sql = "INSERT INTO guidance_search (rowid, title, summary, body, plain) VALUES (%s, %s, %s, %s, %s)"
            cursor.execute(sql, [rowid(article_id, language), *(" ".join(column) for column in cut), plain])


MOST_HITS = 500


def finds_anything(part: str) -> bool:
    """Whether a part of a query is found anywhere as it was typed, or by another word for it."""
    terms = words.query_terms(part)
    return bool(terms and _match(terms, "any", 1))


def find_all(query: str) -> list[Hit]:
    """Return the texts that hold everything asked for, in no order."""
    terms = words.query_terms(query)
    return _match(terms, "all", MOST_HITS) if terms else []


def find(query: str) -> list[Hit]:
    """Return the texts that hold everything asked for, in no order; if none does, those that hold any of it."""
    terms = words.query_terms(query)
    return find_all(query) or (_match(terms, "any", MOST_HITS) if len(terms) > 1 else [])


def _match(terms: list[words.Term], how: str, limit: int) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(FIND[connection.vendor], [expression(terms, how, connection.vendor), limit])
        rows = cursor.fetchall()
    return [Hit(number // len(LANGUAGES), LANGUAGES[number % len(LANGUAGES)], plain) for number, plain in rows]


def expression(terms: list[words.Term], how: str, vendor: str) -> str:
    """Write the terms in a database's own query language; words hold letters and digits only, so quoting is safe."""
    both, either, quote = MARKS[vendor]
    written = []
    for term in terms:
        alternatives = [both.join(f"{quote}{word}{quote}" for word in needed) for needed in term]
        written.append("(" + either.join(f"({alternative})" for alternative in alternatives) + ")")
    return (both if how == "all" else either).join(written)


def _tsvector(columns: list[list[str]]) -> str:
    """Write a tsvector literal; PostgreSQL's own parser drops Chinese under some locales, so it is not asked."""
    lexemes: dict[str, list[str]] = {}
    position = 0
    for weight, column in zip("ABC", columns, strict=True):
        for word in column:
            position = min(position + 1, 16383)
            places = lexemes.setdefault(word, [])
            if len(places) < 200:
                places.append(f"{position}{weight}")
    return " ".join(f"'{word}':{','.join(places)}" for word, places in lexemes.items())


SNIPPET_LENGTH = {"zh": 80, "en": 180}


@dataclass(frozen=True)
class Piece:
    """A stretch of a snippet, marked when it is what was asked for."""

    text: str
    marked: bool


def snippet(plain: str, query: str, language: str) -> list[Piece]:
    """Return the stretch of a text around the first match, cut into marked and unmarked pieces."""
    pattern = _marker(query)
    found = pattern.search(plain) if pattern else None
    length = SNIPPET_LENGTH[language]
    start = max(0, found.start() - length // 4) if found else 0
    if start and language == "en":
        start = plain.find(" ", start) + 1
    window = plain[start : start + length]
    if language == "en" and start + length < len(plain):
        window = window.rsplit(" ", 1)[0]
    pieces = [Piece("…", False)] if start else []
    pieces += _cut(window, pattern)
    if start + len(window) < len(plain):
        pieces.append(Piece("…", False))
    return pieces


def _marker(query: str) -> re.Pattern | None:
    forms = words.phrases(query)
    # An English stem marks the whole word that begins with it.
    written = [rf"\b{re.escape(form)}[a-z]*" if form.isascii() else re.escape(form) for form in forms]
    return re.compile("|".join(written), re.IGNORECASE) if written else None


def _cut(text: str, pattern: re.Pattern | None) -> list[Piece]:
    pieces, at = [], 0
    for match in pattern.finditer(text) if pattern else ():
        pieces += [Piece(text[at : match.start()], False), Piece(match.group(), True)]
        at = match.end()
    return [piece for piece in [*pieces, Piece(text[at:], False)] if piece.text]
