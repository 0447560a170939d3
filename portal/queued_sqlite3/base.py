"""Writers of one process stand in line for SQLite's one write lock, and the first in line asks for it often.

SQLite itself lets a waiting writer sleep in growing steps, up to a tenth of a second, while others come later and go
first. Here a thread wakes as soon as the one before it is done, and only the first thread of each process asks the
database, every half millisecond. The lock is still SQLite's own, so a process that is killed leaves nothing behind.
"""

import sqlite3
import threading
import time
from collections import defaultdict
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

STEP = 0.0005
_lines: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits for its turn before BEGIN IMMEDIATE, and gives it up with the transaction."""

    in_turn = False

    def _start_transaction_under_autocommit(self) -> None:
        self.ensure_connection()
        timeout = float(self.settings_dict["OPTIONS"]["timeout"])
        deadline = time.monotonic() + timeout
        if not self._line().acquire(timeout=timeout):
            raise OperationalError("database is locked")
        self.in_turn = True
        try:
            self._begin(deadline, timeout)
        except BaseException:
            self._step_out()
            raise

    def _begin(self, deadline: float, timeout: float) -> None:
        self.connection.execute("PRAGMA busy_timeout=0")
        try:
            while True:
                try:
                    super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs forget it
                    return
                except OperationalError as refused:
                    # The low byte is the kind of error, the rest its shade.
                    busy = getattr(refused.__cause__, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
                    if not busy or time.monotonic() > deadline:
                        raise
                time.sleep(STEP)
        finally:
            # A write outside a transaction waits as SQLite has it.
            self.connection.execute(f"PRAGMA busy_timeout={int(timeout * 1000)}")

    def _line(self) -> threading.Lock:
        return _lines[str(self.settings_dict["NAME"])]

    def _step_out(self) -> None:
        if self.in_turn:
            self.in_turn = False
            self._line().release()

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
