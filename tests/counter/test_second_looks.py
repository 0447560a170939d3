"""Exceptions, steps put back, disputes and corrected data as clerk and supervisor do them on their screens."""

import re
from typing import Any

import pytest
from django.urls import reverse

from cards import services
from cards.desk.timeline import newest_events, told_value
from cards.models import Card, CardCertificate, Override
from cards.vocabulary import Action, CardType, EventKind, SocialStatus, Stage
from tests import factories, later
from tests.counter.citizen import told
from tests.counter.desk import Desk, act_url, person_url, refusal_in

pytestmark = pytest.mark.django_db

WHY = "老人行动不便，情况属实"


def asking(desk: Desk, action: str, subject: Any, **fields: Any) -> Any:
    return desk.act(action, subject, ask="1", exception_reason=WHY, **fields)


# --- exceptions ---------------------------------------------------------------------------------------------------


def test_clerk_asks_supervisor_grants_and_the_same_form_goes_through(clerk: Desk, supervisor: Desk) -> None:
    card = factories.card()
    fields = {"card_type": "financial_blue", "bank": card.bank_id}
    refused = clerk.act("accept", card.holder, **fields)
    text = refused.content.decode()
    assert "Ask a supervisor for an exception to the rule on one card of each type" in text
    assert not Override.objects.exists()
    waits = asking(clerk, "accept", card.holder, **fields).content.decode()
    assert "waits for a supervisor" in waits
    assert "Ask for the exception</button>" not in waits
    override = Override.objects.get()
    screen = supervisor.read(card.holder)
    for words in ("An exception is asked for", "one card of each type", WHY, clerk.user.username):
        assert words in screen, words
    supervisor.done("grant", override)
    assert "granted the exception" not in clerk.form("accept", card.holder).content.decode()
    clerk.done("accept", card.holder, **fields)
    assert card.holder.applications.count() == 1
    assert "Exception to a rule used: one card of each type" in clerk.read(card.holder)


def test_a_declined_exception_tells_the_clerk_why(clerk: Desk, supervisor: Desk) -> None:
    card = factories.card()
    fields = {"card_type": "financial_blue", "bank": card.bank_id}
    asking(clerk, "accept", card.holder, **fields)
    supervisor.done("decline", Override.objects.get(), reason="家属可代办")
    page = clerk.act("accept", card.holder, **fields).content.decode()
    assert f"{supervisor.user.username} declined the exception" in page
    assert "家属可代办" in page


def test_a_place_that_does_not_replace_offers_to_ask_and_opens_once_it_is_granted(
    desk_of: Any, supervisor: Desk
) -> None:
    desk = desk_of("clerk", outlet=factories.OutletFactory(of_bank=True))
    report, window = factories.written_report(), factories.OutletFactory()
    button = "Accept the replacement</button>"
    page = desk.form("replace", report).content.decode()
    assert button not in page
    assert "Ask a supervisor for an exception to the rule on where a lost card is replaced" in page
    asking(desk, "replace", report)
    assert button not in desk.form("replace", report).content.decode()
    seen = supervisor.form("grant", Override.objects.get()).content.decode()
    assert f"<dt>Number ends in</dt><dd>{report.card.last_four}</dd>" in seen.replace("\n", "")
    supervisor.done("grant", Override.objects.get())
    page = desk.form("replace", report).content.decode()
    assert button in page
    assert "granted the exception" in page
    desk.done("replace", report, delivery_outlet=str(window.pk))
    assert CardCertificate.objects.get().application.activation_needed


def test_nothing_is_asked_without_a_reason_or_from_a_rule_that_knows_no_exception(clerk: Desk) -> None:
    card = factories.card()
    fields = {"card_type": "financial_blue", "bank": card.bank_id}
    page = clerk.act("accept", card.holder, ask="1", exception_reason="  ", **fields).content.decode()
    assert "Please give the reason in a few words; the person will read it." in page
    loss = factories.written_report()
    other = asking(clerk, "cancel_report", loss, card_number="OTHERCARD01").content.decode()
    assert "exception" not in other.lower().replace("exceptions", "")
    assert not Override.objects.exists()


def test_whoever_asked_has_no_buttons_to_decide(supervisor: Desk, desk_of: Any) -> None:
    card = factories.card()
    asking(supervisor, "accept", card.holder, card_type="financial_blue", bank=card.bank_id)
    override = Override.objects.get()
    assert "You asked for this, so another person decides it." in supervisor.read(card.holder)
    assert act_url("grant", override) not in supervisor.read(card.holder)
    assert refusal_in(supervisor.act("grant", override))[0].startswith("Whoever asked for this cannot decide it.")
    assert act_url("grant", override) in desk_of("supervisor").read(card.holder)


def test_a_clerk_decides_nothing(clerk: Desk) -> None:
    for subject, actions in ((later.asked(), ("grant", "decline")), (later.dispute(), ("confirm_handed_over",))):
        text = clerk.read(subject.holder)
        assert "Waits for a supervisor." in text
        for action in actions:
            assert act_url(action, subject) not in text
            assert clerk.client.get(act_url(action, subject)).status_code == 403


@pytest.mark.parametrize("model", ["override", "amendment", "merge", "dispute"])
def test_the_lists_show_what_waits_and_lead_to_the_person(model: str, supervisor: Desk) -> None:
    row = getattr(later, {"override": "asked"}.get(model, model))()
    page = supervisor.client.get(reverse(f"admin:cards_{model}_changelist")).content.decode()
    assert person_url(row.holder) in page
    if model != "dispute":
        supervisor.done("decline", row, reason="材料不足")
        page = supervisor.client.get(reverse(f"admin:cards_{model}_changelist")).content.decode()
        assert person_url(row.holder) not in page


def test_an_overdue_dispute_is_marked_in_list_and_on_the_screen(desk_of: Any, clock: Any) -> None:
    clock("2026-03-02 09:30")
    row = later.dispute()
    for day, overdue in (("2026-03-16 18:00", False), ("2026-03-17 09:00", True)):
        clock(day)
        desk = desk_of("supervisor")
        listed = desk.client.get(reverse("admin:cards_dispute_changelist")).content.decode()
        assert ("icon-yes" in listed) == overdue
        assert ("overdue</small>" in desk.read(row.holder)) == overdue


# --- steps put back -----------------------------------------------------------------------------------------------


def test_a_mistaken_step_is_put_back_from_the_screen(clerk: Desk) -> None:
    application = factories.first_application(actor=factories.at_counter(clerk.outlet))
    clerk.done("check", application)
    assert "Put back: Data being checked" in clerk.read(application.holder)
    event = application.holder.events.get(kind=EventKind.STAGE_REACHED)
    page = clerk.form("correct", event).content.decode()
    assert "The case stands again as before this step" in page
    assert "reason" in clerk.act("correct", event, reason="").context["deed"].form.errors
    clerk.done("correct", event, reason="选错了人")
    assert told(application) == "Your application has been accepted"
    text = clerk.read(application.holder)
    assert "Step put back: Stage reached: Data being checked" in text
    assert act_url("correct", event) not in text


def test_at_another_place_or_on_another_day_only_a_supervisor_is_offered_it(desk_of: Any, clock: Any) -> None:
    clock("2026-03-02 09:30")
    here = desk_of("clerk")
    application = factories.first_application(actor=factories.at_counter(here.outlet))
    here.done("check", application)
    event = application.holder.events.get(kind=EventKind.STAGE_REACHED)
    address = act_url("correct", event)
    assert address not in desk_of("clerk").read(application.holder)
    assert address in desk_of("supervisor").read(application.holder)
    clock("2026-03-03 09:30")
    late = desk_of("clerk", outlet=here.outlet)
    assert address not in late.read(application.holder)
    assert "a supervisor does it" in refusal_in(late.act("correct", event, reason="选错了人"))[0]
    desk_of("supervisor").done("correct", event, reason="选错了人")


def test_the_hotline_puts_its_own_report_on_the_wrong_card_back(hotline: Desk) -> None:
    card = factories.card()
    hotline.done("report_orally", card)
    event = card.holder.events.get(kind=EventKind.LOSS_REPORTED)
    assert act_url("correct", event) in hotline.read(card.holder)
    hotline.done("correct", event, reason="来电人说的是另一张卡")
    assert Card.objects.get(pk=card.pk).social_status == SocialStatus.NORMAL
    assert "A loss report was recorded by mistake" in hotline.read(card.holder)


# --- collected, but the person does not have it -------------------------------------------------------------------


@pytest.mark.parametrize("received", [True, False])
def test_a_dispute_from_window_to_decision(received: bool, clerk: Desk, supervisor: Desk) -> None:
    application = factories.walk_to(factories.first_application(), Stage.COLLECTED)
    assert "Collected, but the person does not have it" in clerk.read(application.holder)
    clerk.done("dispute", application, reason="本人称从未领到卡")
    assert told(application) == "We are finding out who has your card"
    text = clerk.read(application.holder)
    assert "Collected, but the person does not have it</a>" not in text
    card_id = Card.objects.get(application=application).pk
    assert not re.findall(rf"/do/\w+/{card_id}/", text)
    row = application.holder.disputes.get()
    supervisor.done("confirm_handed_over" if received else "confirm_not_received", row, reason="已核对签收单和录像")
    status = Card.objects.get(pk=row.card_id).social_status
    assert status == (SocialStatus.NORMAL if received else SocialStatus.CANCELLED)
    assert application.holder.applications.count() == (1 if received else 2)


def test_a_new_card_that_was_withdrawn_leaves_a_screen_that_opens(clerk: Desk, supervisor: Desk) -> None:
    row = later.dispute()
    supervisor.done("confirm_not_received", row, reason="已核对签收单和录像")
    again = row.holder.applications.get(kind="replacement")
    clerk.done("withdraw", again)
    text = clerk.read(row.holder)
    assert "The application was withdrawn" in text
    assert act_url("accept", row.holder) in text


# --- personal data ------------------------------------------------------------------------------------------------


def test_name_phone_and_merge_from_the_screen(clerk: Desk, supervisor: Desk) -> None:
    person, second = factories.holder(name="张三"), factories.holder()
    clerk.done("change_phone", person, phone="139 1111 2222")
    clerk.done("amend", person, part="name", new_value="张叁", reason="户口本原件已核对")
    clerk.done("merge", person, id_number=second.id_number, reason="同一人两个号码")
    text = supervisor.read(person)
    assert "张叁" in text
    assert second.id_number not in text
    supervisor.done("grant", person.amendments.get())
    supervisor.done("grant", person.merges.get())
    person.refresh_from_db()
    assert (person.name, person.phone) == ("张叁", "13911112222")
    answer = clerk.find(second.id_number)
    assert answer.url == person_url(person)
    assert clerk.client.get(person_url(second)).url == person_url(person)


def test_what_is_wrong_with_a_correction_is_said_at_its_field(clerk: Desk) -> None:
    person = factories.holder()
    why = "户口本原件已核对"
    for fields, action, field in (
        ({"part": "id_number", "new_value": "123", "reason": why}, "amend", "new_value"),
        ({"part": "name", "new_value": "1", "reason": why}, "amend", "new_value"),
        ({"phone": "12"}, "change_phone", "phone"),
        ({"id_number": factories.synthetic_id_number(), "reason": why}, "merge", "id_number"),
        ({"id_number": person.id_number, "reason": why}, "merge", "id_number"),
    ):
        page = clerk.act(action, person, **fields)
        assert field in page.context["deed"].form.errors, (action, fields)


def test_an_agents_acceptance_asks_for_no_telephone(clerk: Desk) -> None:
    person = factories.holder()
    assert "phone" in clerk.form("accept", person).context["deed"].form.fields
    assert "phone" not in clerk.form("accept", person, "agent").context["deed"].form.fields


def test_acceptance_puts_the_telephone_on_file(clerk: Desk) -> None:
    person = factories.holder(phone="")
    clerk.done("accept", person, card_type=CardType.ORDINARY_BLUE, phone="13911112222")
    person.refresh_from_db()
    assert person.phone == "13911112222"


def test_every_event_with_a_result_is_told_in_words() -> None:
    """A raw word of the database on a screen would be one that nobody translated."""
    person = factories.card().holder
    later.everything_happens_to(person, why="情况属实", name="张三丰")
    row = later.dispute(person)
    services.decide_dispute(row, Action.CONFIRM_NOT_RECEIVED, actor=later.supervisor(), reason="已核对录像")
    services.decide(later.asked(person), Action.DECLINE, actor=later.supervisor(), reason="理由不足")
    event = later.step()
    services.correct(event, actor=later.same_desk(event), reason="选错了人")
    events = [*newest_events(person), *newest_events(event.holder)]
    assert {EventKind.MERGED, EventKind.OVERRIDDEN, EventKind.DISPUTE_DECIDED} <= {one.kind for one in events}
    for one in events:
        assert not one.value or told_value(one) != one.value, (one.kind, one.value)
