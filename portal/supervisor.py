"""Runs several processes that live and end together."""

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

GRACE_SECONDS = 15
PATIENCE_SECONDS = 60


class Stopped(Exception):
    """Somebody asked for the end."""


def raise_stopped(number: int, frame: FrameType | None) -> None:
    """Turn a signal into an exception, so that whatever is going on ends in the same way."""
    raise Stopped


def answers(address: str) -> bool:
    """Tell whether a page answers with success."""
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310  (our own loopback address)
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def ended(children: Mapping[str, subprocess.Popen[bytes]]) -> tuple[str, int] | None:
    """Return name and exit code of a child that has ended."""
    for name, child in children.items():
        code = child.poll()
        if code is not None:
            return name, code
    return None


def stop(children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """End every child: politely first, by force after the grace."""
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def watch(children: Mapping[str, subprocess.Popen[bytes]], address: str, when_ready: Callable[[], None]) -> int:
    """Call back once the address answers; return when a child has ended, with a code that is not 0."""
    ready, started = False, time.monotonic()
    while True:
        if gone := ended(children):
            sys.stderr.write(f"The {gone[0]} ended by itself (exit code {gone[1]}); everything stops.\n")
            return gone[1] or 1
        if not ready and answers(address):
            ready = True
            when_ready()
        if not ready and time.monotonic() - started > PATIENCE_SECONDS:
            sys.stderr.write(f"{address} did not answer in {PATIENCE_SECONDS} seconds; everything stops.\n")
            return 1
        time.sleep(0.5 if ready else 0.05)


def run(commands: Mapping[str, Sequence[str]], address: str, when_ready: Callable[[], None]) -> int:
    """Start the commands, watch them, and end all of them together; return the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, raise_stopped)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            # A session of its own: Ctrl-C reaches us alone, and we pass the end on in order.
            children[name] = subprocess.Popen(command, start_new_session=True)  # noqa: S603  (first_run gives the words)
        return watch(children, address, when_ready)
    except Stopped:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        stop(children)
