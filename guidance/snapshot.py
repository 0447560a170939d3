"""What the public may read of the guides, held in memory, so that pages need no database while nothing changes."""

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db import DatabaseError, InterfaceError, connection
from django.utils.safestring import SafeString, mark_safe

from guidance.markdown import plain_text
from guidance.models import Article, ContentVersion, LegalText, Topic, paragraphs
from guidance.spelling import vocabulary

logger = logging.getLogger("guidance")

# An edit made through another process shows within this time.
CHECK_SECONDS = 1.0
# With the database gone a check may wait for its time limit, so it is made less often.
CHECK_SECONDS_WHEN_GONE = 5.0
GONE = (DatabaseError, InterfaceError)
RELATED_AT_MOST = 4


@dataclass(frozen=True)
class Text:
    """One language of a guide."""

    title: str
    summary: str
    html: str
    contents: list

    @property
    def markup(self) -> SafeString:
        """The HTML as a page shows it; nh3 cleaned it before it was stored."""
        return mark_safe(self.html)  # noqa: S308


@dataclass(frozen=True)
class Law:
    """A piece of law in both languages; `parts` pairs each quoted paragraph with its rendering and meaning."""

    slug: str
    name: dict[str, str]
    article: dict[str, str]
    source: dict[str, str]
    amended_on: date | None
    parts: list[dict[str, str]]
    meaning: dict[str, list[str]]

    @property
    def quoted(self) -> bool:
        """Whether the page shows the words of the law itself."""
        return bool(self.parts)


@dataclass(frozen=True)
class Guide:
    """A published article."""

    slug: str
    topic: str
    last_reviewed: date | None
    texts: dict[str, Text]
    laws: list[Law]
    related: list[str]
    situation: str


@dataclass(frozen=True)
class Shelf:
    """A topic with its published guides."""

    slug: str
    name: dict[str, str]
    guides: list[Guide]


@dataclass(frozen=True)
class Snapshot:
    """All published guides as of one version, and the pages made of them so far."""

    version: str
    shelves: list[Shelf]
    guides: dict[str, Guide]
    slugs: dict[int, str]
    laws: list[Law]
    pages: dict = field(default_factory=dict, compare=False)

    @cached_property
    def english_words(self) -> dict[str, int]:
        """Every English word of the guides, with how often it stands there."""
        texts = (guide.texts["en"] for guide in self.guides.values())
        return vocabulary([f"{text.title} {text.summary} {plain_text(text.html)}" for text in texts])

    def related_to(self, guide: Guide) -> list[Guide]:
        """Return the guides an editor named, else the others on the shelf."""
        named = [self.guides[slug] for slug in guide.related if slug in self.guides]
        shelf = [other for other in self.guides.values() if other.topic == guide.topic and other != guide]
        return (named or shelf)[:RELATED_AT_MOST]


@dataclass
class Memo:
    """This process's snapshot and when it must next be compared with the database."""

    snapshot: Snapshot | None = None
    due: float = 0.0


_memo = Memo()
_refreshing = threading.Lock()


def forget() -> None:
    """Compare with the database at the next request."""
    _memo.due = 0.0


def discard() -> None:
    """Hold nothing, as a new process does."""
    _memo.snapshot, _memo.due = None, 0.0


def current() -> Snapshot:
    """Return the published guides: fresh to a second, or the last known ones when the database is gone.

    Raises the database's error when it is gone and nothing is known yet.
    """
    if _memo.snapshot is not None and time.monotonic() < _memo.due:
        return _memo.snapshot
    # One thread looks; the others go on with what is there, unless nothing is.
    known = _memo.snapshot
    if not _refreshing.acquire(blocking=known is None) and known is not None:
        return known
    try:
        return _refresh()
    finally:
        _refreshing.release()


def _refresh() -> Snapshot:
    known = _memo.snapshot
    _memo.due = time.monotonic() + CHECK_SECONDS
    try:
        version = _version()
        if known is None or known.version != version:
            _memo.snapshot = known = load(version)
    except GONE:
        if known is None:
            raise
        logger.warning("The database does not answer; guides are served as last known.", exc_info=True)
        _memo.due = time.monotonic() + CHECK_SECONDS_WHEN_GONE
        if not connection.in_atomic_block:
            connection.close()
    return known


def warm() -> None:
    """Load the guides when a process starts, so that it can serve them even if the database goes at once."""
    try:
        current()
    except GONE:
        logger.warning("The guides could not be loaded at start; the first reader tries again.", exc_info=True)
    finally:
        connection.close()


def _version() -> str:
    return ContentVersion.objects.filter(id=1).values_list("value", flat=True).first() or ""


def load(version: str) -> Snapshot:
    """Read everything that is published."""
    laws = {text.pk: law(text) for text in LegalText.objects.all()}
    articles = list(Article.objects.filter(published=True).select_related("topic").prefetch_related("laws", "related"))
    guides = {article.slug: _guide(article, laws) for article in articles}
    shelves = [
        Shelf(topic.slug, {"zh": topic.name_zh, "en": topic.name_en}, on_it)
        for topic in Topic.objects.all()
        if (on_it := [guide for guide in guides.values() if guide.topic == topic.slug])
    ]
    slugs = {article.pk: article.slug for article in articles}
    return Snapshot(version, shelves, guides, slugs, list(laws.values()))


def _guide(article: Article, laws: dict[int, Law]) -> Guide:
    return Guide(
        slug=article.slug,
        topic=article.topic.slug,
        last_reviewed=article.last_reviewed,
        texts=texts(article),
        laws=[laws[text.pk] for text in article.laws.all() if text.pk in laws],
        related=[other.slug for other in article.related.all()],
        situation=article.situation,
    )


def texts(article: Article) -> dict[str, Text]:
    """Return both languages of an article as pages show them."""
    return {
        "zh": Text(article.title_zh, article.summary_zh, article.html_zh, article.contents_zh),
        "en": Text(article.title_en, article.summary_en, article.html_en, article.contents_en),
    }


def law(text: LegalText) -> Law:
    """Return a legal text as pages show it."""
    meaning = {"zh": paragraphs(text.meaning_zh), "en": paragraphs(text.meaning_en)}
    quoted = zip(paragraphs(text.quote_zh), paragraphs(text.quote_en), meaning["zh"], meaning["en"], strict=False)
    return Law(
        slug=text.slug,
        name={"zh": text.name_zh, "en": text.name_en},
        article={"zh": text.article_zh, "en": text.article_en},
        source={"zh": text.source_zh, "en": text.source_en},
        amended_on=text.amended_on,
        parts=[
            {"original": original, "rendering": rendering, "zh": chinese, "en": english}
            for original, rendering, chinese, english in quoted
        ],
        meaning=meaning,
    )
