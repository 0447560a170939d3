"""Registers the guides with Django."""

from collections.abc import Callable

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GuidanceConfig(AppConfig):
    """The guides and the law behind them."""

    name = "guidance"
    verbose_name = _("Guides and legal basis")

    @staticmethod
    def by_the_clock() -> list[tuple[str, float, Callable[[], int]]]:
        """What the worker does for the guides: a name, seconds between two runs, and the deed."""
        from guidance import editing

        return [("guides published at their time", 0.0, editing.publish_due)]
