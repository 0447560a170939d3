"""Names the app of cards."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CardsConfig(AppConfig):
    """Applications, loss reports, cancellations and replacements of social security cards."""

    name = "cards"
    verbose_name = _("Cards")
    default_auto_field = "django.db.models.BigAutoField"
