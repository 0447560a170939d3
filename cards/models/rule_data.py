"""Rule data with dates and citation, the forecasts drawn from finished cases, and the office's own days off."""

import hashlib
import json
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards import rules
from cards.memory import Remembered
from cards.office_vocabulary import RuleState, RuleStep
from cards.vocabulary import ApplicationKind, IssueMethod, Stage


class RuleSetQuerySet(models.QuerySet["RuleSet"]):
    """Reads of rule data."""

    def in_force_on(self, day: date) -> "RuleSet":
        """The rule set in force on a day; there must be one."""
        found = self.begun_on(day).first()
        if found is None:
            raise RuleSet.DoesNotExist(f"No rule set is in force on {day}. Run `manage.py load_rules`.")
        return found

    def begun_on(self, day: date) -> "RuleSetQuerySet":
        """The sets whose date has come, the one in force on that day first."""
        return self.filter(state=RuleState.IN_FORCE, valid_from__lte=day).order_by("-valid_from", "-pk")


class RuleSet(models.Model):
    """The rules of the place from a date on, as data, with what they rest on."""

    version = models.CharField(_("version"), max_length=40, unique=True)
    valid_from = models.DateField(_("valid from"))
    state = models.CharField(_("state"), max_length=16, choices=RuleState, default=RuleState.DRAFT)
    citation_zh = models.TextField(_("citation in Chinese"))
    citation_en = models.TextField(_("citation in English"))
    data = models.JSONField(_("rules"), default=dict, blank=True)
    # Nobody where the set came with the portal.
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("drafted by"),
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewed by"),
    )

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule set")
        verbose_name_plural = _("rule sets")
        ordering = ["-valid_from"]
        permissions = [
            ("review_ruleset", "Can review a rule set drafted by somebody else"),
            ("enforce_ruleset", "Can put a reviewed rule set in force"),
        ]
        constraints = [
            models.CheckConstraint(
                name="rule_set_reviewed_by_another",
                condition=Q(drafted_by__isnull=True) | Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("drafted_by")),
                violation_error_message=_("A rule set is reviewed by somebody other than its author."),
            ),
            models.CheckConstraint(
                name="rule_set_in_force_only_reviewed",
                condition=~Q(state__in=[RuleState.REVIEWED, RuleState.IN_FORCE])
                | Q(reviewed_by__isnull=False)
                | Q(state=RuleState.IN_FORCE, drafted_by__isnull=True),
                violation_error_message=_("Only a rule set that was reviewed can be put in force."),
            ),
            models.CheckConstraint(
                name="rule_set_draft_not_reviewed",
                condition=~Q(state=RuleState.DRAFT) | Q(reviewed_by__isnull=True),
                violation_error_message=_("A draft has not been reviewed yet."),
            ),
            models.UniqueConstraint(
                fields=["valid_from"],
                condition=Q(state=RuleState.IN_FORCE),
                name="rule_set_one_begins_on_a_day",
                violation_error_message=_("Another rule set begins on the same day."),
            ),
        ]

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

    def has_begun(self, today: date) -> bool:
        """Whether answers may have been given under this set: from then on it is history."""
        return self.state == RuleState.IN_FORCE and self.valid_from <= today

    def content_digest(self) -> str:
        """SHA-256 over everything that was reviewed: version, date, citation, rules and standards."""
        standards = sorted([s.key, s.working_days] for s in self.standards.all())
        told = [self.version, self.valid_from.isoformat(), self.citation_zh, self.citation_en, self.data, standards]
        return hashlib.sha256(json.dumps(told, ensure_ascii=True, sort_keys=True).encode()).hexdigest()

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


class RuleSetStep(models.Model):
    """What was done to a rule set, by whom and when; append-only, and each names the contents it was about."""

    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(_("step"), max_length=16, choices=RuleStep)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"))
    content_digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("step of a rule set")
        verbose_name_plural = _("steps of rule sets")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_step_display()}"


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
