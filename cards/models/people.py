"""Cardholders, the directory that finds them by ID number, and the profiles of staff."""

import uuid
from datetime import datetime, timedelta
from typing import Self, TypeVar

from django.conf import settings
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from cards import sealing
from cards.models.fields import Sealed, SealedTextField
from cards.vocabulary import Action, SocialStatus

# A number that was just changed may have been changed by a stranger with the holder's papers.
NEW_PHONE_RESTS = timedelta(hours=24)
_Row = TypeVar("_Row", bound=models.Model)


class OfHolder(models.QuerySet[_Row]):
    """Rows of a table that carries the holder, whom every query of a service names."""

    def of(self, holder: "Cardholder | uuid.UUID") -> Self:
        """The rows of one holder."""
        return self.filter(holder=holder)


class CardholderQuerySet(models.QuerySet["Cardholder"]):
    """Cardholders, found only through the directory."""

    def one_person(self, holder: "Cardholder | uuid.UUID") -> "CardholderQuerySet":
        """A record and those that were merged into it."""
        key = holder.pk if isinstance(holder, Cardholder) else holder
        return self.filter(models.Q(pk=key) | models.Q(merged_into=key))

    def by_id_number(self, id_number: str) -> "Cardholder | None":
        """The cardholder with this cleaned ID number, or None; one statement over all index keys."""
        entry = IdNumberIndex.objects.entry(id_number)
        return entry.person if entry else None

    def due_for_erasure(self, cutoff: datetime) -> "CardholderQuerySet":
        """People nothing has happened to since the cutoff, with no open case and no card that still works."""
        from cards.models import Application, Card, Event

        own = {"holder": models.OuterRef("pk")}
        return self.filter(
            ~models.Exists(Event.objects.filter(at__gte=cutoff, **own)),
            ~models.Exists(Application.objects.open().filter(**own)),
            ~models.Exists(Card.objects.filter(**own).exclude(social_status=SocialStatus.CANCELLED)),
            erased_at=None,
            # A record that was merged goes together with the one it became part of.
            merged_into=None,
            registered_at__lt=cutoff,
        )


class Cardholder(models.Model):
    """A person who holds, applied for or may hold a card; the key is random and says nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = SealedTextField(_("name"))
    id_number = SealedTextField(_("ID number"))
    phone = SealedTextField(_("telephone number"), null=True, blank=True)
    # When the number on file was recorded; empty: before the portal kept the moment.
    phone_since = models.DateTimeField(_("telephone number since"), null=True, blank=True)
    # A second record of the same person leads to the first; whatever stood on it stands there now.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    registered_at = models.DateTimeField(_("registered at"))
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    objects = CardholderQuerySet.as_manager()

    class Meta:
        verbose_name = _("cardholder")
        verbose_name_plural = _("cardholders")
        permissions = [
            ("find_cardholder", "Can find a person by number"),
            ("view_full", "Can see a person unmasked, giving a reason"),
            *((f"act_{action}", f"Can do: {action}") for action in Action.values),
        ]
        constraints = [
            models.CheckConstraint(
                name="cardholder_not_merged_into_itself",
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id")),
                violation_error_message=_("A record cannot be merged with itself."),
            )
        ]

    def __str__(self) -> str:
        return f"…{str(self.pk)[-8:]}"

    def code_may_be_sent(self, now: datetime) -> bool:
        """Whether a one-time code may go to the telephone on file: a new number gets none for its first 24 hours."""
        return bool(self.phone) and (self.phone_since is None or self.phone_since <= now - NEW_PHONE_RESTS)


class NumberIndexQuerySet(models.QuerySet):
    """Entries of a directory from keyed digest to holder."""

    purpose = ""

    def _matching(self, number: str) -> "NumberIndexQuerySet":
        condition = models.Q()
        for key_id, digest in sealing.index_digests(number, self.purpose):
            condition |= models.Q(key_id=key_id, digest=digest)
        return self.filter(condition)

    def entry(self, number: str):
        """The entry for this number under any key in use with its holder, or None; one statement."""
        return next(iter(self._matching(number).select_related("holder__merged_into")[:1]), None)

    def holder_id_of(self, number: str) -> uuid.UUID | None:
        """The key of the holder of this number, or None; one statement that opens nothing sealed."""
        # Written out: every enquiry asks this, and Django takes ten times as long to build it as it takes to answer.
        digests = sealing.index_digests(number, self.purpose)
        either = " OR ".join(["(entry.key_id = %s AND entry.digest = %s)"] * len(digests))
        binary = connection.Database.Binary  # type: ignore[attr-defined]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COALESCE(holder.merged_into_id, holder.id) "  # noqa: S608
                f"FROM {self.model._meta.db_table} entry JOIN cards_cardholder holder ON holder.id = entry.holder_id "
                f"WHERE {either} LIMIT 1",
                [value for key_id, digest in digests for value in (key_id, binary(digest))],
            )
            found = cursor.fetchone()
        return uuid.UUID(str(found[0])) if found else None

    def name_of(self, number: str) -> "tuple[uuid.UUID | None, Sealed | None]":
        """The key and the sealed name of the holder of this number; one statement that opens nothing."""
        own, merged = ("holder_id", "holder__name"), ("holder__merged_into_id", "holder__merged_into__name")
        row = next(iter(self._matching(number).values_list(*own, *merged)[:1]), (None,) * 4)
        return row[2:] if row[2] else row[:2]

    def enter(self, number: str, **row: object):
        """Write the entry under the newest key."""
        key_id, digest = sealing.index_digest(number, self.purpose)
        return self.create(key_id=key_id, digest=digest, **row)


class IdNumberIndexQuerySet(NumberIndexQuerySet):
    purpose = "id-number"


class IdNumberIndex(models.Model):
    """One line of the directory from the keyed digest of an ID number to the holder's random key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key_id = models.CharField(max_length=32)
    digest = models.BinaryField(max_length=32)
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="id_number_entries")

    objects = IdNumberIndexQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key_id", "digest"], name="id_number_index_key_digest")]

    def __str__(self) -> str:
        return f"{self.key_id} …{str(self.holder_id)[-8:]}"

    @property
    def person(self) -> Cardholder:
        """Whose record this number leads to: after a merge, the one that stayed."""
        return self.holder.merged_into or self.holder


class StaffProfile(models.Model):
    """Where a member of staff works."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="staff_profile",
        verbose_name=_("member of staff"),
    )
    outlet = models.ForeignKey(
        "cards.Outlet", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("outlet")
    )

    class Meta:
        verbose_name = _("staff profile")
        verbose_name_plural = _("staff profiles")

    def __str__(self) -> str:
        return str(self.user)
