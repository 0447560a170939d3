"""Reading a card number from a card's face or a scanner."""

import re
import unicodedata

from cards.errors import CardNumberInvalid


def clean_card_number(text: str) -> str:
    """The card number in upper-case ASCII without spaces or hyphens; 9 to 19 characters."""
    number = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text[:100])).upper()
    if not re.fullmatch(r"[0-9A-Z]{9,19}", number):
        raise CardNumberInvalid()
    return number
