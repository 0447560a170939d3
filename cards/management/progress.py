"""Progress of long commands: a bar on a terminal, a plain line now and then elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

PLAIN_EVERY = 5.0
Advance = Callable[[int], None]


@contextmanager
def progress(what: str, total: int, stdout: Any, verbosity: int = 1) -> Iterator[Advance]:
    """Give a function that is told how much more is done."""
    if verbosity < 1:
        yield lambda count: None
    elif stdout.isatty():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(file=stdout), transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield lambda count: bar.advance(task, count)
    else:
        yield _plain(what, total, stdout)


def _plain(what: str, total: int, stdout: Any) -> Advance:
    done, told_at = 0, time.monotonic()

    def advance(count: int) -> None:
        nonlocal done, told_at
        done += count
        if time.monotonic() - told_at > PLAIN_EVERY:
            told_at = time.monotonic()
            stdout.write(f"{what}: {done} of {total}")

    return advance
