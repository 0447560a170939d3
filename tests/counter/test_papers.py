"""The papers: what stands on them in two languages, and who sees a code when."""

import re
from typing import Any

import pytest
from django.urls import reverse

from cards.models import AccessRecord
from cards.paper_number import spaced_code, spaced_paper_number
from tests import factories
from tests.counter.desk import Desk

pytestmark = pytest.mark.django_db


def paper_url(holder: Any, number: str) -> str:
    """The sheet of a paper."""
    return reverse("admin:cards_cardholder_paper", args=[holder.pk, number])


def text_of(page: Any) -> str:
    """The text of a page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def test_a_receipt_says_everything_in_both_languages(clerk: Desk) -> None:
    person = factories.holder(name="欧阳修文")
    outlet = factories.OutletFactory(of_bank=True)
    agent = {"agent_name": "司马小光", "agent_id_number": factories.synthetic_id_number()}
    page = clerk.done("accept", person, party="agent", bank=outlet.bank.pk, delivery_outlet=outlet.pk, **agent)
    paper = person.applications.get().receipt
    text = text_of(page)
    for words in (
        spaced_paper_number(paper.number),
        spaced_code(paper.query_code),
        "欧***",
        f"{person.id_number[0]}****************{person.id_number[-1]}",
        "Agent: 司***",
        "Financial blue card",
        "free of charge",
        outlet.name_zh,
        outlet.name_en,
        clerk.outlet.name_zh,
        clerk.outlet.name_en,
        "/status/",
        "12333",
    ):
        assert words in text, words
    assert "The application is accepted. Say: keep the receipt" in text
    assert person.name not in text
    assert person.id_number not in text
    assert 'lang="zh-Hans"' in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_a_certificate_tells_when_where_and_with_what_to_collect(clerk: Desk) -> None:
    report = factories.written_report()
    text = text_of(clerk.done("replace", report, fee_exemption=""))
    for words in (
        "Card certificate",
        "20 yuan",
        "Earliest date of collection",
        "Collect with: this certificate and your original ID document.",
        "activated at an outlet of the service bank",
        "keep prescriptions and receipts",
    ):
        assert words in text, words


def test_a_loss_receipt_tells_the_clock_and_the_bank(clerk: Desk) -> None:
    card = factories.card()
    text = text_of(clerk.done("report_orally", card))
    for words in ("Loss report receipt", "Lapses at", "24:00 on", card.last_four, card.bank.hotline):
        assert words in text, words


def test_showing_a_paper_again_is_recorded_first(clerk: Desk) -> None:
    application = factories.first_application()
    person, paper = application.holder, application.receipt
    code = spaced_code(paper.query_code)
    clerk.find(person.id_number)
    address = paper_url(person, paper.number)
    assert code not in text_of(clerk.client.get(address))
    answer = clerk.client.post(address)
    assert answer.status_code == 303
    assert code in text_of(clerk.client.get(answer.url))
    record = AccessRecord.objects.of(person).get(purpose="staff_case_view")
    assert paper.number in record.reason


def test_the_code_of_a_report_by_phone_is_seen_by_its_officer_once(hotline: Desk, desk_of: Any) -> None:
    card = factories.card()
    page = hotline.done("report_orally", card)
    paper = card.loss_reports.get().receipt
    code, address = spaced_code(paper.query_code), paper_url(card.holder, paper.number)
    assert code in text_of(page)
    assert "Read the query code out once" in text_of(page)
    assert "Say this" in text_of(page)
    other = desk_of("hotline", outlet=None)
    other.find(card.holder.id_number)
    assert code not in text_of(other.client.get(address))
    assert other.client.post(address).status_code == 403
    assert "Show and print" not in other.read(card.holder)


def test_the_sheet_of_a_paper_closes_after_ten_minutes(hotline: Desk, time_machine: Any) -> None:
    import time

    card = factories.card()
    hotline.done("report_orally", card)
    paper = card.loss_reports.get().receipt
    address = paper_url(card.holder, paper.number)
    time_machine.move_to(time.time() + 601, tick=False)
    assert spaced_code(paper.query_code) not in text_of(hotline.client.get(address))


def test_a_used_certificate_shows_no_code(clerk: Desk) -> None:
    report = factories.written_report()
    clerk.done("replace", report)
    certificate = factories.walk_to(report.holder.applications.get(), "collected").certificate.paper
    certificate.refresh_from_db()
    text = text_of(clerk.client.get(paper_url(report.holder, certificate.number)))
    assert "This paper is no longer in force." in text
    assert spaced_code(certificate.query_code) not in text


def test_a_paper_of_another_person_is_not_found(clerk: Desk) -> None:
    mine, other = factories.holder(), factories.first_application()
    clerk.find(mine.id_number)
    address = paper_url(mine, other.receipt_id)
    assert clerk.client.get(address).status_code == 404
    assert clerk.client.post(address).status_code == 404


def test_editors_reach_no_paper(desk_of: Any) -> None:
    application = factories.first_application()
    desk = desk_of("editor")
    for answer in (
        desk.client.get(paper_url(application.holder, application.receipt_id)),
        desk.client.post(paper_url(application.holder, application.receipt_id)),
    ):
        assert answer.status_code == 403
