"""What a notice says, in the person's language: no link, no name, no number but the end of the receipt and its own."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cards.answers.dates import told_day
from cards.answers.joining import joined
from cards.models import Notice
from cards.notice_vocabulary import NoticeKind
from cards.paper_number import spaced_paper_number
from cards.vocabulary import EventKind, Stage

# A title fits twenty characters of a WeChat template; the sentence is what the templates of text messages hold.
TITLES: dict[NoticeKind, Any] = {
    NoticeKind.LOSS_REPORTED: gettext_lazy("Card reported lost"),
    NoticeKind.LOSS_CANCELLED: gettext_lazy("Loss report ended"),
    NoticeKind.LOSS_LAPSES: gettext_lazy("Loss report lapses"),
    NoticeKind.AGENT_ACTED: gettext_lazy("Agent acted for you"),
    NoticeKind.EXCEPTION_USED: gettext_lazy("Exception was made"),
    NoticeKind.PHONE_CHANGED: gettext_lazy("Phone number changed"),
    NoticeKind.CARD_READY: gettext_lazy("Your card is ready"),
    NoticeKind.PROGRESS_ASKED: gettext_lazy("How far your card is"),
    NoticeKind.SOMETHING_NEEDED: gettext_lazy("Something is needed"),
    NoticeKind.ESTIMATE_MISSED: gettext_lazy("Your card is late"),
    NoticeKind.RECALL_SOON: gettext_lazy("Collect card soon"),
    NoticeKind.RECALLED: gettext_lazy("Card was recalled"),
    NoticeKind.REFUSED: gettext_lazy("Application refused"),
}
SENTENCES: dict[NoticeKind, Any] = {
    NoticeKind.LOSS_REPORTED: gettext_lazy(
        "Your card was reported lost on %(day)s and its social security function has stopped. "
        "If it was not you, call us at once."
    ),
    NoticeKind.LOSS_CANCELLED: gettext_lazy(
        "The loss report of your card was cancelled on %(day)s and the card works again. "
        "If it was not you, call us at once."
    ),
    NoticeKind.LOSS_LAPSES: gettext_lazy(
        "Your oral loss report ends at 24:00 on %(day)s; then the card works again. "
        "If it is still lost, report it in writing at a window before that."
    ),
    NoticeKind.AGENT_ACTED: gettext_lazy(
        "An agent acted for you on %(day)s: %(did)s. If you did not send anybody, call us at once."
    ),
    NoticeKind.EXCEPTION_USED: gettext_lazy(
        "An exception to a rule was made in your case on %(day)s. "
        "A window or the hotline tells you why; if you did not ask for it, call us."
    ),
    NoticeKind.PHONE_CHANGED: gettext_lazy(
        "On %(day)s your social security card record was given another telephone number in place of this one, "
        "or none. If it was not you, call us at once."
    ),
    NoticeKind.CARD_READY: gettext_lazy(
        "Your social security card is ready. "
        "Collect it at the outlet named on your receipt and bring your original ID document."
    ),
    NoticeKind.SOMETHING_NEEDED: gettext_lazy(
        "Something is needed before your social security card can go on. "
        "Look with the query code on your receipt, or call us."
    ),
    NoticeKind.ESTIMATE_MISSED: gettext_lazy(
        "Your social security card takes longer than we estimated. Nothing is needed from you; you may ask us now."
    ),
    NoticeKind.RECALL_SOON: gettext_lazy(
        "Your social security card is kept for you until %(day)s and then recalled. "
        "Please collect it with your original ID document."
    ),
    NoticeKind.PROGRESS_ASKED: gettext_lazy(
        "You asked on the telephone how far your social security card is. As of %(day)s: %(did)s."
    ),
    NoticeKind.RECALLED: gettext_lazy(
        "Your social security card was not collected in time and was recalled on %(day)s. "
        "Call us or come to a window to start again."
    ),
    NoticeKind.REFUSED: gettext_lazy(
        "Your application for a social security card was refused on %(day)s. "
        "The query code on your receipt shows the reason; a window and the hotline tell it too."
    ),
}
DID: dict[str, Any] = {
    EventKind.APPLICATION_ACCEPTED: gettext_lazy("applied for a card"),
    EventKind.LOSS_REPORTED: gettext_lazy("reported the card lost"),
    EventKind.LOSS_CANCELLED: gettext_lazy("cancelled a loss report"),
    EventKind.CODE_REISSUED: gettext_lazy("had a new query code issued"),
    EventKind.CERTIFICATE_REPLACED: gettext_lazy("had a new card certificate issued"),
    EventKind.STAGE_REACHED: gettext_lazy("collected the card"),
}
OFFICE = gettext_lazy("Social security card office")
RECEIPT = gettext_lazy("Receipt ending in %(receipt)s.")
CLOSING = gettext_lazy("Questions: hotline %(hotline)s. Message number %(number)s.")
HOTLINE = "12333"


@dataclass(frozen=True)
class Message:
    """A notice in words: `text` is the whole; `fields` are the parts that templates of a service ask for by name."""

    title: str
    text: str
    fields: dict[str, str]


def _did(parameters: dict[str, str]) -> str:
    """What was done, or how far it is, where a kind tells that."""
    if "stage" in parameters:
        return str(Stage(parameters["stage"]).label)
    return str(DID[parameters["did"]]) if "did" in parameters else ""


def word(notice: Notice) -> Message:
    """Put a notice into the person's language."""
    with translation.override(notice.language):
        day = notice.parameters.get("day")
        fields = {
            "office": str(OFFICE),
            "title": str(TITLES[NoticeKind(notice.kind)]),
            "day": told_day(date.fromisoformat(day)) if day else "",
            "did": _did(notice.parameters),
            "receipt": notice.tail,
            "hotline": HOTLINE,
            "number": spaced_paper_number(notice.paper_id),
        }
        parts = [SENTENCES[NoticeKind(notice.kind)], *([RECEIPT] if notice.tail else []), CLOSING]
        told = _("%(office)s: %(text)s") % {
            "office": fields["office"],
            "text": joined(*(str(part) % fields for part in parts)),
        }
    return Message(fields["title"], told, fields)
