"""The same form sent again, by a double click or by fifty lost answers, makes one case and gives one answer."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cards.management import jobs
from cards.models import Application, Cardholder, Event, LossReport, SentForm
from cards.vocabulary import Evidence, Stage
from tests import factories, later
from tests.counter.desk import Desk, act_url, after_url, refusal_in

FIFTY = 50


def filled(desk: Desk, action: str, subject: Any, **fields: Any) -> dict[str, Any]:
    """What a browser sends: every field as the form shows it, every box ticked."""
    form = desk.form(action, subject, fields.get("party", "")).context["deed"].form
    data = {name: form[name].value() for name in form.fields}
    data |= {f"saw_{item.value}": "on" for item in Evidence if f"saw_{item.value}" in form.fields}
    return {name: value for name, value in (data | fields).items() if value not in (None, False)}


def accept(desk: Desk) -> tuple[str, Any, dict[str, Any]]:
    person = factories.holder()
    return "accept", person, filled(desk, "accept", person, card_type="ordinary_blue")


def report(desk: Desk) -> tuple[str, Any, dict[str, Any]]:
    card = factories.card()
    return "report_in_writing", card, filled(desk, "report_in_writing", card)


def replace(desk: Desk) -> tuple[str, Any, dict[str, Any]]:
    loss = factories.written_report()
    return "replace", loss, filled(desk, "replace", loss)


def cancel(desk: Desk) -> tuple[str, Any, dict[str, Any]]:
    loss = factories.written_report()
    return "cancel_report", loss, filled(desk, "cancel_report", loss, card_number=loss.card.card_number)


def check(desk: Desk) -> tuple[str, Any, dict[str, Any]]:
    application = factories.first_application()
    return "check", application, filled(desk, "check", application)


def hand_over(desk: Desk) -> tuple[str, Any, dict[str, Any]]:
    application = factories.walk_to(factories.first_application(delivery_outlet=desk.outlet, bank=factories.BankFactory()), Stage.READY)
    return "hand_over", application, filled(desk, "hand_over", application, card_number="ONCE00000001")


def change_phone(desk: Desk) -> tuple[str, Any, dict[str, Any]]:
    person = factories.holder()
    return "change_phone", person, filled(desk, "change_phone", person, phone="13911112222")


def dispute(desk: Desk) -> tuple[str, Any, dict[str, Any]]:
    application = factories.walk_to(factories.first_application(), Stage.COLLECTED)
    return "dispute", application, filled(desk, "dispute", application, reason="本人称从未领到卡")


MADE: list[Callable[[Desk], tuple[str, Any, dict[str, Any]]]] = [
    accept, report, replace, cancel, check, hand_over, change_phone, dispute,
]  # fmt: skip


def holder_of(subject: Any) -> Cardholder:
    return subject if isinstance(subject, Cardholder) else subject.holder


@pytest.mark.django_db
@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_a_form_sent_twice_is_carried_out_once_and_answered_alike(
    make: Callable[[Desk], tuple[str, Any, dict[str, Any]]], clerk: Desk
) -> None:
    action, subject, data = make(clerk)
    first = clerk.client.post(act_url(action, subject), data)
    assert first.status_code == 303, refusal_in(first)
    events = Event.objects.of(holder_of(subject)).count()
    second = clerk.client.post(act_url(action, subject), data)
    assert (second.status_code, second.url) == (303, first.url)
    assert clerk.client.get(second.url).status_code == 200
    assert Event.objects.of(holder_of(subject)).count() == events


@pytest.mark.django_db
def test_every_form_of_an_action_carries_a_key_of_its_own(clerk: Desk) -> None:
    person = factories.holder()
    keys = [clerk.form("accept", person).context["deed"].form["key"].value() for _ in range(2)]
    assert keys[0] != keys[1]
    page = clerk.form("accept", person)
    key = page.context["deed"].form["key"].value()
    assert f'<input type="hidden" name="key" value="{key}"' in page.content.decode()


@pytest.mark.django_db
def test_another_form_under_the_same_key_is_not_taken_for_the_first(clerk: Desk) -> None:
    action, person, data = accept(clerk)
    assert clerk.client.post(act_url(action, person), data).status_code == 303
    other = data | {"card_type": "ordinary_yellow", "seen": "1"}
    page = clerk.client.post(act_url(action, person), other)
    assert refusal_in(page)[0].startswith("Someone else changed this in the meantime.")
    assert person.applications.count() == 1


@pytest.mark.django_db
def test_a_refused_form_may_be_sent_again_once_it_is_right(clerk: Desk) -> None:
    action, loss, data = cancel(clerk)
    wrong = clerk.client.post(act_url(action, loss), data | {"card_number": "OTHERCARD01"})
    assert "not the number of the card reported lost" in refusal_in(wrong)[0]
    assert f'value="{data["key"]}"' in wrong.content.decode()
    assert clerk.client.post(act_url(action, loss), data).status_code == 303


@pytest.mark.django_db
def test_the_key_of_one_person_says_nothing_about_another(clerk: Desk) -> None:
    key = str(uuid.uuid4())
    for _ in range(2):
        action, card, data = report(clerk)
        assert clerk.client.post(act_url(action, card), data | {"key": key}).status_code == 303
    assert LossReport.objects.count() == 2


@pytest.mark.django_db
def test_keys_are_forgotten_after_a_week(clerk: Desk) -> None:
    action, card, data = report(clerk)
    clerk.client.post(act_url(action, card), data)
    jobs.remove_sent_forms()
    assert SentForm.objects.count() == 1
    SentForm.objects.update(sent_at=timezone.now() - timedelta(days=7, minutes=1))
    assert jobs.remove_sent_forms() == 1
    assert not SentForm.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.races
@pytest.mark.parametrize("make", [accept, replace], ids=lambda make: make.__name__)
def test_the_same_form_sent_fifty_times_at_once_makes_one_case_and_fifty_equal_answers(
    make: Callable[[Desk], tuple[str, Any, dict[str, Any]]], clerk: Desk, request: pytest.FixtureRequest
) -> None:
    action, subject, data = make(clerk)
    cookie = clerk.client.cookies["sessionid"].value
    gate = threading.Barrier(FIFTY, timeout=60)
    answers: list[Any] = [None] * FIFTY

    def send(place: int) -> None:
        try:
            client = Client(headers={"accept-language": "en"})
            client.cookies["sessionid"] = cookie
            gate.wait()
            answer = client.post(act_url(action, subject), data)
            answers[place] = (answer.status_code, getattr(answer, "url", ""))
        except Exception as error:
            answers[place] = error
        finally:
            connections.close_all()

    connections.close_all()
    threads = [threading.Thread(target=send, args=(place,)) for place in range(FIFTY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{action} × {FIFTY} on {connection.vendor}: {len(set(map(str, answers)))} answer", end=" ")  # noqa: T201
    holder = holder_of(subject)
    application = Application.objects.of(holder).get()
    paper = application.receipt_id if action == "accept" else application.certificate.paper_id
    assert set(answers) == {(303, reverse("admin:cards_cardholder_paper", args=[holder.pk, paper]) + "?after")}
    assert Event.objects.of(holder).filter(kind="application_accepted").count() == 1


@pytest.mark.django_db
def test_a_request_asked_for_twice_by_one_form_is_one(clerk: Desk) -> None:
    person = factories.holder()
    data = filled(clerk, "amend", person, part="name", new_value="张三丰", reason="户口本原件已核对")
    for _ in range(2):
        answer = clerk.client.post(act_url("amend", person), data)
        assert (answer.status_code, answer.url) == (303, after_url("amend", person))
    assert person.amendments.count() == 1
    assert later.amendment(person).pending
