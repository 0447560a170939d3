"""Which cards a bound account may report lost, and the digits that name one of them for a quarter of an hour."""

from datetime import datetime

from cards import case_reading, sealing, workflow
from cards.answers import CardAnswer, answer_card
from cards.models import WechatBinding

STANDS = 900


def cards_of(binding: WechatBinding, now: datetime) -> list[CardAnswer]:
    """The cards of the person whose loss can be reported now."""
    case = case_reading.read_present(binding.holder, now)
    cards = [answer_card(card, case.reports, now) for card in case.cards]
    return [card for card in cards if card.social in workflow.USABLE]


def code_of(binding: WechatBinding, card: CardAnswer, now: datetime) -> str:
    """Four digits that stand for this card in this chat; others after a report was made, so that they work once."""
    return _codes(binding, now)[card.card.pk.hex]


def meant_by(code: str, binding: WechatBinding, now: datetime) -> CardAnswer | None:
    """The card that was meant, by the digits of this quarter of an hour or of the one before."""
    cards = {card.card.pk.hex: card for card in cards_of(binding, now)}
    for back in (0, 1):
        for key, stands in _codes(binding, now, back).items():
            if stands == code:
                return cards[key]
    return None


def _codes(binding: WechatBinding, now: datetime, back: int = 0) -> dict[str, str]:
    """The digits of every card, no two the same: whoever holds several cards must not stop the wrong one."""
    found: dict[str, str] = {}
    window = str(int(now.timestamp()) // STANDS - back)
    for card in sorted(cards_of(binding, now), key=lambda one: one.card.pk):
        reports = str(len(card.reports))
        digest = sealing.keyed_digest("wechat-loss", str(binding.pk), str(card.card.pk), reports, window)
        number = int.from_bytes(digest[:4], "big") % 10_000
        while f"{number:04d}" in found.values():
            number = (number + 1) % 10_000
        found[card.card.pk.hex] = f"{number:04d}"
    return found
