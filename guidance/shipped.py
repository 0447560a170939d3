"""Reads the texts that come with the portal: topics, laws and guides; strict, so that a slip stops the load."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from guidance.models import RESERVED_SLUGS, SLUG, LegalText, Topic, digest_of, paragraphs

CONTENT = Path(__file__).parent / "content"
LANGUAGES = ("zh", "en")
OWN_KEYS = ("title", "summary")
COMMON_KEYS = ("topic", "order", "law", "related", "situation", "reviewed")
# A head may leave them out.
OPTIONAL_KEYS = ("situation",)
KEYS = OWN_KEYS + COMMON_KEYS


class BadContentError(Exception):
    """A shipped text that cannot be loaded, with the file and what is wrong."""


@dataclass(frozen=True)
class ShippedArticle:
    """A guide as its two files say it."""

    slug: str
    values: dict
    topic: str
    laws: list[str]
    related: list[str]
    reviewed: date

    @property
    def digest(self) -> str:
        """Return the fingerprint the article will have when nobody edits it."""
        places = {"topic": self.topic, "laws": sorted(self.laws), "related": sorted(self.related)}
        values = {name: value for name, value in self.values.items() if name != "situation" or value}
        return digest_of(values | places)


@dataclass(frozen=True)
class ShippedRow:
    """A topic or a law as its file says it."""

    slug: str
    values: dict
    digest: str


@dataclass(frozen=True)
class Shipment:
    """Everything that comes with the portal."""

    topics: list[ShippedRow]
    laws: list[ShippedRow]
    articles: list[ShippedArticle]


def read(folder: Path = CONTENT) -> Shipment:
    """Return all shipped texts, or raise BadContentError at the first thing that is wrong."""
    topics = [_topic(entry) for entry in _entries(folder / "topics.toml", "topic")]
    laws = [_law(entry) for entry in _entries(folder / "laws.toml", "law")]
    slugs = sorted({path.name.partition(".")[0] for path in folder.glob("*.md")})
    articles = [_article(folder, slug) for slug in slugs]
    _check_references(articles, {row.slug for row in topics}, {row.slug for row in laws}, set(slugs))
    return Shipment(topics, laws, articles)


def _entries(path: Path, table: str) -> list[tuple[str, dict]]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadContentError(f"{path.name}: {error}") from error
    entries = content.get(table)
    if not isinstance(entries, dict) or set(content) != {table}:
        raise BadContentError(f"{path.name}: needs tables named [{table}.<address>] and nothing else.")
    for slug in entries:
        _check_slug(path.name, slug)
    return list(entries.items())


def _topic(entry: tuple[str, dict]) -> ShippedRow:
    slug, values = entry
    _check_keys(f"topics.toml [{slug}]", values, Topic.FIELDS)
    return ShippedRow(slug, values, digest_of(values))


def _law(entry: tuple[str, dict]) -> ShippedRow:
    slug, given = entry
    where = f"laws.toml [{slug}]"
    values = {"quote_zh": "", "quote_en": "", "amended_on": None} | given
    _check_keys(where, values, (*LegalText.FIELDS, "amended_on"))
    amended = values["amended_on"]
    if amended is not None and type(amended) is not date:
        raise BadContentError(f"{where}: amended_on must be a date such as 2018-12-29.")
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    columns = ["meaning_zh", "meaning_en"] + (["quote_zh", "quote_en"] if values["quote_zh"] else [])
    if len({len(paragraphs(values[name])) for name in columns}) > 1:
        raise BadContentError(f"{where}: {', '.join(columns)} differ in their number of paragraphs.")
    as_text = values | {"amended_on": amended.isoformat() if amended else ""}
    return ShippedRow(slug, values, digest_of(as_text))


def _check_keys(where: str, values: dict, wanted: tuple[str, ...]) -> None:
    missing, unknown = set(wanted) - set(values), set(values) - set(wanted)
    if missing or unknown:
        raise BadContentError(f"{where}: missing {sorted(missing)}, unknown {sorted(unknown)}.")


def _check_slug(where: str, slug: str) -> None:
    if not re.fullmatch(SLUG.regex, slug) or slug in RESERVED_SLUGS:
        raise BadContentError(f"{where}: {slug!r} cannot be an address.")


def _article(folder: Path, slug: str) -> ShippedArticle:
    _check_slug(f"{slug}.*.md", slug)
    parsed = {language: parse(folder / f"{slug}.{language}.md") for language in LANGUAGES}
    heads = {language: head for language, (head, _body) in parsed.items()}
    for key in COMMON_KEYS:
        if heads["zh"][key] != heads["en"][key]:
            raise BadContentError(f"{slug}: the two languages differ in {key!r}.")
    common = heads["zh"]
    values: dict[str, Any] = {f"{key}_{language}": heads[language][key] for key in OWN_KEYS for language in LANGUAGES}
    values |= {f"body_{language}": body for language, (_head, body) in parsed.items()}
    values["situation"] = common["situation"]
    try:
        values["order"] = int(common["order"])
        reviewed = date.fromisoformat(common["reviewed"])
    except ValueError as error:
        raise BadContentError(f"{slug}: {error}") from error
    return ShippedArticle(slug, values, common["topic"], common["law"].split(), common["related"].split(), reviewed)


def parse(path: Path) -> tuple[dict[str, str], str]:
    """Return the head and the body of a guide's file."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadContentError(f"{path.name}: {error}") from error
    opening, found, rest = text.partition("---\n")
    head, closed, body = rest.partition("\n---\n")
    if opening or not found or not closed:
        raise BadContentError(f"{path.name}: begins with a head between two lines of ---.")
    values: dict[str, str] = {}
    for line in head.splitlines():
        key, colon, value = line.partition(":")
        if not colon or key not in KEYS or key in values:
            raise BadContentError(f"{path.name}: the line {line!r} is no known key, or is there twice.")
        values[key] = value.strip()
    values = dict.fromkeys(OPTIONAL_KEYS, "") | values
    _check_keys(path.name, values, KEYS)
    empty = [key for key in values if not values[key] and key not in ("law", "related", *OPTIONAL_KEYS)]
    if empty or not body.strip():
        raise BadContentError(f"{path.name}: empty {empty or 'body'}.")
    return values, body.strip()


def _check_references(articles: list[ShippedArticle], topics: set[str], laws: set[str], slugs: set[str]) -> None:
    for article in articles:
        unknown = ({article.topic} - topics) | (set(article.laws) - laws) | (set(article.related) - slugs)
        if unknown or article.slug in article.related:
            raise BadContentError(f"{article.slug}: points to {sorted(unknown) or 'itself'}.")
