"""The one way a guide, topic or legal text is written: rendered, indexed, and made known to the caches, together."""

from django.db import transaction

from guidance import markdown, search, snapshot
from guidance.models import Article, ContentVersion, new_version


def publish(article: Article) -> None:
    """Save an article with its HTML and its place in the search index.

    Call it for every change, also of a draft: whether the public sees it is `article.published`.
    """
    render(article)
    with transaction.atomic():
        article.save()
        index(article)
        changed()


def render(article: Article) -> bool:
    """Set the article's HTML from its Markdown, unsaved; say whether that changed anything."""
    before = (article.html_zh, article.html_en, _lists(article.contents_zh), _lists(article.contents_en))
    chinese, english = markdown.render(article.body_zh, "zh"), markdown.render(article.body_en, "en")
    article.html_zh, article.contents_zh = chinese.html, _lists(chinese.contents)
    article.html_en, article.contents_en = english.html, _lists(english.contents)
    return before != (article.html_zh, article.html_en, article.contents_zh, article.contents_en)


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


def changed() -> None:
    """Tell every cache that the guides are no longer what they were; part of the caller's transaction."""
    with transaction.atomic():
        ContentVersion.objects.update_or_create(id=1, defaults={"value": new_version()})
        # This process shows the change at once, the others within a second.
        transaction.on_commit(snapshot.forget)
