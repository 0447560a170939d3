"""The sheet that is handed out: receipt, loss report receipt, card certificate; Chinese and English side by side."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cards import id_number as id_numbers
from cards.answers import LossAnswer, answer_report, wording
from cards.answers.dates import told_day, told_deadline, told_moment
from cards.desk.holder_page import told_fee
from cards.models import Application, Card, CardCertificate, Cardholder, Event, LossReport, Outlet, PaperNumber
from cards.names import mask_name
from cards.paper_number import spaced_code, spaced_paper_number
from cards.vocabulary import BankStatus, EventKind, LossForm, PaperKind, Party

LANGUAGES = (("zh-hans", "zh-Hans"), ("en", "en"))


@dataclass
class Column:
    """The sheet in one language."""

    html_language: str
    title: str
    facts: list[tuple[str, str]]
    advice: list[str]
    labels: dict[str, str]


@dataclass
class Sheet:
    """A paper ready for the printer; without a code when it is no longer in force."""

    number: str
    code: str
    in_force: bool
    columns: list[Column] = field(default_factory=list)
    spoken: str = ""
    bank: str = ""


@dataclass
class _Content:
    """The rows behind a paper."""

    holder: Cardholder
    paper: PaperNumber
    party: str
    agent_name: str
    application: Application | None = None
    report: LossReport | None = None
    certificate: CardCertificate | None = None
    acted_at: Outlet | None = None

    @property
    def card(self) -> Card | None:
        return self.report.card if self.report else None


def sheet_of(paper: PaperNumber, holder: Cardholder) -> Sheet:
    """Read what a paper is about and word it in both languages."""
    content = _content(paper, holder)
    code = spaced_code(paper.query_code) if paper.in_force else ""
    sheet = Sheet(spaced_paper_number(paper.number), code, paper.in_force)
    for language, html_language in LANGUAGES:
        with translation.override(language):
            sheet.columns.append(_column(content, html_language))
    if content.report is not None:
        answer: LossAnswer = answer_report(content.report, timezone.now())
        sheet.spoken = answer.phone
        if content.report.card.bank:
            bank = content.report.card.bank
            sheet.bank = f"{bank.told('name')} · {bank.hotline}"
    return sheet


def _content(paper: PaperNumber, holder: Cardholder) -> _Content:
    related = ("bank", "accepted_outlet", "delivery_outlet", "receipt")
    if paper.kind == PaperKind.LOSS_RECEIPT:
        report = LossReport.objects.of(holder).select_related("card__bank").get(receipt=paper)
        event = _event(holder, EventKind.LOSS_REPORTED, report)
        outlet = event.outlet if event else None
        return _Content(holder, paper, report.party, report.agent_name or "", report=report, acted_at=outlet)
    certificate = None
    applications = Application.objects.of(holder).select_related(*related)
    if paper.kind == PaperKind.CERTIFICATE:
        certificate = CardCertificate.objects.select_related("outlet").get(holder=holder, paper=paper)
        application = applications.get(pk=certificate.application_id)
    else:
        application = applications.get(receipt=paper)
    event = _event(holder, EventKind.APPLICATION_ACCEPTED, application)
    detail = json.loads(event.detail.text) if event and hasattr(event, "detail") else {}
    return _Content(
        holder,
        paper,
        event.party if event else Party.HOLDER,
        str(detail.get("agent_name", "")),
        application=application,
        certificate=certificate,
        acted_at=application.accepted_outlet,
    )


def _event(holder: Cardholder, kind: EventKind, row: Any) -> Event | None:
    """The event of acceptance, in which who acted stands."""
    subject = f"{row._meta.model_name}:{row.pk}"
    return Event.objects.told_of(holder).filter(kind=kind, subject=subject).select_related("detail", "outlet").first()


def _column(content: _Content, html_language: str) -> Column:
    return Column(
        html_language,
        str(PaperKind(content.paper.kind).label),
        [fact for fact in (*_who(content), *_what(content), *_where(content)) if fact[1]],
        _advice(content),
        {
            "number": _("Number"),
            "code": _("Query code"),
            "void": _("This paper is no longer in force."),
            "stamp": _("Stamp and signature of the office"),
            "signature": _("Signature of the person who acted"),
        },
    )


def _who(content: _Content) -> list[tuple[str, str]]:
    acted = str(Party(content.party).label)
    if content.agent_name:
        acted += pgettext("before a detail", ": ") + mask_name(content.agent_name)
    return [
        (pgettext("of a person", "Name"), mask_name(content.holder.name)),
        (_("Social security number"), id_numbers.mask(content.holder.id_number)),
        (_("Acted"), acted),
    ]


def _what(content: _Content) -> list[tuple[str, str]]:
    if content.report is not None:
        report = content.report
        rows = [
            (_("Transaction"), str(report.get_form_display())),
            (_("Card type"), str(report.card.get_card_type_display())),
            (_("Card number ends in"), report.card.last_four),
            (_("In force since"), told_moment(report.made_at)),
        ]
        if report.lapses_at:
            rows.append((_("Lapses at"), told_deadline(report.lapses_at)))
        return [*rows, (_("Fee"), _("free of charge"))]
    application = content.application
    assert application is not None  # noqa: S101  (a paper is about a report or an application)
    rows = [
        (_("Transaction"), str(application.get_kind_display())),
        (_("Card type"), str(application.get_card_type_display())),
        (_("Accepted on"), told_day(application.accepted_at)),
        (_("Fee"), told_fee(application)),
    ]
    if content.certificate is not None:
        rows.append((_("Earliest date of collection"), told_day(content.certificate.earliest_on)))
    return rows


def _where(content: _Content) -> list[tuple[str, str]]:
    rows = [(_("Accepted at"), content.acted_at.told("name") if content.acted_at else _("Hotline 12333"))]
    if content.application is not None:
        outlet = content.certificate.outlet if content.certificate else content.application.delivery_outlet
        rows += [
            (_("To be collected at"), outlet.told("name")),
            (_("Address"), outlet.told("address")),
            (_("Opening hours"), outlet.told("hours")),
            (_("Telephone"), outlet.phone),
        ]
    return rows


def _advice(content: _Content) -> list[str]:
    address = settings.SITE_URL.rstrip("/") + reverse("status")
    lines = [
        _("Look it up at %(address)s with your ID number and the query code, or call 12333.") % {"address": address},
        _("Whoever has this code sees the details of this case: keep this paper safe."),
    ]
    if content.certificate is not None:
        lines.append(
            _("Collect with: this certificate and your original ID document. An agent also brings the agent's own.")
        )
        if content.application and content.application.activation_needed:
            lines.append(str(wording.TO_ACTIVATE))
        lines.append(str(wording.MEANWHILE))
    elif content.application is not None:
        lines.append(_("Collect with: your original ID document. An agent also brings the agent's own."))
    if content.report is not None:
        lines += _loss_advice(content.report)
    return lines


def _loss_advice(report: LossReport) -> list[str]:
    lines = []
    if report.form == LossForm.ORAL:
        lines.append(str(wording.LOSSES[LossForm.ORAL, report.status_at(report.made_at)].next))
    bank = report.card.bank
    if bank and report.card.bank_status != BankStatus.FROZEN:
        facts = {"bank": bank.told("name"), "phone": bank.hotline}
        lines.append(_("This does not stop the bank account: call %(bank)s on %(phone)s as well.") % facts)
    lines.append(
        _(
            "If you find the card before a replacement is accepted, "
            "cancel the report in person with ID document and card."
        )
    )
    return lines
