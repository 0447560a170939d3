"""How a record was looked at: the newest looks with the answer, all of them on a page of their own for the holder."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cards import case_reading
from cards.models import AccessRecord, Application
from cards.models.ledger import RECORD_KEPT
from cards.vocabulary import AccessOutcome, AccessPurpose, Channel
from tests import factories

pytestmark = pytest.mark.django_db
ALL = "All looks at your record"
ADDRESS = "/status/looks/"


def looked_at(application: Application, times: int, purpose: str, channel: str) -> None:
    """Leave that many looks, each a minute before the one that comes after it."""
    now = timezone.now()
    AccessRecord.objects.bulk_create(
        AccessRecord(
            holder=application.holder,
            at=now - timedelta(minutes=1 + n),
            keep_until=now + RECORD_KEPT,
            channel=channel,
            purpose=purpose,
            outcome=AccessOutcome.FOUND,
        )
        for n in range(times)
    )


def test_many_own_looks_do_not_hide_the_one_of_an_officer(ask, text, client: Client) -> None:
    application = factories.first_application()
    looked_at(application, 30, AccessPurpose.ENQUIRY, Channel.WEB)
    AccessRecord.objects.create(
        holder=application.holder,
        at=timezone.now() - timedelta(days=40),
        keep_until=timezone.now() + RECORD_KEPT,
        channel=Channel.COUNTER,
        purpose=AccessPurpose.STAFF_FULL_VIEW,
        outcome=AccessOutcome.FOUND,
    )
    page = ask(application.holder.id_number, code=application.receipt.query_code)
    told = text(page)
    assert "The newest looks" in told
    assert ALL in told
    assert str(AccessPurpose.STAFF_FULL_VIEW.label) not in told
    answer = client.get(ADDRESS, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert "The last 32 looks" in text(answer)
    assert str(AccessPurpose.STAFF_FULL_VIEW.label) in text(answer)


def test_few_looks_stand_with_the_answer_and_need_no_other_page(ask, text) -> None:
    application = factories.first_application()
    looked_at(application, case_reading.LOOKS_SHOWN - 1, AccessPurpose.ENQUIRY, Channel.WEB)
    page = text(ask(application.holder.id_number, code=application.receipt.query_code))
    assert "The newest looks" in page
    assert ALL not in page


def test_only_the_answer_in_full_opens_the_page(ask, client: Client) -> None:
    application = factories.first_application()
    assert client.get(ADDRESS)["Location"] == "/status/answer/"
    ask(application.holder.id_number)
    assert client.get(ADDRESS)["Location"] == "/status/answer/"
    assert client.post(ADDRESS).status_code == 405


def test_a_code_voided_meanwhile_closes_the_page(ask, client: Client) -> None:
    from cards import services

    application = factories.first_application()
    ask(application.holder.id_number, code=application.receipt.query_code)
    assert client.get(ADDRESS).status_code == 200
    services.reissue_code(application, actor=factories.at_counter(), evidence=factories.everything())
    assert client.get(ADDRESS)["Location"] == "/status/answer/"


def test_the_page_holds_a_bounded_number_of_looks(ask, text, client: Client, django_assert_max_num_queries) -> None:
    application = factories.first_application()
    looked_at(application, case_reading.MOST_LOOKS + 10, AccessPurpose.ENQUIRY, Channel.WEB)
    ask(application.holder.id_number, code=application.receipt.query_code)
    with django_assert_max_num_queries(5):
        page = text(client.get(ADDRESS, headers={"Accept-Language": "en"}))
    assert f"The last {case_reading.MOST_LOOKS} looks" in page
