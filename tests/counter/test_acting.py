"""Every action through the admin, and what the citizen reads afterwards; every refusal with its sentence and rule."""

from typing import Any

import pytest

from cards.answers import answer_application, answer_card
from cards.models import Application, Card, LossReport
from cards.vocabulary import BankStatus, CardType, LossStatus, SocialStatus, Stage
from tests import factories
from tests.counter.desk import Desk, act_url, person_url, refusal_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_bank(db: Any) -> Desk:
    """A clerk at an outlet of a service bank."""
    return Desk("clerk", outlet=factories.OutletFactory(of_bank=True))


def told(application: Application) -> str:
    """The title a citizen reads now, in the language of the source."""
    from django.utils import timezone, translation

    application = Application.objects.get(pk=application.pk)
    with translation.override("en"):
        return answer_application(application, full=True, now=timezone.now()).title


def told_of(card: Card) -> list[str]:
    """The titles of the ledgers and reports of a card as a citizen reads them."""
    from django.utils import timezone, translation

    card = Card.objects.select_related("bank").get(pk=card.pk)
    reports = list(LossReport.objects.of(card.holder).newest_first())
    with translation.override("en"):
        answer = answer_card(card, reports, timezone.now())
    return [ledger.title for ledger in answer.ledgers] + [report.title for report in answer.reports]


def agent() -> dict[str, str]:
    """An agent who is of age."""
    return {"agent_name": "李四", "agent_id_number": factories.synthetic_id_number()}


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
    assert told(application) == "Your card is in full use"
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
    assert told_of(card)[0] == "Social security function: Reported lost by word of mouth (temporary)"
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
    clerk.done("report_in_writing", card, party="guardian")
    assert card.loss_reports.get().party == "guardian"


# --- refusals -----------------------------------------------------------------------------------------------------

S5, S9, S10 = (
    "Rule S5: oral and written loss reports",
    "Rule S9: who may act, with which documents",
    "Rule S10: cancelling a loss report",
)
S11 = "Rule S11: which card is replaced where"


def test_an_agent_without_own_id_is_refused(clerk: Desk) -> None:
    card = factories.card()
    page = clerk.act("report_in_writing", card, party="agent", agent_name="李四", agent_id_number="")
    assert refusal_in(page) == (
        "An agent must give the own name and ID number, from the agent's own original ID document.",
        S9,
    )
    assert 'value="李四"' in page.content.decode()
    assert not card.loss_reports.exists()


def test_an_agents_number_with_a_slip_is_refused_and_kept(clerk: Desk) -> None:
    card = factories.card()
    number = agent()["agent_id_number"]
    slip = number[:-1] + ("1" if number[-1] != "1" else "2")
    page = clerk.act("report_in_writing", card, party="agent", agent_name="李四", agent_id_number=slip)
    assert refusal_in(page)[0].startswith("The last character does not fit the others")
    assert f'value="{slip}"' in page.content.decode()


def test_the_holder_is_not_the_agent(clerk: Desk) -> None:
    card = factories.card()
    own = {"agent_name": "张三", "agent_id_number": card.holder.id_number}
    assert refusal_in(clerk.act("report_in_writing", card, party="agent", **own)) == (
        "The agent's ID number is the cardholder's. An agent must be another person.",
        S9,
    )


def test_an_agent_under_age_is_refused(clerk: Desk) -> None:
    from datetime import date

    card = factories.card()
    young = {"agent_name": "王小明", "agent_id_number": factories.synthetic_id_number(date(2012, 1, 1))}
    assert refusal_in(clerk.act("report_in_writing", card, party="agent", **young)) == (
        "An agent must be at least 18 years old.",
        S9,
    )


def test_what_was_not_seen_is_named(clerk: Desk) -> None:
    card = factories.card()
    page = clerk.act("report_in_writing", card, tick=False, saw_signed_form="on")
    assert refusal_in(page) == (
        "Something required was not confirmed: Original, valid ID document of the cardholder seen.",
        S9,
    )


@pytest.mark.parametrize("party", ["agent", "guardian"])
def test_only_the_holder_cancels(clerk: Desk, party: str) -> None:
    report = factories.written_report()
    page = clerk.act("cancel_report", report, party=party, card_number=report.card.card_number, **agent())
    assert refusal_in(page) == (
        "Only the cardholder in person can cancel a loss report. An agent or guardian cannot.",
        S10,
    )


def test_nothing_is_cancelled_without_the_original_card(clerk: Desk) -> None:
    report = factories.written_report()
    page = clerk.act("cancel_report", report, tick=False, saw_holder_id_original="on", card_number="X" * 9)
    assert refusal_in(page) == ("To cancel a loss report, the original card must be shown.", S10)


def test_nothing_is_cancelled_with_another_card(clerk: Desk) -> None:
    report = factories.written_report()
    other = factories.card(report.holder)
    page = clerk.act("cancel_report", report, card_number=other.card_number)
    assert refusal_in(page) == ("The number of the card shown is not the number of the card reported lost.", S10)
    assert f'value="{other.card_number}"' in page.content.decode()
    assert LossReport.objects.get(pk=report.pk).status == LossStatus.STANDING


def test_nothing_is_cancelled_after_the_replacement(clerk: Desk) -> None:
    report = factories.written_report()
    clerk.done("replace", report)
    page = clerk.act("cancel_report", report, card_number=report.card.card_number)
    assert refusal_in(page) == (
        "The replacement of this card was already accepted. "
        "The old card is void and its loss report can no longer be cancelled.",
        S10,
    )


def test_there_is_no_second_replacement(clerk: Desk) -> None:
    report = factories.written_report()
    clerk.done("replace", report)
    page = clerk.act("replace", report)
    assert refusal_in(page) == (
        "A replacement for this card is already under way.",
        "Rule S6: replacement follows a written report",
    )
    assert report.holder.applications.count() == 1


def test_an_oral_report_is_not_made_twice(hotline: Desk) -> None:
    report = factories.oral_report()
    assert refusal_in(hotline.act("report_orally", report.card)) == (
        "A loss report for this card is already in force. A second one would not prolong it.",
        S5,
    )


def test_an_oral_report_is_repeated_only_as_often_as_the_rules_allow(
    clerk: Desk, hotline: Desk, time_machine: Any
) -> None:
    card = factories.card()
    for _ in range(2):
        report = factories.oral_report(card)
        clerk.done("cancel_report", report, card_number=card.card_number)
    assert refusal_in(hotline.act("report_orally", card)) == (
        "In 30 days an oral report can be made 2 times for one card. Please report the loss in writing at a window.",
        S5,
    )


def test_a_lost_ordinary_card_is_not_replaced_like_for_like(clerk: Desk) -> None:
    report = factories.written_report(factories.card(card_type=CardType.ORDINARY_YELLOW))
    sentence = (
        "A lost ordinary card is not replaced by another ordinary card. Please apply for a financial blue card; "
        "this is a first application and free of charge."
    )
    page = clerk.form("replace", report)
    assert refusal_in(page) == (sentence, S11)
    assert refusal_in(clerk.act("replace", report)) == (sentence, S11)
    assert refusal_in(clerk.act("accept", report.card, card_type="ordinary_yellow")) == (sentence, S11)
    assert Card.objects.get(pk=report.card_id).social_status == SocialStatus.FORMALLY_LOST


def test_a_financial_card_is_not_replaced_at_another_bank(at_bank: Desk) -> None:
    page = at_bank.form("replace", factories.written_report())
    assert refusal_in(page)[1] == S11
    assert "Accept the replacement</button>" not in page.content.decode()


def test_a_case_of_another_person_is_not_found(clerk: Desk) -> None:
    mine, other = factories.holder(), factories.first_application()
    clerk.find(mine.id_number)
    address = act_url("check", other).replace(str(other.holder_id), str(mine.pk))
    assert clerk.client.get(address).status_code == 404
    assert clerk.client.post(address, {"seen": "accepted/", "party": "office"}).status_code == 404
    assert told(other) == "Your application has been accepted"


def test_a_financial_card_needs_a_bank(clerk: Desk) -> None:
    person = factories.holder()
    page = clerk.act("accept", person, card_type="financial_blue")
    assert "bank" in page.context["deed"].form.errors
    assert not person.applications.exists()


def test_nothing_is_accepted_by_somebody_without_an_outlet(desk_of: Any) -> None:
    desk = desk_of("clerk", outlet=None)
    page = desk.form("accept", factories.holder())
    assert refusal_in(page)[0].startswith("Your account is not placed at an outlet")


# --- stale forms --------------------------------------------------------------------------------------------------

MEANWHILE = "Someone else changed this in the meantime. Nothing of yours was recorded; reload and look again."


def test_a_form_filled_in_before_somebody_elses_step_is_refused(clerk: Desk) -> None:
    application = factories.first_application()
    page = clerk.form("withdraw", application)
    sent = {"seen": page.context["deed"].form["seen"].value(), "party": "holder", "saw_holder_id_original": "on"}
    factories.walk_to(application, Stage.CHECKING)
    late = clerk.client.post(act_url("withdraw", application), sent)
    assert refusal_in(late)[0] == MEANWHILE
    assert told(application) == "Your data are being checked"


def test_a_form_about_a_card_is_stale_after_its_state_changed(clerk: Desk) -> None:
    card = factories.card()
    factories.oral_report(card)
    ticks = {"saw_holder_id_original": "on", "saw_signed_form": "on"}
    late = clerk.client
    clerk.find(card.holder.id_number)
    page = late.post(act_url("report_in_writing", card), {"seen": "normal", "party": "holder", **ticks})
    assert refusal_in(page)[0] == MEANWHILE
    assert told_of(card)[0] == "Social security function: Reported lost by word of mouth (temporary)"
    assert card.holder.events.filter(kind="loss_reported").count() == 1


def test_the_same_acceptance_sent_twice_makes_one_case(at_bank: Desk) -> None:
    person = factories.holder()
    data = {
        "seen": "0",
        "party": "holder",
        "kind": "first",
        "card_type": "financial_blue",
        "method": "factory",
        "delivery_outlet": at_bank.outlet.pk,
        "saw_holder_id_original": "on",
        "saw_signed_form": "on",
    }
    at_bank.find(person.id_number)
    answers = [at_bank.client.post(act_url("accept", person), data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 200]
    assert person.applications.count() == 1


def test_after_a_step_the_screen_follows(clerk: Desk) -> None:
    application = factories.first_application()
    answer = clerk.act("check", application)
    assert answer.url == person_url(application.holder)
    assert "Recorded: the data are being checked." in clerk.client.get(answer.url).content.decode()
