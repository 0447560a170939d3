"""Tells Django what the portal is, and which admin site everybody shares."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core.checks import CheckMessage, Tags, register


class PortalConfig(AppConfig):
    """The composition root; an app so that its template filters and checks are found."""

    name = "portal"
    default = True

    def ready(self) -> None:
        """Register the checks."""
        from portal import checks  # noqa: F401


def check_desks(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check the desks of staff, which nothing has loaded yet."""
    import_module("portal.urls")
    return check_admin_app(app_configs, **kwargs)


class PortalAdminConfig(admin.SimpleAdminConfig):
    """The admin, with the portal's own site as the default; its desks come with `portal.urls`."""

    default = False
    default_site = "portal.admin_site.PortalAdminSite"

    def ready(self) -> None:
        """Register the checks of the admin."""
        register(check_dependencies, Tags.admin)
        register(check_desks, Tags.admin)


class PortalStaticFilesConfig(StaticFilesConfig):
    """Static files without those nobody asks for: each costs memory in every worker."""

    default = False
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "admin/js/vendor/select2/i18n/*", "admin/img/gis/*"]
