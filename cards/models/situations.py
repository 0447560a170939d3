"""The decision tables of the situation guide, dated; the newest one whose day has come is in use."""

from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from cards import situations
from cards.memory import Remembered

SHIPPED = Path(__file__).parent.parent / "management" / "shipped" / "lost-card-2026.toml"


class SituationTable(models.Model):
    """One version of the table, as the text it was written in; never changed, only followed by another."""

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

    class Meta:
        verbose_name = _("table of situations")
        verbose_name_plural = _("tables of situations")
        ordering = ["-valid_from"]

    def __str__(self) -> str:
        return self.version

    def clean(self) -> None:
        """Refuse a text that is no table."""
        try:
            situations.parse(self.text)
        except situations.TableWrong as wrong:
            raise ValidationError({"text": str(wrong)}) from wrong


@cache
def shipped_table() -> situations.Table:
    """The table that comes with the portal: in use until one was loaded."""
    return situations.parse(SHIPPED.read_text(encoding="utf-8"))


def _read_table(day: date) -> situations.Table:
    found = SituationTable.objects.filter(valid_from__lte=day).order_by("-valid_from").first()
    return situations.parse(found.text) if found else shipped_table()


table_on = Remembered(_read_table, 30)
