"""Model fields whose values are sealed in the database and plain in Python."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from django.apps import apps
from django.core import checks
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact
from django.db.models.query_utils import DeferredAttribute

from cards import sealing

if TYPE_CHECKING:
    _Set = TypeVar("_Set")
    _Get = TypeVar("_Get")

    class TextBase(models.Field[_Set, _Get]):
        """Tells the type checker that a nullable column gives `str | None`."""

        _pyi_private_set_type: str
        _pyi_private_get_type: str

else:
    _Set, _Get = "set", "get"

    class TextBase(models.Field):
        """The field of Django, which may name its types as it may for the type checker."""

        def __class_getitem__(cls, types: Any) -> type:
            return cls


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value as it lies in the database; it shows nothing until its field opens it for its row."""

    blob: bytes = field(repr=False)
    context: str

    @property
    def is_current(self) -> bool:
        """Whether it is sealed under the newest key."""
        return sealing.is_current(self.blob)

    def __str__(self) -> NoReturn:
        # A page or a log that renders this would show ciphertext, or hide that something is missing.
        raise TypeError(f"A value of {self.context} is still sealed; open it with the field's opened(value, row).")


class OpensOnRead(DeferredAttribute):
    """Keeps a loaded value sealed until somebody reads it, so that rows nobody reads cost nothing."""

    field: "SealedTextField"

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self.field
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = instance.__dict__[self.field.attname] = self.field.opened(value, instance)
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SameSeal(Exact):
    """Compares with a sealed value that was read before: the compare-and-swap of key rotation."""

    def get_prep_lookup(self) -> Any:
        if self.rhs is not None and not isinstance(self.rhs, Sealed):
            raise FieldError(_refusal(self.lhs.output_field))
        return self.rhs


def _refusal(sealed_field: "models.Field[Any, Any]") -> str:
    return (
        f"{sealed_field} is sealed: equal values differ in the database, so it cannot be looked up. "
        "Find the row through a directory of keyed digests; only isnull is possible here."
    )


class SealedTextField(TextBase[_Set, _Get]):
    """A text that is sealed in the database for its own row and column, and plain on the instance.

    * Loading costs nothing; the first read of the attribute opens the value, and raises `sealing.SealError` when it
      was altered, moved to another row or column, or its key is gone. `refresh_from_db()` reads, so it opens.
    * Every save seals afresh, under the newest key.
    * `values()` and `values_list()` give `Sealed` objects; `Model.field.opened(value, row)` opens one.
    * A value belongs to its row by the primary key, which must exist before the insert (a UUID). So `update()` and
      `bulk_update()` refuse plain text; `update(field=Model.field.sealed(text, row))` is the way.
      With `bound_to_row=False` a value belongs to its column only, and both take plain text.
    * Every look-up but `isnull` is refused; so are unique and indexed columns, and serialisation.
    * `context` keeps the old `app.Model.field` when a model or field is renamed: it is part of every seal.
    """

    description = "Sealed text"
    descriptor_class = OpensOnRead

    def __init__(
        self,
        *args: Any,
        bound_to_row: bool = True,
        context: str | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["editable"] = False
        self.bound_to_row = bound_to_row
        self.pinned_context = context
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Return what a migration needs to rebuild the field."""
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"]
        if not self.bound_to_row:
            kwargs["bound_to_row"] = False
        if self.pinned_context is not None:
            kwargs["context"] = self.pinned_context
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Take the place that every seal of this column names."""
        super().contribute_to_class(cls, name, private_only)
        self.seal_context = self.pinned_context or f"{cls._meta.label}.{name}"

    def get_internal_type(self) -> str:
        """Store bytes: BLOB on SQLite, bytea on PostgreSQL."""
        return "BinaryField"

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Refuse what a sealed column cannot promise."""
        problems = []
        if self.unique or self.db_index:  # type: ignore[attr-defined]  # the stubs forget it
            problems.append(
                (
                    "E001",
                    "A sealed field cannot be unique or indexed: equal values differ when sealed.",
                )
            )
        if self.has_db_default():
            problems.append(("E002", "A sealed field cannot have a default in the database."))
        primary_key = self.model._meta.pk
        if self.bound_to_row and (primary_key is None or primary_key.get_internal_type().endswith("AutoField")):
            problems.append(
                (
                    "E003",
                    "A sealed field needs a primary key that exists before the insert, as a UUID.",
                )
            )
        return super().check(**kwargs) + [checks.Error(text, obj=self, id=f"cards.{code}") for code, text in problems]

    def formfield(self, *args: Any, **kwargs: Any) -> None:
        """Stay out of model forms (None says so): a form of our own asks for what may be changed."""

    def to_text(self, value: Any) -> str:
        """Return the text to be sealed."""
        if not isinstance(value, str):
            raise TypeError(f"{self} takes a str, not {type(value).__name__}.")
        return value

    def from_text(self, text: str) -> Any:
        """Return the Python value of an opened text."""
        return text

    def _row_key(self, row: Any) -> str:
        if not self.bound_to_row:
            return ""
        key = self.model._meta.pk.to_python(row.pk if isinstance(row, models.Model) else row)
        if key is None:
            raise FieldError(f"{self} is sealed for its row, and the row has no primary key yet.")
        return str(key)

    def sealed(self, value: Any, row: Any) -> Sealed:
        """Return a value sealed for a row, given as instance or primary key; for `update()` and bulk loads."""
        return Sealed(
            sealing.seal(self.to_text(value), self.seal_context, self._row_key(row)),
            self.seal_context,
        )

    def opened(self, value: Sealed, row: Any) -> Any:
        """Return the Python value of a sealed one for its row, or raise `sealing.SealError`."""
        return self.from_text(sealing.unseal(value.blob, self.seal_context, self._row_key(row)))

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        """Seal the value of the instance; a value that was never read is opened first, so no broken one is kept."""
        value = getattr(model_instance, self.attname)
        return None if value is None else self.sealed(value, model_instance)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        """Wrap what the database holds (bytes or, from PostgreSQL, a memoryview)."""
        return None if value is None else Sealed(bytes(value), self.seal_context)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return bytes for the driver; plain text gets here by `update()` and `bulk_update()`."""
        if value is None:
            return None
        if not isinstance(value, Sealed):
            if self.bound_to_row:
                raise FieldError(
                    f"{self} is sealed for its row: save the instance, or write "
                    f"update({self.name}={self.model.__name__}.{self.name}.sealed(value, row))."
                )
            value = self.sealed(value, None)
        if value.context != self.seal_context:
            raise FieldError(f"A value sealed for {value.context} cannot be stored in {self}.")
        return connection.Database.Binary(value.blob)

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow isnull, and equality with a `Sealed` value; refuse every other look-up."""
        if lookup_name == "exact":
            return SameSeal
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(_refusal(self))

    def get_transform(self, lookup_name: str) -> NoReturn:
        """Refuse transforms as well."""
        raise FieldError(_refusal(self))

    def value_to_string(self, obj: models.Model) -> NoReturn:
        """Refuse serialisation: dumpdata would write personal data in the clear."""
        raise FieldError(f"{self} is sealed and is not serialised. Use the backup command, which keeps it sealed.")


class SealedJSONField(SealedTextField[_Set, _Get]):
    """A JSON value (never bare null) that is sealed as `SealedTextField` seals a text."""

    description = "Sealed JSON"
    empty_strings_allowed = False
    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def to_text(self, value: Any) -> str:
        """Return compact JSON."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    def from_text(self, text: str) -> Any:
        """Return what the JSON says."""
        return json.loads(text)


def sealed_columns() -> list[tuple[type[models.Model], list[SealedTextField]]]:
    """Every table with its sealed columns."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        columns = [column for column in model._meta.concrete_fields if isinstance(column, SealedTextField)]
        if columns:
            found.append((model, columns))
    return found
