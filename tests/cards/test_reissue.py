"""A new query code voids every old one of its case."""

import pytest

from cards import enquiry, services
from cards.actors import Actor
from cards.enquiry import Question
from cards.vocabulary import Channel, FeeExemption, Party
from tests import factories as f

pytestmark = pytest.mark.django_db


def opens(id_number: str, code: str) -> bool:
    """Whether a code opens anything for a number."""
    web = Actor(Party.HOLDER, Channel.WEB)
    return bool(enquiry.look_up(Question(id_number, code=code), network="192.0.2.1", actor=web).paper)


def test_reissuing_voids_the_codes_of_receipt_and_certificate_alike():
    report = f.written_report()
    application = services.replace_card(
        report,
        delivery_outlet=f.OutletFactory(),
        actor=f.at_counter(),
        evidence=f.everything(),
        fee_exemption=FeeExemption.QUALITY_FAULT,
    ).application
    id_number = report.holder.id_number
    before = [application.receipt.query_code, application.certificate.paper.query_code]
    assert all(opens(id_number, code) for code in before)

    services.reissue_code(application, actor=f.at_counter(), evidence=f.everything())

    after = [application.receipt.query_code, application.certificate.paper.query_code]
    assert not any(opens(id_number, code) for code in before)
    assert all(opens(id_number, code) for code in after)
