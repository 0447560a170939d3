"""Reference data the office keeps: banks, outlets, rules, days, and where each member of staff works."""

from typing import Any

from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards import memory
from cards.models import Bank, OfficeDay, Outlet, RuleSet, StaffProfile, StageStandard
from cards.rules import china_day
from cards.vocabulary import RuleState


class Reference(admin.ModelAdmin):
    """Rows that a supervisor or administrator keeps."""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Save, and let this process read the reference data anew."""
        super().save_model(request, obj, form, change)
        memory.forget_all()


class Kept(Reference):
    """Reference data on which answers rest: never removed."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Cases refer to these rows."""
        return False


@admin.register(Bank)
class BankAdmin(Kept):
    """The service banks."""

    list_display = ("name_zh", "name_en", "hotline")


@admin.register(Outlet)
class OutletAdmin(Kept):
    """The windows; one that closes is marked, not removed."""

    list_display = (
        "name_zh",
        "name_en",
        "kind",
        "bank",
        "district_zh",
        "replaces_cards",
        "hands_over",
        "closed_for_good",
    )
    list_filter = ("kind", "bank", "closed_for_good")
    list_select_related = ("bank",)
    fieldsets = (
        (None, {"fields": ("kind", "bank", "phone")}),
        (
            _("In both languages"),
            {
                "fields": (
                    ("name_zh", "name_en"),
                    ("district_zh", "district_en"),
                    ("address_zh", "address_en"),
                    ("hours_zh", "hours_en"),
                )
            },
        ),
        (
            _("What it does"),
            {
                "fields": (
                    "accepts_applications",
                    "replaces_cards",
                    "instant_issue",
                    "hands_over",
                    "step_free",
                    "closed_for_good",
                )
            },
        ),
    )


class StageStandardInline(admin.TabularInline):
    """The service standards of a rule set."""

    model = StageStandard
    extra = 0


@admin.register(RuleSet)
class RuleSetAdmin(Kept):
    """The rules with their dates; those that have begun are history, and a change is a new set."""

    list_display = ("version", "valid_from", "state")
    list_filter = ("state",)
    inlines = (StageStandardInline,)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Answers were given under rules that have begun, so those no longer change."""
        return super().has_change_permission(request, obj) and not (obj is not None and _has_begun(obj))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new set starts from the one in force."""
        current = self._in_force()
        if current is None:
            return {}
        return {"data": current.data, "citation_zh": current.citation_zh, "citation_en": current.citation_en}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the standards; a new set without any takes over those in force."""
        super().save_related(request, form, formsets, change)
        added, current = form.instance, self._in_force(before=form.instance)
        if not change and current is not None and not added.standards.exists():
            for standard in current.standards.all():
                StageStandard.objects.create(
                    rule_set=added,
                    kind=standard.kind,
                    method=standard.method,
                    stage=standard.stage,
                    working_days=standard.working_days,
                )
            text = _("No service standards were entered, so those of %(version)s were taken over.")
            self.message_user(request, text % {"version": current.version}, messages.INFO)
        memory.forget_all()

    @staticmethod
    def _in_force(before: RuleSet | None = None) -> RuleSet | None:
        sets = RuleSet.objects.filter(state=RuleState.IN_FORCE, valid_from__lte=china_day(timezone.now()))
        if before is not None:
            sets = sets.exclude(pk=before.pk)
        return sets.order_by("-valid_from", "-pk").first()


def _has_begun(rule_set: RuleSet) -> bool:
    """By what is stored: a form that is refused leaves what was typed on the instance."""
    today = china_day(timezone.now())
    return RuleSet.objects.filter(pk=rule_set.pk, state=RuleState.IN_FORCE, valid_from__lte=today).exists()


@admin.register(OfficeDay)
class OfficeDayAdmin(Reference):
    """Days on which the office works or rests against the national calendar; nothing refers to one."""

    list_display = ("day", "works", "reason")
    ordering = ("-day",)

    def delete_model(self, request: HttpRequest, obj: OfficeDay) -> None:
        """Delete, and let this process read the days anew."""
        super().delete_model(request, obj)
        memory.forget_all()

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """The same for several."""
        super().delete_queryset(request, queryset)
        memory.forget_all()


@admin.register(StaffProfile)
class StaffProfileAdmin(Reference):
    """Where each member of staff works; without it nothing can be accepted."""

    list_display = ("user", "outlet")
    list_select_related = ("user", "outlet__bank")
