"""Figures of the outbox, for /metrics and the desk."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from cards.models import Notice


@dataclass(frozen=True)
class Outbox:
    """How many notices are in which state, by way, and for how many seconds the oldest due one has waited."""

    counts: dict[tuple[str, str], int]
    oldest_seconds: float


def outbox(now: datetime) -> Outbox:
    """Count; two statements, both answered from an index."""
    rows = Notice.objects.order_by().values_list("channel", "state").annotate(count=Count("pk"))
    oldest = Notice.objects.due(now).aggregate(first=Min("due_at"))["first"]
    return Outbox(
        {(channel, state): count for channel, state, count in rows},
        max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
    )
