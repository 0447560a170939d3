"""The path of a lost card certificate: the old number is void, a new one takes its place."""

import json

from cards import workflow
from cards.actors import Actor, Proof
from cards.errors import CertificateUsed, NoCertificate, NotPossibleNow
from cards.models import Application, CardCertificate, Event
from cards.services import proof
from cards.services.applications import telling
from cards.services.opening import deed
from cards.vocabulary import Action, EventKind, PaperKind


def replace_certificate(application: Application, *, actor: Actor, evidence: Proof) -> CardCertificate:
    """Void a lost certificate with its query code, and issue another under a new number (S7)."""
    with deed(application.holder_id, actor) as act:
        remembered = proof.check(act, Action.REPLACE_CERTIFICATE, evidence, application)
        mine = CardCertificate.objects.filter(holder=act.holder, application=application)
        certificate = mine.select_related("paper").first()
        if certificate is None:
            raise NoCertificate()
        if certificate.used_at is not None:
            raise CertificateUsed()
        application.refresh_from_db(fields=["stage"])
        if application.stage not in workflow.OPEN:
            raise NotPossibleNow(state=application.get_stage_display())
        lost = certificate.paper
        act.swap(lost, {"voided_at": None}, voided_at=act.now)
        seen = {"paper": lost, "used_at": None}
        act.swap(certificate, seen, paper=act.paper(PaperKind.CERTIFICATE), issued_at=act.now)
        act.record(EventKind.CERTIFICATE_REPLACED, application, lost=lost.number, **telling(remembered))
    return certificate


def lost_certificates(application: Application) -> list[str]:
    """The numbers of the certificates of this case that were lost and replaced, oldest first."""
    events = Event.objects.of(application.holder_id).filter(
        kind=EventKind.CERTIFICATE_REPLACED, subject=f"application:{application.pk}"
    )
    # The particulars of a person who was erased are gone.
    told = [event.detail.text for event in events.select_related("detail").order_by("seq") if hasattr(event, "detail")]
    return [json.loads(text)["lost"] for text in told]
