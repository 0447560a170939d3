"""Seals every column anew under the newest key, and enters the directories under the newest index key.

Both find their work in the rows themselves and write in small transactions, so that they may be interrupted, run
again, or run beside a portal in use: look-ups go on, because every process still holds the older keys.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Count, Exists, OuterRef

from cards import sealing
from cards.models import CardNumberIndex, IdNumberIndex, OpenIdIndex, PaperNumber
from cards.models.fields import Sealed, SealedTextField
from cards.vocabulary import OPENING_PAPERS

BATCH = 500


class KeyMissing(Exception):
    """Something is sealed or entered under a key that the settings do not hold."""


@dataclass
class Done:
    """What was found and done; `faults` names rows that cannot be trusted and were left as they are."""

    current: int = 0
    renewed: int = 0
    removed: int = 0
    faults: list[str] = field(default_factory=list)


# --- sealed columns -----------------------------------------------------------------------------------------------


def seal_anew(
    model: type[models.Model], columns: list[SealedTextField], done: Done, *, dry_run: bool = False
) -> Iterator[int]:
    """Seal a table's older values under the newest key; yields the number of rows looked at after each batch."""
    rows = model._base_manager.order_by("pk").values_list("pk", *(column.attname for column in columns))
    last = None
    while True:
        batch = list((rows if last is None else rows.filter(pk__gt=last))[:BATCH])
        with transaction.atomic():
            for key, *values in batch:
                for column, value in zip(columns, values, strict=True):
                    if value is not None:
                        _seal_value(model, column, key, value, done, dry_run)
        yield len(batch)
        if len(batch) < BATCH:
            return
        last = batch[-1][0]


def _seal_value(
    model: type[models.Model], column: SealedTextField, key: Any, value: Sealed, done: Done, dry_run: bool
) -> None:
    if value.is_current:
        done.current += 1
        return
    place = f"{column} of {model._meta.label} {key}"
    try:
        fresh = column.sealed(column.opened(value, key), key)
    except sealing.UnknownKey:
        raise KeyMissing(
            f"{place} is sealed under key {sealing.key_id_of(value.blob)!r}, which SEALING_KEYS does not hold. "
            "Put that key back, behind the newest one."
        ) from None
    except sealing.SealError as broken:
        done.faults.append(f"{place}: {broken}")
        return
    if dry_run:
        done.renewed += 1
        return
    # Only if nobody wrote another value meanwhile; that one is sealed under the newest key by itself.
    done.renewed += model._base_manager.filter(pk=key, **{column.attname: value}).update(**{column.attname: fresh})


# --- directories --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Directory:
    """A directory: its table, the rows that tell where an entry leads, and how to read the number from there."""

    model: type[models.Model]
    leads_to: tuple[str, ...]
    number_of: tuple[str, str]

    @property
    def purpose(self) -> str:
        """What its digests are derived for."""
        return self.model._default_manager.all().purpose  # type: ignore[attr-defined]

    def number(self, entry: Any) -> str:
        """The number itself, opened from the row that the entry leads to."""
        row, column = self.number_of
        return getattr(getattr(entry, row), column)


DIRECTORIES = (
    Directory(IdNumberIndex, ("holder_id",), ("holder", "id_number")),
    Directory(CardNumberIndex, ("holder_id", "card_id"), ("card", "card_number")),
    Directory(OpenIdIndex, ("holder_id", "binding_id"), ("binding", "open_id")),
)


def enter_anew(directory: Directory, done: Done, *, dry_run: bool = False) -> Iterator[int]:
    """Add an entry under the newest index key for each older one; yields like `seal_anew`."""
    newest = sealing.current_index_key_id()
    manager = directory.model._default_manager
    done.current = manager.filter(key_id=newest).count()
    older = manager.exclude(key_id=newest).select_related(directory.number_of[0]).order_by("pk")
    last = None
    while True:
        batch = list((older if last is None else older.filter(pk__gt=last))[:BATCH])
        with transaction.atomic():
            for entry in batch:
                _enter(directory, entry, done, dry_run)
        yield len(batch)
        if len(batch) < BATCH:
            return
        last = batch[-1].pk


def _enter(directory: Directory, entry: Any, done: Done, dry_run: bool) -> None:
    digests = dict(sealing.index_digests(directory.number(entry), directory.purpose))
    place = f"{directory.model._meta.label} {entry.pk}"
    if entry.key_id not in digests:
        raise KeyMissing(
            f"{place} was entered under key {entry.key_id!r}, which INDEX_KEYS does not hold. "
            "Put that key back, behind the newest one."
        )
    if bytes(entry.digest) != digests[entry.key_id]:
        done.faults.append(f"{place}: it does not belong to the number it leads to")
        return
    newest = sealing.current_index_key_id()
    row = {name: getattr(entry, name) for name in directory.leads_to}
    present = directory.model._default_manager.filter(key_id=newest, digest=digests[newest]).first()
    if present is not None:
        if any(getattr(present, name) != value for name, value in row.items()):
            done.faults.append(f"{place}: the same number leads somewhere else under key {newest!r}")
        return
    if not dry_run:
        try:
            with transaction.atomic():
                directory.model._default_manager.create(key_id=newest, digest=digests[newest], **row)
        except IntegrityError:
            # Another run entered it at this moment; the next look at the row verifies where it leads.
            return
    done.renewed += 1


def remove_older(directory: Directory, done: Done) -> None:
    """Remove the older entries, each only where the newest key leads to the same rows."""
    newest, manager = sealing.current_index_key_id(), directory.model._default_manager
    same = {name: OuterRef(name) for name in directory.leads_to}
    older = manager.exclude(key_id=newest).filter(Exists(manager.filter(key_id=newest, **same)))
    while True:
        keys = list(older.values_list("pk", flat=True)[:BATCH])
        removed, _by_model = manager.filter(pk__in=keys).delete()
        done.removed += removed
        if len(keys) < BATCH:
            return


def papers_under_older_keys() -> dict[str, int]:
    """How many papers in force take their query code from each older index key."""
    opening = PaperNumber.objects.in_force().filter(kind__in=OPENING_PAPERS)
    older = opening.exclude(code_key_id=sealing.current_index_key_id())
    counted = older.order_by().values("code_key_id").annotate(papers=Count("pk")).order_by("code_key_id")
    return {row["code_key_id"]: row["papers"] for row in counted}
