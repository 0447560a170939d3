"""Loss reports, and the two decisions that can end one: cancellation and replacement."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cards.models.applications import Application
from cards.models.cards import Card
from cards.models.fields import SealedTextField
from cards.models.papers import PaperNumber
from cards.models.people import Cardholder, OfHolder
from cards.vocabulary import Channel, LossForm, LossStatus, Party, ReplacementRoute, SocialStatus


class LossReportQuerySet(OfHolder["LossReport"]):
    """Reads of loss reports; a deadline counts from its moment, also when no job has run."""

    def standing(self, now: datetime) -> "LossReportQuerySet":
        """Reports in force at this moment."""
        return self.filter(status=LossStatus.STANDING).exclude(lapses_at__lte=now)

    def due_to_lapse(self, now: datetime) -> "LossReportQuerySet":
        """Oral reports whose moment has passed but whose row does not say so yet."""
        return self.filter(status=LossStatus.STANDING, lapses_at__lte=now)

    def newest_first(self) -> "LossReportQuerySet":
        return self.order_by("-made_at", "pk")


class ActedFor(models.Model):
    """Who came, through which door and what was seen: shared by reports and decisions."""

    party = models.CharField(_("acted"), max_length=16, choices=Party)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    agent_name = SealedTextField(_("agent's name"), null=True, blank=True)
    agent_id_number = SealedTextField(_("agent's ID number"), null=True, blank=True)
    evidence = models.JSONField(_("evidence"), default=list)
    rule_version = models.CharField(_("rule version"), max_length=40)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        abstract = True


class LossReport(ActedFor):
    """The report that a card is lost: oral (temporary) or written (formal)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="loss_reports")
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="loss_reports", verbose_name=_("card"))
    form = models.CharField(_("form"), max_length=16, choices=LossForm)
    status = models.CharField(_("state"), max_length=16, choices=LossStatus, default=LossStatus.STANDING)
    card_status_before = models.CharField(max_length=20, choices=SocialStatus)
    lapses_at = models.DateTimeField(_("lapses at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    receipt = models.OneToOneField(PaperNumber, on_delete=models.PROTECT, related_name="loss_report")

    objects = LossReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("loss report")
        verbose_name_plural = _("loss reports")
        indexes = [
            models.Index(fields=["holder", "-made_at"], name="loss_report_holder_newest"),
            models.Index(fields=["lapses_at"], name="loss_report_due", condition=Q(status=LossStatus.STANDING)),
            models.Index(fields=["lapses_at", "made_at", "-id"], name="loss_report_lapsing_next"),
        ]
        constraints = [
            models.CheckConstraint(
                name="loss_report_lapse_only_if_oral",
                condition=Q(form=LossForm.ORAL, lapses_at__isnull=False)
                | Q(form=LossForm.WRITTEN, lapses_at__isnull=True),
                violation_error_message=_("An oral report has a moment of lapse; a written one has none."),
            ),
            models.CheckConstraint(
                name="loss_report_state_fits_form",
                condition=Q(status__in=[LossStatus.STANDING, LossStatus.CANCELLED, LossStatus.REPLACED])
                | Q(status__in=[LossStatus.LAPSED, LossStatus.FORMALISED], form=LossForm.ORAL),
                violation_error_message=_("Only an oral report lapses or is followed by a written one."),
            ),
            models.CheckConstraint(
                name="loss_report_ended_when_not_standing",
                condition=Q(status=LossStatus.STANDING, ended_at__isnull=True)
                | (~Q(status=LossStatus.STANDING) & Q(ended_at__isnull=False)),
                violation_error_message=_(
                    "A loss report in force has not ended; any other has a moment at which it ended."
                ),
            ),
            models.UniqueConstraint(
                fields=["holder", "card"],
                condition=Q(status=LossStatus.STANDING),
                name="loss_report_one_open_per_card",
                violation_error_message=_("A loss report for this card is already in force."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_form_display()} · {self.receipt_id[-4:]}"

    def status_at(self, now: datetime) -> LossStatus:
        """The state at this moment: an oral report past its deadline has lapsed, whether or not a job has run."""
        if self.status == LossStatus.STANDING and self.lapses_at is not None and self.lapses_at <= now:
            return LossStatus.LAPSED
        return LossStatus(self.status)


class Cancellation(ActedFor):
    """The decision that a loss report no longer stands because the card turned up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="+")
    report = models.OneToOneField(LossReport, on_delete=models.PROTECT, related_name="cancellation")
    # None for reports cancelled before there was a receipt for it.
    receipt = models.OneToOneField(
        PaperNumber, on_delete=models.PROTECT, null=True, blank=True, related_name="cancellation"
    )

    class Meta:
        verbose_name = _("cancellation of a loss report")
        verbose_name_plural = _("cancellations of loss reports")
        constraints = [
            models.CheckConstraint(
                name="cancellation_by_a_person",
                condition=Q(party__in=[Party.HOLDER, Party.AGENT, Party.GUARDIAN]),
                violation_error_message=_(
                    "Only a person can cancel a loss report: the cardholder, or whom the rules allow."
                ),
            )
        ]

    def __str__(self) -> str:
        return str(self.report)


class Replacement(ActedFor):
    """The decision that a reported card is replaced: from here on the old card is void."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="+")
    report = models.OneToOneField(LossReport, on_delete=models.PROTECT, related_name="replacement")
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="replacement")
    replacement_route = models.CharField(_("route"), max_length=20, choices=ReplacementRoute)

    class Meta:
        verbose_name = _("replacement of a lost card")
        verbose_name_plural = _("replacements of lost cards")

    def __str__(self) -> str:
        return str(self.application)
