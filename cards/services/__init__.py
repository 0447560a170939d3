"""Every write, one verb each: check, compare-and-swap, event, one transaction."""

from cards.services.applications import accept_application, advance, recall_due, reissue_code, resume_clock, stop_clock
from cards.services.correcting import correct
from cards.services.disputes import decide_dispute, dispute_collection
from cards.services.erasure import erase_cardholder, erase_due
from cards.services.handover import hand_over
from cards.services.losses import cancel_loss_report, lapse_due, replace_card, report_loss
from cards.services.people import register_cardholder
from cards.services.phones import change_phone
from cards.services.second_looks import ask_amendment, ask_exception, ask_merge, decide

__all__ = [
    "accept_application",
    "advance",
    "ask_amendment",
    "ask_exception",
    "ask_merge",
    "cancel_loss_report",
    "change_phone",
    "correct",
    "decide",
    "decide_dispute",
    "dispute_collection",
    "erase_cardholder",
    "erase_due",
    "hand_over",
    "lapse_due",
    "recall_due",
    "register_cardholder",
    "reissue_code",
    "replace_card",
    "report_loss",
    "resume_clock",
    "stop_clock",
]
