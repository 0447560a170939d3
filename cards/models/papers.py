"""Numbers on paper, and the card certificate with which a replaced card is collected."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from cards import paper_number, sealing
from cards.models.people import Cardholder, OfHolder
from cards.vocabulary import PaperKind


class PaperNumberQuerySet(OfHolder["PaperNumber"]):
    """Reads of papers."""

    def on_record(self, now: datetime) -> "PaperNumberQuerySet":
        """Without the numbers of answers and messages kept no longer, whether or not a job has run."""
        return self.exclude(models.Q(answer__keep_until__lte=now) | models.Q(notice__keep_until__lte=now))

    def give_out(self, holders: Sequence[uuid.UUID], kind: PaperKind, now: datetime) -> "list[PaperNumber]":
        """Give each of these people a new number of this kind; two statements, however many there are."""
        while True:
            numbers = {paper_number.new_paper_number(str(int(kind))) for _ in holders}
            if len(numbers) == len(holders) and not self.filter(pk__in=numbers).exists():
                break
        key_id = sealing.current_index_key_id()
        return self.bulk_create(
            PaperNumber(number=number, kind=kind, holder_id=holder, code_key_id=key_id, made_at=now)
            for number, holder in zip(numbers, holders, strict=True)
        )

    def in_force(self) -> "PaperNumberQuerySet":
        """Papers that still open their case."""
        return self.filter(voided_at__isnull=True)


class PaperNumber(models.Model):
    """A paper given to a person: its number, and what its query code is derived from.

    The code is not stored: it follows from number, issue and key, so the same paper always shows the same code,
    and raising the issue voids the old code at once.
    """

    number = models.CharField(_("number"), max_length=12, primary_key=True)
    kind = models.PositiveSmallIntegerField(_("kind"), choices=PaperKind)
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="papers")
    issue = models.PositiveIntegerField(_("issue"), default=1)
    code_key_id = models.CharField(max_length=32)
    made_at = models.DateTimeField(_("made at"))
    voided_at = models.DateTimeField(_("void since"), null=True, blank=True)

    objects = PaperNumberQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        constraints = [
            models.CheckConstraint(
                name="paper_kind_known",
                condition=models.Q(kind__in=PaperKind.values),
                violation_error_message=_("There is no such kind of paper."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} …{self.number[-4:]}"

    @property
    def query_code(self) -> str:
        """The code that stands on this paper: 10 characters."""
        return sealing.query_code(self.number, self.issue, self.code_key_id)

    @property
    def in_force(self) -> bool:
        return self.voided_at is None


class CardCertificate(models.Model):
    """The certificate with which the holder collects a replaced card; single use."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="+")
    application = models.OneToOneField("cards.Application", on_delete=models.PROTECT, related_name="certificate")
    paper = models.OneToOneField(PaperNumber, on_delete=models.PROTECT, related_name="certificate")
    outlet = models.ForeignKey("cards.Outlet", on_delete=models.PROTECT, verbose_name=_("outlet"))
    earliest_on = models.DateField(_("earliest date of collection"))
    issued_at = models.DateTimeField(_("issued at"))
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("card certificate")
        verbose_name_plural = _("card certificates")
        constraints = [
            models.CheckConstraint(
                name="certificate_used_after_issue",
                condition=models.Q(used_at__isnull=True) | models.Q(used_at__gte=models.F("issued_at")),
                violation_error_message=_("A certificate cannot be used before it was issued."),
            )
        ]

    def __str__(self) -> str:
        return str(self.paper)
