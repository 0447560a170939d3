"""The one admin site: counter, hotline desk and editors sign in here."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class PortalAdminSite(AdminSite):
    """The admin under the portal's own name."""

    site_title = _("Social Security Card Service")
    site_header = _("Social Security Card Service · staff")
    index_title = _("Today's work")
    enable_nav_sidebar = False
