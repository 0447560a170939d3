"""Statements of the busiest pages, built once: building one costs Django ten times what the database needs for it.

Only what is asked for changes from one call to the next. What comes back is what the query set would have given.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import get_related_populators

T = TypeVar("T")
# Stands for the holder while a statement is built, and is found again in its parameters.
_ANYBODY = uuid.UUID("9ac7f2e4-5d0b-4f1c-8e33-6f0a4b7d2c15")


def _in_database(holder_id: uuid.UUID, connection: BaseDatabaseWrapper) -> Any:
    return holder_id if connection.features.has_native_uuid_field else holder_id.hex


@dataclass
class _Built:
    """A statement for one kind of database: its text, its parameters, and how rows become what was asked for."""

    sql: str
    parameters: tuple[Any, ...]
    shaped: Callable[[list[Any]], Iterable[Any]]


class OfHolder(Generic[T]):
    """Reads the rows of one holder: a query set, given as a function of the holder, whose statement is kept.

    The query set names nothing else that changes, and has no prefetches; nothing is known of other rows it might join.
    """

    def __init__(self, wanted: Callable[[uuid.UUID], "models.QuerySet[Any, T]"]) -> None:
        self.wanted = wanted
        # One for all threads: what is kept of a compiler asks its connection for nothing but the time zone.
        self.built: dict[str, _Built] = {}

    def __call__(self, holder_id: uuid.UUID) -> list[T]:
        connection = connections[DEFAULT_DB_ALIAS]
        built = self.built.get(connection.vendor) or self._build(connection)
        anybody, somebody = (_in_database(one, connection) for one in (_ANYBODY, holder_id))
        with connection.cursor() as cursor:
            cursor.execute(built.sql, [somebody if value == anybody else value for value in built.parameters])
            return list(built.shaped(cursor.fetchall()))

    def _build(self, connection: BaseDatabaseWrapper) -> _Built:
        query = self.wanted(_ANYBODY).query
        compiler = query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        if _in_database(_ANYBODY, connection) not in parameters:
            raise ValueError("A statement about a holder does not name the holder.")
        converters = compiler.get_converters([column[0] for column in compiler.select])

        def shaped(rows: list[Any]) -> Iterable[Any]:
            converted = compiler.apply_converters(rows, converters) if converters else rows
            return map(tuple, converted) if query.values_select else map(instance, converted)

        if not query.values_select:
            places = compiler.klass_info["select_fields"]
            own = slice(places[0], places[-1] + 1)
            names = [column[0].target.attname for column in compiler.select[own]]
            # The stubs describe a later Django.
            related = get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]

            def instance(row: Any) -> models.Model:
                made = compiler.klass_info["model"].from_db(DEFAULT_DB_ALIAS, names, row[own])
                for populator in related:
                    populator.populate(row, made)
                return made

        built = self.built[connection.vendor] = _Built(sql, tuple(parameters), shaped)
        return built


@lru_cache(maxsize=32)
def _insert_into(model: type[models.Model], vendor: str) -> tuple[str, tuple[Any, ...]]:
    fields = tuple(model._meta.local_concrete_fields)
    quoted = connections[DEFAULT_DB_ALIAS].ops.quote_name
    names = ", ".join(quoted(str(field.column)) for field in fields)
    values = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {quoted(model._meta.db_table)} ({names}) VALUES ({values})", fields  # noqa: S608


def insert(row: models.Model) -> None:
    """Insert a new row whose primary key is known, as `save(force_insert=True)` would, but without signals."""
    connection = connections[DEFAULT_DB_ALIAS]
    sql, fields = _insert_into(type(row), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields])
