"""Rule data with dates and citation, the forecasts drawn from finished cases, and the office's own days off."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards import rules
from cards.memory import Remembered
from cards.vocabulary import ApplicationKind, IssueMethod, RuleState, Stage


class RuleSetQuerySet(models.QuerySet["RuleSet"]):
    """Reads of rule data."""

    def in_force_on(self, day: date) -> "RuleSet":
        """The rule set in force on a day; there must be one."""
        found = self.filter(state=RuleState.IN_FORCE, valid_from__lte=day).order_by("-valid_from", "-pk").first()
        if found is None:
            raise RuleSet.DoesNotExist(f"No rule set is in force on {day}. Run `manage.py load_rules`.")
        return found


class RuleSet(models.Model):
    """The rules of the place from a date on, as data, with what they rest on."""

    version = models.CharField(_("version"), max_length=40, unique=True)
    valid_from = models.DateField(_("valid from"))
    state = models.CharField(_("state"), max_length=16, choices=RuleState, default=RuleState.DRAFT)
    citation_zh = models.TextField(_("citation in Chinese"))
    citation_en = models.TextField(_("citation in English"))
    data = models.JSONField(_("rules"), default=dict, blank=True)

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule set")
        verbose_name_plural = _("rule sets")
        ordering = ["-valid_from"]

    def __str__(self) -> str:
        return self.version

    def book(self) -> rules.RuleBook:
        """These data as a rule book."""
        standards = {s.key: s.working_days for s in self.standards.all()}
        return rules.parse(
            self.data,
            version=self.version,
            valid_from=self.valid_from,
            citation_zh=self.citation_zh,
            citation_en=self.citation_en,
            standards=standards,
        )

    def clean(self) -> None:
        """Refuse data that cannot be a rule book, and a beginning on a day for which answers were given already."""
        try:
            rules.parse(self.data, version=self.version, valid_from=self.valid_from)
        except rules.RuleDataWrong as wrong:
            raise ValidationError({"data": str(wrong)}) from wrong
        stands = RuleSet.objects.filter(pk=self.pk, state=RuleState.IN_FORCE, valid_from=self.valid_from).exists()
        begins_in_the_past = self.valid_from < rules.china_day(timezone.now())
        if self.state == RuleState.IN_FORCE and begins_in_the_past and not stands:
            raise ValidationError({"valid_from": _("Rules cannot come into force on a day that has passed.")})


class StageStandard(models.Model):
    """The service standard: working days from entering a stage until the card is ready."""

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="standards")
    kind = models.CharField(_("kind"), max_length=16, choices=ApplicationKind, blank=True)
    method = models.CharField(_("method"), max_length=16, choices=IssueMethod)
    stage = models.CharField(_("stage"), max_length=16, choices=Stage)
    working_days = models.PositiveSmallIntegerField(_("working days until ready"))

    class Meta:
        verbose_name = _("stage standard")
        verbose_name_plural = _("stage standards")
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "kind", "method", "stage"], name="stage_standard_once")
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """`kind.method.stage`, or `method.stage` where it holds for every kind."""
        return ".".join(part for part in (self.kind, self.method, self.stage) if part)


class Forecast(models.Model):
    """How many working days half, and most, of the finished cases took from a stage to ready."""

    kind = models.CharField(_("kind"), max_length=16, choices=ApplicationKind)
    method = models.CharField(_("method"), max_length=16, choices=IssueMethod)
    stage = models.CharField(_("stage"), max_length=16, choices=Stage)
    half_days = models.PositiveSmallIntegerField(_("half within, working days"))
    most_days = models.PositiveSmallIntegerField(_("most within, working days"))
    cases = models.PositiveIntegerField(_("cases it rests on"))
    computed_at = models.DateTimeField(_("computed at"))

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        constraints = [
            models.UniqueConstraint(fields=["kind", "method", "stage"], name="forecast_once"),
            models.CheckConstraint(
                name="forecast_half_before_most",
                condition=models.Q(half_days__lte=models.F("most_days")),
                violation_error_message=_("Half cannot take longer than most."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}.{self.method}.{self.stage}"


class OfficeDay(models.Model):
    """A day on which the office works or rests against the national calendar."""

    day = models.DateField(_("day"), primary_key=True)
    works = models.BooleanField(_("office works on this day"))
    reason = models.CharField(_("reason"), max_length=120)

    class Meta:
        verbose_name = _("office day")
        verbose_name_plural = _("office days")

    def __str__(self) -> str:
        return f"{self.day}"

    @classmethod
    def overrides(cls) -> dict[date, bool]:
        """Every exception as the calendar wants it."""
        return dict(cls.objects.values_list("day", "works"))


def _read_book(day: date) -> rules.RuleBook:
    return RuleSet.objects.in_force_on(day).book()


def _read_book_of(version: str) -> rules.RuleBook:
    return RuleSet.objects.get(version=version).book()


def _read_forecasts() -> dict[tuple[str, str, str], Forecast]:
    return {(f.kind, f.method, f.stage): f for f in Forecast.objects.all()}


# Reference data: the same for everybody, read again every half minute.
book_on = Remembered(_read_book, 30)
book_of = Remembered(_read_book_of, 30)
forecasts = Remembered(_read_forecasts, 30)
office_days = Remembered(OfficeDay.overrides, 30)
