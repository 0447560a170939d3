"""The answer about a card: its two ledgers side by side, and its loss reports with their clocks."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cards.answers import wording
from cards.answers.dates import told_day, told_deadline, told_moment
from cards.answers.joining import as_sentence, joined
from cards.models import Card, LossReport
from cards.models.rule_data import book_on
from cards.rules import china_day
from cards.vocabulary import BankStatus, CardType, LossForm, LossStatus, SocialStatus
from cards.workflow import USABLE


@dataclass(frozen=True)
class Ledger:
    """One of the two ledgers; `kind` is works, stopped or unknown."""

    kind: str
    title: str
    lines: list[str]


@dataclass(frozen=True)
class LossAnswer:
    """A loss report in words."""

    report: LossReport
    status: LossStatus
    title: str
    now: str
    next: str

    @property
    def standing(self) -> bool:
        return self.status == LossStatus.STANDING

    @property
    def phone(self) -> str:
        """At most three sentences."""
        return _("%(title)s. %(now)s %(next)s") % {"title": self.title, "now": self.now, "next": self.next}

    @property
    def wechat(self) -> str:
        """One line for a chat."""
        return _("%(title)s. %(now)s") % {"title": self.title, "now": self.now}

    @property
    def slip(self) -> list[str]:
        """The lines of a slip."""
        return [self.title, self.now, self.next]


@dataclass
class CardAnswer:
    """A card in words."""

    card: Card
    title: str
    social: SocialStatus
    ledgers: list[Ledger]
    reports: list[LossAnswer] = field(default_factory=list)

    @property
    def stopped(self) -> bool:
        """Whether the card cannot be used, or its loss is reported."""
        return self.social not in USABLE or any(report.standing for report in self.reports)

    @property
    def verdict(self) -> dict[str, Any]:
        """What the verdict component shows: the newest loss report, or else both ledgers."""
        if not self.reports:
            text = joined(*(as_sentence(ledger.title) for ledger in self.ledgers))
            return {"kind": "over", "tag": "", "title": self.title, "text": text, "dates": [], "note": ""}
        report = self.reports[0]
        return {
            "kind": "act" if report.status in (LossStatus.STANDING, LossStatus.LAPSED) else "over",
            "tag": self.title,
            "title": report.title,
            "text": joined(report.now, report.next),
            "dates": [],
            "note": "",
        }

    @property
    def phone(self) -> str:
        """At most three sentences: the newest report, or else both ledgers."""
        if self.reports:
            return self.reports[0].phone
        return joined(as_sentence(self.title), *(as_sentence(ledger.title) for ledger in self.ledgers))

    @property
    def wechat(self) -> str:
        """One line for a chat: which card, and the newest report or both ledgers."""
        return joined(as_sentence(self.title), self.reports[0].wechat) if self.reports else self.phone

    @property
    def slip(self) -> list[str]:
        """The lines of a slip: the card, its ledgers, its reports."""
        ledgers = [" · ".join((ledger.title, *ledger.lines)) for ledger in self.ledgers]
        return [self.title, *ledgers, *(line for report in self.reports for line in report.slip)]


def answer_report(report: LossReport, now: datetime, followed: bool = False, of: Card | None = None) -> LossAnswer:
    """Put a loss report into words; a deadline that has passed has passed, whether or not a job has run.

    `followed` says that a later report of the same card is on record: then only that one says how things stand.
    `of` is its card, where that was read already.
    """
    status = report.status_at(now)
    said = wording.LOSSES[LossForm(report.form), status]
    if followed:
        said = wording.LOSSES_EARLIER.get(status, said)
    elif report.form == LossForm.WRITTEN and status == LossStatus.STANDING:
        said = wording.Wording(said.title, said.now, _after_writing(said.next, of or report.card, now))
    ended = report.ended_at or report.lapses_at
    lapse = report.lapses_at if status == LossStatus.LAPSED else None
    told_end = told_deadline(lapse) if lapse else told_day(ended)
    facts = {
        "since": told_moment(report.made_at),
        "until": told_deadline(report.lapses_at) if report.lapses_at else "",
        "ended": told_end,
    }
    return LossAnswer(report, status, str(said.title) % facts, str(said.now) % facts, str(said.next) % facts)


def _after_writing(usual: Any, card: Card, now: datetime) -> Any:
    """What follows a written report: by the type of the card, and by whether the rules let it be cancelled."""
    final = not book_on(china_day(now)).written_report_can_be_cancelled
    if not card.financial:
        return wording.WRITTEN_ORDINARY_FINAL if final else wording.WRITTEN_ORDINARY
    return wording.WRITTEN_FINAL if final else usual


def social_status_at(card: Card, reports: list[LossReport], now: datetime) -> SocialStatus:
    """The social status at a moment: a card whose oral report has run out is as it was before."""
    for report in reports:
        marked_standing = report.card_id == card.pk and report.status == LossStatus.STANDING
        if marked_standing and report.status_at(now) == LossStatus.LAPSED:
            return SocialStatus(report.card_status_before)
    return SocialStatus(card.social_status)


def answer_card(card: Card, reports: list[LossReport], now: datetime) -> CardAnswer:
    """Put a card into words: both ledgers, each with state, since when and whom to call."""
    status = social_status_at(card, reports, now)
    of_card = sorted((r for r in reports if r.card_id == card.pk), key=lambda r: r.made_at, reverse=True)
    own = [answer_report(report, now, followed=place > 0, of=card) for place, report in enumerate(of_card)]
    title = _("%(type)s, number ending in %(last)s") % {"type": CardType(card.card_type).label, "last": card.last_four}
    return CardAnswer(card, title, status, [_social(card, status, own), *_bank(card, status, lost=bool(own))], own)


_SOCIAL_KIND = {
    SocialStatus.NOT_ENABLED: "unknown",
    SocialStatus.NORMAL: "works",
    SocialStatus.LOCKED: "stopped",
    SocialStatus.TEMPORARILY_LOST: "stopped",
    SocialStatus.FORMALLY_LOST: "stopped",
    SocialStatus.CANCELLED: "stopped",
}


def _social(card: Card, status: SocialStatus, reports: list[LossAnswer]) -> Ledger:
    lapsed = [report.report for report in reports if report.status == LossStatus.LAPSED]
    since = card.social_since
    if status != card.social_status and lapsed and lapsed[0].lapses_at:
        since = lapsed[0].lapses_at
    lines = [_("since %(since)s") % {"since": told_day(since)}]
    lines += [
        _("until %(until)s") % {"until": told_deadline(report.report.lapses_at)}
        for report in reports
        if report.standing and report.report.lapses_at
    ]
    title = _("Social security function: %(state)s") % {"state": status.label}
    return Ledger(_SOCIAL_KIND[status], title, [*lines, _("Questions: hotline 12333")])


_BANK_KIND = {
    BankStatus.UNKNOWN: "unknown",
    BankStatus.NOT_ACTIVATED: "unknown",
    BankStatus.ACTIVE: "works",
    BankStatus.FROZEN: "stopped",
    BankStatus.CLOSED: "stopped",
}


def _bank(card: Card, status: SocialStatus, lost: bool) -> list[Ledger]:
    """The bank's ledger; an ordinary card has none. `lost`: the card was once reported lost."""
    if card.bank is None:
        return []
    bank_status = BankStatus(card.bank_status)
    facts = {"bank": card.bank.told("name"), "phone": card.bank.hotline}
    lines = []
    if bank_status == BankStatus.UNKNOWN:
        lines.append(_("Please ask %(bank)s on %(phone)s.") % facts)
    else:
        lines.append(_("since %(since)s") % {"since": told_day(card.bank_since)})
        lines.append(_("Questions: %(bank)s on %(phone)s") % facts)
    stopped = status in (SocialStatus.TEMPORARILY_LOST, SocialStatus.FORMALLY_LOST, SocialStatus.CANCELLED)
    if lost and stopped and bank_status in (BankStatus.UNKNOWN, BankStatus.ACTIVE, BankStatus.NOT_ACTIVATED):
        lines.append(_("Our report does not stop the bank account: report the loss to the bank as well."))
    title = _("Bank account function: %(state)s") % {"state": bank_status.label}
    return [Ledger(_BANK_KIND[bank_status], title, lines)]
