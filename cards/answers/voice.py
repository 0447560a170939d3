"""What the voice line says besides the answers themselves; each entry is spoken, and can be recorded, by itself."""

from typing import Any

from django.utils.translation import gettext_lazy as _

GREETING = _("This is the automatic line of the social security card service.")
# Heard by those who do not understand the greeting, so each is spoken in the language it names.
OTHER_LANGUAGE = _("For English, press the star key.")
ASK_RECEIPT = _(
    "Please key in the 12 digits of your receipt number, then the hash key. For a person, press 0, or simply wait."
)
NOT_TWELVE = _("A receipt number has 12 digits.")
MISTYPED = _("One digit of the receipt number is wrong, or two changed places.")
ASK_LAST_FOUR = _(
    "Now the last four characters of the ID number, then the hash key. If it ends in X, press the star key for it."
)
NOT_FOUR = _("It must be four characters.")
# The same for a number nobody has, for wrong characters and for a receipt that was tried too often.
NOT_FOUND = _("Receipt number and ID number do not fit together.")
WHAT_NOW = _("To hear it again slowly, press 1. To have it sent to the phone on file, press 2. For a person, press 0.")
# Where no text message can be sent, none is offered.
WHAT_NOW_UNSENT = _("To hear it again slowly, press 1. For a person, press 0.")
SENT = _("A text message goes to the phone number on file.")
NOT_SENT = _("No other message can be sent: one was sent about this case today already.")
TO_A_PERSON = _("You are being put through to a person.")
NOBODY_NOW = _("Nobody answers at this hour.")
CALL_AGAIN = _("Please call again then. The website answers at any hour.")
GOODBYE = _("Thank you for calling.")

# Everything an office may record, in the order it is heard.
PHRASES: tuple[Any, ...] = (
    GREETING,
    OTHER_LANGUAGE,
    ASK_RECEIPT,
    NOT_TWELVE,
    MISTYPED,
    ASK_LAST_FOUR,
    NOT_FOUR,
    NOT_FOUND,
    WHAT_NOW,
    WHAT_NOW_UNSENT,
    SENT,
    NOT_SENT,
    TO_A_PERSON,
    NOBODY_NOW,
    CALL_AGAIN,
    GOODBYE,
)
