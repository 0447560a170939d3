"""Every write, one verb each: check, compare-and-swap, event, one transaction."""

from cards.services.answers import keep_answer
from cards.services.applications import accept_application, advance, recall_due, reissue_code, resume_clock, stop_clock
from cards.services.certificates import replace_certificate
from cards.services.erasure import erase_cardholder, erase_due
from cards.services.exports import ask_for_export, record_download, refuse_export, release_export
from cards.services.handover import hand_over
from cards.services.incidents import end_incident_note, write_incident_note
from cards.services.losses import cancel_loss_report, lapse_due, replace_card, report_loss
from cards.services.people import register_cardholder
from cards.services.results import record_results

__all__ = [
    "accept_application",
    "advance",
    "ask_for_export",
    "cancel_loss_report",
    "end_incident_note",
    "erase_cardholder",
    "erase_due",
    "hand_over",
    "keep_answer",
    "lapse_due",
    "recall_due",
    "record_download",
    "record_results",
    "refuse_export",
    "register_cardholder",
    "reissue_code",
    "release_export",
    "replace_card",
    "replace_certificate",
    "report_loss",
    "resume_clock",
    "stop_clock",
    "write_incident_note",
]
