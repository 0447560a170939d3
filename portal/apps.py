"""Tells Django what the portal is, and which admin site everybody shares."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.contrib.staticfiles.apps import StaticFilesConfig


class PortalConfig(AppConfig):
    """The composition root; an app so that its template filters and checks are found."""

    name = "portal"
    default = True

    def ready(self) -> None:
        """Register the checks."""
        from portal import checks  # noqa: F401


class PortalAdminConfig(admin.AdminConfig):
    """The admin, with the portal's own site as the default."""

    default = False
    default_site = "portal.admin_site.PortalAdminSite"


class PortalStaticFilesConfig(StaticFilesConfig):
    """Static files without those nobody asks for: each costs memory in every worker."""

    default = False
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "admin/js/vendor/select2/i18n/*", "admin/img/gis/*"]
