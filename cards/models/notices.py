"""Consent to notices, one row per change of mind, and the outbox of the notices that are owed."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cards.models.fields import SealedTextField
from cards.models.papers import PaperNumber
from cards.models.people import Cardholder, OfHolder
from cards.notice_vocabulary import ConsentSource, NoticeChannel, NoticeKind, NoticeState


class ConsentQuerySet(OfHolder["NoticeConsent"]):
    """Reads of consents."""

    def in_force(self) -> "ConsentQuerySet":
        """Consents that were not taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def by_holder(self, holders: Iterable[uuid.UUID]) -> "dict[uuid.UUID, dict[str, NoticeConsent]]":
        """The consents in force of these people, by holder and channel; one statement."""
        found: dict[uuid.UUID, dict[str, NoticeConsent]] = {}
        for consent in self.in_force().filter(holder__in=list(holders)):
            found.setdefault(consent.holder_id, {})[consent.channel] = consent
        return found


class NoticeConsent(models.Model):
    """That a person wants to be told by one way: since when, where it was said, in which language, and until when.

    The telephone number is the one on file and the WeChat account the bound one; only an e-mail address stands here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(
        Cardholder, on_delete=models.PROTECT, related_name="notice_consents", verbose_name=_("cardholder")
    )
    channel = models.CharField(_("way"), max_length=8, choices=NoticeChannel)
    language = models.CharField(_("language"), max_length=10)
    address = SealedTextField(_("e-mail address"), null=True, blank=True)
    given_at = models.DateTimeField(_("given at"))
    source = models.CharField(_("given"), max_length=8, choices=ConsentSource)
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    withdrawn_source = models.CharField(_("taken back"), max_length=8, choices=ConsentSource, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent to notices")
        verbose_name_plural = _("consents to notices")
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "channel"],
                condition=Q(withdrawn_at__isnull=True),
                name="notice_consent_one_in_force_per_way",
                violation_error_message=_("This way is wanted already."),
            ),
            models.CheckConstraint(
                name="notice_consent_taken_back_somewhere",
                condition=Q(withdrawn_at__isnull=True, withdrawn_source="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_source="")),
                violation_error_message=_("A consent that was taken back says where and when."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} · {self.given_at:%Y-%m-%d}"


class NoticeQuerySet(OfHolder["Notice"]):
    """Reads of notices."""

    def due(self, now: datetime) -> "NoticeQuerySet":
        """Notices whose moment has come, and those whose sender died with them in its hands."""
        return self.filter(
            Q(state=NoticeState.WAITING, due_at__lte=now) | Q(state=NoticeState.CLAIMED, claimed_until__lte=now)
        )

    def unsent(self) -> "NoticeQuerySet":
        """Notices that are still to be sent."""
        return self.filter(state__in=[NoticeState.WAITING, NoticeState.CLAIMED])


class Notice(models.Model):
    """One message that is owed to one person by one way; kind and parameters, no wording and no address.

    `cause` names what it is owed for; with the way it is unique, so that nothing is told twice. `address` is set only
    where the message goes elsewhere than to the address on file: to the number that was just replaced.
    `begun_at` says that an attempt was begun whose outcome is not known yet.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(
        Cardholder, on_delete=models.PROTECT, related_name="notices", verbose_name=_("cardholder")
    )
    cause = models.CharField(_("owed for"), max_length=80)
    kind = models.CharField(_("kind"), max_length=24, choices=NoticeKind)
    channel = models.CharField(_("way"), max_length=8, choices=NoticeChannel)
    language = models.CharField(_("language"), max_length=10)
    paper = models.OneToOneField(
        PaperNumber, on_delete=models.PROTECT, related_name="notice", verbose_name=_("message number")
    )
    tail = models.CharField(_("end of the receipt"), max_length=4, blank=True)
    parameters = models.JSONField(_("parameters"), default=dict)
    address = SealedTextField(_("where it goes instead"), null=True, blank=True)
    at_once = models.BooleanField(_("also at night"), default=False)
    made_at = models.DateTimeField(_("owed since"))
    due_at = models.DateTimeField(_("next try"))
    state = models.CharField(_("state"), max_length=12, choices=NoticeState, default=NoticeState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    remote_id = models.CharField(max_length=80, blank=True)
    failure = models.CharField(_("why not"), max_length=60, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    keep_until = models.DateTimeField(_("kept until"), db_index=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        permissions = [("retry_notice", "Can have a notice sent again")]
        indexes = [
            models.Index(fields=["state", "due_at"], name="notice_next_due"),
            models.Index(fields=["state", "-made_at"], name="notice_newest_of_state"),
            models.Index(fields=["-made_at"], name="notice_newest"),
            models.Index(fields=["claim"], name="notice_claim", condition=Q(claim__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["cause", "channel"],
                name="notice_one_per_cause_and_way",
                violation_error_message=_("This is owed by this way already."),
            ),
            models.CheckConstraint(
                name="notice_claimed_by_somebody",
                condition=~Q(state=NoticeState.CLAIMED) | Q(claim__isnull=False, claimed_until__isnull=False),
                violation_error_message=_("A notice that is being sent says by whom and until when."),
            ),
            models.CheckConstraint(
                name="notice_kept_after_it_was_owed",
                condition=Q(keep_until__gt=F("made_at")),
                violation_error_message=_("A notice is kept for some time after it was owed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_channel_display()}"
