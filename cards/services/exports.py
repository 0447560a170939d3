"""Exports by two people: asking, releasing or refusing, and taking the file."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cards.actors import Actor
from cards.errors import ChangedMeanwhile, ReasonMissing
from cards.models import AccessRecord, Export, ExportDownload
from cards.models.ledger import RECORD_KEPT
from cards.services.sent_forms import insert_once
from cards.staff_errors import ExportNotOpen, ExportOfAnother, ExportOwn
from cards.vocabulary import AccessOutcome, AccessPurpose

# How long a wish waits for the second person, and how long the file may be taken after that.
WAITS, RELEASED_FOR = timedelta(days=3), timedelta(hours=24)
BATCH = 1000
_ASKED = ("content", "stage", "outlet_id", "reason", "asked_by_id")


def ask_for_export(export: Export, *, actor: Actor) -> Export:
    """Ask for a list as a file; `export` is filled in but not saved. Raises `ValidationError` where it cannot be."""
    if not export.reason.strip():
        raise ReasonMissing()
    now = timezone.now()
    export.asked_by, export.asked_at, export.open_until = actor.user, now, now + WAITS
    export.released_by = export.released_at = export.refused_at = None
    export.full_clean(validate_unique=False)
    return insert_once(export, _ASKED)


def release_export(export: Export, *, actor: Actor) -> None:
    """Let the one who asked take the file within a day; somebody else decides."""
    now = timezone.now()
    _decide(export, actor, released_at=now, open_until=now + RELEASED_FOR)


def refuse_export(export: Export, *, actor: Actor) -> None:
    """Say no."""
    _decide(export, actor, refused_at=timezone.now())


def _decide(export: Export, actor: Actor, **decision: object) -> None:
    if export.asked_by_id == actor.user.pk:
        raise ExportOwn()
    undecided = Export.objects.filter(pk=export.pk, released_by__isnull=True, open_until__gt=timezone.now())
    if undecided.update(released_by=actor.user, **decision) != 1:
        raise ChangedMeanwhile()
    export.refresh_from_db()


def may_be_taken(export: Export, *, actor: Actor) -> None:
    """Refuse unless this is the one who asked, and the export is released and has not expired."""
    if export.asked_by_id != actor.user.pk:
        raise ExportOfAnother()
    if export.state_at(timezone.now()) != "released":
        raise ExportNotOpen()


def record_download(
    export: Export, holders: Sequence[UUID], content: bytes, file_format: str, rows: int, *, actor: Actor
) -> ExportDownload:
    """Record that a file leaves: the download, and a look at every person listed in it."""
    now = timezone.now()
    with transaction.atomic():
        may_be_taken(Export.objects.select_for_update().get(pk=export.pk), actor=actor)
        records = [
            AccessRecord(
                holder_id=holder,
                at=now,
                keep_until=now + RECORD_KEPT,
                channel=actor.channel,
                purpose=AccessPurpose.STAFF_EXPORT,
                outcome=AccessOutcome.FOUND,
                user=actor.user,
            )
            for holder in dict.fromkeys(holders)
        ]
        AccessRecord.objects.bulk_create(records, batch_size=BATCH)
        return ExportDownload.objects.create(
            export=export,
            user=actor.user,
            at=now,
            file_format=file_format,
            rows=rows,
            digest=hashlib.sha256(content).hexdigest(),
        )
