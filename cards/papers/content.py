"""The rows behind a paper: what it is about, who acted, and where."""

import json
from dataclasses import dataclass
from typing import Any

from cards.models import (
    Answer,
    Application,
    Cancellation,
    CardCertificate,
    Cardholder,
    Event,
    LossReport,
    Outlet,
    PaperNumber,
)
from cards.vocabulary import EventKind, PaperKind, Party


@dataclass
class Content:
    """Whose paper it is, who acted where, and the one thing it confirms."""

    holder: Cardholder
    paper: PaperNumber
    party: str = ""
    agent_name: str = ""
    acted_at: Outlet | None = None
    application: Application | None = None
    certificate: CardCertificate | None = None
    report: LossReport | None = None
    cancellation: Cancellation | None = None
    answer: Answer | None = None


def content_of(paper: PaperNumber, holder: Cardholder) -> Content:
    """Read what a paper is about; a certificate that was lost and replaced is about nothing any more."""
    return _READERS[PaperKind(paper.kind)](paper, holder)


def _receipt(paper: PaperNumber, holder: Cardholder) -> Content:
    application = _applications(holder).get(receipt=paper)
    return _of_application(paper, holder, application, EventKind.APPLICATION_ACCEPTED)


def _certificate(paper: PaperNumber, holder: Cardholder) -> Content:
    mine = CardCertificate.objects.filter(holder=holder, paper=paper)
    certificate = mine.select_related("outlet").first()
    if certificate is None:
        return Content(holder, paper)
    application = _applications(holder).get(pk=certificate.application_id)
    content = _of_application(
        paper, holder, application, EventKind.APPLICATION_ACCEPTED, EventKind.CERTIFICATE_REPLACED
    )
    content.certificate = certificate
    return content


def _loss_receipt(paper: PaperNumber, holder: Cardholder) -> Content:
    report = LossReport.objects.of(holder).select_related("card__bank").get(receipt=paper)
    event = _event(holder, report, EventKind.LOSS_REPORTED)
    outlet = event.outlet if event else None
    return Content(holder, paper, report.party, report.agent_name or "", outlet, report=report)


def _cancellation(paper: PaperNumber, holder: Cardholder) -> Content:
    mine = Cancellation.objects.filter(holder=holder).select_related("report__card__bank", "report__receipt")
    cancellation = mine.get(receipt=paper)
    event = _event(holder, cancellation.report, EventKind.LOSS_CANCELLED)
    outlet = event.outlet if event else None
    return Content(
        holder, paper, cancellation.party, "", outlet, report=cancellation.report, cancellation=cancellation
    )


def _answer(paper: PaperNumber, holder: Cardholder) -> Content:
    return Content(holder, paper, answer=Answer.objects.of(holder).get(paper=paper))


def _applications(holder: Cardholder) -> Any:
    return Application.objects.of(holder).select_related("bank", "accepted_outlet", "delivery_outlet", "receipt")


def _of_application(paper: PaperNumber, holder: Cardholder, application: Application, *kinds: EventKind) -> Content:
    """Who acted stands in the newest of these events, in its sealed detail."""
    event = _event(holder, application, *kinds)
    detail = json.loads(event.detail.text) if event and hasattr(event, "detail") else {}
    return Content(
        holder,
        paper,
        event.party if event else Party.HOLDER,
        str(detail.get("agent_name", "")),
        event.outlet if event and event.outlet else application.accepted_outlet,
        application=application,
    )


def _event(holder: Cardholder, row: Any, *kinds: EventKind) -> Event | None:
    events = Event.objects.told_of(holder).filter(kind__in=kinds, subject=f"{row._meta.model_name}:{row.pk}")
    return events.select_related("detail", "outlet").order_by("-seq").first()


_READERS = {
    PaperKind.RECEIPT: _receipt,
    PaperKind.CERTIFICATE: _certificate,
    PaperKind.LOSS_RECEIPT: _loss_receipt,
    PaperKind.CANCELLATION: _cancellation,
    PaperKind.ANSWER: _answer,
}
