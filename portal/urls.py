"""Every address of the portal; importing them brings the desks of staff along."""

from django.contrib import admin
from django.urls import path

from . import public_urls
from .public_urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

# Here and not when Django starts: whoever serves the public alone carries none of it.
admin.autodiscover()

urlpatterns = [*public_urls.urlpatterns, path("admin/", admin.site.urls)]
