"""The shipped rules in force, and a visitor who asks."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

ENGLISH, CHINESE = "en", "zh-CN"


@pytest.fixture(autouse=True)
def shipped_rules(request: pytest.FixtureRequest) -> Iterator[None]:
    """The rules that come with the portal, and a memory that begins empty."""
    from django.core.management import call_command

    from cards import memory

    memory.forget_all()
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db" if not _transactional(request) else "transactional_db")
        call_command("load_rules", verbosity=0)
    yield
    memory.forget_all()


def _transactional(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))


@pytest.fixture
def ask(client: "Client") -> "Callable[..., HttpResponse]":
    """Send the enquiry's form as a browser would, and return where it leads to: `ask(number, code=…)`."""

    def send(id_number: str, language: str = ENGLISH, **fields: Any) -> "HttpResponse":
        response = client.post("/status/", {"id_number": id_number} | fields, headers={"Accept-Language": language})
        if response.status_code != 303:
            return response
        assert response["Location"] == "/status/answer/"
        return client.get("/status/answer/", headers={"Accept-Language": language})

    return send
