"""The ledger: append-only events in one hash chain per holder, their sealed details, and access records."""

import hashlib
import json
import uuid
from collections.abc import Iterable
from datetime import UTC, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cards.models.fields import SealedTextField
from cards.models.people import Cardholder, OfHolder
from cards.vocabulary import AccessOutcome, AccessPurpose, Channel, EventKind, Party

# How long a look at a person is kept, so that the person can ask who it was.
RECORD_KEPT = timedelta(days=3 * 365)


class EventQuerySet(OfHolder["Event"]):
    """Reads of the ledger."""

    def told_of(self, holder: "Cardholder | uuid.UUID") -> "EventQuerySet":
        """Everything that happened to a person, also on a record that was merged into this one; chains stay apart."""
        return self.filter(holder__in=Cardholder.objects.one_person(holder))

    def in_order(self) -> "EventQuerySet":
        return self.order_by("holder", "seq")

    def ends_of(self, holders: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[int, str]]:
        """Number and digest of the last event of each holder's chain."""
        last = self.model.objects.filter(holder=models.OuterRef("holder")).order_by("-seq").values("seq")[:1]
        rows = self.filter(holder__in=list(holders), seq=models.Subquery(last))
        return {holder: (seq, digest) for holder, seq, digest in rows.values_list("holder", "seq", "digest")}

    def last_about(self, *rows: models.Model) -> "Event | None":
        """The newest entry about one of these rows (none given: about anything), with who acted where."""
        about = self.filter(subject__in=[Event.subject_of(row) for row in rows]) if rows else self
        return about.select_related("user", "outlet").order_by("-seq").first()


class Event(models.Model):
    """One thing that happened; holds no personal data, only kind, time, actor, rule version and digests."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The chain's own constraint finds the rows of a holder.
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField(_("number in the chain"))
    kind = models.CharField(_("kind"), max_length=32, choices=EventKind)
    at = models.DateTimeField(_("at"))
    subject = models.CharField(_("about"), max_length=60)
    value = models.CharField(_("result"), max_length=32, blank=True)
    party = models.CharField(_("acted"), max_length=16, choices=Party)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    outlet = models.ForeignKey(
        "cards.Outlet", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("outlet")
    )
    rule_version = models.CharField(_("rule version"), max_length=40)
    detail_digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["-at", "-id"], name="event_newest"),
            models.Index(fields=["kind", "-at"], name="event_by_kind"),
        ]
        constraints = [models.UniqueConstraint(fields=["holder", "seq"], name="event_one_per_place_in_the_chain")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.seq}"

    @staticmethod
    def subject_of(row: models.Model) -> str:
        """How an entry names the row it is about."""
        return f"{row._meta.model_name}:{row.pk}"

    def computed_digest(self) -> str:
        """SHA-256 over every field of the row and the digest before it, as 64 hexadecimal characters."""
        told = [
            str(self.id),
            str(self.holder_id),
            self.seq,
            self.kind,
            self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            self.subject,
            self.value,
            self.party,
            self.channel,
            self.user_id,
            self.outlet_id,
            self.rule_version,
            self.detail_digest,
            self.previous,
        ]
        return hashlib.sha256(json.dumps(told, ensure_ascii=True).encode()).hexdigest()


class EventDetail(models.Model):
    """The particulars of an event, sealed; may be erased, and then the chain still verifies."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="+")
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="detail")
    salt = models.CharField(max_length=32)
    text = SealedTextField()

    def __str__(self) -> str:
        return str(self.event_id)

    @staticmethod
    def digest_of(salt: str, text: str) -> str:
        """The salted digest that stands in the event."""
        return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


class AccessRecordQuerySet(OfHolder["AccessRecord"]):
    """Reads of access records."""

    def told_of(self, holder: "Cardholder | uuid.UUID") -> "AccessRecordQuerySet":
        """Every look at a person, also at a record that was merged into this one."""
        return self.filter(holder__in=Cardholder.objects.one_person(holder))

    def newest_first(self) -> "AccessRecordQuerySet":
        return self.order_by("-at")


class AccessRecord(models.Model):
    """One look at a person, or one number that is not in the data (then only its keyed digest)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The index of a holder's newest records finds all of them.
    holder = models.ForeignKey(
        Cardholder,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="access_records",
        db_index=False,
        verbose_name=_("cardholder"),
    )
    subject_digest = models.BinaryField(max_length=32, null=True, blank=True)
    at = models.DateTimeField(_("time"))
    keep_until = models.DateTimeField(_("kept until"), db_index=True)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    purpose = models.CharField(_("purpose"), max_length=24, choices=AccessPurpose)
    outcome = models.CharField(_("outcome"), max_length=8, choices=AccessOutcome)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("member of staff"),
    )
    reason = SealedTextField(_("reason"), null=True, blank=True)

    objects = AccessRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("access record")
        verbose_name_plural = _("access records")
        indexes = [
            models.Index(fields=["holder", "-at"], name="access_record_holder_newest"),
            models.Index(fields=["-at", "-id"], name="access_record_newest"),
            # The overview counts a month of them in it without touching a row.
            models.Index(fields=["purpose", "-at", "channel", "outcome", "user"], name="access_record_by_purpose"),
        ]
        constraints = [
            models.CheckConstraint(
                name="access_record_holder_or_digest",
                condition=models.Q(holder__isnull=False, subject_digest__isnull=True)
                | models.Q(holder__isnull=True, subject_digest__isnull=False),
                violation_error_message=_("An access record names a person or holds a digest, never both."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} · {self.at:%Y-%m-%d}"
