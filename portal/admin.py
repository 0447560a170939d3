"""Accounts of staff in the admin: who may sign in and belongs to which group; kept by the security administrators."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cards.management.staff_groups import ADMINISTRATORS


class AccountForm(UserChangeForm):
    """An account; nobody administers the system, its security and its audit at once."""

    def clean_groups(self) -> Any:
        """Refuse a second administrators' group."""
        groups = self.cleaned_data["groups"]
        if sum(group.name in ADMINISTRATORS for group in groups) > 1:
            raise forms.ValidationError(
                _("System, security and audit are administered by different people: choose one of these groups."),
                code="administrators",
            )
        return groups


class AccountAdmin(UserAdmin):
    """Accounts without single permissions: what somebody may do follows from the group."""

    form = AccountForm
    list_display = ("username", "last_name", "first_name", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ()
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (pgettext_lazy("of a person", "Name"), {"fields": (("last_name", "first_name"),)}),
        (_("What the account may do"), {"fields": ("is_active", "is_staff", "groups")}),
    )

    def _may_touch(self, request: HttpRequest, account: Any) -> bool:
        """Nobody changes the own account here, nor one that may do more than the person who changes it."""
        if account is None or request.user.is_superuser:
            return True
        return account != request.user and not account.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Change others only."""
        return super().has_change_permission(request, obj) and self._may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Accounts stay, because the ledger names them; one that is no longer needed is made inactive."""
        return False


class FixedGroupAdmin(GroupAdmin):
    """Groups, to look at: `load_groups` makes them what the table says."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A group of the table comes by the command."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What a group may do is decided in the table."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Groups stay."""
        return False


for model, registered in ((User, AccountAdmin), (Group, FixedGroupAdmin)):
    admin.site.unregister(model)
    admin.site.register(model, registered)
