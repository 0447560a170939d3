"""Walks the chains of the ledger and says where one is broken; exports their heads and compares with them."""

import csv
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TextIO

from cards import sealing
from cards.models import Event, EventDetail

Heads = dict[uuid.UUID, tuple[int, str]]
CHUNK = 2000
COLUMNS = ["holder", "seq", "digest"]


@dataclass(frozen=True)
class Fault:
    """The first thing wrong in one holder's chain."""

    holder: uuid.UUID
    seq: int
    what: str

    def __str__(self) -> str:
        return f"holder {self.holder}, event {self.seq}: {self.what}"


@dataclass
class Walk:
    """One pass over the whole ledger, a chain after the other; only the head of the present chain is remembered."""

    against: Heads = field(default_factory=dict)
    events: int = 0
    chains: int = 0
    faults: list[Fault] = field(default_factory=list)

    def heads(self, holder: uuid.UUID | None = None) -> Iterator[Event]:
        """Verify every chain (or one holder's) and yield the last event of each."""
        last: Event | None = None
        for event in _stream(holder):
            if last is not None and last.holder_id != event.holder_id:
                yield self._ended(last)
                last = None
            self.events += 1
            self._verify(event, last)
            last = event
        if last is not None:
            yield self._ended(last)
        # Whoever is left in the exported heads has no event any more.
        for gone, (seq, _digest) in self.against.items():
            self._fault(gone, seq, "the export has this event; the whole chain is gone")

    def _verify(self, event: Event, last: Event | None) -> None:
        expected = last.seq + 1 if last else 1
        if event.seq != expected:
            self._fault(event.holder_id, event.seq, f"event {expected} should stand here")
        elif event.previous != (last.digest if last else ""):
            self._fault(event.holder_id, event.seq, "it does not follow from the event before it")
        elif event.computed_digest() != event.digest:
            self._fault(event.holder_id, event.seq, "the row was changed")
        elif wrong := _wrong_detail(event):
            self._fault(event.holder_id, event.seq, wrong)
        exported = self.against.get(event.holder_id)
        if exported and exported[0] == event.seq and exported[1] != event.digest:
            self._fault(event.holder_id, event.seq, "the export has another event here")

    def _ended(self, last: Event) -> Event:
        self.chains += 1
        exported = self.against.pop(last.holder_id, None)
        if exported and exported[0] > last.seq:
            self._fault(last.holder_id, last.seq + 1, f"the tail is cut; the export goes on to event {exported[0]}")
        return last

    def _fault(self, holder: uuid.UUID, seq: int, what: str) -> None:
        """Note the first fault of a chain; what follows from it says nothing more."""
        if not self.faults or self.faults[-1].holder != holder:
            self.faults.append(Fault(holder, seq, what))


def _stream(holder: uuid.UUID | None) -> Iterable[Event]:
    events = Event.objects.in_order().select_related("detail")
    return (events.of(holder) if holder else events).iterator(chunk_size=CHUNK)


def _wrong_detail(event: Event) -> str:
    """What is wrong with the particulars of an event; nothing where they were erased."""
    detail = getattr(event, "detail", None)
    if detail is None:
        return ""
    try:
        text = detail.text
    except sealing.UnknownKey as missing:
        return f"its detail cannot be opened. {missing}"
    except sealing.SealError:
        return "its detail was changed"
    return "" if EventDetail.digest_of(detail.salt, text) == event.detail_digest else "its detail was exchanged"


def write_heads(heads: Iterable[Event], file: TextIO) -> None:
    """Write holder, number and digest of each last event, a line each."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((head.holder_id, head.seq, head.digest) for head in heads)


def read_heads(file: TextIO) -> Heads:
    """Read what `write_heads` wrote; raises `ValueError` on anything else."""
    rows = csv.reader(file)
    if next(rows, None) != COLUMNS:
        raise ValueError(f"The first line must be {','.join(COLUMNS)}.")
    return {uuid.UUID(holder): (int(seq), digest) for holder, seq, digest in rows}
