"""The sentences of every state, written once: title, how it stands, what to do next; every channel builds on these.

`now` and `next` are one sentence each, because the phone script may have three sentences at most.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cards.office_vocabulary import IncidentScope, Verdict
from cards.vocabulary import LossForm, LossStatus, Stage, StopReason


@dataclass(frozen=True)
class Wording:
    """A title without a full stop, and two sentences; placeholders are filled from the facts of the case."""

    title: Any
    now: Any
    next: Any


NOTHING_NEEDED = _("Nothing is needed from you now.")
# Whether the card can be used is the card's to say: it may have been lost or locked since.
FINISHED = _("This application is finished; if you do not have the card, please call 12333 at once.")

STAGES: dict[Stage, Wording] = {
    Stage.ACCEPTED: Wording(
        _("Your application has been accepted"),
        _("The social insurance agency has had it since %(since)s and checks your data next."),
        NOTHING_NEEDED,
    ),
    Stage.CHECKING: Wording(
        _("Your data are being checked"),
        _("The social insurance agency has been checking them since %(since)s."),
        NOTHING_NEEDED,
    ),
    Stage.FEE_DUE: Wording(
        _("The card production fee is still to be paid"),
        _("The work has waited for the fee since %(since)s."),
        _("Please pay it at the outlet where you applied; the work then goes on at once."),
    ),
    Stage.BANK_ACCOUNT: Wording(
        _("Your bank account is being opened"), _("The bank has had your application since %(since)s."), NOTHING_NEEDED
    ),
    Stage.PRODUCING: Wording(
        _("Your card is being made"), _("The card maker has had your order since %(since)s."), NOTHING_NEEDED
    ),
    Stage.SENDING: Wording(
        _("Your card is on its way to the outlet"), _("The carrier has had it since %(since)s."), NOTHING_NEEDED
    ),
    Stage.READY: Wording(
        _("Your card is ready to collect"),
        _("It has been at the outlet since %(since)s."),
        _("Please collect it at the outlet named on your receipt and bring your original ID document."),
    ),
    Stage.COLLECTED: Wording(
        _("Your card has been collected"),
        _("It was handed over on %(since)s."),
        FINISHED,
    ),
    Stage.ACTIVATED: Wording(
        _("Your card has been activated"),
        _("Its bank account was activated on %(since)s."),
        FINISHED,
    ),
    Stage.WITHDRAWN: Wording(
        _("The application was withdrawn"),
        _("It ended on %(since)s."),
        _("If you still need a card, please apply again at a window, or call 12333."),
    ),
    Stage.REFUSED: Wording(
        _("The application was refused"),
        _("It ended on %(since)s."),
        _("The query code on your receipt shows the reason on this website; any window and 12333 tell it too."),
    ),
    Stage.RECALLED: Wording(
        _("The card was recalled because it was not collected in time"),
        _("It has been back at the social insurance agency since %(since)s."),
        _("Please call 12333 or come to a window with your original ID document to start again."),
    ),
}

# How a piece of work reads once it is done; the other stages keep their label.
STAGES_DONE: dict[Stage, Any] = {
    Stage.CHECKING: _("Data checked"),
    Stage.FEE_DUE: _("Fee paid"),
    Stage.BANK_ACCOUNT: _("Bank account opened"),
    Stage.PRODUCING: _("Card made"),
    Stage.SENDING: _("Delivered to the outlet"),
}

# A card shown as collected that the person does not have; by the decision, which is empty while it is examined.
DISPUTES: dict[str, Wording] = {
    "": Wording(
        _("We are finding out who has your card"),
        _("You told us on %(asked)s that you do not have it, and it has been locked since then."),
        _("You will know by %(decide_by)s; if the card turns up before that, please call 12333."),
    ),
    Verdict.GRANTED: Wording(
        _("Your card did not reach you, and a new one is made"),
        _("The first card has been void since %(decided)s."),
        _("The new card costs nothing; it stands on this page as an application of its own."),
    ),
    Verdict.DECLINED: Wording(
        _("Your card was handed over"),
        _("We examined it; since %(decided)s the card is no longer locked."),
        _("If you do not agree, please ask at a window or on 12333 how to object."),
    ),
}
EXCEPTION = _("An exception to the rule on %(rule)s was allowed on %(day)s for this reason: %(reason)s")

TO_ACTIVATE = _("Please have it activated at an outlet of the service bank before you use its bank account.")
TO_ACTIVATE_AT = _(
    "Please have it activated at any outlet of %(bank)s (phone %(bank_phone)s) before you use its bank account."
)

# What the number alone may say of a clock that stands: that something is needed, not what.
STOPPED_OUTLINE = Wording(
    _("Something is needed before your card can go on"),
    _("The work has stood since %(stopped)s."),
    _("Please call 12333 or come to a window with your original ID document; your query code shows the details here."),
)

DELAYED_OUTLINE = Wording(
    _("Your card is delayed on our side"),
    _("The work has stood since %(stopped)s."),
    NOTHING_NEEDED,
)

STOPS: dict[StopReason, Wording] = {
    StopReason.FEE_UNPAID: Wording(
        _("The card production fee is still to be paid"),
        _("The work has waited for the fee since %(stopped)s."),
        _("Please pay %(fee)s yuan at %(accepted_at)s; from then on it usually takes %(days)s working days."),
    ),
    StopReason.PHOTO_REJECTED: Wording(
        _("A new photo is needed"),
        _("The photo could not be used, and the work has stood since %(stopped)s."),
        _(
            "Please bring a recent photo on a white background to %(accepted_at)s; "
            "from then on it usually takes %(days)s working days."
        ),
    ),
    StopReason.DATA_MISMATCH: Wording(
        _("Your data do not match the records"),
        _("Name or number differ from the population register, and the work has stood since %(stopped)s."),
        _(
            "Please come to %(accepted_at)s with your original ID document to have them put right; "
            "from then on it usually takes %(days)s working days."
        ),
    ),
    StopReason.ID_EXPIRED: Wording(
        _("Your ID document has expired"),
        _("The work has stood since %(stopped)s."),
        _(
            "Please renew it and show the new one at %(accepted_at)s; "
            "from then on it usually takes %(days)s working days."
        ),
    ),
    StopReason.BANK_ACCOUNT_FAILED: Wording(
        _("The bank could not open your account"),
        _("The work has stood since %(stopped)s."),
        _(
            "Please call %(bank)s on %(bank_phone)s, or go to one of its outlets with your original ID document; "
            "from then on it usually takes %(days)s working days."
        ),
    ),
    StopReason.PRODUCTION_FAILED: Wording(
        _("Your card has to be made again"),
        _("The first one was faulty, and the work has stood since %(stopped)s."),
        _(
            "Nothing is needed from you and there is no fee; "
            "once production starts again it usually takes %(days)s working days."
        ),
    ),
    StopReason.RETURNED: Wording(
        _("Your card came back because it could not be handed over"),
        _("It has been kept for you since %(stopped)s."),
        _(
            "Please tell %(outlet)s (%(outlet_phone)s) or 12333 when you can come; "
            "from then on it usually takes %(days)s working days."
        ),
    ),
}

# For a replacement the certificate was given instead of a new card, and it names the outlet.
READY_WITH_CERTIFICATE = _(
    "Please bring your original ID document and the card certificate to the outlet named on the certificate."
)
READY_IN_FULL = _("Please collect it at %(outlet)s by %(by)s and bring %(bring)s.")
REFUSED_IN_FULL = Wording(
    _("The application was refused"),
    _("It was refused on %(since)s for this reason: %(reason)s"),
    _("You may put this right and apply again, or ask at a window or on 12333 how to object."),
)

REST_OF_THE_REASON = _("The whole reason stands on this website under your query code, and any window tells it.")

LOSSES: dict[tuple[LossForm, LossStatus], Wording] = {
    (LossForm.ORAL, LossStatus.STANDING): Wording(
        _("Reported lost (temporary oral report)"),
        _("The report is in force since %(since)s and lapses at %(until)s."),
        _("Please make the written report at a window before then; after that a finder could use the card again."),
    ),
    (LossForm.ORAL, LossStatus.LAPSED): Wording(
        _("The oral loss report has lapsed"),
        _("It was made on %(since)s and lapsed at %(ended)s; the card is no longer protected."),
        _("If the card is still missing, please report it in writing at a window, or call 12333 at once."),
    ),
    (LossForm.ORAL, LossStatus.FORMALISED): Wording(
        _("Reported orally, then in writing"),
        _("The oral report of %(since)s was followed by a written one on %(ended)s."),
        NOTHING_NEEDED,
    ),
    (LossForm.WRITTEN, LossStatus.STANDING): Wording(
        _("Reported lost in writing"),
        _("The report is in force since %(since)s and does not lapse."),
        _(
            "Please have the card replaced at a window; if you find it before that, "
            "you can cancel the report in person with your ID document and the card."
        ),
    ),
    **{
        (form, LossStatus.CANCELLED): Wording(
            _("The loss report was cancelled"),
            _("It was made on %(since)s and cancelled on %(ended)s; the card works again as before."),
            _("If the bank account was frozen as well, please ask the bank to release it."),
        )
        for form in LossForm
    },
    **{
        (form, LossStatus.REPLACED): Wording(
            _("The old card is void"),
            _("It was reported lost on %(since)s, and the application for a new card was accepted on %(ended)s."),
            _("If the old card turns up, please hand it in at a window; it can no longer be used."),
        )
        for form in LossForm
    },
}

LOSSES |= {
    (form, LossStatus.VOIDED): Wording(
        _("A loss report was recorded by mistake"),
        _("It was recorded on %(since)s and put back on %(ended)s; the card is as it was before."),
        NOTHING_NEEDED,
    )
    for form in LossForm
}

# A report that was followed by a later one of the same card tells only what it was.
LOSSES_EARLIER: dict[LossStatus, Wording] = {
    LossStatus.LAPSED: Wording(
        _("An earlier oral report lapsed"),
        _("It was made on %(since)s and lapsed at %(ended)s."),
        _("The later report of this card counts."),
    ),
    LossStatus.CANCELLED: Wording(
        _("An earlier report was cancelled"),
        _("It was made on %(since)s and cancelled on %(ended)s."),
        _("The later report of this card counts."),
    ),
}
# Said to a person who reports a loss on the web.
REPORT_CONSEQUENCE = _("The social security function of the card stops at once, until %(until)s at the latest.")
REPORT_TAKEN_BACK = _(
    "If the card turns up, come to a window in person with your ID document and the card; "
    "the report cannot be taken back online."
)
WRITTEN_FINAL = _(
    "Please have the card replaced at a window; under the rules in force the report cannot be cancelled."
)
# A lost ordinary card is followed by a financial one; the second sentence where a written report is final.
WRITTEN_ORDINARY = _(
    "An ordinary card is not issued again: please apply for a financial blue card (a first application, "
    "free of charge); if you find the card before that is accepted, you can cancel the report in person."
)
WRITTEN_ORDINARY_FINAL = _(
    "An ordinary card is not issued again: please apply for a financial blue card (a first application, "
    "free of charge); under the rules in force the report cannot be cancelled."
)

# By policy: what was asked for has to be compared, and under a strict one every miss is told in the same words.
NONE_FOUND = {
    "number": Wording(
        _("We found no application under this number"),
        _("This does not mean that you have not applied."),
        _("Please compare the number with your ID document, or ask us on 12333 or at a window."),
    ),
    "number_and_name": Wording(
        _("We found no application under this number and name"),
        _("This does not mean that you have not applied."),
        _("Please compare number and name with your ID document, or ask us on 12333 or at a window."),
    ),
    "number_and_code": Wording(
        _("We found no application under this number and query code"),
        _("This does not mean that you have not applied."),
        _(
            "Please compare the number with your ID document and the code with your newest paper, "
            "or ask us on 12333 or at a window."
        ),
    ),
}
REASONS_OF_THE_SECOND_THING: dict[str, tuple[Any, ...]] = {
    "number": (),
    "number_and_name": (
        _("The name is different from the one on record, if only by one character."),
        _("Too many wrong names were tried with this number today; the query code opens the answer all the same."),
    ),
    "number_and_code": (
        _("The query code belongs to another number, was replaced by a newer one, or its paper was used up."),
    ),
}
POSSIBLE_REASONS = (
    _("One character of the number is different from the one on your ID document."),
    _("The application was made in another city. The city of a card is not the first four digits of the ID number."),
    _("It was handed in today or yesterday, or through an employer or a school, and has not been recorded yet."),
    _("It ended more than 90 days ago."),
    _("Only a loss was reported: a loss report is shown with the query code on its receipt."),
)

ASK_LATER = Wording(
    _("Please wait a moment"),
    _("Many enquiries have come from your network; the next one is possible from %(time)s."),
    _("If it cannot wait, please call 12333: the hotline gives the same answer."),
)

# Said only where the number alone is asked for: elsewhere every miss is told in the same words.
ASK_LATER_AFTER_CODES = Wording(
    _("Please wait a moment"),
    _("The query code was wrong several times here; you can try again from %(time)s."),
    _("Please compare it with your paper first; if it cannot wait, call 12333."),
)

MEANWHILE = _(
    "Until you have the new card, pay for treatment first and keep prescriptions and receipts: "
    "they are reimbursed by hand afterwards. "
    "An electronic social security card that you set up yourself works as usual."
)
ESTIMATE = _("Half of such cards are ready by %(half)s, most by %(most)s.")
STANDARD = _("By the service standard it will be ready by %(most)s.")
OVERDUE = _("This is taking longer than most cards do; you may ask us now on 12333.")
ESTIMATE_RESTS_ON = _("An estimate from %(cases)s cards finished in the last 90 days, not a promise.")
STANDARD_RESTS_ON = _("This is the service standard; too few cards were finished lately to say more.")
PROVISIONAL = _("The holiday calendar for next year is not announced yet, so the days may still move.")

# A delay that touches many cards. The number alone tells what kind of party it is at; the note itself names it.
INCIDENTS_OUTLINE: dict[IncidentScope, Any] = {
    IncidentScope.BANK: _("Work at the bank is delayed at present, for many cards."),
    IncidentScope.BATCH: _("Work at the card maker is delayed at present, for many cards."),
    IncidentScope.OUTLET: _("Something at the outlet delays many cards at present."),
}
NEW_DATE = _("The new expected date is %(day)s.")
NEW_DATE_RESTS_ON = _("It replaces the forecast for all cards that this delay touches.")
