"""Brings the shipped texts into the database without ever touching what an editor changed."""

from collections.abc import Iterator

from django.db import transaction

from guidance import publishing
from guidance.models import OPEN, REVIEWED_AGAIN_AFTER, Article, Draft, LegalText, Shipped, Topic
from guidance.shipped import Shipment, ShippedArticle, ShippedRow

ADDED, UPDATED, KEPT, SAME, RENDERED = "added", "updated", "kept as edited", "unchanged", "rendered anew"


def load(shipment: Shipment, *, dry_run: bool = False) -> list[tuple[str, str]]:
    """Load everything in one transaction and return (what was done, what to); a dry run does it and takes it back."""
    with transaction.atomic():
        done = list(_load(shipment))
        if any(deed not in (SAME, KEPT) for deed, _name in done):
            publishing.changed()
        transaction.set_rollback(dry_run)
    return done


def _load(shipment: Shipment) -> Iterator[tuple[str, str]]:
    for row in shipment.topics:
        yield _load_row(Topic, row), f"topic {row.slug}"
    for row in shipment.laws:
        yield _load_row(LegalText, row), f"law {row.slug}"
    deeds = {article.slug: _load_article(article) for article in shipment.articles}
    # Guides point to each other, so all must be there first.
    for article in shipment.articles:
        if deeds[article.slug] in (ADDED, UPDATED):
            _point(article)
        yield deeds[article.slug], f"guide {article.slug}"
    yield from _render_anew({slug for slug, deed in deeds.items() if deed in (ADDED, UPDATED)})


def _verdict(existing: Shipped | None, digest: str) -> str:
    if existing is None:
        return ADDED
    if existing.edited:
        return KEPT
    return SAME if existing.loaded_digest == digest else UPDATED


def _load_row(model: type[Topic] | type[LegalText], row: ShippedRow) -> str:
    existing = model.objects.filter(slug=row.slug).first()
    deed = _verdict(existing, row.digest)
    if deed in (ADDED, UPDATED):
        written = existing or model(slug=row.slug)
        for name, value in (row.values | {"loaded_digest": row.digest}).items():
            setattr(written, name, value)
        written.full_clean()
        written.save()
    return deed


def _load_article(shipped: ShippedArticle) -> str:
    existing = Article.objects.filter(slug=shipped.slug).first()
    deed = _verdict(existing, shipped.digest)
    if deed == UPDATED and Draft.objects.filter(slug=shipped.slug, state__in=OPEN).exists():
        # Whoever writes on it began with the text as it is; the draft would undo the change unseen.
        return KEPT
    if deed in (ADDED, UPDATED):
        # Whether a known guide is shown is the publisher's decision, not ours.
        article = existing or Article(slug=shipped.slug, published=True)
        article.topic = Topic.objects.get(slug=shipped.topic)
        article.last_reviewed, article.loaded_digest = shipped.reviewed, shipped.digest
        article.review_by = shipped.reviewed + REVIEWED_AGAIN_AFTER
        for name, value in shipped.values.items():
            setattr(article, name, value)
        article.full_clean()
        # Kept as a version once it is whole.
        with publishing.unversioned(article):
            article.save()
    return deed


def _point(shipped: ShippedArticle) -> None:
    article = Article.objects.get(slug=shipped.slug)
    laws, related = LegalText.objects.filter(slug__in=shipped.laws), Article.objects.filter(slug__in=shipped.related)
    publishing.publish(article, laws, related)


def _render_anew(fresh: set[str]) -> Iterator[tuple[str, str]]:
    """The renderer may have changed since a guide was last saved, also for guides that editors wrote."""
    for article in Article.objects.exclude(slug__in=fresh):
        if publishing.render(article):
            publishing.refresh(article)
            yield RENDERED, f"guide {article.slug}"
