"""Service banks and the outlets where people are served."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cards.memory import Remembered
from cards.vocabulary import OutletKind


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
    hours_zh = models.CharField(_("opening hours in Chinese"), max_length=120)
    hours_en = models.CharField(_("opening hours in English"), max_length=160)
    phone = models.CharField(_("telephone"), max_length=20)
    accepts_applications = models.BooleanField(_("accepts first applications"), default=True)
    replaces_cards = models.BooleanField(_("replaces cards"), default=True)
    instant_issue = models.BooleanField(_("issues cards at once"), default=False)
    hands_over = models.BooleanField(_("hands over cards"), default=True)
    step_free = models.BooleanField(_("step-free access"), default=False)
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
            )
        ]

    def __str__(self) -> str:
        return self.told("name")


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
