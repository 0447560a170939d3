"""Addresses of the web channel."""

urlpatterns: list = []
