"""What is said in a chat besides the answers themselves: how to ask, what not to send, binding, reporting a loss.

No sentence holds a link, so that nobody learns to follow one that a stranger sends.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

# By policy, as the answers: under a strict one a number opens nothing without its query code.
ASK_FOR_RECEIPT: dict[bool, Any] = {
    False: _("Send the number on your receipt, 12 digits, and read how far the card is."),
    True: _("Send the number on your receipt, a space, and the query code on it, and read how far the card is."),
}
NO_ID_NUMBERS = _("Never send an ID number here: a chat stays on the phone and with the platform.")
HELP = _(
    "Or send one of these words: progress, lost, outlets, person; bind, if this account is to show your own cards "
    "without a number."
)
ID_NUMBER_SENT = _(
    "That looks like an ID number. It was neither looked up nor kept; delete the message, because a chat stays on the "
    "phone and with the platform."
)
INSTEAD = _("Without a receipt, use our website or call 12333.")
NOT_UNDERSTOOD = _("We did not understand that; words and numbers are all that can be read here.")

NONE_FOUND: dict[bool, Any] = {
    False: _("We found nothing under this number. This does not mean that you have not applied."),
    True: _("We found nothing under this number and query code. This does not mean that you have not applied."),
}
COMPARE = _("Please compare it with your newest paper, or call 12333.")
CODE_DOES_NOT_FIT = _("The query code does not fit this number; compare it with your paper.")
# A loss report, or a case that ended long ago.
ONLY_WITH_CODE = _(
    "What stands under this number is shown with its query code only: send the number, a space and the code."
)
WITH_CODE = _("For the details send the number, a space and the query code.")
CLOSED_TODAY = _(
    "Too many numbers that lead nowhere came from this account. Try again tomorrow; "
    "if it cannot wait, use our website or call 12333."
)
NOTHING_ON_RECORD = _("No card of yours is in work at present, and none is on record.")
MORE_ELSEWHERE = _("There is more than fits here: read the rest on our website or ask on 12333.")

BIND_HOW = _(
    "A bound account shows all your cards without a number. On our website look up your card with the query code and "
    "choose “Bind WeChat”: there you get a code of 8 characters. Send it here, then confirm it there."
)
CODE_ARRIVED = _(
    "The code fits. Now go back to our website and confirm there, within 30 minutes, that it was you; "
    "until then nothing is bound."
)
CODE_UNKNOWN = _("This code is not valid. It stands for 10 minutes and works once: get a new one on our website.")
BOUND_UNTIL = _("This account is bound until %(day)s. Send “unbind” to end that.")
UNBOUND = _("The binding has ended and nothing of it was kept. You can bind again at any time.")
NOT_BOUND = _("This account is not bound to anybody.")

LOSS_ELSEWHERE = _(
    "If you lost your card, call 12333 now: it is stopped at once. With the query code of a paper you can also report "
    "it on our website at any hour. Here only a bound account can report a loss."
)
LOSS_CONFIRM = _("If it is lost, reply “confirm loss %(code)s” within 15 minutes.")
LOSS_NONE = _("No card of yours can be reported lost now.")
LOSS_STALE = _("This confirmation is not valid, or no longer. Send “lost” to begin again.")
LOSS_NUMBER = _("The number of the report is %(number)s.")
CALL_THE_BANK = _("The bank account of the card is not stopped by this: call %(bank)s on %(phone)s as well.")

ASK_A_PERSON = _("A person answers on 12333.")
OPEN_NOW = _("Open now:")
NONE_OPEN = _("No outlet is open now. The next to open:")
ALL_OUTLETS = _("What each outlet does stands on our website under “Outlets”; 12333 tells it too.")
