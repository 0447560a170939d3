"""A lost card certificate: the old number is void at once, a new one takes its place, and only that one collects."""

from typing import Any

import pytest
from django.utils import translation

from cards import enquiry, paper_signature, services, workflow
from cards.answers.application import told_activation
from cards.enquiry import Question
from cards.errors import (
    CertificateNumberWrong,
    CertificateUsed,
    CertificateWasLost,
    EvidenceMissing,
    NoCertificate,
    NotForThisParty,
    NotPossibleNow,
    OldCardShown,
)
from cards.models import Application, CardCertificate, Event
from cards.papers import words
from cards.papers.content import content_of
from cards.papers.sheet import digits_of
from cards.services.certificates import lost_certificates
from cards.vocabulary import Action, CardType, Evidence, Party, Stage
from guidance.shipped import CONTENT
from tests import factories as f
from tests.cards.losing import ready_replacement

pytestmark = pytest.mark.django_db


def replace_certificate(application: Application, party: str = Party.HOLDER, **proof: Any) -> CardCertificate:
    return services.replace_certificate(application, actor=f.at_counter(party=party), evidence=f.everything(**proof))


def collect(application: Application, number: str) -> Any:
    proof = f.everything(card_number="NEWCARD0009", certificate_number=number)
    return services.hand_over(application, actor=f.at_counter(application.delivery_outlet), evidence=proof)


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def test_lost_number_and_code_are_void_and_the_new_ones_in_force() -> None:
    application = ready_replacement()
    lost = application.certificate.paper
    code, id_number = lost.query_code, application.holder.id_number
    certificate = replace_certificate(application)
    lost.refresh_from_db()
    assert not lost.in_force
    assert certificate.paper.in_force
    assert certificate.paper_id != lost.number

    def opens(code: str) -> bool:
        question = Question(id_number, code=code)
        return bool(enquiry.look_up(question, network="192.0.2.9", actor=f.on_phone()).paper)

    assert (opens(code), opens(certificate.paper.query_code)) == (False, True)


def test_lost_certificate_collects_nothing_and_says_why_and_the_new_one_does() -> None:
    application = ready_replacement()
    lost = application.certificate.paper
    certificate = replace_certificate(application)
    for shown in (lost.number, digits_of(lost)):
        with pytest.raises(CertificateWasLost) as refused:
            collect(fresh(application), shown)
    assert "reported lost and a new one was issued" in refused.value.sentence
    assert refused.value.rule == "S7"
    collect(fresh(application), certificate.paper_id)
    assert fresh(application).stage == Stage.COLLECTED


def test_certificate_may_be_scanned_at_the_hand_over_and_a_forged_code_is_refused() -> None:
    application = ready_replacement()
    digits = digits_of(application.certificate.paper)
    with pytest.raises(CertificateNumberWrong):
        collect(application, digits[:-1] + str((int(digits[-1]) + 1) % 10))
    assert paper_signature.number_on(digits) == application.certificate.paper_id
    collect(fresh(application), digits)


@pytest.mark.parametrize("shown", ["", "1234", "没有"])
def test_what_is_no_number_collects_nothing(shown: str) -> None:
    with pytest.raises(CertificateNumberWrong):
        collect(ready_replacement(), shown)


def test_certificate_of_another_case_is_not_called_lost() -> None:
    application, other = ready_replacement(), ready_replacement()
    replace_certificate(other)
    for number in (fresh(other).certificate.paper_id, *lost_certificates(other)):
        with pytest.raises(CertificateNumberWrong):
            collect(application, number)


def test_certificate_lost_twice_leaves_both_numbers_in_the_ledger() -> None:
    application = ready_replacement()
    first = application.certificate.paper_id
    second = replace_certificate(application).paper_id
    replace_certificate(fresh(application))
    assert lost_certificates(application) == [first, second]
    events = Event.objects.of(application.holder).filter(kind="certificate_replaced")
    assert events.count() == 2
    assert first not in str(list(events.values()))


def test_used_certificate_is_not_replaced() -> None:
    application = ready_replacement()
    collect(application, application.certificate.paper_id)
    with pytest.raises(CertificateUsed):
        replace_certificate(fresh(application))


def test_case_without_certificate_or_at_its_end_gets_none() -> None:
    with pytest.raises(NoCertificate):
        replace_certificate(f.first_application())
    application = ready_replacement()
    services.advance(application, "recall", actor=f.at_office())
    with pytest.raises(NotPossibleNow):
        replace_certificate(application)


def test_identity_is_seen_before_a_new_certificate_is_issued() -> None:
    application = ready_replacement()
    from cards.actors import Proof

    for party, seen in ((Party.HOLDER, frozenset()), (Party.AGENT, frozenset({Evidence.HOLDER_ID_ORIGINAL}))):
        evidence = Proof(seen, agent_name="李四", agent_id_number=f.synthetic_id_number())
        with pytest.raises(EvidenceMissing):
            services.replace_certificate(application, actor=f.at_counter(party=party), evidence=evidence)
    with pytest.raises(NotForThisParty):
        replace_certificate(application, party=Party.OFFICE)
    agent = {"agent_name": "李四", "agent_id_number": f.synthetic_id_number()}
    assert replace_certificate(application, party=Party.AGENT, **agent).paper.in_force


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("", "The card certificate must be shown; if it is lost, issue a new one first."),
        ("  ", "The card certificate must be shown; if it is lost, issue a new one first."),
        ("one digit wrong", "One digit of the certificate number is wrong; please compare it with the paper."),
    ],
)
def test_certificate_refusals_say_what_is_wrong_with_what_was_typed(shown: str, said: str) -> None:
    application = ready_replacement()
    number = application.certificate.paper_id
    if shown.strip():
        shown = number[:-1] + str((int(number[-1]) + 1) % 10)
    with pytest.raises(CertificateNumberWrong) as refused, translation.override("en"):
        collect(application, shown)
    with translation.override("en"):
        assert refused.value.sentence == said
    assert refused.value.rule == "S7"


def test_the_old_void_card_is_named_when_its_number_is_read_instead_of_the_new_one() -> None:
    application = ready_replacement()
    old = application.replaced_card
    at = f.at_counter(application.delivery_outlet)
    shown = f.everything(card_number=old.card_number, certificate_number=application.certificate.paper_id)
    with pytest.raises(OldCardShown):
        services.hand_over(application, actor=at, evidence=shown)


def test_a_certificate_issued_anew_for_a_card_that_lies_ready_says_that_it_can_be_collected_now() -> None:
    application = ready_replacement()
    certificate = replace_certificate(application)
    with translation.override("en"):
        facts = dict(words.facts(content_of(certificate.paper, application.holder)))
        told = told_activation(application)
    assert facts["Collection"].startswith("can be collected now, until ")
    assert "Earliest date of collection" not in facts
    assert application.bank.hotline in told


def test_a_loss_receipt_tells_that_reporting_is_free_and_what_a_replacement_costs() -> None:
    for card_type, fee in (
        (CardType.FINANCIAL_BLUE, "reporting is free; a replacement costs 20 yuan"),
        (CardType.ORDINARY_BLUE, "free of charge"),
    ):
        report = f.written_report(f.card(card_type=card_type))
        with translation.override("en"):
            assert dict(words.facts(content_of(report.receipt, report.holder)))["Fee"] == fee


# Whom the table lets come for a new certificate, and how guide and certificate begin to speak of it.
WHO = {"en": ("agent", "guardian"), "zh-hans": ("代办人", "监护人")}
BEGINS = {"en": ("**The certificate is lost.**", "If it is lost"), "zh-hans": ("**领卡证明丢了。**", "遗失")}


@pytest.mark.parametrize("language", WHO)
def test_the_guide_and_the_certificate_name_everybody_who_may_have_a_new_one_issued(language: str) -> None:
    assert set(workflow.CHECKLISTS[Action.REPLACE_CERTIFICATE]) == {Party.HOLDER, Party.AGENT, Party.GUARDIAN}
    guide = (CONTENT / f"collect-and-activate.{language[:2]}.md").read_text().splitlines()
    certificate = ready_replacement().certificate
    with translation.override(language):
        paper = words.advice(content_of(certificate.paper, certificate.holder))
    for lines, begins in zip((guide, paper), BEGINS[language], strict=True):
        (told,) = [line for line in lines if begins in line]
        assert all(who in told for who in WHO[language])
        assert "您本人" not in told
