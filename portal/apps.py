"""Tells Django which admin site the whole portal shares."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """The admin, with the portal's own site as the default."""

    default_site = "portal.admin_site.PortalAdminSite"
