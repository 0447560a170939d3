"""Taking over cards that were issued before the portal kept its own record."""

from datetime import datetime

from cards.actors import Actor
from cards.errors import CardNumberTaken, NotPossibleNow
from cards.models import Bank, Card, Cardholder, CardNumberIndex
from cards.services.card_numbers import clean_card_number
from cards.services.opening import deed
from cards.vocabulary import FINANCIAL_TYPES, BankStatus, EventKind, SocialStatus
from cards.workflow import USABLE


def take_over_card(
    holder: Cardholder,
    *,
    card_type: str,
    card_number: str,
    issued_at: datetime,
    actor: Actor,
    bank: Bank | None = None,
    social_status: str = SocialStatus.NORMAL,
) -> Card:
    """Put a card of earlier days on record; what its bank did since then is not known to the office."""
    number = clean_card_number(card_number)
    if social_status not in USABLE:
        raise NotPossibleNow(state=SocialStatus(social_status).label)
    with deed(holder, actor) as act:
        if CardNumberIndex.objects.entry(number):
            raise CardNumberTaken()
        card = Card.objects.create(
            holder=act.holder,
            card_type=card_type,
            card_number=number,
            bank=bank,
            social_status=social_status,
            social_since=issued_at,
            bank_status=BankStatus.UNKNOWN if card_type in FINANCIAL_TYPES else BankStatus.NONE,
            issued_at=issued_at,
        )
        CardNumberIndex.objects.enter(number, holder=act.holder, card=card)
        act.record(EventKind.CARD_ISSUED, card, card_type, taken_over=True)
    return card
