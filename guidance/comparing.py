"""What differs between two versions of a guide, field by field: its words, and everything else a reader gets."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guidance import differences, problems
from guidance.models import Article, Draft

# A draft, a guide, or a version of either as the history keeps it; None before there was any.
Version = Any


class Change(NamedTuple):
    """A field in which two versions differ, and what came and went."""

    label: str
    pieces: list[differences.Piece]


def between(old: Version, new: Version) -> list[Change]:
    """Return every field in which two versions differ, in the order of the editors' form; `old` may be None."""
    found = []
    for name, pieces_of in _FIELDS.items():
        if _said_by_both(old, new, name) and (pieces := pieces_of(old, new, name)):
            found.append(Change(str(_field(new, name).verbose_name), pieces))
    return found


def linked(version: Version, name: str) -> list[Any]:
    """Return the laws a version rests on, or the guides it leads to; one that is gone since is left out."""
    rows, field = getattr(version, name).all(), _field(version, name)
    if isinstance(version, _kind(version)):
        return list(rows)
    # The history keeps pairs of keys: of the version, and of what it points to.
    keys = rows.values_list(field.m2m_reverse_name(), flat=True)
    return list(field.related_model.objects.filter(pk__in=keys))


def _kind(version: Version) -> type[Model]:
    """Article or Draft, also for a version that the history keeps."""
    return getattr(version, "instance_type", type(version))


def _field(version: Version, name: str) -> Any:
    return _kind(version)._meta.get_field(name)


def _said_by_both(old: Version, new: Version, name: str) -> bool:
    """A draft says nothing of what happens when it comes out; without a day of its own it takes the usual one."""
    if name == "review_by" and _kind(new) is Draft and (old is None or _kind(old) is Article):
        return new.review_by is not None
    kinds = {_kind(version) for version in (old, new) if version is not None}
    return all(hasattr(kind, name) for kind in kinds)


def _words(old: Version, new: Version, name: str) -> list[differences.Piece]:
    return differences.between("" if old is None else str(getattr(old, name)), str(getattr(new, name)))


def _value(old: Version, new: Version, name: str) -> list[differences.Piece]:
    return differences.of_lists(_said(old, name), _said(new, name))


def _said(version: Version, name: str) -> list[str]:
    try:
        value = None if version is None else getattr(version, name)
    except ObjectDoesNotExist:
        return []  # a shelf that was removed since
    if value in (None, ""):
        return []
    if isinstance(value, bool):
        return [_("yes") if value else _("no")]
    return [dateformat.format(value, pgettext("date format", "j F Y")) if isinstance(value, date) else str(value)]


def _list(old: Version, new: Version, name: str) -> list[differences.Piece]:
    before = [] if old is None else linked(old, name)
    return differences.of_lists([str(row) for row in before], [str(row) for row in linked(new, name)])


_FIELDS: dict[str, Callable[[Version, Version, str], list[differences.Piece]]] = {
    "slug": _value,
    "topic": _value,
    "order": _value,
    **dict.fromkeys(problems.IN_BOTH, _words),
    "laws": _list,
    "related": _list,
    "situation": _value,
    "review_by": _value,
    "last_reviewed": _value,
    "published": _value,
}
