"""The words of the situation guide: its questions and their answers, the titles of its pages, and where to read on."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cards.situations import UNKNOWN, Name
from cards.vocabulary import CardType, Evidence, OutletKind, Party


@dataclass(frozen=True)
class Answer:
    """An answer as a choice: what it says, one line under it, and in a list of what was said."""

    label: Any
    hint: Any = ""
    short: Any = ""

    @property
    def told(self) -> Any:
        """The answer in the list of what was said."""
        return self.short or self.label


QUESTIONS: dict[str, Any] = {
    "what": _("What has happened?"),
    "card": _("Which card is it?"),
    "reported": _("Has the loss been reported to us?"),
    "who": _("Who comes to the window?"),
    "where": _("Where would you like to go?"),
}
SHORT_QUESTIONS: dict[str, Any] = {
    "what": pgettext_lazy("in the list of answers", "What happened"),
    "card": pgettext_lazy("in the list of answers", "Card"),
    "reported": _("Loss reported"),
    "who": _("Who comes"),
    "where": _("Where to"),
}
HINTS: dict[str, Any] = {
    "card": _("A financial card bears the name of a bank. If you are not sure, choose “I do not know”."),
    "reported": _("A call to the bank is not a report to us, and the other way round."),
    "who": _("Whoever comes brings their own ID document. We tell you in a moment what else."),
}
NOT_KNOWN = _("I do not know")
ANSWERS: dict[str, dict[str, Answer]] = {
    "what": {
        "lost": Answer(_("My card is lost"), short=_("Lost")),
        "stolen": Answer(_("My card was stolen"), short=_("Stolen")),
        "found": Answer(_("I found it again"), short=_("Found again")),
        "damaged": Answer(_("It is damaged"), _("broken, scratched, not readable"), _("Damaged")),
        "expired": Answer(_("It has expired"), short=_("Expired")),
        "data": Answer(_("Something on it is wrong"), _("name, number or photo"), _("Data wrong")),
    },
    "card": {
        CardType.FINANCIAL_BLUE: Answer(CardType.FINANCIAL_BLUE.label, _("blue, with the name of a bank")),
        CardType.FINANCIAL_PREFERENTIAL_BLUE: Answer(
            CardType.FINANCIAL_PREFERENTIAL_BLUE.label, _("the same, marked as preferential, for older people")
        ),
        CardType.ORDINARY_BLUE: Answer(CardType.ORDINARY_BLUE.label, _("blue, without a bank")),
        CardType.ORDINARY_YELLOW: Answer(CardType.ORDINARY_YELLOW.label, _("yellow, without a bank")),
        UNKNOWN: Answer(NOT_KNOWN, _("the window sees it from your ID number"), _("Not known")),
    },
    "reported": {
        "no": Answer(_("No, not yet"), short=_("Not reported yet")),
        "oral": Answer(_("Yes, by phone or online"), _("an oral report, which lapses"), _("By phone or online")),
        "written": Answer(
            _("Yes, in writing at a window"), _("a written report, which does not lapse"), _("In writing")
        ),
        "replaced": Answer(
            _("Yes, and a new card is applied for"),
            _("you have a card certificate or a receipt"),
            _("New card applied for"),
        ),
    },
    "who": {
        Party.HOLDER: Answer(_("The cardholder"), _("the person whose card it is"), Party.HOLDER.label),
        Party.AGENT: Answer(
            _("Somebody else for the cardholder"), _("mother, son, friend: an agent"), Party.AGENT.label
        ),
        Party.GUARDIAN: Answer(_("A parent or guardian, for a child"), short=Party.GUARDIAN.label),
    },
    "where": {
        OutletKind.BANK_OUTLET: Answer(_("An outlet of the service bank"), _("near you, at the bank of your card")),
        OutletKind.SPECIAL_WINDOW: Answer(
            OutletKind.SPECIAL_WINDOW.label, _("the new card must then be activated at the bank")
        ),
        OutletKind.AGENCY: Answer(_("A window of the social insurance agency")),
        UNKNOWN: Answer(_("I am not sure"), _("we show you every place that can do it"), _("Not sure")),
    },
}

# The title of the last page, and the sentence under it.
TITLES: dict[Name, Any] = {
    Name.REPLACE: _("Stop the card, then have it replaced"),
    Name.APPLY: _("Stop the card, then apply for a financial blue card"),
    Name.FIND_OUT: _("Stop the card; the window tells you which card follows"),
    Name.CANCEL: _("Cancel the loss report"),
    Name.NOTHING_REPORTED: _("Good news: nothing has to be cancelled"),
    Name.TOO_LATE: _("The old card stays void; the new one is on its way"),
    Name.EXCHANGE: _("Have the card exchanged"),
    Name.CORRECT: _("Have our record corrected, then the card exchanged"),
}
# Where the report stands already, nothing has to be stopped first.
TITLES_STOPPED: dict[Name, Any] = {
    Name.REPLACE: _("Have the card replaced"),
    Name.APPLY: _("Apply for a financial blue card"),
    Name.FIND_OUT: _("Ask at the window which card follows"),
}

# What is brought, by what is looked at; what is filled in or compared at the window need not be carried there.
BRINGS: dict[Evidence, Any] = {
    Evidence.HOLDER_ID_ORIGINAL: _("the cardholder's original valid ID document"),
    Evidence.AGENT_ID_ORIGINAL: _("the agent's own original valid ID document"),
    Evidence.ID_COPIES: _("one copy of each of the two ID documents"),
    Evidence.GUARDIAN_ID_ORIGINAL: _("the guardian's own original valid ID document"),
    Evidence.GUARDIANSHIP_PROOF: _("proof of guardianship, such as the birth certificate or the household register"),
    Evidence.ORIGINAL_CARD: _("the card itself"),
    Evidence.PROOF_OF_DATA: _("proof of the right name or number"),
}
NOT_TO_BRING = (
    _("a police report or an announcement in a newspaper"),
    _("a letter from an employer, a village or a neighbourhood"),
    _("any other proof beyond the list above"),
)

GUIDES: dict[str, Any] = {
    "lost-card": _("Lost card: report and replace"),
    "stolen-card": _("Your card is stolen, or may be misused"),
    "cancel-loss-report": _("Card found: cancelling a loss report"),
    "replace-through-an-agent": _("Replacing a card through an agent"),
    "which-card-where": _("Which card goes where"),
    "child-card": _("A child's card"),
    "exchange": _("Damaged or expired: exchanging a card"),
    "wrong-data": _("Name, number or photo is wrong"),
    "two-sides": _("One card, two sides"),
}
