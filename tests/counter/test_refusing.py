"""Every refusal at the desk, with its sentence and the rule beside it; forms that somebody else overtook."""

import re
import uuid
from typing import Any

import pytest

from cards import memory
from cards.models import Card, LossReport
from cards.vocabulary import CardType, LossStatus, SocialStatus, Stage
from tests import factories
from tests.counter.citizen import agent, told, told_of
from tests.counter.desk import Desk, act_url, person_url, refusal_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_bank(db: Any) -> Desk:
    """A clerk at an outlet of a service bank."""
    return Desk("clerk", outlet=factories.OutletFactory(of_bank=True))


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
    page = clerk.act("report_in_writing", card, tick=False, saw_signed_form="on", saw_face_matches="on")
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
    ticks = {"saw_holder_id_original": "on", "saw_face_matches": "on"}
    page = clerk.act("cancel_report", report, tick=False, **ticks, card_number="X" * 9)
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
    place = report.holder.events.get(kind="replacement_accepted").outlet.name_en
    assert_tells_who(page, f"Replacement accepted on .+, .+ \\(Counter, {place}, {clerk.user.username}\\)")


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


def test_where_a_card_is_replaced_is_listed_open_where_it_is_refused(at_bank: Desk, clerk: Desk) -> None:
    report = factories.written_report()
    own = factories.OutletFactory(kind="bank_outlet", bank=report.card.bank)
    closed = factories.OutletFactory(kind="bank_outlet", bank=report.card.bank, closed_for_good=True)
    agency = factories.OutletFactory(of_agency=True)
    memory.forget_all()
    refused, allowed = (desk.form("replace", report).content.decode() for desk in (at_bank, clerk))
    for page in (refused, allowed):
        assert f"<dt>{own.name_en}</dt><dd>{own.address_en}, {own.hours_en}, {own.phone}</dd>" in page
        assert f"<dt>{clerk.outlet.name_en}</dt>" in page
        for other in (closed, agency, at_bank.outlet):
            assert f"<dt>{other.name_en}</dt>" not in page
    assert '<details class="panel" open><summary>Where this card is replaced' in refused
    assert '<details class="panel"><summary>Where this card is replaced' in allowed


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


def assert_tells_who(page: Any, entry: str) -> None:
    """The page names the last entry that the clerk had not seen."""
    told_of_it = page.context["deed"].overtaken_by
    assert re.fullmatch(f"Last entry on record: {entry}\\.", told_of_it), told_of_it
    assert f"<p>{told_of_it}</p>" in page.content.decode()


def test_a_form_filled_in_before_somebody_elses_step_is_refused(clerk: Desk) -> None:
    application = factories.first_application()
    page = clerk.form("withdraw", application)
    form = page.context["deed"].form
    sent = {name: form[name].value() for name in ("seen", "key", "party")}
    sent |= {"saw_holder_id_original": "on", "saw_face_matches": "on"}
    factories.walk_to(application, Stage.CHECKING)
    late = clerk.client.post(act_url("withdraw", application), sent)
    assert refusal_in(late)[0] == MEANWHILE
    walker = application.holder.events.get(kind="stage_reached").user
    assert_tells_who(late, f"Stage reached on .+, .+ \\(Counter, .+, {walker.username}\\)")
    assert told(application) == "Your data are being checked"


def test_a_form_about_a_card_is_stale_after_its_state_changed(clerk: Desk) -> None:
    card = factories.card()
    factories.oral_report(card)
    ticks = {"saw_holder_id_original": "on", "saw_face_matches": "on", "saw_signed_form": "on"}
    late = clerk.client
    clerk.find(card.holder.id_number)
    page = late.post(
        act_url("report_in_writing", card), {"seen": "normal", "key": uuid.uuid4(), "party": "holder", **ticks}
    )
    assert refusal_in(page)[0] == MEANWHILE
    officer = card.holder.events.get(kind="loss_reported").user
    assert_tells_who(page, f"Loss reported on .+, .+ \\(Hotline 12333, {officer.username}\\)")
    assert told_of(card)[0] == "Social security function: Temporarily reported lost"
    assert card.holder.events.filter(kind="loss_reported").count() == 1


def test_the_same_acceptance_from_two_pages_makes_one_case(at_bank: Desk) -> None:
    person = factories.holder()
    data = {
        "seen": "0",
        "party": "holder",
        "kind": "first",
        "card_type": "financial_blue",
        "method": "factory",
        "delivery_outlet": at_bank.outlet.pk,
        "saw_holder_id_original": "on",
        "saw_face_matches": "on",
        "saw_signed_form": "on",
    }
    at_bank.find(person.id_number)
    answers = [at_bank.client.post(act_url("accept", person), data | {"key": uuid.uuid4()}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 200]
    assert person.applications.count() == 1


def test_after_a_step_the_screen_follows(clerk: Desk) -> None:
    application = factories.first_application()
    answer = clerk.act("check", application)
    text = clerk.client.get(answer.url).content.decode()
    assert "Recorded: the data are being checked." in text
    assert "Your data are being checked" in text
    assert act_url("open_account", application) in text
    assert person_url(application.holder) in text
