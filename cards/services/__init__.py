"""Every write, one verb each: check, compare-and-swap, event, one transaction."""

from cards.services.answers import keep_answer
from cards.services.applications import accept_application, advance, recall_due, reissue_code, resume_clock, stop_clock
from cards.services.calls import forget_old_calls, note_call, note_caller
from cards.services.certificates import replace_certificate
from cards.services.correcting import correct
from cards.services.disputes import decide_dispute, dispute_collection
from cards.services.erasure import erase_cardholder, erase_due
from cards.services.exports import ask_for_export, record_download, refuse_export, release_export
from cards.services.follow_ups import forget_old_follow_ups, promise_call_back, refer_to_outlet, settle_follow_up
from cards.services.handover import hand_over, lies_here
from cards.services.incidents import end_incident_note, write_incident_note
from cards.services.losses import cancel_loss_report, lapse_due, replace_card, report_loss
from cards.services.notices import choose_notices, forget_old_notices, retry_notice, take_back_consent
from cards.services.people import register_cardholder
from cards.services.phones import change_phone
from cards.services.reminding import remind, remind_of_lapses, remind_of_recalls
from cards.services.results import record_results
from cards.services.second_looks import ask_amendment, ask_exception, ask_merge, decide
from cards.services.wechat import begin_binding, claim_binding, confirm_binding, end_binding, end_old_bindings

__all__ = [
    "accept_application",
    "advance",
    "ask_amendment",
    "ask_exception",
    "ask_for_export",
    "ask_merge",
    "begin_binding",
    "cancel_loss_report",
    "change_phone",
    "choose_notices",
    "claim_binding",
    "confirm_binding",
    "correct",
    "decide",
    "decide_dispute",
    "dispute_collection",
    "end_binding",
    "end_incident_note",
    "end_old_bindings",
    "erase_cardholder",
    "erase_due",
    "forget_old_calls",
    "forget_old_follow_ups",
    "forget_old_notices",
    "hand_over",
    "keep_answer",
    "lapse_due",
    "lies_here",
    "note_call",
    "note_caller",
    "promise_call_back",
    "recall_due",
    "record_download",
    "record_results",
    "refer_to_outlet",
    "refuse_export",
    "register_cardholder",
    "reissue_code",
    "release_export",
    "remind",
    "remind_of_lapses",
    "remind_of_recalls",
    "replace_card",
    "replace_certificate",
    "report_loss",
    "resume_clock",
    "retry_notice",
    "settle_follow_up",
    "stop_clock",
    "take_back_consent",
    "write_incident_note",
]
