"""Versions kept before the history knew related guides are completed: with today's, and a first one with its laws."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.migrating import migrated_to, newest

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = [("guidance", "0005_drafts_and_pictures")], [("guidance", "0006_neighbours_in_the_history")]


@pytest.fixture
def before() -> Iterator[Any]:
    """The tables as they were; at the end they are as they are."""
    yield migrated_to(BEFORE)
    newest()


def test_versions_get_their_neighbours(before: Any) -> None:
    def model(name: str) -> Any:
        return before.get_model("guidance", name)

    topic = model("Topic").objects.create(slug="shelf", name_zh="架", name_en="Shelf")
    law = model("LegalText").objects.create(slug="law", name_zh="法", name_en="Law", meaning_zh="意", meaning_en="M")
    one, two = (model("Article").objects.create(slug=slug, topic=topic) for slug in ("one", "two"))
    one.related.add(two)
    history, kept = model("HistoricalArticle"), model("HistoricalArticle_laws")
    versions = [
        history.objects.create(
            id=one.pk, slug="one", topic_id=topic.pk, history_type=kind, history_date=f"2026-11-0{day} 08:00+00:00"
        )
        for day, kind in ((1, "+"), (2, "~"), (3, "~"))
    ]
    kept.objects.create(id=7, history=versions[1], article_id=one.pk, legaltext_id=law.pk)

    after = migrated_to(AFTER)
    laws = after.get_model("guidance", "HistoricalArticle_laws").objects
    related = after.get_model("guidance", "HistoricalArticle_related").objects
    for version in versions:
        (row,) = related.filter(history_id=version.history_id)
        assert (row.from_article_id, row.to_article_id) == (one.pk, two.pk)
    # The third stood without a law, and goes on doing so.
    assert [laws.filter(history_id=version.history_id).count() for version in versions] == [1, 1, 0]
