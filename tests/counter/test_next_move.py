"""After a case came to a halt or an end, the screen offers the next right move."""

from typing import Any

import pytest
from django.utils import timezone

from cards import services
from cards.models import Application
from cards.vocabulary import Action, ApplicationKind, Stage, StopReason
from tests import factories as f
from tests.counter.citizen import told
from tests.counter.desk import Desk, act_url

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
