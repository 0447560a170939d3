"""Writers of one process stand in line for SQLite's one write lock, and the first in line asks for it often.

SQLite itself lets a waiting writer sleep in growing steps, up to a tenth of a second, while others come later and go
first. Here a thread wakes as soon as the one before it is done, and only the first thread of each process asks the
database, every half millisecond. The lock is still SQLite's own, so a process that is killed leaves nothing behind.
"""

import sqlite3
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base

STEP = 0.0005
# Longer statements are written for one occasion, with a place for every row.
LONG = 8192
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Line:
    """A lock that is given out in the order of asking; a plain one may pass a thread over until its time is up."""

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.taken = False
        self.waiting: deque[threading.Event] = deque()

    def step_in(self, timeout: float) -> bool:
        """Wait for one's turn; False when it did not come in time."""
        turn = threading.Event()
        with self.guard:
            if not self.taken:
                self.taken = True
                return True
            self.waiting.append(turn)
        try:
            if turn.wait(timeout):
                return True
        except BaseException:
            # Interrupted while waiting: a turn that nobody takes would block everybody behind it.
            if not self._leave(turn):
                self.step_out()
            raise
        return not self._leave(turn)

    def _leave(self, turn: threading.Event) -> bool:
        """Give up one's place; False when the turn has come meanwhile."""
        with self.guard:
            if turn.is_set():
                return False
            self.waiting.remove(turn)
            return True

    def step_out(self) -> None:
        """Let the next one in."""
        with self.guard:
            if self.waiting:
                self.waiting.popleft().set()
            else:
                self.taken = False


_lines: defaultdict[str, Line] = defaultdict(Line)


@lru_cache(maxsize=256)
def _with_question_marks(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class Cursor(base.SQLiteCursorWrapper):
    """A cursor whose single writes, outside a transaction, wait for their turn like everybody else."""

    database: "DatabaseWrapper"

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        """As Django's, remembered: pages ask the same few statements, and searching one takes as long as its run."""
        if param_names is None and len(query) < LONG:
            return _with_question_marks(query)
        return super().convert_query(query, param_names=param_names)

    def execute(self, query: str, params: Any = None) -> Any:
        """Run a statement; one that writes and is no part of a transaction is a transaction of its own."""

        def run() -> Any:
            return super(Cursor, self).execute(query, params)

        if self.database.connection.in_transaction or not query.lstrip()[:7].upper().startswith(WRITES):
            return run()
        return self.database.in_line(run, keep=False)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits for its turn before it writes, and gives it up with the transaction."""

    in_turn = False

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = self.connection.cursor(factory=Cursor)
        cursor.database = self
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        self.ensure_connection()
        with self.wrap_database_errors:
            self.in_line(lambda: self.connection.execute(f"BEGIN {self.transaction_mode}"), keep=True)  # type: ignore[attr-defined]

    def in_line(self, act: Callable[[], Any], *, keep: bool) -> Any:
        """Do what takes the write lock when it is this thread's turn; `keep` the turn until the transaction ends."""
        timeout = float(self.settings_dict["OPTIONS"]["timeout"])
        deadline = time.monotonic() + timeout
        if not self._line().step_in(timeout):
            raise sqlite3.OperationalError("database is locked")
        self.in_turn = True
        try:
            self.connection.execute("PRAGMA busy_timeout=0")
            done = self._asked_for(act, deadline)
        except BaseException:
            keep = False
            raise
        finally:
            try:
                self.connection.execute(f"PRAGMA busy_timeout={int(timeout * 1000)}")
            except BaseException:
                keep = False
                raise
            finally:
                if not keep:
                    self._step_out()
        return done

    @staticmethod
    def _asked_for(act: Callable[[], Any], deadline: float) -> Any:
        while True:
            try:
                return act()
            except sqlite3.OperationalError as refused:
                # The low byte is the kind of error, the rest its shade.
                if refused.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
            time.sleep(STEP)

    def _line(self) -> Line:
        return _lines[str(self.settings_dict["NAME"])]

    def _step_out(self) -> None:
        if self.in_turn:
            self.in_turn = False
            self._line().step_out()

    def _commit(self) -> Any:
        # Where a commit fails, Django rolls back or closes; until then the turn is kept.
        done = super()._commit()  # type: ignore[misc]
        self._step_out()
        return done

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._step_out()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._step_out()
