"""The line of writers before SQLite's one lock: who waits, for how long, and that nobody leaves it blocked."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import OperationalError

from portal.queued_sqlite3.base import DatabaseWrapper, Line

Connect = Callable[..., DatabaseWrapper]
# The tests' own database is not used, but without the mark no connection may be opened.
pytestmark = pytest.mark.django_db


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Connect]:
    """Connections to a database of the test's own, whatever the tests run on."""
    path = tmp_path / "writers.sqlite3"
    with sqlite3.connect(path) as plain:
        plain.execute("PRAGMA journal_mode=WAL")
        plain.execute("CREATE TABLE counter (count INTEGER)")
        plain.execute("INSERT INTO counter VALUES (0)")
    plain.close()
    made: list[DatabaseWrapper] = []

    def connect(timeout: float = 20) -> DatabaseWrapper:
        options = {"timeout": timeout, "transaction_mode": "IMMEDIATE"}
        settings = {"NAME": str(path), "OPTIONS": options, "TIME_ZONE": None, "CONN_HEALTH_CHECKS": False}
        settings |= {"CONN_MAX_AGE": None, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False}
        made.append(DatabaseWrapper(settings, alias="writers"))
        # The test's thread closes what the writers' threads opened.
        made[-1].inc_thread_sharing()
        return made[-1]

    yield connect
    for connection in made:
        connection.close()


def begin(connection: DatabaseWrapper) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def add_one(connection: DatabaseWrapper) -> None:
    """Read and write back in one transaction: a second writer in between would be lost."""
    begin(connection)
    with connection.cursor() as cursor:
        count = cursor.execute("SELECT count FROM counter").fetchone()[0]
        cursor.execute("UPDATE counter SET count = %s", [count + 1])
    connection.commit()
    connection.set_autocommit(True)


def count_of(connection: DatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        return cursor.execute("SELECT count FROM counter").fetchone()[0]


def test_of_many_writers_none_is_lost_and_none_is_refused(connect: Connect) -> None:
    def write(connection: DatabaseWrapper) -> None:
        for _ in range(25):
            add_one(connection)

    writers = [threading.Thread(target=write, args=(connect(),)) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert count_of(connect()) == 200


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_the_line_moves_on_however_a_transaction_ends(connect: Connect, end: str) -> None:
    first = connect()
    begin(first)
    getattr(first, end)()
    add_one(connect(timeout=1))


def test_a_commit_that_fails_keeps_the_turn_until_the_rollback(connect: Connect) -> None:
    first, second = connect(), connect(timeout=0.1)
    with first.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("CREATE TABLE one (id INTEGER PRIMARY KEY)")
        cursor.execute("CREATE TABLE many (one INTEGER REFERENCES one DEFERRABLE INITIALLY DEFERRED)")
    begin(first)
    with first.cursor() as cursor:
        cursor.execute("INSERT INTO many VALUES (1)")
    with pytest.raises(Exception, match="FOREIGN KEY"):
        first.commit()
    with pytest.raises(OperationalError, match="locked"):
        add_one(second)
    first.rollback()
    add_one(second)


@pytest.mark.parametrize("holder", ["thread", "process"])
def test_who_waits_longer_than_the_time_limit_is_told_so_and_may_come_again(connect: Connect, holder: str) -> None:
    first = connect()
    # What another process does is seen by SQLite only, as a connection past the line is.
    other = first if holder == "thread" else sqlite3.connect(first.settings_dict["NAME"], isolation_level=None)
    if holder == "thread":
        begin(first)
    else:
        other.execute("BEGIN IMMEDIATE")
    waiting = connect(timeout=0.2)
    began = time.monotonic()
    with pytest.raises(OperationalError, match="locked"):
        add_one(waiting)
    assert 0.2 <= time.monotonic() - began < 5
    other.rollback()
    waiting.set_autocommit(True)
    add_one(waiting)
    with waiting.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] == 200
    if holder == "process":
        other.close()


def test_a_single_write_is_not_passed_over_by_a_line_of_transactions(connect: Connect) -> None:
    """Without a turn of its own it sleeps longer and longer while others go first, until its time is up."""
    done = [0] * 5
    end = time.monotonic() + 1.5

    def single(connection: DatabaseWrapper) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE counter SET count = count + 1")

    def write(place: int) -> None:
        connection, act = connect(), single if place == 0 else add_one
        while time.monotonic() < end:
            act(connection)
            done[place] += 1

    threads = [threading.Thread(target=write, args=(place,)) for place in range(len(done))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert count_of(connect()) == sum(done)
    assert done[0] >= sum(done[1:]) / 4 / 4


def test_the_line_moves_on_where_the_connection_breaks_in_the_middle(connect: Connect) -> None:
    first = connect()
    first.ensure_connection()

    def break_off() -> None:
        first.connection.close()
        raise OSError("broken")

    with pytest.raises(sqlite3.ProgrammingError):
        first.in_line(break_off, keep=False)
    first.connection = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.ProgrammingError):
        first.in_line(first.connection.close, keep=True)
    second = connect(timeout=0.5)
    add_one(second)
    assert count_of(second) == 1


def test_who_is_interrupted_while_waiting_blocks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line()
    assert line.step_in(1)

    def interrupted(_turn: threading.Event, _timeout: float | None = None) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(threading.Event, "wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            line.step_in(1)
    line.step_out()
    assert line.step_in(0.1)
