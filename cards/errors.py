"""Refusals a person may read, each with the rule it rests on; nothing of HTTP."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Something the rules do not allow: `message` is for people, `rule` names what it rests on.

    `rule_version` is the version of the rule book it was refused under, and `subject` what the act was to be done to;
    the deed that refuses writes them in.
    """

    message: Any = _("The rules do not allow this.")
    rule = ""
    rule_version = ""
    subject = ""
    # For a rule a supervisor may make an exception to: what the rule is about, in words the person reads.
    exception_from: Any = ""

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.__class__.__name__)

    @classmethod
    def overridable(cls) -> bool:
        """Whether a supervisor may allow an exception to this rule."""
        return bool(cls.exception_from)

    @classmethod
    def code(cls) -> str:
        """The name of the rule as a request and the ledger keep it."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @property
    def sentence(self) -> str:
        """The refusal in the reader's language, with its facts filled in."""
        return str(self.message) % self.facts if self.facts else str(self.message)


class Overtaken(Refusal):
    """Another act was there first: `act` is its entry in the ledger, so that the loser is told when and where."""

    def __init__(self, act: Any = None, **facts: Any) -> None:
        self.act = act
        super().__init__(**facts)


class ChangedMeanwhile(Overtaken):
    message = _("Someone else changed this in the meantime. Nothing of yours was recorded; reload and look again.")


class NotPossibleNow(Refusal):
    message = _("This is not possible in the present state: %(state)s.")


class NotForThisParty(Refusal):
    message = _("This cannot be done on behalf of the cardholder in this way.")
    rule = "S9"


class ChannelNotAllowed(Refusal):
    message = _("This cannot be done through this channel; please come to the window.")
    rule = "S9"


class EvidenceMissing(Refusal):
    message = _("Something required was not confirmed: %(missing)s.")
    rule = "S9"


class AgentUnnamed(Refusal):
    message = _("An agent must give the own name and ID number, from the agent's own original ID document.")
    rule = "S9"


class AgentIsHolder(Refusal):
    message = _("The agent's ID number is the cardholder's. An agent must be another person.")
    rule = "S9"


class AgentTooYoung(Refusal):
    message = _("An agent must be at least %(age)s years old.")
    rule = "S9"
    exception_from = _("the least age of an agent")


class GuardianNotApplicable(Refusal):
    message = _("A guardian acts only for a cardholder under %(age)s years of age.")
    rule = "S9"
    exception_from = _("the age up to which a guardian acts")


# May be set aside like the other limits of age: where the date of birth on record is wrong, or no guardian can be
# reached, nobody could act otherwise. Two members of staff decide that, and the ledger keeps why.
class GuardianNeeded(Refusal):
    message = _(
        "For a cardholder under %(age)s years of age the legal guardian acts, not the child alone and not an agent."
    )
    rule = "S9"
    exception_from = _("the guardian acting for a child")


class WrongPerson(Refusal):
    message = _("This card or case belongs to another person.")
    rule = "S9"


class HolderMustComeInPerson(Refusal):
    message = _("Only the cardholder in person can cancel a loss report. An agent or guardian cannot.")
    rule = "S10"


class OriginalCardMissing(Refusal):
    message = _("To cancel a loss report, the original card must be shown.")
    rule = "S10"


class AnotherCard(Refusal):
    message = _("The number of the card shown is not the number of the card reported lost.")
    rule = "S10"


class ReplacementAlreadyStarted(Overtaken):
    message = _(
        "The replacement of this card was already accepted. "
        "The old card is void and its loss report can no longer be cancelled."
    )
    rule = "S10"


class FormalReportIsFinal(Refusal):
    message = _("Under the rules in force a written loss report cannot be cancelled.")
    rule = "S10"
    exception_from = _("written loss reports being final")


class NoReportStanding(Overtaken):
    message = _("There is no loss report in force for this card.")
    rule = "S10"


class ReportStandsAlready(Overtaken):
    message = _("A loss report for this card is already in force. A second one would not prolong it.")
    rule = "S5"


class OralReportRepeatedTooOften(Refusal):
    message = _(
        "In %(days)s days an oral report can be made %(allowed)s times for one card. "
        "Please report the loss in writing at a window."
    )
    rule = "S5"
    exception_from = _("how often an oral report may be repeated")


class CardCannotBeReported(Refusal):
    message = _("This card is no longer valid, so its loss need not be reported.")
    rule = "S5"


class FormalReportNeeded(Refusal):
    message = _("A replacement needs a written loss report first. It can be made now, at the same window.")
    rule = "S6"


class ReplacementOpenAlready(Overtaken):
    message = _("A replacement for this card is already under way.")
    rule = "S6"


class ApplicationOpenAlready(Overtaken):
    message = _("An application for this card is already under way.")


class OrdinaryCardNotReplaced(Refusal):
    message = _(
        "A lost ordinary card is not replaced by another ordinary card. "
        "Please apply for a financial blue card; this is a first application and free of charge."
    )
    rule = "S11"
    exception_from = _("which card follows a lost ordinary card")


class WrongPlaceForReplacement(Refusal):
    message = _(
        "A financial card is replaced at an outlet of its service bank or at the special window of the card centre, "
        "not at this outlet."
    )
    rule = "S11"
    exception_from = _("where a lost card is replaced")


class LostCardNeedsReplacement(Refusal):
    message = _("This card is reported lost, so it cannot be exchanged. Please accept a replacement instead.")
    rule = "S6"


class CardLiesElsewhere(Refusal):
    message = _("This card lies at another outlet and is handed over there: %(outlet)s.")
    rule = "S8"


class CertificateUsed(Refusal):
    message = _("This card certificate has been used or is no longer in force.")
    rule = "S7"


class CertificateNumberWrong(Refusal):
    message = _("The number of the certificate shown does not belong to this case.")
    rule = "S7"


class CertificateNotShown(CertificateNumberWrong):
    message = _("The card certificate must be shown; if it is lost, issue a new one first.")


class CertificateDigitWrong(CertificateNumberWrong):
    message = _("One digit of the certificate number is wrong; please compare it with the paper.")


class CertificateWasLost(Refusal):
    message = _(
        "This card certificate was reported lost and a new one was issued; this number is no longer in force. "
        "Only the new certificate collects the card."
    )
    rule = "S7"


class NoCertificate(Refusal):
    message = _("This case has no card certificate; the card is collected with the ID document alone.")
    rule = "S7"


class CardNumberInvalid(Refusal):
    message = _("A card number has 9 to 19 letters and digits; what stands on the card was not entered completely.")


class CardNumberTaken(Refusal):
    message = _("A card with this number is already recorded.")


class OldCardShown(CardNumberTaken):
    message = _("This is the old card, which is void. Please read the number from the new card.")


class ActivationNotNeeded(Refusal):
    message = _("This card needs no activation at the bank.")
    rule = "S12"


class PersonAlreadyRegistered(Refusal):
    message = _("A person with this ID number is already registered.")


class PersonErased(Refusal):
    message = _("The personal data of this record were erased. Nothing can be done with it any more.")


class NotDueForErasure(Refusal):
    message = _("This record cannot be erased yet: something in it is still open, or its time of keeping is not over.")


class NameMalformed(Refusal):
    message = _("A name has 2 to 50 characters and no digits.")


class PhoneMalformed(Refusal):
    message = _("A telephone number has 7 to 15 digits.")


class EmailMalformed(Refusal):
    message = _("Enter a whole e-mail address, such as name@example.com.")


class AccountBoundAlready(Refusal):
    message = _("This WeChat account is bound already. To bind it anew, end that binding first: send “unbind” here.")


class BindingOver(Refusal):
    message = _("The code was not typed in time, or another one was asked for since. Begin again with a new code.")


class NoPhoneOnFile(Refusal):
    message = _("There is no telephone number on file; a window records one, with the ID document in hand.")


class CardTypeNotForAge(Refusal):
    message = _("The financial preferential card is for people aged %(age)s and over.")
    rule = "S11"
    exception_from = _("the age for this type of card")


class OutletUnknown(Refusal):
    message = _("Your account is not placed at an outlet, so nothing can be accepted. Ask a supervisor to add it.")


class OutletDoesNotDoThis(Refusal):
    message = _("The outlet chosen does not hand over cards. Please choose another.")


class OutletOfAnotherBank(Refusal):
    message = _(
        "A financial card is handed over at an outlet of its own bank or at one without a bank. "
        "Please choose another outlet."
    )
    rule = "S11"


class BankMissing(Refusal):
    message = _("A financial card needs its service bank; please choose the bank or one of its outlets.")
    rule = "S11"


class ExchangeReasonMissing(Refusal):
    message = _("An exchange needs its reason.")


class ReasonMissing(Refusal):
    message = _("A refusal needs its reason; the person will read it.")


class PreparedElsewhere(Refusal):
    message = _("A replacement is accepted from a loss report, not as a plain application.")
    rule = "S6"


class CardHeldAlready(Refusal):
    message = _(
        "This person has a card of this type already. If it is lost, report the loss and have it replaced; "
        "if it is damaged or out of date, exchange it."
    )
    rule = "S11"
    exception_from = _("one card of each type")


class OutletAcceptsNone(Refusal):
    message = _("This outlet does not accept applications. Please send the person to one that does.")


class InstantIssueNotHere(Refusal):
    message = _("A card is made at once only at an outlet that does this, and is handed over there.")


class GuardianUnnamed(Refusal):
    message = _("A guardian must give the own name and ID number, from the guardian's own original ID document.")
    rule = "S9"


class GuardianIsHolder(Refusal):
    message = _("The guardian's ID number is the cardholder's. A guardian must be another person.")
    rule = "S9"


class RuleSetNotInThisState(Refusal):
    message = _("This rule set is in another state by now: %(state)s. Reload and look again.")


class RuleSetReviewedByAuthor(Refusal):
    message = _("Whoever wrote a rule set, or part of it, cannot review it. Ask a colleague.")


class RuleSetNeedsTwoPeople(Refusal):
    message = _("This set came with the portal and you reviewed it, so a colleague has to put it in force.")


class RuleSetDateNotAhead(Refusal):
    message = _(
        "A rule set can begin tomorrow at the earliest, because answers were already given today. "
        "Send it back to the draft and choose a later date."
    )


class RuleSetDateTaken(Refusal):
    message = _(
        "Another rule set, %(version)s, begins on the same day. Choose another date, or withdraw that one first."
    )


class RuleSetChangedSinceReview(Refusal):
    message = _(
        "The contents are not those that were reviewed. Send the set back to the draft and have it reviewed again."
    )


class GuardianTooYoung(Refusal):
    message = _("A guardian must be at least %(age)s years old.")
    rule = "S9"
    exception_from = _("the least age of a guardian")


class FeeExemptionNotListed(Refusal):
    message = _("The rules in force do not list this ground for an exemption from the fee.")
    exception_from = _("who need not pay the fee")
