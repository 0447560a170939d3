"""Exports by two people: what one asked for, another released, and every download of it."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cards.models.fields import SealedTextField
from cards.office_vocabulary import ExportContent
from cards.vocabulary import Stage

_USER = settings.AUTH_USER_MODEL


class ExportQuerySet(models.QuerySet["Export"]):
    """Reads of exports."""

    def waiting_for(self, user: Any, now: datetime) -> "ExportQuerySet":
        """What waits for a decision of this user: open, undecided, and asked for by somebody else."""
        if not user.has_perm("cards.release_export"):
            return self.none()
        return self.filter(released_by__isnull=True, open_until__gt=now).exclude(asked_by=user)


# Where an export stands, in a word.
STATES = {
    "asked": _("waits for a second person"),
    "released": _("released"),
    "refused": _("refused"),
    "expired": _("expired"),
}


class Export(models.Model):
    """A list that one supervisor wants as a file and another has to release; it expires either way."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    content = models.CharField(_("what is listed"), max_length=16, choices=ExportContent)
    stage = models.CharField(_("only in this stage"), max_length=16, choices=Stage, blank=True)
    outlet = models.ForeignKey(
        "cards.Outlet", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("only of this outlet")
    )
    reason = SealedTextField(_("what it is for"))
    asked_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    open_until = models.DateTimeField(_("open until"))
    released_by = models.ForeignKey(
        _USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-asked_at"]
        permissions = [("release_export", "Can release an export somebody else asked for")]
        constraints = [
            models.CheckConstraint(
                name="export_released_by_another",
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("asked_by")),
                violation_error_message=_("An export is released by somebody other than the one who asked for it."),
            ),
            models.CheckConstraint(
                name="export_decided_once",
                condition=Q(released_by__isnull=True, released_at__isnull=True, refused_at__isnull=True)
                | Q(released_by__isnull=False, released_at__isnull=False, refused_at__isnull=True)
                | Q(released_by__isnull=False, released_at__isnull=True, refused_at__isnull=False),
                violation_error_message=_("An export is released or refused once, by somebody."),
            ),
            models.CheckConstraint(
                name="export_stage_only_of_applications",
                condition=Q(content=ExportContent.APPLICATIONS) | Q(stage="", outlet__isnull=True),
                violation_error_message=_("Stage and outlet narrow a list of applications only."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_content_display()} · {str(self.pk)[-4:]}"

    def state_at(self, now: datetime) -> str:
        """One of `refused`, `expired`, `released`, `asked`."""
        if self.refused_at is not None:
            return "refused"
        if self.open_until <= now:
            return "expired"
        return "released" if self.released_at is not None else "asked"

    def state_label_at(self, now: datetime) -> Any:
        """The same in words."""
        return STATES[self.state_at(now)]


class ExportDownload(models.Model):
    """One file that left the portal: who took it, when, how many rows, and its digest to recognise it by."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="downloads")
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    file_format = models.CharField(_("format"), max_length=4, choices=[("csv", "CSV"), ("xlsx", "XLSX")])
    rows = models.PositiveIntegerField(_("rows"))
    digest = models.CharField(_("SHA-256 of the file"), max_length=64)

    class Meta:
        verbose_name = _("download of an export")
        verbose_name_plural = _("downloads of exports")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.export} · {self.file_format}"
