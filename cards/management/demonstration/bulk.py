"""Holders and their directory rows in bulk: a big directory for benchmarks, past the services and without cases.

The services write a row at a time with its event, about 300 people a second; a directory of a million people is wanted
only for its size, and is here in a few minutes. So these people have neither cards nor a chain in the ledger, and are
made here and nowhere else.
"""

from collections.abc import Iterator

from django.db import connection, transaction
from django.utils import timezone

from cards import sealing
from cards.management.demonstration.people import Person, in_bulk
from cards.models import Cardholder, IdNumberIndex

BATCH = 10_000
# Keys and digests are random, so every row falls on another page of four indexes. The small cache that serves the
# portal well would write and read each page again for nearly every row, and fill at a fifth of the speed.
SQLITE_CACHE = "PRAGMA cache_size=-500000"


def fill(wanted: int) -> Iterator[int]:
    """Make the first `wanted` people of the endless list; yields how many of each batch were new.

    A batch is a transaction, and whoever is there already is left alone, so an interrupted run is simply run again.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(SQLITE_CACHE)
    for start in range(0, wanted, BATCH):
        yield _batch(list(in_bulk(start, min(BATCH, wanted - start))))


def _batch(people: list[Person]) -> int:
    purpose = IdNumberIndex.objects.all().purpose
    with transaction.atomic():
        digests = {sealing.index_digest(person.id_number, purpose): person for person in people}
        known = IdNumberIndex.objects.filter(
            key_id=sealing.current_index_key_id(), digest__in=[digest for _key, digest in digests]
        )
        for entry in known.values_list("key_id", "digest"):
            del digests[entry[0], bytes(entry[1])]
        now = timezone.now()
        holders = [
            Cardholder(name=person.name, id_number=person.id_number, phone=person.phone, registered_at=now)
            for person in digests.values()
        ]
        Cardholder.objects.bulk_create(holders)
        IdNumberIndex.objects.bulk_create(
            IdNumberIndex(key_id=key_id, digest=digest, holder=holder)
            for (key_id, digest), holder in zip(digests, holders, strict=True)
        )
    return len(digests)
