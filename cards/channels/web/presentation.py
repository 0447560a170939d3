"""The answer as the page lays it out: which heading, which sections, which of them in full."""

import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cards.answers import ApplicationAnswer, CardAnswer, CaseAnswer, LossAnswer, told_history
from cards.answers.dates import told_moment
from cards.channels.web.forms import CodeForm
from cards.channels.web.places import place_of
from cards.channels.web.shared_parts import among_html, collect_html, log_html, track_html, verdict_html
from cards.delivery.senders import ways_set_up
from cards.models import Answer
from cards.notice_vocabulary import NoticeChannel
from cards.paper_number import spaced_paper_number
from cards.services.wechat import is_set_up
from cards.workflow import OPEN, USABLE


@dataclass(frozen=True)
class ApplicationPart:
    """One application on the page; where to collect it and history only at the full level."""

    answer: ApplicationAnswer
    number: str
    verdict: SafeString
    track: SafeString
    collect: str = ""
    among: str = ""
    history: str = ""


@dataclass
class CardPart:
    """One card with its ledgers; a report told in the verdict is not told again."""

    answer: CardAnswer
    reports: list[LossAnswer]
    # Whether this very visit reported it lost, so that it may see number and code of the report again.
    reported: bool

    @property
    def may_be_reported(self) -> bool:
        """Whether the loss of this card can be reported now."""
        return self.answer.social in USABLE


def context_of(
    case: CaseAnswer, form: CodeForm | None, quoted: Answer | None, reported: set[uuid.UUID]
) -> dict[str, Any]:
    """Everything the template of a found case needs.

    `form` is a query code that was mistyped, `quoted` the answer that has a number to quote, `reported` the cards
    that were reported lost from this very answer.
    """
    # Whoever shows the code of a paper asks about the case of that paper.
    answers = sorted(case.applications, key=lambda answer: not answer.full)
    cards = [CardPart(card, card.reports, card.card.pk in reported) for card in case.cards]
    # A card that cannot be used says so before the application that brought it.
    leading = case.warning_of(answers[0]) if answers else case.cards[0]
    verdict = leading.verdict if leading else None
    if leading:
        cards[case.cards.index(leading)].reports = leading.reports[1:]
    applications = [_application(answer, place, led=bool(leading)) for place, answer in enumerate(answers, start=1)]
    in_full = bool(cards) or any(answer.full for answer in answers)
    return {
        "case": case,
        "title": verdict["title"] if verdict else answers[0].title,
        "applications": applications,
        "verdict": verdict,
        "cards": cards,
        "looks": log_html(case.accesses) if case.accesses else "",
        "offers_notices": in_full and any(way != NoticeChannel.WECHAT for way in ways_set_up()),
        "offers_wechat": in_full and is_set_up(),
        "offers_code": any(not answer.full for answer in answers),
        "addresses": _addresses(),
        "form": form,
        "quote": spaced_paper_number(quoted.paper_id) if quoted else "",
        "quoted_at": told_moment(quoted.at) if quoted else "",
    }


@cache
def _addresses() -> dict[str, str]:
    """Where the forms of the answer go; every answer has them, and finding one takes as long as a sentence."""
    return {
        "code": reverse("status-code"),
        "end": reverse("status-end"),
        "looks": reverse("status-looks"),
        "report_loss": reverse("lost-card-report"),
        "reported": reverse("lost-card-reported"),
    }


def _application(answer: ApplicationAnswer, place: int, led: bool) -> ApplicationPart:
    # Texts, because a template writes every number by the rules of the language.
    number = str(place)
    heading, below = ("h1", "2") if place == 1 and not led else ("h2", "3")
    html = verdict_html(answer, heading), track_html(answer, below)
    among = among_html(answer.among)
    if not answer.full:
        return ApplicationPart(answer, number, *html, among=among)
    history = log_html(told_history(answer.application))
    if answer.stage not in OPEN:
        return ApplicationPart(answer, number, *html, among=among, history=history)
    outlet = place_of(answer.application.delivery_outlet)
    return ApplicationPart(
        answer, number, *html, collect_html(below, outlet, answer.bring, _activation(answer)), among, history
    )


def _activation(answer: ApplicationAnswer) -> str:
    """Where the bank account function is activated after collecting."""
    application = answer.application
    if not application.activation_needed or application.bank is None:
        return ""
    return _("After collecting, have the bank account function activated at an outlet of %(bank)s (%(phone)s).") % {
        "bank": application.bank.told("name"),
        "phone": application.bank.hotline,
    }
