"""Registers the guides with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GuidanceConfig(AppConfig):
    """The guides and the law behind them."""

    name = "guidance"
    verbose_name = _("Guides and legal basis")
