"""Addresses of the guides."""

urlpatterns: list = []
