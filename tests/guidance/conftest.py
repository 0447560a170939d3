"""Loaded guides, editors and a memory that begins empty; models are imported once Django is set up."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from guidance.shipped import Shipment

EDITOR = ("view_article", "view_draft", "change_draft", "add_draft", "change_topic", "change_legaltext")


@pytest.fixture(autouse=True)
def empty_memory() -> Iterator[None]:
    """No page of another test is served."""
    from guidance import snapshot

    snapshot.discard()
    yield
    snapshot.discard()


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory's clock stands still, so that a slow machine asks the database no oftener than a fast one."""
    from guidance import snapshot

    monkeypatch.setattr(snapshot.time, "monotonic", lambda: 1000.0)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> "Iterator[Shipment]":
    """The shipped guides, loaded once for a module: every test then works in a transaction inside this one."""
    from django.db import transaction

    from guidance import loading, shipped

    with django_db_blocker.unblock(), transaction.atomic():
        shipment = shipped.read()
        loading.load(shipment)
        yield shipment
        transaction.set_rollback(True)


@pytest.fixture
def guides(loaded: "Shipment", db: None) -> "Shipment":
    """The shipped guides; what a test changes is gone after it."""
    return loaded


@pytest.fixture
def staff(db: None) -> "Callable[..., Client]":
    """Sign in someone of the staff with the given permissions of this app."""
    from django.contrib.auth.models import Permission, User
    from django.test import Client

    def sign_in(*codenames: str) -> Client:
        name = "-".join(codenames)[:100] or "plain"
        user = User.objects.create_user(name, password="for-tests-only", is_staff=True)
        user.user_permissions.set(
            Permission.objects.filter(content_type__app_label="guidance", codename__in=codenames)
        )
        assert user.user_permissions.count() == len(codenames)
        client = Client(headers={"accept-language": "en"})
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def editor(staff: "Callable[..., Client]") -> "Client":
    """May change guides."""
    return staff(*EDITOR)


@pytest.fixture
def publisher(staff: "Callable[..., Client]") -> "Client":
    """May also publish them."""
    return staff(*EDITOR, "publish_article")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped texts that a test may change."""
    from guidance.shipped import CONTENT

    return shutil.copytree(CONTENT, tmp_path / "content")


@pytest.fixture
def article(guides: Any) -> Any:
    """A published guide."""
    from guidance.models import Article

    return Article.objects.get(slug="your-data")


@pytest.fixture
def draft(article: Any, editor: "Client") -> Any:
    """What the editor's button made."""
    from django.urls import reverse

    from guidance.models import OPEN, Draft
    from tests.guidance.desk import change_url

    response = editor.post(reverse("admin:guidance_article_begin", args=[article.pk]))
    made = Draft.objects.get(slug=article.slug, state__in=OPEN)
    assert response["Location"] == change_url(made)
    return made
