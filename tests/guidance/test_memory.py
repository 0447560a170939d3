"""The memory of guides: fresh after an edit, true after a failure, there when the database is gone.

Real commits: these tests stand apart from those that share one transaction.
"""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from guidance import publishing, snapshot
from guidance.models import Article, ContentVersion, Topic
from tests.guidance.texts import PAGES

pytestmark = pytest.mark.django_db(transaction=True)


def get(path, language="zh-hans"):
    return Client().get(path, {"lang": language})


def test_an_edit_shows_at_once(loaded_for_good):
    assert "鲸鱼" not in get("/guides/your-data/").content.decode()
    article = Article.objects.get(slug="your-data")
    article.body_zh += "\n\n鲸鱼"
    publishing.publish(article)
    assert "鲸鱼" in get("/guides/your-data/").content.decode()


def test_an_edit_in_another_process_shows_after_a_second(loaded_for_good, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(snapshot.time, "monotonic", lambda: now[0])
    get("/guides/")
    Topic.objects.filter(slug="loss").update(name_zh="鲸鱼")
    ContentVersion.objects.update(value="from another process")
    now[0] += snapshot.CHECK_SECONDS - 0.1
    assert "鲸鱼" not in get("/guides/").content.decode()
    now[0] += 0.2
    assert "鲸鱼" in get("/guides/").content.decode()


def test_a_failed_save_changes_neither_page_nor_version(loaded_for_good, monkeypatch):
    before = get("/guides/your-data/").content
    version = ContentVersion.objects.get().value

    def fail(*_args):
        raise OperationalError("disk full")

    monkeypatch.setattr(publishing, "index", fail)
    article = Article.objects.get(slug="your-data")
    article.title_zh = "鲸鱼"
    with pytest.raises(OperationalError):
        publishing.publish(article)
    assert ContentVersion.objects.get().value == version
    snapshot.forget()
    assert get("/guides/your-data/").content == before


@pytest.fixture
def loaded_for_good(transactional_db):
    from guidance import loading, shipped

    loading.load(shipped.read())


@pytest.fixture
def no_database(monkeypatch):
    """From now on the database refuses every connection and every statement."""

    def refuse(*_args, **_kwargs):
        raise OperationalError("the database is gone")

    def lose():
        connection.close()
        monkeypatch.setattr(connection, "connect", refuse)
        monkeypatch.setattr(snapshot.time, "monotonic", lambda: 10.0**9)

    return lose


def test_guides_answer_when_the_database_is_gone(loaded_for_good, no_database, caplog):
    get("/guides/")
    no_database()
    for path in PAGES:
        for language in ("zh-hans", "en"):
            assert get(path, language).status_code == 200, path
    assert get("/guides/no-such-guide/").status_code == 404
    told = [record for record in caplog.records if "database does not answer" in record.message]
    assert len(told) == 1


def test_a_process_that_knows_nothing_says_so_honestly(loaded_for_good, no_database):
    no_database()
    response = get("/guides/")
    assert response.status_code == 503
    assert response["Retry-After"]


def test_a_warmed_process_needs_no_first_reader(loaded_for_good, no_database):
    snapshot.warm()
    no_database()
    assert get("/guides/lost-card/").status_code == 200


def test_warming_without_a_database_does_not_stop_the_start(loaded_for_good, no_database, caplog):
    no_database()
    snapshot.warm()
    assert "could not be loaded at start" in caplog.text
