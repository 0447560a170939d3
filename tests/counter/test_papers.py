"""The papers at the desk: which one follows each act, who sees a code when, and in which forms."""

import re
from typing import Any

import pytest
from django.urls import reverse

from cards.models import AccessRecord
from cards.paper_number import spaced_code, spaced_paper_number
from cards.papers import pdf
from cards.papers.sheet import digits_of
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
        "activated at any outlet of",
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


# --- which paper follows which act --------------------------------------------------------------------------------


def test_a_cancellation_leads_to_its_receipt_which_opens_nothing(clerk: Desk) -> None:
    card = factories.card()
    report = factories.written_report(card)
    page = clerk.done("cancel_report", report, card_number=card.card_number)
    receipt = report.cancellation.receipt
    text = text_of(page)
    for words in (
        "解除挂失回执",
        "Cancellation receipt",
        spaced_paper_number(receipt.number),
        spaced_paper_number(report.receipt_id),
        "The report is cancelled and the card works again.",
    ):
        assert words in text, words
    assert spaced_code(receipt.query_code) not in text
    assert "Query code" not in text
    listed = clerk.read(card.holder)
    for number in (report.receipt_id, receipt.number):
        assert spaced_paper_number(number) in listed


def test_a_lost_certificate_is_replaced_at_the_desk_and_both_numbers_are_listed(clerk: Desk) -> None:
    report = factories.written_report()
    clerk.done("replace", report)
    application = report.holder.applications.get()
    lost = application.certificate.paper
    text = text_of(clerk.done("replace_certificate", application))
    new = type(application).objects.get(pk=application.pk).certificate.paper
    assert spaced_paper_number(new.number) in text
    assert spaced_code(new.query_code) in text
    assert "The new certificate is in force." in text
    listed = text_of(clerk.open(report.holder))
    assert f"Card certificate {spaced_paper_number(new.number)}" in listed
    assert f"Card certificate, no longer in force {spaced_paper_number(lost.number)}" in listed
    assert clerk.find(lost.number).status_code == 303


def test_the_same_form_for_a_lost_certificate_sent_twice_issues_one(clerk: Desk) -> None:
    report = factories.written_report()
    clerk.done("replace", report)
    application = report.holder.applications.get()
    seen = clerk.form("replace_certificate", application).context["deed"].form["seen"].value()
    first = clerk.act("replace_certificate", application, seen=seen)
    second = clerk.act("replace_certificate", application, seen=seen)
    assert (first.status_code, second.status_code) == (303, 200)
    assert "Someone else changed this in the meantime." in second.content.decode()
    assert report.holder.papers.filter(kind=2).count() == 2


def test_the_old_certificate_is_refused_at_the_hand_over_beside_its_field(clerk: Desk) -> None:
    report = factories.written_report()
    clerk.done("replace", report)
    application = factories.walk_to(report.holder.applications.get(), "ready")
    lost = application.certificate.paper_id
    clerk.done("replace_certificate", application)
    page = clerk.act("hand_over", application, certificate_number=lost, card_number="NEWCARD0100")
    assert "Only the new certificate collects the card." in page.content.decode()
    assert page.context["deed"].form.errors["certificate_number"]


def test_an_answer_is_printed_as_a_slip_at_a_window(clerk: Desk) -> None:
    application = factories.first_application()
    person = application.holder
    clerk.open(person)
    sent = clerk.client.post(reverse("admin:cards_cardholder_answer", args=[person.pk]))
    assert sent.status_code == 303
    text = text_of(clerk.client.get(sent.url))
    answer = person.answers.get()
    told = answer.words["en"][0]["slip"][0]
    for words in (
        "办理进度单",
        "Progress slip",
        spaced_paper_number(answer.paper_id),
        told,
    ):
        assert words in text, words
    assert spaced_code(application.receipt.query_code) not in text


# --- forms of a paper ---------------------------------------------------------------------------------------------


def open_receipt(desk: Desk) -> str:
    """The address of a receipt whose showing was recorded."""
    application = factories.first_application()
    desk.find(application.holder.id_number)
    return str(desk.client.post(paper_url(application.holder, application.receipt_id)).url)


def test_large_type_shows_one_language_alone(clerk: Desk) -> None:
    address = open_receipt(clerk)
    both = clerk.client.get(address).content.decode()
    assert all(word in both for word in ("受理回执", "Acceptance receipt", "大字版", "Large type, English"))
    chinese = text_of(clerk.client.get(f"{address}?type=large&language=zh-hans"))
    assert "受理回执" in chinese
    assert "Acceptance receipt </span>" not in chinese
    assert "Financial blue card" not in chinese
    assert "Both languages" in chinese


def test_a_paper_is_had_as_pdf_by_who_has_it_open(clerk: Desk) -> None:
    address = open_receipt(clerk)
    assert f'href="{address}pdf/"' in clerk.client.get(address).content.decode()
    large = clerk.client.get(f"{address}?type=large&language=en").content.decode()
    assert f'href="{address}pdf/?type=large&amp;language=en"' in large
    response = clerk.client.get(f"{address}pdf/")
    assert response.headers["Content-Type"] == "application/pdf"
    assert "no-store" in response.headers["Cache-Control"]
    assert response.content.startswith(b"%PDF-")


def test_a_pdf_of_a_paper_that_was_not_opened_leads_to_the_question(clerk: Desk) -> None:
    application = factories.first_application()
    address = paper_url(application.holder, application.receipt_id)
    response = clerk.client.get(f"{address}pdf/")
    assert (response.status_code, response.url) == (303, address)


def test_without_weasyprint_there_is_no_pdf_and_no_link_to_it(clerk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    address = open_receipt(clerk)
    monkeypatch.setattr(pdf, "available", lambda: False)
    assert "pdf/" not in clerk.client.get(address).content.decode()
    assert clerk.client.get(f"{address}pdf/").status_code == 404


def test_a_scanned_paper_leads_to_its_person(clerk: Desk) -> None:
    application = factories.first_application()
    assert clerk.find(digits_of(application.receipt)).url.endswith(f"/{application.holder_id}/change/")
