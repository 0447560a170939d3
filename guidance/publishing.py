"""The one way a guide, topic or legal text is written: rendered, indexed, and made known to the caches, together."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from guidance import markdown, pictures, search, snapshot
from guidance.models import (
    OPEN,
    Article,
    ContentVersion,
    Draft,
    DraftState,
    GuideText,
    LegalText,
    Picture,
    new_version,
)


def publish(article: Article, laws: Iterable[LegalText] | None = None, related: Iterable[Article] = ()) -> None:
    """Save an article with its HTML and its place in the search index; with what it rests on and leads to, if given.

    Call it for every change, also of a draft: whether the public sees it is `article.published`.
    """
    render(article)
    with transaction.atomic():
        if laws is not None:
            point(article, laws, related)
        article.save()
        index(article)
        changed()


def refresh(article: Article) -> None:
    """Save an article whose text is the same and whose page is not; no version is kept of that."""
    render(article)
    with transaction.atomic():
        with unversioned(article):
            article.save()
        index(article)
        changed()


def point(article: Article, laws: Iterable[LegalText], related: Iterable[Article]) -> None:
    """Set what an article rests on and leads to; the save after it keeps one version of the whole."""
    with unversioned(article):
        if article.pk is None:
            article.save()
        article.laws.set(laws)
        article.related.set(related)


@contextmanager
def unversioned(article: Article) -> Iterator[None]:
    """Save an article in here without keeping a version of it."""
    article.skip_history_when_saving = True  # type: ignore[attr-defined]  # asked for by the history
    try:
        yield
    finally:
        del article.skip_history_when_saving  # type: ignore[attr-defined]


def render(article: Article) -> bool:
    """Set the article's HTML from its Markdown, unsaved; say whether that changed anything."""
    before = (article.html_zh, article.html_en, _lists(article.contents_zh), _lists(article.contents_en))
    chinese, english = rendered(article, "zh"), rendered(article, "en")
    article.html_zh, article.contents_zh = chinese.html, _lists(chinese.contents)
    article.html_en, article.contents_en = english.html, _lists(english.contents)
    return before != (article.html_zh, article.html_en, article.contents_zh, article.contents_en)


def rendered(text: GuideText, language: str) -> markdown.Rendered:
    """Return the HTML of one language of a guide, with its pictures."""
    source = getattr(text, f"body_{language}")
    return markdown.render(source, language, pictures.in_language(source, language))


def _lists(contents) -> list[list[str]]:
    """JSON knows no tuples; compare what it gives back."""
    return [list(entry) for entry in contents]


def index(article: Article) -> None:
    """Put a published article into the search index and take any other out."""
    search.forget(article.pk)
    if not article.published:
        return
    for language, text in snapshot.texts(article).items():
        columns = (text.title, text.summary, markdown.plain_text(text.html))
        search.remember(article.pk, language, columns, markdown.running_text(text.html))


def remove(article: Article) -> None:
    """Delete an article and its place in the search index."""
    with transaction.atomic():
        search.forget(article.pk)
        article.delete()
        changed()


def using(picture: Picture) -> list[GuideText]:
    """Return the guides and the open drafts in which a picture stands."""
    return [*_showing(Article, picture), *_showing(Draft, picture).filter(state__in=OPEN)]


def shown(picture: Picture) -> bool:
    """Whether the public sees a picture, or a reviewer decides, or has decided, that it will."""
    awaited = _showing(Draft, picture).filter(state__in=(DraftState.IN_REVIEW, DraftState.SCHEDULED))
    return _showing(Article, picture).filter(published=True).exists() or awaited.exists()


def _showing(model: type[Article] | type[Draft], picture: Picture) -> QuerySet[Any]:
    return model.objects.filter(Q(body_zh__contains=picture.address) | Q(body_en__contains=picture.address))


def reword(picture: Picture) -> None:
    """Save new words of a picture, and write them into the guides in which it stands."""
    with transaction.atomic():
        picture.save()
        for article in _showing(Article, picture).select_for_update(of=("self",)):
            refresh(article)


def changed() -> None:
    """Tell every cache that the guides are no longer what they were; part of the caller's transaction."""
    with transaction.atomic():
        ContentVersion.objects.update_or_create(id=1, defaults={"value": new_version()})
        # This process shows the change at once, the others within a second.
        transaction.on_commit(snapshot.forget)
