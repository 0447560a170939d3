"""The decision table that comes with the portal: read from its file, entered once, never written over."""

from django.utils import timezone

from cards import memory, situations
from cards.models import SituationTable
from cards.models.situations import SHIPPED

ENTERED, SAME, CHANGED_HERE = "entered", "unchanged", "another text is here under this version, left as it is"


def load(*, dry_run: bool = False) -> tuple[str, str]:
    """Enter the shipped table unless its version is there; returns the version and what was done.

    It begins on the day its file names, so that a table written here, which begins later, stays in use.
    """
    text = SHIPPED.read_text(encoding="utf-8")
    table = situations.parse(text)
    present = SituationTable.objects.filter(version=table.version).first()
    if present is not None:
        return table.version, SAME if present.text == text else CHANGED_HERE
    if not dry_run:
        SituationTable.objects.create(
            version=table.version, valid_from=table.valid_from, text=text, entered_at=timezone.now()
        )
        memory.forget_all()
    return table.version, ENTERED
