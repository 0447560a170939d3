"""A backup: one tar file with the rows of every table, as JSON lines, the media files, and a manifest of them all.

Rows are written through the models, so a backup of SQLite can be restored into PostgreSQL and the other way round.
Sealed values stay sealed, and the keys are not in it: without SEALING_KEYS and INDEX_KEYS it opens nothing.
"""

import base64
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from cards.models import Counter
from cards.models.fields import Sealed, SealedTextField

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 2000
# Who is signed in, and what is counted for a minute or an hour, is of no use tomorrow.
LEFT_OUT: tuple[type[models.Model], ...] = (Session, Counter)
Row = list[Any]


def tables() -> list[type[models.Model]]:
    """Every table a backup holds."""
    found = apps.get_models(include_auto_created=True)
    return [m for m in found if m._meta.managed and not m._meta.proxy and m not in LEFT_OUT]


def columns(model: type[models.Model]) -> list[models.Field]:
    """The columns of a table in the order of a row."""
    return list(model._meta.concrete_fields)


def migrations() -> list[list[str]]:
    """The migrations this database has gone through."""
    return sorted(list(key) for key in MigrationRecorder(connection).applied_migrations())


# --- values ---------------------------------------------------------------------------------------------------------


def to_plain(value: Any) -> Any:
    """A value of a row as JSON has it."""
    if isinstance(value, Sealed):
        return base64.b64encode(value.blob).decode("ascii")
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


def from_plain(column: models.Field, value: Any) -> Any:
    """The value of a row again, for its column; a sealed one is still sealed."""
    if isinstance(column, models.ForeignKey):
        return from_plain(column.target_field, value)
    if value is None or isinstance(column, models.JSONField):
        return value
    if isinstance(column, SealedTextField):
        return Sealed(base64.b64decode(value, validate=True), column.seal_context)
    if isinstance(column, models.BinaryField):
        return base64.b64decode(value, validate=True)
    return column.to_python(value)


# --- writing --------------------------------------------------------------------------------------------------------


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside belongs to one moment, and nobody who writes has to wait."""
    if connection.vendor == "sqlite":
        # Django would begin IMMEDIATE and hold off every writer.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def write(path: Path) -> dict[str, Any]:
    """Write a backup to a new file that only its owner may read, and return its manifest."""
    if path.exists():
        raise FileExistsError(f"{path} exists already.")
    part = path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as tar:
            manifest = _write_all(tar, path.parent)
            file.flush()
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _write_all(tar: tarfile.TarFile, folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "made_at": timezone.now().isoformat(),
        "database": connection.vendor,
        "tables": {},
        "media": {},
    }
    with snapshot():
        manifest["migrations"] = migrations()
        for model in tables():
            with tempfile.TemporaryFile(dir=folder) as spool:
                rows, digest = _write_rows(model, spool)
                _add(tar, member_of(model._meta.label), spool)
            names = [column.attname for column in columns(model)]
            manifest["tables"][model._meta.label] = {"rows": rows, "sha256": digest, "columns": names}
    for name, source in _media():
        with source.open("rb") as file:
            manifest["media"][name] = hashlib.file_digest(file, "sha256").hexdigest()
            _add(tar, f"media/{name}", file)
    _add(tar, MANIFEST, io.BytesIO(json.dumps(manifest, indent=1).encode()))
    return manifest


def member_of(label: str) -> str:
    """The place of a table in the file."""
    return f"tables/{label}.jsonl"


def _write_rows(model: type[models.Model], spool: IO[bytes]) -> tuple[int, str]:
    """Write the rows of a table; returns how many, and the SHA-256 of what was written."""
    count, digest = 0, hashlib.sha256()
    rows = model._base_manager.order_by("pk").values_list(*(column.attname for column in columns(model)))
    for row in rows.iterator(chunk_size=CHUNK):
        line = json.dumps([to_plain(value) for value in row], ensure_ascii=False, separators=(",", ":")).encode()
        spool.write(line + b"\n")
        digest.update(line + b"\n")
        count += 1
    return count, digest.hexdigest()


def _media() -> Iterator[tuple[str, Path]]:
    root = Path(settings.MEDIA_ROOT)
    for source in sorted(root.rglob("*")):
        if source.is_file():
            yield source.relative_to(root).as_posix(), source


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes]) -> None:
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(timezone.now().timestamp())
    tar.addfile(member, content)
