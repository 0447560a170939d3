"""What the clerk is told: the consequence before the button, the sentence to say after it, and the rules by name."""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cards.answers import wording
from cards.models import Card
from cards.vocabulary import Action, Stage


def _reads(stage: Stage) -> Any:
    """The title of the person's own page, quoted from where it is written, so that the two cannot part."""
    return format_lazy(_("From now on the person reads: “{title}”."), title=wording.STAGES[stage].title)


# One sentence before the button.
CONSEQUENCES: dict[Action, Any] = {
    Action.ACCEPT: _("From now on the clock runs; the person gets a receipt with a query code."),
    Action.CHECK: _reads(Stage.CHECKING),
    Action.ASK_FEE: _("The clock stands until the fee is recorded as paid; the person reads that it is due."),
    Action.TAKE_FEE: _("The clock runs again at once and the work goes on."),
    Action.OPEN_ACCOUNT: _("From now on the bank has the application, and the person reads so."),
    Action.PRODUCE: _("From now on the card maker has the order; the application can no longer be withdrawn."),
    Action.SEND: _reads(Stage.SENDING),
    Action.RECEIVE: format_lazy(
        _("From now on the person reads: “{title}”, and with the query code until when to collect it."),
        title=wording.STAGES[Stage.READY].title,
    ),
    Action.HAND_OVER: _(
        "Give the card first, then record it: from now on it works, and its certificate, if there is one, is used up."
    ),
    Action.ACTIVATE: _("From now on the bank account function of the card is active."),
    Action.STOP: _(
        "The clock stands from now on, and the person reads so; with the query code also why, and what to do."
    ),
    Action.RESUME: _("The clock runs again, and the person no longer reads that it stands."),
    Action.WITHDRAW: _("The application ends here. If a card was replaced by it, that card stays void."),
    Action.REFUSE: _("The application ends here; whoever has the query code reads your reason word for word."),
    Action.RECALL: _("The card goes back to the agency, and the person reads that it was not collected in time."),
    Action.REPORT_ORALLY: _(
        "The social security function is frozen at once; the bank account is not. Say so, and give the bank's number."
    ),
    Action.REPORT_IN_WRITING: _("The social security function is frozen at once, and this report does not lapse."),
    Action.CANCEL_REPORT: _("The card works again at once, as it did before the report."),
    Action.REPLACE: _("From now on the old card is void and the report can no longer be cancelled."),
    Action.REPLACE_CERTIFICATE: _(
        "The lost certificate and its query code are void from now on; only the new one collects the card."
    ),
    Action.REISSUE_CODE: _("The old code opens nothing from now on; give the person the new paper."),
    Action.CALL_BACK: _(
        "The person is on the call-back list from now on. Promise the call on the number on file, and no other."
    ),
    Action.REFER: _("The outlet sees on its first page that this person comes, until the last day you choose."),
    Action.SETTLE: _("It leaves the list for good."),
    Action.CORRECT: _(
        "The case stands again as before this step, and the person no longer reads of it; "
        "the record keeps both the step and that you put it back."
    ),
    Action.CHANGE_PHONE: _(
        "Messages go to the new number from now on; for 24 hours it gets no one-time code. The old number is told."
    ),
    Action.CHOOSE_NOTICES: _(
        "From the next event on the person is told by the ways ticked here, and no longer by the others."
    ),
    Action.AMEND: _("Nothing changes yet: a supervisor compares the proof and confirms the correction."),
    Action.MERGE: _(
        "Nothing changes yet: a supervisor compares both records and confirms that they are of one person."
    ),
    Action.DISPUTE: _(
        "The card is locked at once. A supervisor finds out whether it was handed over, "
        "and the person reads by when that is decided."
    ),
    Action.GRANT: _("You answer for this together with whoever asked; your name stands beside theirs in the record."),
    Action.DECLINE: _("Nothing is changed, and whoever asked reads your reason."),
    Action.CONFIRM_HANDED_OVER: _("The card is unlocked and works again as before; the person can read that it was."),
    Action.CONFIRM_NOT_RECEIVED: _(
        "From now on the card is void, and a new one is made at no cost; print the receipt for the person."
    ),
}
_CONSEQUENCES_ORDINARY: dict[Action, Any] = {
    Action.REPORT_ORALLY: _("The social security function is frozen at once; this card has no bank account."),
}
LAPSES = _("The report lapses at %(until)s.")
REPEATED = _("This is report %(number)s of %(allowed)s for this card in %(days)s days.")
LAST_ORAL = _(
    "This is report %(number)s of %(allowed)s for this card in %(days)s days; "
    "after it only a written report is possible."
)
FREEZES_BANK_TOO = _("This is an outlet of the card's own bank, so the bank account is recorded as frozen too.")
VOIDS_OLD_CARD = _(
    "The old ordinary card you name becomes void with this acceptance, and its loss report can no longer be cancelled."
)

# What is said when it is done; nothing of the person stands in it, because messages are kept in a cookie.
DONE: dict[Action, Any] = {
    Action.ACCEPT: _("The application is accepted. Say: keep the receipt, its code shows the details online."),
    Action.CHECK: _("Recorded: the data are being checked."),
    Action.ASK_FEE: _("Recorded. Say: the work goes on as soon as the fee is paid."),
    Action.TAKE_FEE: _("Recorded: the fee is paid and the work goes on."),
    Action.OPEN_ACCOUNT: _("Recorded: the bank has the application."),
    Action.PRODUCE: _("Recorded: the card maker has the order."),
    Action.SEND: _("Recorded: the card is on its way."),
    Action.RECEIVE: _("Recorded: the card is ready to collect."),
    Action.HAND_OVER: _(
        "The card is handed over and works from now on. Say: its bank account works too, it needs no activation."
    ),
    Action.ACTIVATE: _("Recorded: the card is in full use."),
    Action.STOP: _("The clock stands. Say what is needed and where; it stands in the answer below."),
    Action.RESUME: _("The clock runs again."),
    Action.WITHDRAW: _("The application is withdrawn. Say: you may apply again at any window."),
    Action.REFUSE: _("The application is refused. Say the reason, and how to object: at a window or on 12333."),
    Action.RECALL: _("The card is recalled."),
    Action.REPORT_ORALLY: _(
        "The oral report is in force. Say until when, that the bank must be told separately, "
        "and that it must be made in writing."
    ),
    Action.REPORT_IN_WRITING: _("The written report is in force. Offer the replacement now."),
    Action.CANCEL_REPORT: _(
        "The report is cancelled and the card works again. Say: if the bank froze the account, ask the bank."
    ),
    Action.REPLACE: _("The replacement is accepted. Say: collect with ID document and this certificate."),
    Action.REPLACE_CERTIFICATE: _(
        "The new certificate is in force. Say: collect with ID document and this one; the lost one is worth nothing."
    ),
    Action.REISSUE_CODE: _("The new code is in force and the old one is void."),
    Action.CALL_BACK: _(
        "The call-back is on the list. Say until when you call, and that it will be the number on file."
    ),
    Action.REFER: _("The outlet knows. Say its name, address and opening hours, and what to bring."),
    Action.SETTLE: _("Recorded; it is off the list."),
    Action.CORRECT: _("The step is put back. If the person was told of it already, say that it was a mistake."),
    Action.CHANGE_PHONE: _("The number on file is changed. Say: one-time codes go to it after 24 hours."),
    Action.CHOOSE_NOTICES: _("Recorded. Say: our messages hold no link and never ask for a code."),
    Action.AMEND: _("A supervisor has the request now. Say: the record is put right when it is confirmed."),
    Action.MERGE: _("A supervisor has the request now."),
    Action.DISPUTE: _("The card is locked. Say until when it is decided; it stands in the answer below."),
    Action.GRANT: _("Granted. Tell whoever asked that the work can go on."),
    Action.DECLINE: _("Declined."),
    Action.CONFIRM_HANDED_OVER: _("Decided: the card was handed over, and it works again."),
    Action.CONFIRM_NOT_RECEIVED: _("Decided: the card is void and a new one is being made."),
}
# After the loss of an ordinary card: it has no bank, and is not replaced.
_DONE_ORDINARY: dict[Action, Any] = {
    Action.REPORT_ORALLY: _("The oral report is in force. Say until when, and that it must be made in writing."),
    Action.REPORT_IN_WRITING: _(
        "The written report is in force. Say: an ordinary card is not issued again; apply for a financial blue card, "
        "which is a first application and free of charge."
    ),
}
_DONE_TO_ACTIVATE = _(
    "The card is handed over, and its social security function works from now on. Say: before you use the bank "
    "account, have it activated at the bank. Where, stands in the answer below."
)
_DONE_WITHOUT_BANK = _("The card is handed over and works from now on. It has no bank account to activate.")
REGISTERED = _("The person is registered.")
ON_RECORD_ALREADY = _("This person was on record already; nothing was changed.")
ANSWERED = _("The answer is kept under its number. Give the person the slip, or read the number out.")

# Each in its own language, because it is the reader's.
LARGE_TYPE = {"zh-hans": "大字版", "en": "Large type, English"}

# What a refusal rests on, by the name of its rule.
RULES: dict[str, Any] = {
    "S5": _("Rule S5: oral and written loss reports"),
    "S6": _("Rule S6: replacement follows a written report"),
    "S7": _("Rule S7: the card certificate"),
    "S8": _("Rule S8: collecting the card"),
    "S9": _("Rule S9: who may act, with which documents"),
    "S10": _("Rule S10: cancelling a loss report"),
    "S11": _("Rule S11: which card is replaced where"),
    "S12": _("Rule S12: activation at the bank"),
}


def told_consequence(action: Action, subject: Any) -> str:
    """The sentence before the button; of an ordinary card, what holds for that."""
    return str(_of(subject, _CONSEQUENCES_ORDINARY).get(action, CONSEQUENCES[action]))


def told_done(action: Action, subject: Any) -> Any:
    """What is said when it is done; of an ordinary card, what holds for that."""
    if action == Action.HAND_OVER and subject.bank_id is None:
        return _DONE_WITHOUT_BANK
    if action == Action.HAND_OVER and subject.activation_needed:
        return _DONE_TO_ACTIVATE
    return _of(subject, _DONE_ORDINARY).get(action, DONE[action])


def _of(subject: Any, ordinary: dict[Action, Any]) -> dict[Action, Any]:
    """These sentences where the subject is an ordinary card."""
    return ordinary if isinstance(subject, Card) and not subject.financial else {}


def told_rule(rule: str) -> str:
    """The name of a rule; the bare key where it has none."""
    return str(RULES.get(rule, rule))
