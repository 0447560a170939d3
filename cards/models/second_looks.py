"""What a second person decides (exceptions, corrected data, merged records, disputes), and the forms already sent."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cards.models.applications import Application
from cards.models.cards import Card
from cards.models.fields import SealedTextField
from cards.models.people import Cardholder
from cards.office_vocabulary import RequestKind, Verdict
from cards.vocabulary import Action, SocialStatus


class SecondLookQuerySet(models.QuerySet):
    """Reads of requests."""

    def of(self, holder: "Cardholder | uuid.UUID") -> Self:
        return self.filter(holder=holder)

    def pending(self) -> Self:
        """Those that nobody has decided yet."""
        return self.filter(verdict="")


class SecondLook(models.Model):
    """A thing that one member of staff asks for and another decides."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    reason = SealedTextField(_("reason"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    verdict = models.CharField(_("decision"), max_length=16, choices=Verdict, blank=True)
    verdict_reason = SealedTextField(_("reason of the decision"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_decided_by_another_person",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                violation_error_message=_("Whoever asked for this cannot decide it. It takes a second person."),
            ),
            models.CheckConstraint(
                name="%(class)s_decision_is_whole",
                condition=Q(verdict="", decided_by__isnull=True, decided_at__isnull=True)
                | Q(verdict__in=Verdict.values, decided_by__isnull=False, decided_at__isnull=False),
                violation_error_message=_("A decision names who decided, and when."),
            ),
        ]

    @property
    def pending(self) -> bool:
        return not self.verdict


class OverrideQuerySet(SecondLookQuerySet):
    """Reads of exceptions."""

    def alive(self, now: datetime) -> Self:
        """Those whose day has not ended."""
        return self.filter(valid_until__gt=now)

    def usable(self, now: datetime) -> Self:
        """Granted, not used yet, and still the same day."""
        return self.alive(now).filter(verdict=Verdict.GRANTED, used_at__isnull=True)


class Override(SecondLook):
    """An exception to one rule for one act on one person's record; good once, until the end of the day."""

    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="overrides")
    action = models.CharField(_("act"), max_length=32, choices=Action)
    # The code of the refusal, what the act was about to be done to when it was refused, and what the act that used
    # the exception was about, as an event tells it.
    refusal = models.CharField(_("rule"), max_length=32)
    subject = models.CharField(max_length=60, blank=True)
    about = models.CharField(max_length=60, blank=True)
    valid_until = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    objects = OverrideQuerySet.as_manager()

    class Meta(SecondLook.Meta):
        verbose_name = _("exception to a rule")
        verbose_name_plural = _("exceptions to rules")
        indexes = [models.Index(fields=["verdict", "asked_at"], name="override_waiting")]
        constraints = [
            *SecondLook.Meta.constraints,
            models.CheckConstraint(
                name="override_used_only_if_granted",
                condition=Q(used_at__isnull=True) | Q(verdict=Verdict.GRANTED),
                violation_error_message=_("Only an exception that was granted can be used."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_action_display())

    kind = RequestKind.EXCEPTION


class Amendment(SecondLook):
    """A name or an ID number to be put right: what stood there and what shall stand there."""

    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="amendments")
    part = models.CharField(
        _("what"),
        max_length=16,
        choices=[(kind.value, kind.label) for kind in (RequestKind.NAME, RequestKind.ID_NUMBER)],
    )
    old_value = SealedTextField(_("before"))
    new_value = SealedTextField(_("after"))

    objects = SecondLookQuerySet.as_manager()

    class Meta(SecondLook.Meta):
        verbose_name = _("correction of personal data")
        verbose_name_plural = _("corrections of personal data")
        indexes = [models.Index(fields=["verdict", "asked_at"], name="amendment_waiting")]

    def __str__(self) -> str:
        return str(self.get_part_display())

    @property
    def kind(self) -> RequestKind:
        return RequestKind(self.part)


class Merge(SecondLook):
    """Two records of one person: the second shall become part of the first."""

    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="merges")
    other = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="+")

    objects = SecondLookQuerySet.as_manager()

    class Meta(SecondLook.Meta):
        verbose_name = _("merging of two records")
        verbose_name_plural = _("mergings of two records")
        indexes = [models.Index(fields=["verdict", "asked_at"], name="merge_waiting")]
        constraints = [
            *SecondLook.Meta.constraints,
            models.CheckConstraint(
                name="merge_of_two_records",
                condition=~Q(holder=F("other")),
                violation_error_message=_("A record cannot be merged with itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{str(self.other_id)[-8:]} → {str(self.holder_id)[-8:]}"

    kind = RequestKind.MERGE


class Dispute(SecondLook):
    """A card shown as collected that the person says was never received; granted means the person is right."""

    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="disputes")
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="dispute")
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="disputes")
    card_status_before = models.CharField(max_length=20, choices=SocialStatus)
    decide_by = models.DateField(_("to be decided by"))

    objects = SecondLookQuerySet.as_manager()

    class Meta(SecondLook.Meta):
        verbose_name = _("collected card that the person does not have")
        verbose_name_plural = _("collected cards that the person does not have")
        indexes = [models.Index(fields=["verdict", "decide_by"], name="dispute_waiting")]

    def __str__(self) -> str:
        return str(self.application)


class SentForm(models.Model):
    """A form that was carried out, so that the same one sent again gets the same answer; kept for some days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField()
    action = models.CharField(max_length=32, choices=Action)
    # What was sent, as a keyed digest: another form under the same key is not the same form.
    content = models.BinaryField(max_length=32)
    result = models.CharField(max_length=12, blank=True)
    sent_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["holder", "key"], name="sent_form_once")]

    def __str__(self) -> str:
        return f"{self.action} · {str(self.key)[-8:]}"
