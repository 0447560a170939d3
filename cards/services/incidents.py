"""Writing and ending the note that tells many people at once why they wait and what the new date is."""

from django.utils import timezone

from cards import memory
from cards.actors import Actor
from cards.errors import ChangedMeanwhile
from cards.models import IncidentNote
from cards.services.sent_forms import insert_once

_WRITTEN = (
    *("scope", "bank_id", "outlet_id", "produced_from", "produced_until"),
    *("text_zh", "text_en", "expected_on", "written_by_id"),
)


def write_incident_note(note: IncidentNote, *, actor: Actor) -> IncidentNote:
    """Show a note to everyone it touches; `note` is filled in but not saved. Raises `ValidationError` where wrong."""
    note.written_by, note.written_at = actor.user, timezone.now()
    note.ended_by = note.ended_at = None
    note.full_clean(validate_unique=False)
    note = insert_once(note, _WRITTEN)
    # This process answers anew at once, the others within half a minute.
    memory.forget_all()
    return note


def end_incident_note(note: IncidentNote, *, actor: Actor) -> None:
    """End a note before its date: the delay is over sooner, or the note was wrong."""
    ended = {"ended_by": actor.user, "ended_at": timezone.now()}
    if IncidentNote.objects.filter(pk=note.pk, ended_at__isnull=True).update(**ended) != 1:
        raise ChangedMeanwhile()
    memory.forget_all()
