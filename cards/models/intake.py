"""Result files of bank, card maker and outlets: each file that was handed in, and its lines for a short time."""

import json
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cards.models.applications import Application
from cards.models.fields import SealedTextField
from cards.models.outlets import Outlet
from cards.models.people import Cardholder
from cards.office_vocabulary import IntakeFormat, IntakeResult, IntakeState, LineFault, LineState
from cards.vocabulary import Channel, Stage, StopReason


class IntakeFile(models.Model):
    """One result file: who handed it in, who confirmed it, and how many of its lines came to what."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = SealedTextField(_("file name"))
    # The cells of the first line, as a JSON list: refused lines go back under them.
    columns = SealedTextField()
    # Keyed, because the lines of a short file could be guessed.
    digest = models.BinaryField(max_length=32)
    format = models.CharField(_("format"), max_length=16, choices=IntakeFormat)
    state = models.CharField(_("state"), max_length=16, choices=IntakeState, default=IntakeState.CHECKING)
    handed_in_at = models.DateTimeField(_("handed in at"))
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("handed in by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    # Empty on a discarded file: its time of waiting was over.
    discarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("discarded by"),
    )
    channel = models.CharField(_("channel"), max_length=16, choices=Channel, blank=True)
    outlet = models.ForeignKey(
        Outlet, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("outlet")
    )
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    total = models.PositiveIntegerField(_("lines"), default=0)
    applied = models.PositiveIntegerField(_("Recorded"), default=0)
    unchanged = models.PositiveIntegerField(_("Nothing to change"), default=0)
    refused = models.PositiveIntegerField(pgettext_lazy("line of a file", "Refused"), default=0)

    class Meta:
        verbose_name = _("result file")
        verbose_name_plural = _("result files")
        constraints = [
            models.UniqueConstraint(
                fields=["digest"],
                condition=~Q(state=IntakeState.DISCARDED),
                name="intake_file_once",
                violation_error_message=_("This file has been handed in already."),
            ),
            models.CheckConstraint(
                name="intake_file_confirmed_before_recorded",
                condition=Q(state__in=[IntakeState.CHECKING, IntakeState.CHECKED, IntakeState.DISCARDED])
                | Q(confirmed_at__isnull=False, channel__gt=""),
                violation_error_message=_("A result file is recorded only after somebody confirmed it."),
            ),
        ]

    def __str__(self) -> str:
        return f"…{str(self.pk)[-8:]}"

    @property
    def ready(self) -> int:
        """Lines that are still to be recorded."""
        return self.total - self.applied - self.unchanged - self.refused


class IntakeLine(models.Model):
    """One line of a result file: what it says of which application, and what came of it; removed after some weeks."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(IntakeFile, on_delete=models.CASCADE, related_name="lines")
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    line = models.PositiveIntegerField(_("line"))
    state = models.CharField(_("state"), max_length=16, choices=LineState)
    result = models.CharField(_("result"), max_length=24, choices=IntakeResult, blank=True)
    reason = models.CharField(_("reason"), max_length=24, choices=StopReason, blank=True)
    result_on = models.DateField(_("date of the result"), null=True, blank=True)
    fault = models.CharField(_("why refused"), max_length=24, choices=LineFault, blank=True)
    # Where the application stood when the line was refused, and the line that spoke of it before.
    found_stage = models.CharField(max_length=16, choices=Stage, blank=True)
    found_stop = models.CharField(max_length=24, choices=StopReason, blank=True)
    first_line = models.PositiveIntegerField(null=True, blank=True)
    # The cells as they came, as a JSON list, as long as the line may have to be given back.
    raw = SealedTextField(null=True, blank=True)

    class Meta:
        verbose_name = _("line of a result file")
        verbose_name_plural = _("lines of result files")
        indexes = [
            models.Index(fields=["file", "state", "line"], name="intake_line_next"),
            models.Index(fields=["holder", "application"], name="intake_line_of_application"),
        ]
        constraints = [
            models.CheckConstraint(
                name="intake_line_refused_with_its_reason",
                condition=Q(state=LineState.REFUSED, fault__gt="")
                | (~Q(state=LineState.REFUSED) & Q(fault="", holder__isnull=False, application__isnull=False)),
                violation_error_message=_("A line is refused with a reason, or it speaks of an application."),
            )
        ]

    def __str__(self) -> str:
        return str(self.line)

    @property
    def cells(self) -> list[str]:
        """The cells as they came; none where they are kept no longer."""
        return json.loads(self.raw) if self.raw else []
