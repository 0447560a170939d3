"""Reference data the office keeps: banks, outlets, days, and where each member of staff works."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cards import memory
from cards.models import Bank, OfficeDay, Outlet, SpecialHours, StaffProfile


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


class SpecialHoursInline(admin.TabularInline):
    """Days on which an outlet is closed or open at other hours."""

    model = SpecialHours
    extra = 0
    ordering = ("-first_day",)


@admin.register(Outlet)
class OutletAdmin(Kept):
    """The windows; one that closes is marked, not removed."""

    inlines = (SpecialHoursInline,)

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
                )
            },
        ),
        (
            _("When and where"),
            {"fields": ("opening", "on_holidays", ("remark_zh", "remark_en"), ("latitude", "longitude"))},
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

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Where somebody works decides what the person may do, so nobody but the administrator says it of oneself."""
        return super().has_change_permission(request, obj) and not _own(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same for removing it."""
        return super().has_delete_permission(request, obj) and not _own(request, obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer everybody but oneself."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "user" and not request.user.is_superuser:
            field.queryset = field.queryset.exclude(pk=request.user.pk)  # type: ignore[union-attr]
        return field


def _own(request: HttpRequest, profile: StaffProfile | None) -> bool:
    return profile is not None and profile.user_id == request.user.pk and not request.user.is_superuser
