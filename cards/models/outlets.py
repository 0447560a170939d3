"""Service banks and the outlets where people are served."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cards.hours import HoursMalformed, Plan, Special, read_spans, read_week, told_week
from cards.memory import Remembered
from cards.vocabulary import OutletKind


def _checked(read: Callable[[str], Any], text: str) -> None:
    try:
        read(text)
    except HoursMalformed as wrong:
        raise ValidationError(str(wrong)) from None


def check_week(text: str) -> None:
    """Refuse opening hours that cannot be read."""
    _checked(read_week, text)


def check_spans(text: str) -> None:
    """Refuse the hours of one day that cannot be read."""
    _checked(read_spans, text)


def _within(most: int) -> list[Any]:
    return [MinValueValidator(-most), MaxValueValidator(most)]


class InTwoLanguages:
    """Reads `<name>_zh` or `<name>_en` by the language of the moment."""

    def told(self, name: str) -> str:
        """The field in the reader's language."""
        suffix = "zh" if (get_language() or "").startswith("zh") else "en"
        return str(getattr(self, f"{name}_{suffix}"))


class Bank(InTwoLanguages, models.Model):
    """A bank that serves the bank account function of cards."""

    name_zh = models.CharField(_("name in Chinese"), max_length=60, unique=True)
    name_en = models.CharField(_("name in English"), max_length=80, unique=True)
    hotline = models.CharField(_("telephone"), max_length=20)

    class Meta:
        verbose_name = _("bank")
        verbose_name_plural = _("banks")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.told("name")


class Outlet(InTwoLanguages, models.Model):
    """A place with a window: what it is, where, when it is open, what it does."""

    kind = models.CharField(_("kind"), max_length=20, choices=OutletKind)
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("bank"))
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=120)
    district_zh = models.CharField(_("district in Chinese"), max_length=40)
    district_en = models.CharField(_("district in English"), max_length=60)
    address_zh = models.CharField(_("address in Chinese"), max_length=160)
    address_en = models.CharField(_("address in English"), max_length=200)
    opening = models.TextField(
        _("opening hours"),
        max_length=400,
        blank=True,
        validators=[check_week],
        help_text=_(
            "A line for each group of days, Monday is 1: “1-5 9:00-12:00 13:30-17:00”, then “6 9:00-12:00”. "
            "Closed on public holidays; on a weekend that is worked, Monday's hours hold."
        ),
    )
    on_holidays = models.BooleanField(_("open on public holidays as well"), default=False)
    remark_zh = models.CharField(_("remark on the hours, in Chinese"), max_length=160, blank=True)
    remark_en = models.CharField(_("remark on the hours, in English"), max_length=160, blank=True)
    phone = models.CharField(_("telephone"), max_length=20)
    accepts_applications = models.BooleanField(_("accepts first applications"), default=True)
    replaces_cards = models.BooleanField(_("replaces cards"), default=True)
    instant_issue = models.BooleanField(_("issues cards at once"), default=False)
    hands_over = models.BooleanField(_("hands over cards"), default=True)
    step_free = models.BooleanField(_("step-free access"), default=False)
    # Degrees in WGS-84, as `geo:` links and satellites have them; Chinese maps shift their own.
    latitude = models.DecimalField(
        _("latitude (WGS-84)"), max_digits=9, decimal_places=6, null=True, blank=True, validators=_within(90)
    )
    longitude = models.DecimalField(
        _("longitude (WGS-84)"), max_digits=9, decimal_places=6, null=True, blank=True, validators=_within(180)
    )
    closed_for_good = models.BooleanField(_("closed for good"), default=False)

    class Meta:
        verbose_name = _("outlet")
        verbose_name_plural = _("outlets")
        ordering = ["district_zh", "pk"]
        constraints = [
            models.CheckConstraint(
                name="outlet_bank_only_at_bank_outlets",
                condition=models.Q(kind=OutletKind.BANK_OUTLET, bank__isnull=False)
                | (~models.Q(kind=OutletKind.BANK_OUTLET) & models.Q(bank__isnull=True)),
                violation_error_message=_("A service bank outlet needs its bank; other outlets have none."),
            ),
            models.CheckConstraint(
                name="outlet_both_coordinates",
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__isnull=False, longitude__isnull=False),
                violation_error_message=_("Latitude and longitude belong together."),
            ),
        ]

    def __str__(self) -> str:
        return self.told("name")

    @property
    def hours_zh(self) -> str:
        """The opening hours in Chinese."""
        return self._hours("zh-hans", self.remark_zh)

    @property
    def hours_en(self) -> str:
        """The opening hours in English."""
        return self._hours("en", self.remark_en)

    def _hours(self, language: str, remark: str) -> str:
        week = told_week(self.opening, language)
        between = "；" if language == "zh-hans" else "; "
        return between.join(filter(None, (week, remark)))

    def plan(self, days_off: Mapping[date, bool]) -> Plan | None:
        """When it is open; None where only a remark says so."""
        if not self.opening:
            return None
        special = {
            day: Special(read_spans(row.opening), row.told("reason"), row.last_day)
            for row in special_hours().get(self.pk, ())
            for day in row.days()
        }
        return Plan(read_week(self.opening), special, self.on_holidays, days_off)


class SpecialHours(InTwoLanguages, models.Model):
    """Days on which an outlet is closed, or open at other hours, and why."""

    outlet = models.ForeignKey(Outlet, on_delete=models.CASCADE, related_name="special_hours")
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    opening = models.CharField(
        _("open at"),
        max_length=80,
        blank=True,
        validators=[check_spans],
        help_text=_("Such as “9:00-12:00 13:30-16:00”; nothing where it is closed."),
    )
    reason_zh = models.CharField(_("reason in Chinese"), max_length=80)
    reason_en = models.CharField(_("reason in English"), max_length=120)

    class Meta:
        verbose_name = _("special hours")
        verbose_name_plural = _("special hours")
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                name="special_hours_end_after_begin",
                condition=models.Q(first_day__lte=models.F("last_day")),
                violation_error_message=_("The last day cannot come before the first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m-%d}"

    def days(self) -> Iterator[date]:
        """Each of its days."""
        for number in range((self.last_day - self.first_day).days + 1):
            yield self.first_day + timedelta(days=number)


def _read_special_hours() -> dict[int, list[SpecialHours]]:
    found: dict[int, list[SpecialHours]] = defaultdict(list)
    # A day earlier, because the day of the server may not be that of China.
    for row in SpecialHours.objects.filter(last_day__gte=timezone.now().date() - timedelta(days=1)):
        found[row.outlet_id].append(row)
    return dict(found)


special_hours = Remembered(_read_special_hours, 30)


def _read_places() -> tuple[dict[int, Bank], dict[int, Outlet]]:
    banks = {bank.pk: bank for bank in Bank.objects.all()}
    outlets = {outlet.pk: outlet for outlet in Outlet.objects.all()}
    for outlet in outlets.values():
        if outlet.bank_id is not None:
            outlet.bank = banks[outlet.bank_id]
    return banks, outlets


# The same for everybody, so no answer about a person need join them.
places = Remembered(_read_places, 30)


def put_in_place(row: models.Model, *names: str) -> None:
    """Give a row the banks and outlets it names from memory; what is newer than the memory is read when asked for."""
    banks, outlets = places()
    for name in names:
        known = banks if name == "bank" else outlets
        found = known.get(getattr(row, f"{name}_id"))
        if found is not None:
            setattr(row, name, found)
