"""Addresses of the guides."""

from django.urls import path

from guidance import views

urlpatterns = [
    path("guides/", views.guides, name="guides"),
    path("guides/search/", views.guides_search, name="guides-search"),
    path("guides/<slug:slug>/", views.guide, name="guide"),
    path("legal-basis/", views.legal_basis, name="legal-basis"),
]
