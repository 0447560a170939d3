"""What was agreed on the phone and is still to be done: call-backs, and people who come to a window."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cards.models.fields import SealedTextField
from cards.models.outlets import Outlet
from cards.models.people import Cardholder
from cards.office_vocabulary import FollowUpKind, FollowUpOutcome, FollowUpReason


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """Reads of what is still to be done."""

    def of(self, holder: "Cardholder | uuid.UUID") -> "FollowUpQuerySet":
        return self.filter(holder=holder)

    def open(self) -> "FollowUpQuerySet":
        """Not settled yet, whether or not its day has passed."""
        return self.filter(settled_at__isnull=True)

    def call_backs_due(self) -> "FollowUpQuerySet":
        """Promised calls, the most urgent first; one whose day has passed is still owed."""
        return self.open().filter(kind=FollowUpKind.CALL_BACK).order_by("until", "pk")

    def expected_at(self, outlet: Outlet, now: datetime) -> "FollowUpQuerySet":
        """People this outlet may expect; after its last day a hand-over expires by itself."""
        expected = self.open().filter(kind=FollowUpKind.COMES_IN, outlet=outlet, until__gt=now)
        return expected.order_by("until", "pk")


class FollowUp(models.Model):
    """A call-back that was promised, or a person sent to a window; the note is sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="follow_ups")
    kind = models.CharField(_("kind"), max_length=16, choices=FollowUpKind)
    reason = models.CharField(_("what about"), max_length=16, choices=FollowUpReason)
    outlet = models.ForeignKey(
        Outlet, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("outlet")
    )
    until = models.DateTimeField(_("until"))
    note = SealedTextField(_("note"), null=True, blank=True)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    outcome = models.CharField(_("how it ended"), max_length=16, choices=FollowUpOutcome, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("call-back or visit")
        verbose_name_plural = _("call-backs and visits")
        indexes = [
            models.Index(fields=["until"], name="follow_up_open", condition=Q(settled_at__isnull=True)),
            models.Index(fields=["holder"], name="follow_up_holder"),
        ]
        constraints = [
            models.CheckConstraint(
                name="follow_up_outlet_fits_kind",
                condition=Q(kind=FollowUpKind.CALL_BACK, outlet__isnull=True)
                | Q(kind=FollowUpKind.COMES_IN, outlet__isnull=False),
                violation_error_message=_("A visit names its outlet; a call-back has none."),
            ),
            models.CheckConstraint(
                name="follow_up_settled_with_outcome",
                condition=Q(settled_at__isnull=True, outcome="")
                | Q(settled_at__isnull=False, outcome__in=FollowUpOutcome.values),
                violation_error_message=_("What is settled says how it ended."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_reason_display()}"
