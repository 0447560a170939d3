"""Every list of words the field uses, with the labels people read; no behaviour."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class CardType(TextChoices):
    ORDINARY_BLUE = "ordinary_blue", _("Ordinary blue card")
    ORDINARY_YELLOW = "ordinary_yellow", _("Ordinary yellow card")
    FINANCIAL_BLUE = "financial_blue", _("Financial blue card")
    FINANCIAL_PREFERENTIAL_BLUE = (
        "financial_preferential_blue",
        _("Financial preferential blue card"),
    )


ORDINARY_TYPES = frozenset({CardType.ORDINARY_BLUE, CardType.ORDINARY_YELLOW})
FINANCIAL_TYPES = frozenset({CardType.FINANCIAL_BLUE, CardType.FINANCIAL_PREFERENTIAL_BLUE})


class SocialStatus(TextChoices):
    """The social security function of a card: the office's own ledger."""

    NOT_ENABLED = "not_enabled", _("Not enabled")
    NORMAL = "normal", _("Normal")
    LOCKED = "locked", _("Locked")
    TEMPORARILY_LOST = (
        "temporarily_lost",
        _("Temporarily reported lost"),
    )
    FORMALLY_LOST = "formally_lost", _("Reported lost in writing (formal)")
    CANCELLED = "cancelled", _("Cancelled")


class BankStatus(TextChoices):
    """The bank account function of a card: the bank's ledger, which may be unknown to the office."""

    NONE = "none", _("No bank account function")
    UNKNOWN = "unknown", _("Not known to us")
    NOT_ACTIVATED = "not_activated", _("Not activated")
    ACTIVE = "active", _("Active")
    FROZEN = "frozen", _("Frozen")
    CLOSED = "closed", _("Closed")


class ApplicationKind(TextChoices):
    FIRST = "first", _("First application")
    REPLACEMENT = "replacement", _("Replacement of a lost card")
    EXCHANGE = "exchange", _("Exchange of a card")


class ExchangeReason(TextChoices):
    DAMAGED = "damaged", _("Card damaged")
    EXPIRED = "expired", _("Card expired")
    DATA_CHANGED = "data_changed", _("Name or other data changed")
    QUALITY_FAULT = "quality_fault", _("Fault in the card's quality")


class IssueMethod(TextChoices):
    FACTORY = "factory", _("Factory issue")
    INSTANT = "instant", _("Instant issue")


class Stage(TextChoices):
    """How far an application is; the last five end it."""

    ACCEPTED = "accepted", _("Application accepted")
    CHECKING = "checking", _("Data being checked")
    FEE_DUE = "fee_due", _("Fee to be paid")
    BANK_ACCOUNT = "bank_account", _("Bank account being opened")
    PRODUCING = "producing", _("Card in production")
    SENDING = "sending", _("On its way to the outlet")
    READY = "ready", _("At the outlet, ready")
    COLLECTED = "collected", _("Collected")
    ACTIVATED = "activated", _("Activated")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REFUSED = "refused", _("Refused")
    RECALLED = "recalled", _("Recalled")


class StopReason(TextChoices):
    """Why the clock of an application stands."""

    FEE_UNPAID = "fee_unpaid", _("Fee not paid")
    PHOTO_REJECTED = "photo_rejected", _("Photo rejected")
    DATA_MISMATCH = "data_mismatch", _("Data does not match")
    ID_EXPIRED = "id_expired", _("ID document expired")
    BANK_ACCOUNT_FAILED = "bank_account_failed", _("Bank could not open the account")
    PRODUCTION_FAILED = "production_failed", _("Production failed")
    RETURNED = "returned", _("Returned uncollected")


class Keeper(TextChoices):
    """The kind of party that has the card, or the work on it, in its hands."""

    AGENCY = "agency", _("the social insurance agency")
    BANK = "bank", _("the bank")
    MAKER = "maker", _("the card maker")
    CARRIER = "carrier", _("the carrier")
    OUTLET = "outlet", _("the outlet")
    CITIZEN = "citizen", _("you")


class LossForm(TextChoices):
    ORAL = "oral", _("Oral loss report")
    WRITTEN = "written", _("Written loss report")


class LossStatus(TextChoices):
    STANDING = "standing", _("In force")
    LAPSED = "lapsed", _("Lapsed")
    FORMALISED = "formalised", _("Followed by a written report")
    CANCELLED = "cancelled", _("Report cancelled")
    REPLACED = "replaced", _("Card replaced")
    VOIDED = "voided", _("Recorded by mistake")


class ReplacementRoute(TextChoices):
    """Where a lost card is replaced, by its type (S11)."""

    BANK_OUTLET = "bank_outlet", _("Service bank outlet")
    SPECIAL_WINDOW = "special_window", _("Special window of the card centre")
    FIRST_FINANCIAL = (
        "first_financial",
        _("First application for a financial blue card"),
    )


class OutletKind(TextChoices):
    BANK_OUTLET = "bank_outlet", _("Service bank outlet")
    SPECIAL_WINDOW = "special_window", _("Special window of the card centre")
    AGENCY = "agency", _("Social insurance agency")


class PaperKind(IntegerChoices):
    """The first digit of a number on paper."""

    RECEIPT = 1, _("Acceptance receipt")
    CERTIFICATE = 2, _("Card certificate")
    LOSS_RECEIPT = 3, _("Loss report receipt")
    ANSWER = 4, _("Answer number")
    MESSAGE = 5, _("Message number")
    CANCELLATION = 6, _("Cancellation receipt")


# The papers whose query code opens their case; all others open nothing for the public.
OPENING_PAPERS = (PaperKind.RECEIPT, PaperKind.CERTIFICATE, PaperKind.LOSS_RECEIPT)


class Party(TextChoices):
    """For whom somebody acts."""

    HOLDER = "holder", _("Cardholder")
    AGENT = "agent", _("Agent")
    GUARDIAN = "guardian", _("Legal guardian")
    OFFICE = "office", _("Office")
    SYSTEM = "system", _("Computer system")


class Channel(TextChoices):
    WEB = "web", _("Web")
    HOTLINE = "hotline", _("Hotline 12333")
    COUNTER = "counter", _("Counter")
    WECHAT = "wechat", _("WeChat")
    SYSTEM = "system", _("Computer system")


class Evidence(TextChoices):
    """What was seen or proved before an act; a checklist is a set of these."""

    IDENTITY_ANSWERS = (
        "identity_answers",
        _("The caller answered the identity questions correctly"),
    )
    QUERY_CODE = "query_code", _("Query code of a paper in force shown")
    BOUND_ACCOUNT = "bound_account", _("Asked from the WeChat account that the cardholder bound")
    HOLDER_ID_ORIGINAL = (
        "holder_id_original",
        _("Original, valid ID document of the cardholder seen"),
    )
    AGENT_ID_ORIGINAL = (
        "agent_id_original",
        _("Original, valid ID document of the agent seen"),
    )
    ID_COPIES = "id_copies", _("Copies of both ID documents taken")
    GUARDIAN_ID_ORIGINAL = (
        "guardian_id_original",
        _("Original, valid ID document of the guardian seen"),
    )
    GUARDIANSHIP_PROOF = "guardianship_proof", _("Proof of guardianship seen")
    FACE_MATCHES = "face_matches", _("The face of the person present matches that person's ID document")
    ORIGINAL_CARD = "original_card", _("Original card seen")
    SIGNED_FORM = "signed_form", _("Form filled in and signed")
    CARD_FACE = "card_face", _("The face of the card was checked: name, number, picture")
    SIGNATURE = "signature", _("Receipt of the card signed")
    PROOF_OF_DATA = "proof_of_data", _("Proof of the right name or number seen, and a copy taken")


class Action(TextChoices):
    """Every verb of the office; each is a permission and, where a person does it, a button."""

    ACCEPT = "accept", _("Accept an application")
    CHECK = "check", _("Start checking the data")
    ASK_FEE = "ask_fee", _("Ask for the fee")
    TAKE_FEE = "take_fee", _("Record that the fee is paid")
    OPEN_ACCOUNT = "open_account", _("Send to the bank to open the account")
    PRODUCE = "produce", _("Send to the card maker")
    SEND = "send", _("Record that the card is on its way")
    RECEIVE = "receive", _("Sign for the card at the outlet")
    HAND_OVER = "hand_over", _("Hand over the card")
    ACTIVATE = "activate", _("Record the activation")
    STOP = "stop", _("Stop the clock")
    RESUME = "resume", _("Let the clock run again")
    WITHDRAW = "withdraw", _("Withdraw the application")
    REFUSE = "refuse", _("Refuse the application")
    RECALL = "recall", _("Recall the uncollected card")
    REPORT_ORALLY = "report_orally", _("Record an oral loss report")
    REPORT_IN_WRITING = "report_in_writing", _("Record a written loss report")
    CANCEL_REPORT = "cancel_report", _("Cancel the loss report")
    REPLACE = "replace", _("Accept the replacement")
    LAPSE = "lapse", _("Let the oral report lapse")
    REISSUE_CODE = "reissue_code", _("Issue a new query code")
    CALL_BACK = "call_back", _("Promise a call-back")
    REFER = "refer", _("Send to a window")
    SETTLE = "settle", _("Record how it ended")
    REPLACE_CERTIFICATE = "replace_certificate", _("Certificate lost: issue a new one")
    CORRECT = "correct", _("Put this step back")
    CHANGE_PHONE = "change_phone", _("Change the telephone number")
    CHOOSE_NOTICES = "choose_notices", _("Record how the person wants to be told")
    AMEND = "amend", _("Ask to correct name or ID number")
    MERGE = "merge", _("Ask to merge two records")
    DISPUTE = "dispute", _("Collected, but the person does not have it")
    GRANT = "grant", _("Grant the request")
    DECLINE = "decline", _("Decline the request")
    CONFIRM_HANDED_OVER = "confirm_handed_over", _("Decide: the card was handed over")
    CONFIRM_NOT_RECEIVED = "confirm_not_received", _("Decide: not received, make a new card")


class EventKind(TextChoices):
    """What an entry of the ledger tells."""

    REGISTERED = "registered", _("Person registered")
    APPLICATION_ACCEPTED = "application_accepted", _("Application accepted")
    STAGE_REACHED = "stage_reached", _("Stage reached")
    CLOCK_STOPPED = "clock_stopped", _("Clock stopped")
    CLOCK_RESUMED = "clock_resumed", _("Clock running again")
    LOSS_REPORTED = "loss_reported", _("Loss reported")
    LOSS_LAPSED = "loss_lapsed", _("Oral report lapsed")
    LOSS_CANCELLED = "loss_cancelled", _("Loss report cancelled")
    REPLACEMENT_ACCEPTED = "replacement_accepted", _("Replacement accepted")
    CARD_ISSUED = "card_issued", _("Card handed over")
    CARD_STATUS = "card_status", _("State of the card changed")
    CODE_REISSUED = "code_reissued", _("New query code issued")
    FOLLOW_UP_PROMISED = "follow_up_promised", _("Agreed with the person")
    FOLLOW_UP_SETTLED = "follow_up_settled", _("How it ended")
    CERTIFICATE_REPLACED = "certificate_replaced", _("Lost card certificate replaced")
    ANSWER_GIVEN = "answer_given", _("Answer given")
    CORRECTED = "corrected", _("Step put back")
    OVERRIDDEN = "overridden", _("Exception to a rule used")
    NOTICES_CHOSEN = "notices_chosen", _("How the person wants to be told")
    PHONE_CHANGED = "phone_changed", _("Telephone number on file changed")
    WECHAT_BOUND = "wechat_bound", _("WeChat account bound")
    WECHAT_UNBOUND = "wechat_unbound", _("WeChat account no longer bound")
    REQUESTED = "requested", _("Decision of a second person asked for")
    REQUEST_GRANTED = "request_granted", _("Request granted")
    REQUEST_DECLINED = "request_declined", _("Request declined")
    AMENDED = "amended", _("Personal data corrected")
    MERGED = "merged", _("Two records merged")
    DISPUTED = "disputed", _("Person does not have the collected card")
    DISPUTE_DECIDED = "dispute_decided", _("Decided whether the card was handed over")
    ERASED = "erased", _("Personal data erased")


class AccessPurpose(TextChoices):
    """Why somebody looked a person up."""

    ENQUIRY = "enquiry", _("Progress enquiry")
    FULL_ENQUIRY = "full_enquiry", _("Progress enquiry with query code")
    RECEIPT_ENQUIRY = "receipt_enquiry", _("Progress enquiry with a receipt number")
    BOUND_ENQUIRY = "bound_enquiry", _("Progress enquiry from the bound WeChat account")
    STAFF_FIND = "staff_find", _("Found by staff")
    STAFF_FULL_VIEW = "staff_full_view", _("Full view by staff")
    STAFF_EXPORT = "staff_export", _("Listed in an export by staff (data masked)")
    STAFF_CASE_VIEW = "staff_case_view", _("Full view by staff for an open case")
    IDENTITY_CHECK = "identity_check", _("Identity questions on the phone")
    CALL_BACK = "call_back", _("Telephone number shown for a call-back")


class CallState(TextChoices):
    """How far a call at an officer's desk is."""

    RING = "ring", _("Ringing")
    ANSWER = "answer", _("Answered")
    HANGUP = "hangup", _("Hung up")


class AccessOutcome(TextChoices):
    FOUND = "found", _("Found")
    NONE = "none", _("Nothing found")
    LATER = "later", _("Asked to wait")


class FeeExemption(TextChoices):
    FIRST_ISSUE = "first_issue", _("First issue")
    QUALITY_FAULT = "quality_fault", _("Fault in the card's quality")
    HARDSHIP = "hardship", _("Relief for hardship")
    NOT_RECEIVED = "not_received", _("The card was never received")
