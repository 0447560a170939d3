"""The whole answer to an enquiry: every application, card and report that was opened, in words."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cards.answers import wording
from cards.answers.application import ApplicationAnswer, answer_application
from cards.answers.card import CardAnswer, LossAnswer, answer_card
from cards.answers.dates import told_day, told_moment
from cards.case_file import Access, CaseFile, Opening
from cards.models import Application, LossReport, Override
from cards.models.rule_data import book_on
from cards.rules import CHINA, china_day
from cards.staff_errors import REFUSALS
from cards.vocabulary import AccessOutcome, AccessPurpose, ApplicationKind, Channel
from cards.workflow import OPEN


@dataclass
class CaseAnswer:
    """What a person reads: `outcome` is found, none or later."""

    outcome: str
    applications: list[ApplicationAnswer] = field(default_factory=list)
    cards: list[CardAnswer] = field(default_factory=list)
    accesses: list[tuple[str, str]] = field(default_factory=list)
    more_looks: bool = False
    exceptions: list[str] = field(default_factory=list)
    full: bool = False
    paper_void: bool = False
    code_missed: bool = False
    meanwhile: str = ""
    said: wording.Wording | None = None
    time: str = ""
    rule_version: str = ""

    @property
    def title(self) -> str:
        """The title of the page."""
        if self.warning:
            return str(self.warning.verdict["title"])
        if self.applications:
            return self.applications[0].title
        if self.cards:
            return self.cards[0].reports[0].title if self.cards[0].reports else self.cards[0].title
        return str(self.said.title) if self.said else ""

    @property
    def now(self) -> str:
        return str(self.said.now) % {"time": self.time} if self.said else ""

    @property
    def next(self) -> str:
        return str(self.said.next) if self.said else ""

    @property
    def warning(self) -> CardAnswer | None:
        """The stopped card that the newest application brought: who hears of that one must hear this first."""
        return self.warning_of(self.applications[0]) if self.applications else None

    def warning_of(self, answer: ApplicationAnswer) -> CardAnswer | None:
        """The card that an application brought, where it is stopped and the application does not say so itself."""
        card = next((card for card in self.cards if card.card.pk == answer.application.card_id), None)
        if card is None or not answer.full or not card.stopped:
            return None
        disputed = getattr(answer.application, "dispute", None) is not None
        return None if disputed and not card.reports else card

    @property
    def parts(self) -> list[ApplicationAnswer | LossAnswer]:
        """Everything that has bodies of its own: the applications, then the loss reports; a warning before them."""
        first = self.warning.reports if self.warning else []
        later = [report for card in self.cards if card is not self.warning for report in card.reports]
        return [*first, *self.applications, *later]

    @property
    def phone(self) -> str:
        """At most three sentences, about the newest matter."""
        if self.warning:
            return self.warning.phone
        if self.parts:
            return self.parts[0].phone
        return _("%(title)s. %(now)s %(next)s") % {"title": self.title, "now": self.now, "next": self.next}

    @property
    def wechat(self) -> str:
        """One line for a chat."""
        if self.warning and not self.warning.reports:
            return self.phone
        return self.parts[0].wechat if self.parts else self.phone

    @property
    def slip(self) -> list[str]:
        """The lines of a slip, about every matter."""
        if self.parts:
            return [line for part in self.parts for line in part.slip]
        return [line for line in (self.title, self.now, self.next) if line]

    @property
    def matters(self) -> list[dict[str, Any]]:
        """Every matter in words to be kept: the applications, then the cards with their reports; a warning first."""
        cards = sorted(self.cards, key=lambda card: card is not self.warning)
        parts: list[ApplicationAnswer | CardAnswer] = [*self.applications, *cards]
        if self.warning:
            parts = [cards[0], *self.applications, *cards[1:]]
        if not parts:
            return [{"phone": self.phone, "slip": self.slip}]
        return [{"phone": part.phone, "slip": part.slip} for part in parts]

    @property
    def reasons(self) -> list[str]:
        """Why nothing may have been found."""
        number, *others = wording.POSSIBLE_REASONS
        return list(map(str, (number, *wording.REASONS_OF_THE_SECOND_THING[settings.ENQUIRY_POLICY], *others)))


def answer_case(case: CaseFile, opening: Opening) -> CaseAnswer:
    """Put everything an opening shows into words; the answer remembers the rules it was given under."""
    version = book_on(china_day(case.now)).version
    if not case.applications and not case.cards:
        said = wording.NONE_FOUND[settings.ENQUIRY_POLICY]
        return CaseAnswer("none", said=said, code_missed=opening.code_missed, rule_version=version)
    cards = [answer_card(card, case.reports, case.now) for card in case.cards]
    stopped = {card.card.pk for card in cards if card.stopped}
    applications = [_answer(row, case, stopped) for row in case.applications]
    # In an exchange the old card works until the new one is handed over.
    waiting = any(a.stage in OPEN and a.application.kind != ApplicationKind.EXCHANGE for a in applications)
    return CaseAnswer(
        "found",
        applications=applications,
        cards=cards,
        accesses=told_accesses(case.accesses),
        more_looks=case.more_looks,
        exceptions=[told_exception(one) for one in case.exceptions],
        full=bool(case.opened),
        paper_void=case.paper_void,
        code_missed=opening.code_missed,
        meanwhile=str(wording.MEANWHILE) if waiting else "",
        rule_version=version,
    )


def _answer(row: Application, case: CaseFile, stopped: set[uuid.UUID]) -> ApplicationAnswer:
    full = row.pk in case.opened
    # An outline neither has cards nor reads which one it brought.
    return answer_application(row, full=full, now=case.now, card_stopped=full and row.card_id in stopped)


def answer_one(application: Application, now: datetime) -> CaseAnswer:
    """One application in full, with the card it brought: staff tell of it what the person reads."""
    card = application.card
    reports = list(LossReport.objects.of(application.holder_id).filter(card=card)) if card else []
    cards = [answer_card(card, reports, now)] if card else []
    stopped = any(one.stopped for one in cards)
    answer = answer_application(application, full=True, now=now, card_stopped=stopped)
    return CaseAnswer("found", applications=[answer], cards=cards, full=True)


def answer_later(retry_at: float, code_missed: bool = False) -> CaseAnswer:
    """Say from when the next enquiry is possible; `retry_at` is in seconds since the epoch.

    `code_missed` says that wrong query codes are the reason, and not the network.
    """
    moment = datetime.fromtimestamp(retry_at, UTC).astimezone(CHINA)
    said = wording.ASK_LATER_AFTER_CODES if code_missed else wording.ASK_LATER
    return CaseAnswer("later", said=said, time=f"{moment:%H:%M:%S}", code_missed=code_missed)


def told_accesses(looks: list[Access]) -> list[tuple[str, str]]:
    """Of each look the moment, and through which door for which purpose; never by whom in person."""
    language = get_language()
    return [
        (told_moment(look.at), _told_look(look.purpose, look.channel, look.outcome == AccessOutcome.FOUND, language))
        for look in looks
    ]


# Every answer tells some looks, and there are a few dozen ways to look.
@lru_cache(maxsize=256)
def _told_look(purpose: str, channel: str, passed: bool, language: str | None) -> str:
    told = _("%(purpose)s, %(channel)s") % {
        "purpose": AccessPurpose(purpose).label,
        "channel": Channel(channel).label,
    }
    return told if passed else _("%(look)s: not passed, nothing was shown") % {"look": told}


def told_exception(override: Override) -> str:
    """Which rule was set aside, when and why, as the person reads it."""
    facts = {
        "rule": REFUSALS[override.refusal].exception_from,
        "day": told_day(override.used_at),
        "reason": override.reason,
    }
    return str(wording.EXCEPTION) % facts
