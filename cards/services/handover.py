"""Handing over the finished card (S8, S12)."""

from django.db import IntegrityError, transaction

from cards import paper_signature
from cards.actors import Actor, Proof
from cards.errors import (
    CardLiesElsewhere,
    CardNumberTaken,
    CertificateDigitWrong,
    CertificateNotShown,
    CertificateNumberWrong,
    CertificateUsed,
    CertificateWasLost,
    OldCardShown,
)
from cards.models import Application, Card, CardCertificate, CardNumberIndex, Outlet
from cards.paper_number import PaperTextMalformed
from cards.services import proof, steps
from cards.services.applications import before, take, telling
from cards.services.card_numbers import clean_card_number
from cards.services.card_status import void_exchanged
from cards.services.certificates import lost_certificates
from cards.services.deed import Deed
from cards.services.opening import deed
from cards.vocabulary import Action, ApplicationKind, BankStatus, EventKind, SocialStatus


def hand_over(application: Application, *, actor: Actor, evidence: Proof) -> Card:
    """Give the card to its holder (or agent, guardian) and use up the certificate.

    The number is read from the card's face, so that the card in the hand is the card on record. Its social function
    is enabled at once; a card replaced at the special window still has to be activated at the bank.
    """
    with deed(application.holder_id, actor) as act:
        remembered = proof.check(act, Action.HAND_OVER, evidence)
        step, seen = steps.onward(act, application, Action.HAND_OVER), before(act, application)
        lies_here(application, act.outlet)
        certificate = CardCertificate.objects.filter(holder=act.holder, application=application).first()
        if certificate is not None:
            _use_up(act, certificate, evidence.certificate_number)
        card = _new_card(act, application, clean_card_number(evidence.card_number))
        take(act, application, step, card=card)
        if application.kind == ApplicationKind.EXCHANGE:
            old = Card.objects.get(pk=application.replaced_card_id, holder=act.holder)  # type: ignore[misc]  # by constraint
            seen |= void_exchanged(act, old)
        act.record(step.kind, application, step.value, before=seen, **telling(remembered))
    return card


def lies_here(application: Application, outlet: Outlet) -> None:
    """Refuse at a window that does not have the card; says which one has it."""
    if outlet.pk != application.delivery_outlet_id:
        raise CardLiesElsewhere(outlet=application.delivery_outlet.told("name"))


def _use_up(act: Deed, certificate: CardCertificate, number: str) -> None:
    """A certificate is single use."""
    shown = _number_on(number)
    if shown != certificate.paper_id:
        if shown in lost_certificates(certificate.application):
            raise CertificateWasLost()
        raise CertificateNumberWrong()
    if certificate.used_at is not None:
        raise CertificateUsed()
    act.swap(certificate, {"used_at": None}, used_at=act.now)
    act.swap(certificate.paper, {"voided_at": None}, voided_at=act.now)


def _number_on(shown: str) -> str:
    """The number of the certificate shown, typed or scanned."""
    if not shown.strip():
        raise CertificateNotShown()
    try:
        return paper_signature.number_on(shown)
    except PaperTextMalformed as malformed:
        raise (CertificateDigitWrong if malformed.reason == "check" else CertificateNumberWrong)() from None


def _new_card(act: Deed, application: Application, number: str) -> Card:
    """Put the new card on record with its number."""
    bank_status = BankStatus.NONE
    if application.bank_id:
        bank_status = BankStatus.NOT_ACTIVATED if application.activation_needed else BankStatus.ACTIVE
    if CardNumberIndex.objects.entry(number):
        old = application.replaced_card
        void = old is not None and old.card_number == number and old.social_status == SocialStatus.CANCELLED
        raise OldCardShown() if void else CardNumberTaken()
    card = Card.objects.create(
        holder=act.holder,
        card_type=application.card_type,
        card_number=number,
        bank_id=application.bank_id,
        social_status=SocialStatus.NORMAL,
        social_since=act.now,
        bank_status=bank_status,
        bank_since=act.now if application.bank_id else None,
        issued_at=act.now,
    )
    try:
        with transaction.atomic():
            CardNumberIndex.objects.enter(number, holder=act.holder, card=card)
    except IntegrityError as clash:
        raise CardNumberTaken() from clash
    act.record(EventKind.CARD_ISSUED, card, application.card_type)
    return card
