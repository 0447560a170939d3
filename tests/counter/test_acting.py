"""Every action through the admin, and what the citizen reads afterwards."""

from typing import Any

import pytest
from django.utils import translation

from cards.answers import answer_case
from cards.case_file import Opening
from cards.case_reading import read_case
from cards.models import Application, Card, LossReport
from cards.vocabulary import AccessOutcome, BankStatus, CardType, LossStatus, Stage
from tests import factories
from tests.counter.citizen import agent, told, told_of
from tests.counter.desk import Desk, after_url, refusal_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_bank(db: Any) -> Desk:
    """A clerk at an outlet of a service bank."""
    return Desk("clerk", outlet=factories.OutletFactory(of_bank=True))


# --- the way of a card --------------------------------------------------------------------------------------------


def test_an_application_is_accepted_moved_along_and_handed_over(at_bank: Desk) -> None:
    person = factories.holder()
    sheet = at_bank.done("accept", person, card_type="financial_blue")
    application = person.applications.get()
    assert application.receipt.query_code[:5] in sheet.content.decode()
    steps = [
        ("check", "Your data are being checked"),
        ("open_account", "Your bank account is being opened"),
        ("produce", "Your card is being made"),
        ("send", "Your card is on its way to the outlet"),
        ("receive", "Your card is ready to collect"),
    ]
    assert told(application) == "Your application has been accepted"
    for action, title in steps:
        at_bank.done(action, application)
        assert told(application) == title
    screen = at_bank.done("hand_over", application, card_number="6217 0000 1234")
    assert told(application) == "Your card has been collected"
    assert "The card is handed over and works from now on." in screen.content.decode()
    assert Card.objects.of(person).get().card_number == "621700001234"


@pytest.mark.parametrize(
    ("card_type", "to_activate", "said"),
    [
        (CardType.FINANCIAL_BLUE, False, "it needs no activation"),
        (CardType.FINANCIAL_BLUE, True, "have it activated at the bank"),
        (CardType.ORDINARY_BLUE, False, "It has no bank account to activate"),
    ],
)
def test_whoever_hands_over_is_told_what_to_say_of_activation(
    clerk: Desk, card_type: str, to_activate: bool, said: str
) -> None:
    bank = factories.BankFactory() if card_type == CardType.FINANCIAL_BLUE else None
    application = factories.first_application(card_type=card_type, bank=bank, delivery_outlet=clerk.outlet)
    Application.objects.filter(pk=application.pk).update(activation_needed=to_activate)
    application.refresh_from_db()
    factories.walk_to(application, Stage.READY)
    screen = clerk.done("hand_over", application, card_number="6217 0000 1234")
    assert said in screen.content.decode()


def test_a_fee_is_asked_for_and_taken(clerk: Desk) -> None:
    card = factories.card(card_type=CardType.ORDINARY_BLUE)
    clerk.done("accept", card, kind="exchange", exchange_reason="damaged", card_type="ordinary_blue")
    application = card.holder.applications.get()
    assert application.fee_yuan == 20
    clerk.done("check", application)
    clerk.done("ask_fee", application)
    assert told(application) == "The card production fee is still to be paid"
    clerk.done("take_fee", application)
    assert told(application) == "Your card is being made"


def test_an_exemption_makes_the_exchange_free(clerk: Desk) -> None:
    card = factories.card(card_type=CardType.ORDINARY_BLUE)
    fields = {"kind": "exchange", "exchange_reason": "quality_fault", "fee_exemption": "quality_fault"}
    clerk.done("accept", card, card_type="ordinary_blue", **fields)
    assert card.holder.applications.get().fee_yuan == 0


def test_the_clock_is_stopped_with_a_reason_and_runs_again(clerk: Desk) -> None:
    application = factories.walk_to(factories.first_application(), Stage.CHECKING)
    clerk.done("stop", application, reason="photo_rejected")
    assert told(application) == "A new photo is needed"
    clerk.done("resume", application)
    assert told(application) == "Your data are being checked"


def test_only_reasons_of_the_stage_are_offered(clerk: Desk) -> None:
    application = factories.walk_to(factories.first_application(), Stage.CHECKING)
    page = clerk.act("stop", application, reason="production_failed")
    assert "reason" in page.context["deed"].form.errors
    assert told(application) == "Your data are being checked"


def test_an_application_is_withdrawn_by_its_holder(clerk: Desk) -> None:
    application = factories.first_application()
    clerk.done("withdraw", application)
    assert told(application) == "The application was withdrawn"


def test_a_refusal_tells_its_reason_to_the_person(supervisor: Desk) -> None:
    application = factories.first_application()
    page = supervisor.act("refuse", application, reason="")
    assert "reason" in page.context["deed"].form.errors
    supervisor.done("refuse", application, reason="户籍资料不符")
    assert told(application) == "The application was refused"
    assert "户籍资料不符" in supervisor.read(application.holder)


def test_an_uncollected_card_is_recalled(supervisor: Desk) -> None:
    application = factories.walk_to(factories.first_application(), Stage.READY)
    supervisor.done("recall", application)
    assert told(application) == "The card was recalled because it was not collected in time"


def test_a_card_replaced_at_the_special_window_is_activated_last(clerk: Desk) -> None:
    report = factories.written_report()
    sheet = clerk.done("replace", report)
    application = report.holder.applications.get()
    certificate = application.certificate.paper_id
    assert f"{certificate[:4]} {certificate[4:8]} {certificate[8:]}" in sheet.content.decode()
    factories.walk_to(application, Stage.READY)
    wrong = clerk.act("hand_over", application, card_number="NEWCARD001", certificate_number="1")
    assert refusal_in(wrong) == (
        "The number of the certificate shown does not belong to this case.",
        "Rule S7: the card certificate",
    )
    clerk.done("hand_over", application, card_number="NEWCARD001", certificate_number=certificate)
    clerk.done("activate", application)
    assert told(application) == "Your card has been activated"
    assert Card.objects.get(application=application).bank_status == BankStatus.ACTIVE


def test_a_new_code_voids_the_old_one(clerk: Desk) -> None:
    application = factories.first_application()
    old = application.receipt.query_code
    sheet = clerk.done("reissue_code", application).content.decode()
    application.receipt.refresh_from_db()
    new = application.receipt.query_code
    assert new != old
    assert f"{new[:5]} {new[5:]}" in sheet
    assert old[:5] not in sheet


# --- loss ---------------------------------------------------------------------------------------------------------


def test_the_hotline_records_an_oral_report_and_reads_the_code_out(hotline: Desk) -> None:
    card = factories.card()
    page = hotline.done("report_orally", card)
    text = page.content.decode()
    report = card.loss_reports.get()
    code = report.receipt.query_code
    assert f"{code[:5]} {code[5:]}" in text
    assert card.bank.hotline in text
    assert "lapses at 24:00 on" in text
    assert told_of(card)[0] == "Social security function: Temporarily reported lost"
    assert report.channel == "hotline"


def test_a_written_report_follows_an_oral_one(clerk: Desk) -> None:
    oral = factories.oral_report()
    clerk.done("report_in_writing", oral.card)
    assert told_of(oral.card)[0] == "Social security function: Reported lost in writing (formal)"
    assert LossReport.objects.get(pk=oral.pk).status == LossStatus.FORMALISED


def test_a_written_report_at_the_cards_own_bank_freezes_both_ledgers(desk_of: Any) -> None:
    card = factories.card()
    desk = desk_of("clerk", outlet=factories.OutletFactory(kind="bank_outlet", bank=card.bank))
    assert "recorded as frozen too" in desk.form("report_in_writing", card).content.decode()
    desk.done("report_in_writing", card)
    assert told_of(card)[1] == "Bank account function: Frozen"


def test_a_report_is_cancelled_with_the_card_in_hand(clerk: Desk) -> None:
    report = factories.written_report()
    clerk.done("cancel_report", report, card_number=report.card.card_number.lower())
    assert told_of(report.card)[0] == "Social security function: Normal"


def test_a_replacement_voids_the_old_card(clerk: Desk) -> None:
    report = factories.written_report()
    page = clerk.form("replace", report)
    assert "the old card is void and the report can no longer be cancelled" in page.content.decode()
    assert "must be activated at the bank (S12)" in page.content.decode()
    clerk.done("replace", report)
    assert told_of(report.card)[0] == "Social security function: Cancelled"


def test_a_lost_ordinary_card_gives_way_to_a_financial_one(at_bank: Desk) -> None:
    report = factories.written_report(factories.card(card_type=CardType.ORDINARY_BLUE))
    assert "Apply for a financial blue card instead" in at_bank.read(report.holder)
    at_bank.done("accept", report.card)
    application = report.holder.applications.get()
    assert (application.kind, application.card_type) == ("first", "financial_blue")
    assert told_of(report.card) == ["Social security function: Cancelled", "The old card is void"]


def test_an_agent_acts_with_both_documents(clerk: Desk) -> None:
    card = factories.card()
    sheet = clerk.done("report_in_writing", card, party="agent", **agent()).content.decode()
    assert card.loss_reports.get().agent_name == "李四"
    assert "Agent: 李*" in sheet
    assert "李四" not in sheet


def test_a_guardian_acts_for_a_child(clerk: Desk) -> None:
    from datetime import date

    child = factories.holder(id_number=factories.synthetic_id_number(date(2016, 5, 1)))
    card = factories.card(child)
    mother = {"agent_name": "王芳", "agent_id_number": factories.synthetic_id_number(date(1985, 5, 1))}
    clerk.done("report_in_writing", card, party="guardian", **mother)
    assert card.loss_reports.get().party == "guardian"


@pytest.mark.parametrize("report", [factories.oral_report, factories.written_report])
def test_of_a_lost_card_the_desk_tells_what_the_citizen_reads(report: Any, clerk: Desk) -> None:
    """Nobody is sent to activate it, and the loss is heard before the application that brought the card."""
    application = factories.walk_to(factories.first_application(), Stage.COLLECTED)
    Application.objects.filter(pk=application.pk).update(activation_needed=True)
    application.refresh_from_db()
    report(application.card)
    opening = Opening(
        AccessOutcome.FOUND, application.holder_id, application.receipt.number, application.receipt.issue
    )
    with translation.override("en"):
        citizen = answer_case(read_case(opening), opening)
    clerk.open(application.holder)
    page = clerk.client.get(after_url("hand_over", application))
    assert page.context["after"].says == [citizen.phone, citizen.applications[0].phone]
    assert "activated" not in " ".join(page.context["after"].says)
    shown = dict(clerk.form("activate", application, party="office").context["deed"].facts)
    assert shown["The person reads"] == citizen.title


def test_of_a_card_that_works_the_desk_tells_of_its_application_alone(clerk: Desk) -> None:
    application = factories.walk_to(factories.first_application(), Stage.COLLECTED)
    clerk.open(application.holder)
    (said,) = clerk.client.get(after_url("hand_over", application)).context["after"].says
    assert said.startswith("Your card has been collected.")
