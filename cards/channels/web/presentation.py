"""The answer as the page lays it out: which heading, which sections, which of them in full."""

import uuid
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cards.answers import ApplicationAnswer, CardAnswer, CaseAnswer, LossAnswer, told_history
from cards.answers.dates import told_moment
from cards.channels.web.forms import CodeForm
from cards.channels.web.places import Place, place_of
from cards.channels.web.shared_parts import place_html, track_html, verdict_html
from cards.models import Answer
from cards.paper_number import spaced_paper_number
from cards.workflow import OPEN, USABLE


@dataclass(frozen=True)
class ApplicationPart:
    """One application on the page; place, things to bring, activation and history only at the full level."""

    answer: ApplicationAnswer
    number: str
    below: str
    verdict: SafeString
    track: SafeString
    place: Place | None = None
    place_html: str = ""
    activation: str = ""
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
    return {
        "case": case,
        "title": verdict["title"] if verdict else answers[0].title,
        "applications": applications,
        "verdict": verdict,
        "cards": cards,
        "look_rows": rows(case.accesses),
        "offers_code": any(not answer.full for answer in answers),
        "addresses": _addresses(),
        "form": form,
        "quote": spaced_paper_number(quoted.paper_id) if quoted else "",
        "quoted_at": told_moment(quoted.at) if quoted else "",
    }


def rows(lines: list[tuple[str, str]]) -> SafeString:
    """The rows of a log; a template, and Django's own way to join HTML, took as long as the rest of the answer."""
    return SafeString("\n".join(f"<tr><td>{escape(at)}</td><td>{escape(what)}</td></tr>" for at, what in lines))


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
    if not answer.full:
        return ApplicationPart(answer, number, below, *html)
    collected_at = place_of(answer.application.delivery_outlet) if answer.stage in OPEN else None
    return ApplicationPart(
        answer,
        number,
        below,
        *html,
        place=collected_at,
        place_html=place_html(collected_at) if collected_at else "",
        activation=_activation(answer),
        history=rows(told_history(answer.application)),
    )


def _activation(answer: ApplicationAnswer) -> str:
    """Where the bank account function is activated, as long as the card is not yet in the person's hands."""
    application = answer.application
    if answer.stage not in OPEN or not application.activation_needed or application.bank is None:
        return ""
    return _("After collecting, have the bank account function activated at an outlet of %(bank)s (%(phone)s).") % {
        "bank": application.bank.told("name"),
        "phone": application.bank.hotline,
    }
