"""The answer number at the desk: given by a button, found by typing it, and shown word for word."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cards import told
from cards.models import AccessRecord, Answer
from cards.paper_number import spaced_paper_number
from tests import factories
from tests.counter.desk import Desk, person_url

pytestmark = pytest.mark.django_db


def answer_url(holder: Any) -> str:
    """Where the button leads."""
    return person_url(holder).replace("/change/", "/answer/")


def test_an_answer_is_given_by_a_button_and_shown_to_the_next_officer(hotline: Desk, clerk: Desk) -> None:
    application = factories.first_application()
    person = application.holder
    assert "No answer was given under a number" in hotline.read(person)
    assert hotline.client.post(answer_url(person)).url == person_url(person) + "#told"
    answer = Answer.objects.get()
    assert (answer.user, answer.channel) == (hotline.user, "hotline")
    factories.walk_to(application, "producing")
    found = clerk.find(spaced_paper_number(answer.paper_id))
    assert found.url == person_url(person) + "#told"
    page = clerk.client.get(found.url).content.decode()
    assert spaced_paper_number(answer.paper_id) in page
    assert answer.words["en"][0]["phone"] in page
    assert f"Hotline 12333, {hotline.user.username}" in page
    assert AccessRecord.objects.of(person).filter(user=clerk.user, purpose="staff_find").count() == 1


def test_an_answer_number_finds_nobody_once_its_time_has_run_out(desk_of: Any, time_machine: Any) -> None:
    answer = told.tell(factories.holder(), actor=factories.on_phone())
    time_machine.move_to(timezone.now() + timedelta(days=90, seconds=1), tick=False)
    page = desk_of("clerk").find(answer.paper_id).content.decode()
    assert "No receipt, certificate or answer of ours has this number." in page


def test_no_answer_is_given_about_a_record_that_was_not_opened(clerk: Desk) -> None:
    person = factories.holder()
    assert clerk.client.post(answer_url(person)).url == person_url(person)
    assert not Answer.objects.exists()


def test_looking_at_the_address_of_the_button_gives_no_answer(clerk: Desk) -> None:
    person = factories.holder()
    clerk.open(person)
    assert clerk.client.get(answer_url(person)).url == person_url(person)
    assert not Answer.objects.exists()


def test_editors_give_no_answers(desk_of: Any) -> None:
    assert desk_of("editor").client.post(answer_url(factories.holder())).status_code == 403
