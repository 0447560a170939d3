"""The message catalogues: extracted, compiled and checked in Python, so that no gettext is needed."""

import io
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PYTHON_SOURCES = ("portal", "cards", "guidance")
TEMPLATE_SOURCES = ("templates", "portal", "cards", "guidance")
TEMPLATE_SUFFIXES = (".html", ".txt", ".xml")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# The day is fixed: a changing date would make every extraction a difference in version control.
HEADER_DAY = datetime(2026, 1, 1, tzinfo=UTC)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!%)%([sd])|\{(\w*)(?:![rsa])?(?::[^{}]*)?\}")


def source_files() -> Iterator[tuple[Path, str]]:
    """Yield every file that may hold messages, with the text Babel's Python reader understands."""
    seen: set[Path] = set()
    for folder in PYTHON_SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text(encoding="utf-8")
    for folder in TEMPLATE_SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in TEMPLATE_SUFFIXES and path.is_file() and path not in seen:
                seen.add(path)
                text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
                # Within brackets the reader does not take a template's indentation for Python's.
                yield path, f"(\n{text}\n)"


def extracted() -> Catalog:
    """Return the messages of the sources, without translations, in the order of their files."""
    catalogue = new_catalogue()
    for path, text in source_files():
        name = path.relative_to(ROOT).as_posix()
        found = extract(
            "python",
            io.BytesIO(text.encode()),
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
        )
        for _line, message, comments, context in found:
            # One location a file, without the line: moving code must not change the catalogue.
            known = catalogue.get(message if isinstance(message, str) else message[0], context)
            place: Any = [] if known and name in places_of(known) else [(name, None)]
            catalogue.add(message, locations=place, auto_comments=comments, context=context)
    return catalogue


def new_catalogue() -> Catalog:
    """Return an empty Chinese catalogue with a header that does not change by itself."""
    return Catalog(
        locale="zh_Hans",
        domain="django",
        project="Social Security Card Service",
        version="1",
        copyright_holder="the portal's authors",
        msgid_bugs_address="",
        creation_date=HEADER_DAY,
        revision_date=HEADER_DAY,
        last_translator="the portal's authors",
        language_team="zh_Hans",
        fuzzy=False,
        header_comment="# Chinese messages; written by `manage.py catalogues --extract`, translated by hand.",
    )


def stored() -> Catalog:
    """Return the catalogue as it stands in the repository, or an empty one."""
    if not CATALOGUE.exists():
        return new_catalogue()
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans", domain="django")


def wanted(present: Catalog) -> Catalog:
    """Return the messages of the sources with the translations that are there."""
    catalogue = extracted()
    for message in messages_of(catalogue):
        old = present.get(key_of(message), message.context)
        if old and same_shape(old, message):
            message.string = old.string
            message.flags |= old.flags & {"fuzzy"}
            message.user_comments = old.user_comments
    return catalogue


def update() -> int:
    """Write the catalogue anew from the sources, keep its translations, return the number of messages."""
    catalogue = wanted(stored())
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    replace(CATALOGUE, rendered(catalogue))
    return len(catalogue)


def rendered(catalogue: Catalog) -> bytes:
    """Return the catalogue as the bytes of a .po file."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, ignore_obsolete=True)
    return buffer.getvalue()


def compile_if_needed(*, force: bool = False) -> bool:
    """Compile the catalogue when its .mo is missing or older; return whether that was done."""
    if not CATALOGUE.exists():
        return False
    target = CATALOGUE.with_suffix(".mo")
    if not force and target.exists() and target.stat().st_mtime_ns >= CATALOGUE.stat().st_mtime_ns:
        return False
    buffer = io.BytesIO()
    write_mo(buffer, stored())
    replace(target, buffer.getvalue())
    return True


def replace(path: Path, content: bytes) -> None:
    """Put a whole file in place at once: several test workers may do this at the same time."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)


def problems() -> list[str]:
    """Return everything that is wrong with the catalogue, one sentence each."""
    present = stored()
    found = list(staleness(present))
    for message in messages_of(present):
        found += [
            f"{problem}: {key_of(message)!r} ({', '.join(places_of(message))})" for problem in problems_of(message)
        ]
    return found


def staleness(present: Catalog) -> Iterator[str]:
    """Yield how the catalogue differs from what the sources hold."""
    here = {fingerprint(message): message for message in messages_of(present)}
    there = {fingerprint(message): message for message in messages_of(wanted(present))}
    for name, only in (
        ("not in the catalogue", there.keys() - here.keys()),
        ("no longer in the sources, or from other files", here.keys() - there.keys()),
    ):
        for mark in sorted(only, key=str):
            yield f"{name}: {mark[1]!r} ({', '.join(mark[3])})"


def problems_of(message: Message) -> Iterator[str]:
    """Yield what is wrong with one translation."""
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    if not all(strings):
        yield "untranslated"
        return
    if message.fuzzy:
        yield "fuzzy"
    # Chinese has one plural form; it stands for the English plural.
    source = message.id[-1] if isinstance(message.id, (tuple, list)) else message.id
    for string in strings:
        if placeholders(str(string)) != placeholders(source):
            yield f"placeholders differ from {string!r}"


def placeholders(text: str) -> tuple[frozenset[str], int]:
    """Return the names a text fills in, and how many unnamed places it has."""
    names, unnamed = set(), 0
    for percent, _bare, brace in PLACEHOLDER.findall(text):
        if percent or brace:
            names.add(percent or brace)
        else:
            unnamed += 1
    return frozenset(names), unnamed


def messages_of(catalogue: Catalog) -> Iterator[Message]:
    """Yield the messages without the header."""
    return (message for message in catalogue if message.id)


def key_of(message: Message) -> str:
    """Return the English singular."""
    return message.id[0] if isinstance(message.id, (tuple, list)) else message.id


def places_of(message: Message) -> list[str]:
    """Return the files a message stands in."""
    return [place for place, _line in message.locations]


def same_shape(one: Message, other: Message) -> bool:
    """Tell whether both have a plural, or neither."""
    return isinstance(one.id, (tuple, list)) == isinstance(other.id, (tuple, list))


def fingerprint(message: Message) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    """Return what makes a message the same message in the same places."""
    forms = tuple(message.id) if isinstance(message.id, (tuple, list)) else (message.id,)
    return message.context or "", key_of(message), forms, tuple(sorted(places_of(message)))


if __name__ == "__main__":
    sys.stdout.write(f"{update()} messages in {CATALOGUE.relative_to(ROOT)}\n")
