"""The shipped rules in force, visitors who ask, and cases in every state."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client


@pytest.fixture(autouse=True)
def shipped_rules_in_force(request: pytest.FixtureRequest) -> Iterator[None]:
    """The rules that come with the portal, and nothing remembered from the test before."""
    from cards import limits, memory
    from cards.management import shipped_rules

    memory.forget_all()
    limits.alarm.minute, limits.alarm.seen = 0, 0
    marker = request.node.get_closest_marker("django_db")
    if marker:
        request.getfixturevalue("transactional_db" if marker.kwargs.get("transaction") else "db")
        shipped_rules.load(shipped_rules.read())
    yield
    memory.forget_all()


@pytest.fixture
def ask(client: "Client") -> "Callable[..., HttpResponse]":
    """Send the form as a browser would and return the page it leads to: `ask(number, code=…, language="zh")`."""

    def send(id_number: str, language: str = "en", **fields: Any) -> "HttpResponse":
        headers = {"Accept-Language": language}
        response = client.post("/status/", {"id_number": id_number} | fields, headers=headers)
        if response.status_code != 303:
            return response
        assert response["Location"] == "/status/answer/"
        return client.get("/status/answer/", headers=headers)

    return send


@pytest.fixture
def text() -> "Callable[[HttpResponse], str]":
    """What a person reads on a page: its main part without tags."""

    def read(response: "HttpResponse") -> str:
        html = response.content.decode()
        main = html[html.index("<main") : html.index("</main>")]
        plain = re.sub(r"<[^>]*>", "\n", main)
        return re.sub(r"\s*\n\s*", "\n", plain).replace("&#x27;", "'").replace("&quot;", '"').strip()

    return read
