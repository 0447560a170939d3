"""After a case came to a halt or an end, the screen offers the next right move."""

from typing import Any

import pytest
from django.utils import timezone

from cards import services
from cards.answers import answer_report
from cards.models import Application
from cards.vocabulary import Action, ApplicationKind, CardType, Stage, StopReason
from tests import factories as f
from tests.cards.losing import exchange, put_rules_in_force
from tests.counter.citizen import told
from tests.counter.desk import Desk, act_url, refusal_in
from tests.counter.test_papers import text_of

pytestmark = pytest.mark.django_db


def ended(kind: str, how: Action) -> Application:
    """An application of a kind that was broken off."""
    if kind == ApplicationKind.REPLACEMENT:
        made = services.replace_card(
            f.written_report(), delivery_outlet=f.OutletFactory(), actor=f.at_counter(), evidence=f.everything(),
            fee_exemption="quality_fault",
        )  # fmt: skip
        application = made.application
    elif kind == ApplicationKind.EXCHANGE:
        card = f.card()
        application = f.first_application(
            card.holder, kind="exchange", exchange_reason="damaged", card_type=card.card_type, replaced_card=card,
            fee_exemption="quality_fault",
        )  # fmt: skip
    else:
        application = f.first_application()
    if how == Action.RECALL:
        f.walk_to(application, Stage.READY)
    by = f.at_counter() if how == Action.WITHDRAW else f.at_office()
    services.advance(application, how, actor=by, evidence=f.everything(), reason="材料不全")
    return application


@pytest.mark.parametrize("how", [Action.WITHDRAW, Action.REFUSE, Action.RECALL])
@pytest.mark.parametrize("kind", ApplicationKind)
def test_after_a_case_was_broken_off_the_person_can_start_again(kind: str, how: Action, clerk: Desk) -> None:
    application = ended(kind, how)
    text = clerk.read(application.holder)
    if kind == ApplicationKind.REPLACEMENT:
        report = application.replacement.report
        assert act_url("replace", report) in text
        clerk.done("replace", report)
    elif kind == ApplicationKind.EXCHANGE:
        card = application.replaced_card
        assert act_url("accept", card) in text
        fields = {"kind": "exchange", "exchange_reason": "damaged", "fee_exemption": ""}
        clerk.done("accept", card, card_type=card.card_type, **fields)
    else:
        assert "Apply again" in text
        clerk.done("accept", application.holder, card_type="financial_blue", bank=application.bank_id)
    assert application.holder.applications.count() == 2


def test_apply_again_is_not_offered_while_another_application_is_open(clerk: Desk) -> None:
    application = ended(ApplicationKind.FIRST, Action.WITHDRAW)
    f.first_application(application.holder)
    assert "Apply again" not in clerk.read(application.holder)


def test_a_card_that_came_back_to_the_outlet_is_kept_and_handed_over_with_a_new_deadline(
    desk_of: Any, clock: Any
) -> None:
    clock("2026-03-02 09:30")
    application = f.walk_to(f.first_application(), Stage.READY)
    clock("2026-08-20 10:00")
    clerk = desk_of("clerk")
    clerk.done("stop", application, reason="returned")
    assert told(application) == "Your card came back because it could not be handed over"
    text = clerk.read(application.holder)
    assert act_url("resume", application) in text
    assert act_url("hand_over", application) not in text
    clerk.done("resume", application)
    application.refresh_from_db()
    assert (application.stage, str(application.collect_by)) == (Stage.READY, "2027-02-16")
    clock("2026-09-10 10:00")
    assert services.recall_due(timezone.now()) == 0
    desk_of("clerk", application.delivery_outlet).done("hand_over", application, card_number="NEWCARD0001")


def test_a_card_that_came_back_on_the_way_is_sent_once_more(clerk: Desk) -> None:
    application = f.walk_to(f.first_application(), Stage.SENDING)
    clerk.done("stop", application, reason=StopReason.RETURNED)
    clerk.done("resume", application)
    assert told(application) == "Your card is on its way to the outlet"
    clerk.done("receive", application)
    assert told(application) == "Your card is ready to collect"


def test_a_recalled_card_can_be_brought_back_to_the_outlet_by_a_supervisor(desk_of: Any, clock: Any) -> None:
    clock("2026-03-02 09:30")
    application = f.walk_to(f.first_application(), Stage.READY)
    clock("2026-09-10 10:00")
    services.recall_due(timezone.now())
    supervisor = desk_of("supervisor")
    event = application.holder.events.get(value=Stage.RECALLED)
    assert act_url("correct", event) in supervisor.read(application.holder)
    supervisor.done("correct", event, reason="本人今日到网点领取")
    application.refresh_from_db()
    assert (application.stage, str(application.collect_by)) == (Stage.READY, "2027-03-09")


def test_after_the_loss_of_an_ordinary_card_the_financial_one_is_next_and_not_the_other_case(clerk: Desk) -> None:
    person = f.holder()
    f.walk_to(f.first_application(person, card_type=CardType.ORDINARY_YELLOW, bank=None), Stage.CHECKING)
    f.written_report(f.card(person))
    ordinary = f.card(person, card_type=CardType.ORDINARY_BLUE)
    sheet = text_of(page := clerk.done("report_in_writing", ordinary))
    assert page.context["next"].offer.url == act_url("accept", ordinary)
    assert "apply for a financial blue card" in sheet
    assert "Offer the replacement now" not in sheet


@pytest.mark.parametrize("channel", ["phone", "slip"])
def test_a_lost_ordinary_card_is_told_everywhere_that_it_is_not_issued_again(channel: str) -> None:
    report = f.written_report(f.card(card_type=CardType.ORDINARY_BLUE))
    said = str(getattr(answer_report(report, timezone.now()), channel))
    assert "An ordinary card is not issued again" in said
    assert "replaced at a window" not in said
    put_rules_in_force(written_report_can_be_cancelled=False)
    assert "cancel the report in person" not in str(getattr(answer_report(report, timezone.now()), channel))


def test_after_an_action_what_was_acted_on_leads_on_before_anything_else(clerk: Desk) -> None:
    person = f.holder()
    f.written_report(f.card(person))
    application = f.first_application(person, card_type=CardType.ORDINARY_YELLOW, bank=None)
    page = clerk.done("check", application)
    assert page.context["after"].next.offer.url == act_url("produce", application)
    assert act_url("replace", person.loss_reports.get()) in clerk.read(person)


def test_applying_for_a_lost_ordinary_card_comes_before_the_steps_of_another_case(clerk: Desk) -> None:
    person = f.holder()
    ordinary = f.card(person, card_type=CardType.ORDINARY_BLUE)
    f.first_application(person, card_type=CardType.ORDINARY_YELLOW, bank=None)
    f.written_report(ordinary)
    page = clerk.open(person)
    assert page.context["person"].next.offer.url == act_url("accept", ordinary)


def test_what_is_refused_at_this_window_asks_for_nothing_to_be_filled_in(desk_of: Any) -> None:
    clerk = desk_of("clerk", outlet=f.OutletFactory(of_bank=True))
    report = f.written_report()
    page = clerk.form("replace", report)
    shown = page.content.decode()
    assert page.context["deed"].blocked
    assert "Where this card is replaced" in shown
    assert "Back without doing it" in shown
    for left_out in (
        "Seen and checked",
        'class="notice consequence"',
        'name="delivery_outlet"',
        "Who is at the window?",
    ):
        assert left_out not in shown, left_out


def test_an_exception_is_asked_from_a_place_without_anything_else_filled_in(desk_of: Any) -> None:
    clerk = desk_of("clerk", outlet=f.OutletFactory(of_bank=True))
    report = f.written_report()
    clerk.reach(report.holder)
    page = clerk.client.post(act_url("replace", report), {"ask": "1", "exception_reason": "老人行动不便"})
    assert "waits for a supervisor" in text_of(page)
    assert report.holder.overrides.get().reason == "老人行动不便"


def test_a_collected_card_is_disputed_only_while_it_is_usable(clerk: Desk) -> None:
    collected = f.walk_to(f.first_application(), Stage.COLLECTED)
    assert act_url("dispute", collected) in clerk.read(collected.holder)
    f.written_report(collected.card)
    assert act_url("dispute", collected) not in clerk.read(collected.holder)


def test_a_collected_card_is_not_disputed_while_a_new_one_in_its_place_is_under_way(clerk: Desk) -> None:
    collected = f.walk_to(f.first_application(), Stage.COLLECTED)
    under_way = exchange(collected.card)
    assert act_url("dispute", collected) not in clerk.read(collected.holder)
    page = clerk.form("dispute", collected)
    assert "A new card in place of this one is under way." in refusal_in(page)[0]
    assert page.context["deed"].blocked
    services.advance(under_way, "withdraw", actor=f.at_counter(), evidence=f.everything())
    assert act_url("dispute", collected) in clerk.read(collected.holder)


def test_no_first_application_is_offered_while_one_is_open(clerk: Desk) -> None:
    person = f.holder()
    assert act_url("accept", person) in clerk.read(person)
    f.first_application(person)
    ordinary = f.card(person, card_type=CardType.ORDINARY_BLUE)
    f.written_report(ordinary)
    text = clerk.read(person)
    assert act_url("accept", person) not in text
    assert act_url("accept", ordinary) not in text


def test_a_second_first_application_is_refused_without_a_rule_that_does_not_hold(clerk: Desk) -> None:
    application = f.first_application()
    page = clerk.act("accept", application.holder, card_type="financial_blue", bank=application.bank_id)
    assert page.context["deed"].rule == ""
    assert "already under way" in page.context["deed"].refusal


def test_at_a_window_without_a_bank_the_bank_has_to_be_chosen(clerk: Desk) -> None:
    person, bank_outlet = f.holder(), f.OutletFactory(of_bank=True)
    fields = {"card_type": "financial_blue", "delivery_outlet": str(bank_outlet.pk)}
    page = clerk.act("accept", person, **fields)
    assert "Please choose the service bank of the card; the person decides which." in page.content.decode()
    assert "the outlet&#x27;s own bank" not in page.content.decode()
    assert not person.applications.exists()
    clerk.done("accept", person, bank=bank_outlet.bank_id, **fields)
    assert person.applications.get().bank_id == bank_outlet.bank_id


def test_an_ordinary_card_needs_no_bank_at_a_window_without_one(clerk: Desk) -> None:
    person = f.holder()
    clerk.done("accept", person, card_type="ordinary_blue")
    assert person.applications.get().bank is None


def test_a_window_does_not_speak_of_the_phone(clerk: Desk) -> None:
    report = f.oral_report()
    assert "Say this" in clerk.read(report.holder)
    assert "To read out on the phone" not in clerk.read(report.holder)
