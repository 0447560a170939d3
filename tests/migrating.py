"""Takes the test's database to an earlier or later state of its tables."""

from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrated_to(target: list[tuple[str, str]]) -> Any:
    """Migrate forwards or back, and return the models as they were then."""
    executor = MigrationExecutor(connection)
    executor.migrate(target)
    return executor.loader.project_state(target).apps


def newest() -> None:
    """Migrate to what the code expects."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
