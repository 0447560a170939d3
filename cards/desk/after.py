"""What comes after an action: what to say, what to read out once, and the next step as a button."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cards import told
from cards.answers import answer_one, answer_report
from cards.answers.dates import told_deadline
from cards.desk import holder_page
from cards.desk.acting import Deed
from cards.desk.holder_page import HolderPage, Offer
from cards.desk.next_moves import NextMove
from cards.desk.staff import PAPER_OPEN, Desk, is_opened, mark_opened
from cards.models import Application, Card, Cardholder, FollowUp, LossReport, Outlet
from cards.paper_number import spaced_code
from cards.vocabulary import Action, BankStatus, LossStatus, Party


@dataclass
class After:
    """The page after an action: sentences to say, a code to read out once, the number to quote, the next step."""

    says: list[str] = field(default_factory=list)
    code: str = ""
    answer_number: str = ""
    next: NextMove | None = None
    others: list[Offer] = field(default_factory=list)


def lead_on(request: HttpRequest, deed: Deed) -> str:
    """Where an action leads: to its paper at a window, else to what has to be said."""
    matter, done = deed.matter, deed.done
    if done and done.paper:
        if matter.desk.may_show_papers:
            # The same form sent again opens its paper only while it may be that the first answer was lost.
            if timezone.now() - done.at < timedelta(seconds=PAPER_OPEN):
                mark_opened(request, done.paper)
            address = reverse("admin:cards_cardholder_paper", args=[matter.holder.pk, done.paper])
            return f"{address}?after"
        if done.is_new:
            mark_opened(request, _read_out(done.paper))
            told.tell(matter.holder, actor=matter.desk.actor(Party.HOLDER))
    subject = matter.subject.pk
    return reverse("admin:cards_cardholder_after", args=[matter.holder.pk, deed.task.action.value, subject])


def _read_out(number: str) -> str:
    """The mark of a code that may be read out; it opens no paper."""
    return f"read out {number}"


def build(request: HttpRequest, holder: Cardholder, desk: Desk, action: Action, subject: Any) -> After:
    """Word the present state of what was acted on; nothing is written."""
    page = holder_page.build(holder, desk, about=_keys_of(subject))
    after = After(next=page.next, others=page.follow_up_offers)
    row = _made_of(action, subject)
    after.says = says(row)
    if isinstance(row, LossReport) and desk.on_the_phone and is_opened(request, _read_out(row.receipt_id), PAPER_OPEN):
        after.code = spaced_code(row.receipt.query_code) if row.receipt.in_force else ""
        after.answer_number = _number_to_quote(page)
    return after


def _keys_of(subject: Any) -> list[Any]:
    """What an action was about: the thing itself, and of a report its card."""
    return [subject.pk, subject.card_id] if isinstance(subject, LossReport) else [subject.pk]


def says(row: Any) -> list[str]:
    """The sentences to say about an application, a report or a visit, each box one breath."""
    now = timezone.now()
    if isinstance(row, Application):
        case = answer_one(row, now)
        # That the card cannot be used is heard first, as on the person's own page.
        return [case.phone, case.applications[0].phone] if case.warning else [case.phone]
    if isinstance(row, LossReport):
        return [answer_report(row, now).phone, *_bank_sentence(row)]
    if isinstance(row, FollowUp) and row.settled_at is None:
        return [_place(row.outlet) if row.outlet else _call(row)]
    return []


def _bank_sentence(report: LossReport) -> list[str]:
    card = report.card
    if report.status_at(timezone.now()) != LossStatus.STANDING:
        return []
    if card.bank is None or card.bank_status in (BankStatus.FROZEN, BankStatus.CLOSED):
        return []
    facts = {"bank": card.bank.told("name"), "phone": card.bank.hotline}
    return [_("This does not stop the bank account: call %(bank)s on %(phone)s as well.") % facts]


def _place(outlet: Outlet) -> str:
    return _("Please come to %(outlet)s, %(address)s (%(hours)s), with your original ID document.") % {
        "outlet": outlet.told("name"),
        "address": outlet.told("address"),
        "hours": outlet.told("hours"),
    }


def _call(promised: FollowUp) -> str:
    until = {"until": told_deadline(promised.until)}
    return _("We will call you before %(until)s, on the telephone number you left with us and on no other.") % until


def _made_of(action: Action, subject: Any) -> Any:
    """What an action made or changed: of a card its newest report, of a person the newest agreement."""
    if isinstance(subject, Card):
        return _report_of(subject)
    if action in (Action.REFER, Action.CALL_BACK):
        agreed = FollowUp.objects.of(subject).open().select_related("outlet")
        return agreed.order_by("-made_at").first()
    return subject


def _report_of(card: Card) -> LossReport | None:
    """The newest report of a card."""
    reports = LossReport.objects.of(card.holder_id).filter(card=card).select_related("receipt", "card__bank")
    return reports.newest_first().first()


def _number_to_quote(page: HolderPage) -> str:
    return page.told[0].number if page.told else ""
