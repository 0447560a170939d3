"""Puts a backup into an empty, migrated database: all of it and verified, or nothing."""

import hashlib
import json
import tarfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, models, transaction

from cards import memory, sealing
from cards.management import ledger_check
from cards.models.fields import sealed_columns
from guidance import publishing
from guidance.models import Article
from portal.backup import CHUNK, FORMAT, MANIFEST, columns, from_plain, member_of, migrations, tables

SAMPLE = 20
# Every migrated database has these rows, under numbers of its own; the backup brings the numbers its rows refer to.
MADE_BY_MIGRATE: tuple[type[models.Model], ...] = (Permission, ContentType)


class NotRestorable(Exception):
    """The file or the database is not fit for a restore; says what to do."""


class Archive:
    """A backup opened for reading, its manifest checked against this installation."""

    def __init__(self, path: Path) -> None:
        try:
            self.tar = tarfile.open(path)  # noqa: SIM115  (closed by __exit__)
            self.manifest: dict[str, Any] = json.load(self._member(MANIFEST))
        except (OSError, EOFError, tarfile.TarError, ValueError, KeyError) as error:
            raise NotRestorable(f"{path} is not a whole backup. {error}") from error
        if self.manifest.get("format") != FORMAT:
            raise NotRestorable(f"{path} has a format this version does not know.")

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_error: object) -> None:
        self.tar.close()

    def _member(self, name: str) -> IO[bytes]:
        content = self.tar.extractfile(name)
        if content is None:
            raise KeyError(f"{name} is not a file")
        return content

    def check(self) -> None:
        """Refuse a file that is damaged, or was made by another version of the portal."""
        if self.manifest["migrations"] != migrations():
            raise NotRestorable(
                "The backup was made by another version of the portal. Install that version, migrate an empty "
                "database, restore, and update afterwards."
            )
        for label, told in self.manifest["tables"].items():
            self._compare(member_of(label), told["sha256"])
        for name, told in self.manifest["media"].items():
            media_path(name)
            self._compare(f"media/{name}", told)

    def _compare(self, name: str, told: str) -> None:
        try:
            found = hashlib.file_digest(self._member(name), "sha256").hexdigest()  # type: ignore[arg-type]
        except (KeyError, OSError, EOFError, tarfile.TarError) as error:
            raise NotRestorable(f"The backup is damaged: {name}. {error}") from error
        if found != told:
            raise NotRestorable(f"The backup is damaged: {name} is not what the manifest says.")

    def rows(self, model: type[models.Model]) -> Iterator[list[Any]]:
        """The rows of a table, each as its columns want it."""
        order = columns(model)
        if [column.attname for column in order] != self.manifest["tables"][model._meta.label]["columns"]:
            raise NotRestorable(f"The columns of {model._meta.label} are not those of the backup.")
        for line in self._member(member_of(model._meta.label)):
            yield [from_plain(column, value) for column, value in zip(order, json.loads(line), strict=True)]

    def write_media(self) -> int:
        """Write the media files: all, or none."""
        written: list[Path] = []
        try:
            for name in self.manifest["media"]:
                target = media_path(name)
                target.parent.mkdir(parents=True, exist_ok=True)
                written.append(target)
                target.write_bytes(self._member(f"media/{name}").read())
        except OSError as error:
            for target in written:
                target.unlink(missing_ok=True)
            raise NotRestorable(f"A media file cannot be written. {error}") from error
        return len(written)


def media_path(name: str) -> Path:
    """Where a media file of the backup belongs; a name that leads elsewhere is refused."""
    root = Path(settings.MEDIA_ROOT).resolve()
    target = (root / name).resolve()
    if not target.is_relative_to(root):
        raise NotRestorable(f"The backup names a file outside the media folder: {name}")
    return target


def check_empty() -> None:
    """Refuse a database, or a media folder, that holds anything already."""
    for model in tables():
        if model not in MADE_BY_MIGRATE and model._base_manager.exists():
            raise NotRestorable(
                f"The database is not empty: {model._meta.label} has rows. Restore into a new database, right after "
                "`manage.py migrate`, before anything is loaded."
            )
    root = Path(settings.MEDIA_ROOT)
    if root.exists() and any(item.is_file() for item in root.rglob("*")):
        raise NotRestorable(f"The media folder is not empty: {root}")


def restore(archive: Archive) -> dict[str, int]:
    """Put everything in and verify it, in one transaction; returns counts for the report."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for model in MADE_BY_MIGRATE:
                # Children of these are in the backup, and none is here yet.
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
            for model in tables():
                if model._meta.label in archive.manifest["tables"]:
                    _insert(cursor, model, archive.rows(model))
            for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
                cursor.execute(statement)
        rows = _compare_counts(archive)
        _find_guides_again()
        events, opened = _verify_ledger(), _open_sample()
        media = archive.write_media()
    ContentType.objects.clear_cache()
    memory.forget_all()
    return {"rows": rows, "events": events, "opened": opened, "media": media}


def _insert(cursor: Any, model: type[models.Model], rows: Iterator[list[Any]]) -> None:
    """Insert rows past the models, so that nothing is sealed, stamped or counted anew."""
    order, quote = columns(model), connection.ops.quote_name
    names = ", ".join(quote(str(column.column)) for column in order)
    places = ", ".join(["%s"] * len(order))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608
    while chunk := list(islice(rows, CHUNK)):
        cursor.executemany(
            statement,
            [
                [column.get_db_prep_save(value, connection) for column, value in zip(order, row, strict=True)]
                for row in chunk
            ],
        )


def _find_guides_again() -> None:
    """The search index is no model's table; it follows from the guides."""
    for article in Article.objects.all():
        publishing.index(article)
    publishing.changed()


def _compare_counts(archive: Archive) -> int:
    rows = 0
    for label, told in archive.manifest["tables"].items():
        if apps.get_model(label)._base_manager.count() != told["rows"]:
            raise NotRestorable(f"{label} has another number of rows than the manifest says.")
        rows += told["rows"]
    return rows


def _verify_ledger() -> int:
    walk = ledger_check.Walk()
    for _head in walk.heads():
        pass
    if walk.faults:
        raise NotRestorable(f"The ledger in the backup is broken: {walk.faults[0]}")
    return walk.events


def _open_sample() -> int:
    opened = 0
    for model, sealed in sealed_columns():
        for column in sealed:
            values = model._base_manager.exclude(**{f"{column.attname}__isnull": True})
            for key, value in values.values_list("pk", column.attname)[:SAMPLE]:
                try:
                    column.opened(value, key)
                except sealing.SealError as error:
                    raise NotRestorable(
                        f"{column} of {model._meta.label} {key} does not open. {error} The keys are not in a backup: "
                        "SEALING_KEYS must be those of the day it was made."
                    ) from error
                opened += 1
    return opened
