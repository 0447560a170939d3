"""How long cards took that became ready in a month: the year behind the forecast."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from cards.memory import Remembered
from cards.vocabulary import ApplicationKind, IssueMethod


class MonthlyTime(models.Model):
    """Within how many working days half, and most, of a month's cards were ready after they were accepted."""

    month = models.DateField(_("first day of the month"))
    kind = models.CharField(_("kind"), max_length=16, choices=ApplicationKind)
    method = models.CharField(_("method"), max_length=16, choices=IssueMethod)
    half_days = models.PositiveSmallIntegerField(_("half within, working days"))
    most_days = models.PositiveSmallIntegerField(_("most within, working days"))
    cases = models.PositiveIntegerField(_("cases it rests on"))
    computed_at = models.DateTimeField(_("computed at"))

    class Meta:
        verbose_name = _("processing time of a month")
        verbose_name_plural = _("processing times by month")
        constraints = [
            models.UniqueConstraint(fields=["month", "kind", "method"], name="monthly_time_once"),
            models.CheckConstraint(
                name="monthly_time_half_before_most",
                condition=models.Q(half_days__lte=models.F("most_days")),
                violation_error_message=_("Half cannot take longer than most."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind}.{self.method}"


def _read_since(first: date) -> dict[tuple[str, str, date], MonthlyTime]:
    return {(row.kind, row.method, row.month): row for row in MonthlyTime.objects.filter(month__gte=first)}


months_since = Remembered(_read_since, 30)
