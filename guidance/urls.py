"""Addresses of the guides."""

from django.urls import path

from guidance import feedback_views, pictures, views

urlpatterns = [
    path("guides/", views.guides, name="guides"),
    path("guides/search/", views.guides_search, name="guides-search"),
    path("guides/search/missing/", feedback_views.missing, name="guides-missing"),
    path("guides/<slug:slug>/", views.guide, name="guide"),
    path("guides/<slug:slug>/useful/", feedback_views.useful, name="guide-useful"),
    path("guides/<slug:slug>/useful/thanks/", feedback_views.thanks, name="guide-thanks"),
    path("pictures/<str:digest>.webp", pictures.serve, name="picture"),
    path("legal-basis/", views.legal_basis, name="legal-basis"),
]
