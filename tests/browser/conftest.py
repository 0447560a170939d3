"""A real Chromium, a server with the shipped rules, groups and guides, and visitors; skipped where there is none."""

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.visitor import Visitor

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = [
    "--no-sandbox",  # a build server runs as root
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    # The browser is no part of the process whose network the harness closes.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@pytest.fixture(scope="package")
def chromium() -> "Iterator[Browser]":
    """One browser for the whole folder."""
    from playwright.sync_api import sync_playwright

    binary = next(filter(None, map(shutil.which, NAMES)), None)
    if binary is None:
        pytest.skip(f"None of {', '.join(NAMES)} is installed.")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, and Django would take the tests for coroutines.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        # Playwright forbids going back to a page kept in memory; people's browsers do not, and here it matters.
        forbidden = ["--disable-back-forward-cache"]
        browser = playwright.chromium.launch(executable_path=binary, args=OPTIONS, ignore_default_args=forbidden)
        yield browser
        browser.close()


@pytest.fixture
def portal(live_server: Any, settings: Any) -> Iterator[str]:
    """The address of a portal in which rules, groups and guides are loaded."""
    from django.core.management import call_command

    from cards import memory
    from guidance import snapshot

    memory.forget_all()
    for command in ("load_rules", "load_groups", "load_guides"):
        call_command(command, verbosity=0)
    snapshot.discard()
    settings.SITE_URL = live_server.url
    yield live_server.url
    memory.forget_all()


@pytest.fixture
def visitor(chromium: "Browser", portal: str) -> "Iterator[Callable[..., Visitor]]":
    """Send somebody to the portal, each with a browser profile of their own: `visitor("zh-CN", width=360)`."""
    from tests.browser.visitor import Visitor

    sent: list[Visitor] = []

    def send(language: str = "en", **options: Any) -> Visitor:
        sent.append(Visitor(chromium, portal, language, **options))
        return sent[-1]

    yield send
    for one in sent:
        one.leave()
