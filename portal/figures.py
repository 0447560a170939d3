"""The figures behind /metrics; imported only when somebody asks for them.

The process figures are those of the one worker that answered: with several workers, read them as a sample. What comes
from the database is the same from every worker.
"""

from collections.abc import Iterator

from django.db import DatabaseError
from django.utils import timezone
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from cards.delivery.figures import outbox

from .views import missing_migrations


class DatabaseCollector:
    """Asks the database how it is, at the moment of reading."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield whether the database answers and how many apps wait for a migration."""
        try:
            behind, answers = missing_migrations(), 1
        except DatabaseError:
            behind, answers = None, 0
        yield GaugeMetricFamily("portal_database_up", "1 while the database answers", value=answers)
        if answers:
            yield from self._notices()
        if behind is not None:
            yield GaugeMetricFamily("portal_apps_behind", "Apps whose newest migration is missing", value=behind)

    def _notices(self) -> Iterator[GaugeMetricFamily]:
        told = outbox(timezone.now())
        counts = GaugeMetricFamily("portal_notices", "Notices on record", labels=["channel", "state"])
        for (channel, state), count in sorted(told.counts.items()):
            counts.add_metric([channel, state], count)
        yield counts
        yield GaugeMetricFamily(
            "portal_notice_oldest_seconds", "How long the oldest due notice has waited", value=told.oldest_seconds
        )


def exposition() -> tuple[bytes, str]:
    """Return the figures in the Prometheus text format, with its content type."""
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    registry.register(DatabaseCollector())
    return generate_latest(registry), CONTENT_TYPE_LATEST
