"""Every address the public has: the portal's own pages, then those of the two apps."""

from django.urls import include, path

from . import design, manifest, sitemap, views

urlpatterns = [
    path("", views.home, name="home"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("design/", design.design, name="design"),
    path("language/", views.set_language, name="language"),
    path("display/", views.set_display, name="display"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("manifest.webmanifest", manifest.manifest, name="manifest"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("", include("cards.channels.web.urls")),
    path("", include("cards.channels.receipts")),
    path("", include("cards.channels.wechat.views")),
    path("", include("cards.channels.hotline.events")),
    path("", include("guidance.urls")),
]

handler400 = "portal.views.bad_request"
handler403 = "portal.views.permission_denied"
handler404 = "portal.views.page_not_found"
handler500 = "portal.views.server_error"
