"""Who is offered as the person at the window, by the age of the cardholder, and what is said of the others (S9)."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from cards.desk.parties import Attendance
from cards.memory import forget_all
from cards.models import Cardholder, Override, RuleSet
from cards.vocabulary import LossForm, LossStatus
from tests import factories as f
from tests.counter.desk import Desk, refusal_in

pytestmark = pytest.mark.django_db
GUARDIAN_ACTS = "For a cardholder under 16 years of age the legal guardian acts, not the child alone and not an agent."
ONLY_FOR_CHILDREN = "A guardian acts only for a cardholder under 16 years of age."
WHY = "Both parents are abroad and cannot be reached"


def child() -> Cardholder:
    return f.holder(id_number=f.synthetic_id_number(date(timezone.now().year - 9, 1, 1)))


def mother() -> dict[str, str]:
    return {"agent_name": "王芳", "agent_id_number": f.synthetic_id_number(date(1985, 5, 1))}


def attendance(page: Any) -> Attendance:
    found: Attendance = page.context["deed"].attendance
    return found


def offered(page: Any) -> tuple[str, list[str], list[str]]:
    """Who is at the window, whom the page lets choose from, and who can come only by exception."""
    found = attendance(page)
    return (
        str(found.party),
        [tab.label for tab in page.context["deed"].tabs],
        [tab.label for tab in found.by_exception],
    )


@pytest.mark.parametrize("action", ["report_in_writing", "accept"])
def test_for_a_child_the_form_is_the_guardians_and_says_why(clerk: Desk, action: str) -> None:
    page = clerk.form(action, f.card(child()))
    assert offered(page) == ("guardian", [], ["Cardholder", "Agent"])
    assert attendance(page).for_a_child
    text = page.content.decode()
    assert text.count(GUARDIAN_ACTS) == 1
    assert "Guardian&#x27;s name" in text
    assert "Proof of guardianship seen" in text


@pytest.mark.parametrize("action", ["report_in_writing", "accept"])
def test_for_anybody_else_no_guardian_is_offered(clerk: Desk, action: str) -> None:
    page = clerk.form(action, f.card())
    assert offered(page) == ("holder", ["Cardholder", "Agent"], ["Legal guardian"])
    assert not attendance(page).for_a_child
    assert page.content.decode().count(ONLY_FOR_CHILDREN) == 1


def test_an_agent_is_not_among_those_who_come_by_exception_where_nobodys_agent_may(clerk: Desk) -> None:
    assert offered(clerk.form("change_phone", child())) == ("guardian", [], ["Cardholder"])


@pytest.mark.parametrize("desk", ["clerk", "hotline"])
def test_an_oral_report_is_made_by_the_child_or_the_guardian(request: Any, desk: str) -> None:
    seat: Desk = request.getfixturevalue(desk)
    page = seat.form("report_orally", f.card(child()))
    assert offered(page) == ("holder", ["Cardholder", "Legal guardian"], [])
    assert attendance(page).why == ""
    assert offered(seat.form("report_orally", f.card())) == ("holder", [], ["Legal guardian"])


def test_the_office_at_its_own_work_is_asked_nothing(clerk: Desk) -> None:
    page = clerk.form("check", f.first_application())
    assert (offered(page), attendance(page).why) == (("office", [], []), "")


def test_a_child_cancels_in_person_as_everybody_does(clerk: Desk) -> None:
    report = f.oral_report(f.card(child()))
    page = clerk.form("cancel_report", report)
    assert (offered(page), attendance(page).why) == (("holder", [], []), "")
    assert "Only the cardholder in person" in page.content.decode()
    clerk.done("cancel_report", report, card_number=report.card.card_number)
    report.refresh_from_db()
    assert report.status == LossStatus.CANCELLED


def test_where_the_place_lets_a_guardian_cancel_the_guardian_comes_with_the_card(clerk: Desk) -> None:
    data = {"cancelled_also_by": ["guardian"]}
    RuleSet.objects.create(version="elsewhere", valid_from=date(2021, 1, 1), state="in_force", data=data)
    forget_all()
    report = f.oral_report(f.card(child()))
    assert offered(clerk.form("cancel_report", report)) == ("guardian", [], ["Cardholder"])
    clerk.done("cancel_report", report, party="guardian", card_number=report.card.card_number, **mother())
    report.refresh_from_db()
    assert report.status == LossStatus.CANCELLED


def test_somebody_left_out_by_age_is_told_before_anything_is_filled_in(clerk: Desk) -> None:
    page = clerk.form("report_in_writing", f.card(child()), party="holder")
    assert refusal_in(page)[0] == GUARDIAN_ACTS
    assert "S9" in refusal_in(page)[1]
    assert offered(page) == ("holder", ["Legal guardian"], ["Agent"])
    text = page.content.decode()
    assert text.count(GUARDIAN_ACTS) == 1
    assert "saw_" not in text
    assert "Ask a supervisor for an exception to the rule on the guardian acting for a child" in text


def test_by_exception_a_child_acts_alone_once(clerk: Desk, supervisor: Desk) -> None:
    card = f.card(child())
    clerk.act("report_in_writing", card, ask="1", exception_reason=WHY)
    override = Override.objects.get()
    assert (override.refusal, override.subject) == ("guardian_needed", f"card:{card.pk}")
    assert not card.loss_reports.exists()
    supervisor.done("grant", override, party="")
    assert "granted the exception" in clerk.form("report_in_writing", card, party="holder").content.decode()
    clerk.done("report_in_writing", card)
    assert (card.loss_reports.get().form, card.loss_reports.get().party) == (LossForm.WRITTEN, "holder")


def test_of_somebody_who_was_erased_no_age_is_asked(clerk: Desk) -> None:
    from cards import services
    from cards.actors import Actor
    from cards.desk.parties import against_age
    from cards.models.rule_data import book_on
    from cards.vocabulary import Action, Party

    person = child()
    services.erase_cardholder(person, actor=Actor.system(), again=True)
    person = Cardholder.objects.get(pk=person.pk)
    assert against_age(person, Action.ACCEPT, Party.HOLDER, book_on(timezone.localdate())) is None
