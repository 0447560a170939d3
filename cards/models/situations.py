"""The decision tables of the situation guide, dated; the newest one whose day has come is in use."""

from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cards import situations
from cards.memory import Remembered

SHIPPED = Path(__file__).parent.parent / "management" / "shipped" / "lost-card-2026.toml"


class SituationTableQuerySet(models.QuerySet["SituationTable"]):
    """Reads of the tables."""

    def released(self) -> "SituationTableQuerySet":
        """What may be used: what came with the portal, and what a second person released."""
        return self.filter(Q(entered_by__isnull=True) | Q(released_by__isnull=False))

    def begun_on(self, day: date) -> "SituationTableQuerySet":
        """The released tables whose day has come, the one in use first."""
        return self.released().filter(valid_from__lte=day).order_by("-valid_from")


class SituationTable(models.Model):
    """One version of the table, as the text it was written in; never changed, only followed by another.

    `version` and `valid_from` are those the text itself names.
    """

    version = models.CharField(_("version"), max_length=40, unique=True)
    valid_from = models.DateField(_("valid from"), unique=True)
    text = models.TextField(_("table"))
    # Nobody where the table came with the portal.
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    entered_at = models.DateTimeField(_("entered at"))
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("released by"),
    )
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)

    objects = SituationTableQuerySet.as_manager()

    class Meta:
        verbose_name = _("table of situations")
        verbose_name_plural = _("tables of situations")
        ordering = ["-valid_from"]
        permissions = [("release_situationtable", "Can release a table of situations entered by somebody else")]
        constraints = [
            models.CheckConstraint(
                name="situation_table_released_by_another",
                condition=Q(released_by__isnull=True) | Q(entered_by__isnull=True) | ~Q(released_by=F("entered_by")),
                violation_error_message=_("A table of situations is released by somebody other than its author."),
            ),
            models.CheckConstraint(
                name="situation_table_released_with_moment",
                condition=Q(released_by__isnull=True, released_at__isnull=True)
                | Q(released_by__isnull=False, released_at__isnull=False),
                violation_error_message=_("A release has a person and a moment."),
            ),
        ]

    def __str__(self) -> str:
        return self.version


@cache
def shipped_table() -> situations.Table:
    """The table that comes with the portal: in use until one was loaded."""
    return situations.parse(SHIPPED.read_text(encoding="utf-8"))


def _read_table(day: date) -> situations.Table:
    found = SituationTable.objects.begun_on(day).first()
    return situations.parse(found.text) if found else shipped_table()


table_on = Remembered(_read_table, 30)
