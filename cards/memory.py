"""Remembers reference data in the process for a short time, so that an answer need not ask for the rules again."""

import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_ALL: list["Remembered[Any]"] = []


class Remembered(Generic[T]):
    """A reader whose answers are kept for some seconds; never for anything about a person."""

    def __init__(self, read: Callable[..., T], seconds: float) -> None:
        self.read, self.seconds = read, seconds
        self.kept: dict[Hashable, tuple[float, T]] = {}
        _ALL.append(self)

    def __call__(self, *key: Hashable) -> T:
        now = time.monotonic()
        found = self.kept.get(key)
        if found is None or found[0] < now:
            if len(self.kept) > 100:
                self.kept.clear()
            found = self.kept[key] = (now + self.seconds, self.read(*key))
        return found[1]


def forget_all() -> None:
    """Forget everything remembered, after a change of reference data in this process."""
    for remembered in _ALL:
        remembered.kept.clear()
