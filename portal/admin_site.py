"""The one admin site: counter, hotline desk and editors sign in here."""

import time
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

SIGNED_IN_AT = "signed_in_at"


class PortalAdminSite(AdminSite):
    """The admin under the portal's own name, behind a second factor where the setting asks for one."""

    site_title = _("Social Security Card Service")
    site_header = _("Social Security Card Service · staff")
    index_title = _("Today's work")
    enable_nav_sidebar = False

    # What needs models is imported when it is used: this module is read before the apps are ready.

    @property
    def login_form(self) -> Any:  # type: ignore[override]
        """Ask for the second factor together with the password."""
        from portal.second_factor import sign_in_form

        return sign_in_form()

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in staff, and only with the second factor where it is required."""
        if not super().has_permission(request) or self._signed_in_too_long(request):
            return False
        return not settings.REQUIRE_STAFF_OTP or request.user.is_verified()  # type: ignore[union-attr]

    @staticmethod
    def _signed_in_too_long(request: HttpRequest) -> bool:
        """A session that is kept busy ends all the same; one without its moment was begun by other means (tests)."""
        return time.time() - request.session.get(SIGNED_IN_AT, time.time()) > settings.STAFF_SESSION_LONGEST

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Sign in; whoever has no second factor yet is led to make one."""
        from portal.second_factor import has_to_enrol

        if self._signed_in_too_long(request):
            logout(request)
        if request.method == "GET" and has_to_enrol(request):
            return HttpResponseRedirect(reverse("admin:second-factor"))
        response = super().login(request, extra_context)
        if request.method == "POST" and request.user.is_authenticated:
            request.session[SIGNED_IN_AT] = time.time()
        return response

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The first page: the one question, and what waits for this desk."""
        from cards.desk.home import today
        from guidance import desk

        first = {"today": today(request.user), "editing": desk.today(request.user)}
        return super().index(request, {**first, **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        """The admin's addresses and that of the second factor."""
        from portal.second_factor import enrol

        return [path("second-factor/", enrol, name="second-factor"), *super().get_urls()]
