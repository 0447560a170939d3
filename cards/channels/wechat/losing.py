"""Which cards a bound account may report lost, and the digits that name one of them for a quarter of an hour."""

from datetime import datetime

from cards import case_reading, sealing, workflow
from cards.answers import CardAnswer, answer_card
from cards.models import WechatBinding

STANDS = 900


def offered(binding: WechatBinding, now: datetime) -> list[tuple[CardAnswer, str]]:
    """The cards whose loss can be reported now, each with the four digits that stand for it in this chat.

    After a report was made they are others, so that they work once.
    """
    return _with_codes(binding, _cards(binding, now), now)


def meant_by(code: str, binding: WechatBinding, now: datetime) -> CardAnswer | None:
    """The card that was meant, by the digits of this quarter of an hour or of the one before."""
    cards = _cards(binding, now)
    for back in (0, 1):
        for card, stands in _with_codes(binding, cards, now, back):
            if stands == code:
                return card
    return None


def _cards(binding: WechatBinding, now: datetime) -> list[CardAnswer]:
    case = case_reading.read_present(binding.holder, now)
    cards = [answer_card(card, case.reports, now) for card in case.cards]
    return [card for card in cards if card.social in workflow.USABLE]


def _with_codes(
    binding: WechatBinding, cards: list[CardAnswer], now: datetime, back: int = 0
) -> list[tuple[CardAnswer, str]]:
    """The digits of every card, no two the same: whoever holds several cards must not stop the wrong one."""
    found: dict[str, CardAnswer] = {}
    window = str(int(now.timestamp()) // STANDS - back)
    for card in sorted(cards, key=lambda one: one.card.pk):
        reports = str(len(card.reports))
        digest = sealing.keyed_digest("wechat-loss", str(binding.pk), str(card.card.pk), reports, window)
        number = int.from_bytes(digest[:4], "big") % 10_000
        while f"{number:04d}" in found:
            number = (number + 1) % 10_000
        found[f"{number:04d}"] = card
    return [(card, code) for code, card in found.items()]
