"""Runs several processes that live and end together."""

import multiprocessing
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from multiprocessing.context import ForkProcess
from types import FrameType

GRACE_SECONDS = 15
PATIENCE_SECONDS = 60
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Forked, not started anew: each further process would spend two seconds on loading what is loaded here already.
forking = multiprocessing.get_context("fork")
Children = Mapping[str, ForkProcess]


class Stopped(Exception):
    """Somebody asked for the end."""


def raise_stopped(number: int, frame: FrameType | None) -> None:
    """Turn a signal into an exception, so that whatever is going on ends in the same way."""
    raise Stopped


def on_ending(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    """Say what the signals that ask for the end do."""
    for number in ENDING:
        signal.signal(number, handler)


def answers(address: str) -> bool:
    """Tell whether a page answers with success."""
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310  (our own loopback address)
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def child(work: Callable[[], object]) -> None:
    """Do the work of one process, deaf to the terminal: Ctrl-C reaches the parent, which passes the end on."""
    os.setsid()
    on_ending(signal.SIG_DFL)
    work()


def stop(children: Children) -> None:
    """End every child: politely first, by force after the grace."""
    for process in children.values():
        process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for process in children.values():
        process.join(max(0.1, deadline - time.monotonic()))
        if process.is_alive():
            process.kill()
            process.join()


def watch(children: Children, address: str, when_ready: Callable[[], None]) -> int:
    """Call back once the address answers; return when a child has ended, with a code that is not 0."""
    ready, started = False, time.monotonic()
    while True:
        for name, process in children.items():
            if process.exitcode is not None:
                sys.stderr.write(f"The {name} ended by itself (exit code {process.exitcode}); everything stops.\n")
                return 1
        if not ready and answers(address):
            ready = True
            when_ready()
        if not ready and time.monotonic() - started > PATIENCE_SECONDS:
            sys.stderr.write(f"{address} did not answer in {PATIENCE_SECONDS} seconds; everything stops.\n")
            return 1
        time.sleep(0.5 if ready else 0.05)


def run(work: Mapping[str, Callable[[], object]], address: str, when_ready: Callable[[], None]) -> int:
    """Start a process for each piece of work, watch them, end all of them together; return the exit code."""
    children: dict[str, ForkProcess] = {}
    on_ending(raise_stopped)
    try:
        for name, function in work.items():
            children[name] = forking.Process(target=child, args=(function,), name=name)
            children[name].start()
        return watch(children, address, when_ready)
    except Stopped:
        return 0
    finally:
        on_ending(signal.SIG_IGN)
        stop(children)
