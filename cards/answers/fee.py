"""The fee of an application in words: how much, whether it is paid, or why there is none."""

from django.utils.translation import gettext as _

from cards.answers.dates import told_day
from cards.models import Application
from cards.vocabulary import Stage


def told_fee(application: Application) -> str:
    """The fee and whether it is due or paid, or why there is none."""
    if application.fee_yuan:
        paid = _paid_on(application)
        if paid:
            return _("%(fee)s yuan, paid on %(day)s") % {"fee": application.fee_yuan, "day": paid}
        return _("%(fee)s yuan, to be paid at the outlet") % {"fee": application.fee_yuan}
    if application.fee_exemption:
        return _("free: %(reason)s") % {"reason": application.get_fee_exemption_display()}
    return _("free of charge")


def _paid_on(application: Application) -> str:
    """The day on which the fee was recorded as paid: that of the step after the stage that waits for it."""
    reached = application.reached()
    if Stage.FEE_DUE not in reached:
        return ""
    after = application.route.after(Stage.FEE_DUE)
    return told_day(reached[after]) if after in reached else ""
