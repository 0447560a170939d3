"""What is agreed on the phone: call-backs, visits to a window, and how they end."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cards import services
from cards.identity import CallerAnswers, check_caller
from cards.management import jobs
from cards.models import AccessRecord, Event, FollowUp
from cards.names import fold_name
from cards.office_vocabulary import FollowUpKind, FollowUpOutcome
from cards.staff_errors import FollowUpSettled, OutcomeDoesNotFit, OutletClosed
from tests import factories
from tests.counter.desk import CALL, Desk, act_url, person_url, refusal_in
from tests.counter.test_papers import text_of

pytestmark = pytest.mark.django_db


def home(desk: Desk) -> str:
    return text_of(desk.client.get("/admin/"))


def dial_url(follow_up: FollowUp) -> str:
    return reverse("admin:cards_followup_dial", args=[follow_up.pk])


def missed_url(follow_up: FollowUp) -> str:
    return reverse("admin:cards_followup_missed", args=[follow_up.pk])


# --- call-backs -----------------------------------------------------------------------------------------------------


def test_a_promised_call_stands_on_the_first_page_until_it_is_settled(hotline: Desk, desk_of: Any) -> None:
    person = factories.card().holder
    text = text_of(hotline.done("call_back", person, party="", reason="stopped", days=1, note="下午打"))
    assert "The call-back is on the list." in text
    other = desk_of("hotline", outlet=None)
    assert "Something is missing for the application" in home(other)
    assert "下午打" not in home(other)
    assert "下午打" in other.read(person)
    follow_up = FollowUp.objects.get()
    text = text_of(other.done("settle", follow_up, party="", outcome="reached"))
    assert "Recorded; it is off the list." in text
    assert "No call-back is due." in home(hotline)
    kinds = Event.objects.of(person).order_by("seq").values_list("kind", "value")
    assert list(kinds)[-2:] == [("follow_up_promised", "call_back"), ("follow_up_settled", "reached")]


def test_a_call_back_is_due_by_the_end_of_its_working_day(clock: Any) -> None:
    clock("2026-03-06 09:30")  # a Friday
    moments = [factories.call_back(days=days).until.isoformat() for days in (0, 1, 3)]
    assert [moment[:16] for moment in moments] == ["2026-03-07T00:00", "2026-03-10T00:00", "2026-03-12T00:00"]


def test_an_overdue_call_stays_on_the_list_and_says_so(hotline: Desk, clock: Any) -> None:
    clock("2026-03-02 09:30")
    factories.call_back()
    hotline.client.force_login(hotline.user)
    assert "overdue" not in home(hotline)
    clock("2026-03-03 09:30")
    hotline.client.force_login(hotline.user)
    assert "overdue" in home(hotline)


def test_the_number_to_dial_is_shown_once_and_recorded(hotline: Desk) -> None:
    person = factories.card(factories.holder(phone="13711112222")).holder
    follow_up = factories.call_back(person)
    assert "13711112222" not in home(hotline)
    assert hotline.client.get(dial_url(follow_up)).status_code == 303
    assert not AccessRecord.objects.of(person).exists()
    assert "13711112222" in text_of(hotline.client.post(dial_url(follow_up)))
    record = AccessRecord.objects.of(person).get()
    assert (record.purpose, record.user, record.channel) == ("call_back", hotline.user, "hotline")
    assert "Needed are the name and 4 points" in text_of(hotline.client.get(CALL))
    assert 'name="phone"' not in hotline.client.get(CALL).content.decode()
    assert "The caller is not verified" in text_of(hotline.client.get(person_url(person)))


def test_the_number_that_was_shown_to_dial_proves_nothing(hotline: Desk) -> None:
    person = factories.card().holder
    hotline.client.post(dial_url(factories.call_back(person)))
    known = {"name": person.name, "phone": person.phone, "id_number": person.id_number[-4:]}
    known["card"] = person.cards.get().last_four
    assert "These answers are too few" in text_of(hotline.ask(**known))
    assert hotline.ask(**known, bank=str(person.cards.get().bank_id)).url == person_url(person)


def test_nor_does_it_after_hanging_up_to_the_officer_who_saw_it(
    hotline: Desk, desk_of: Any, time_machine: Any
) -> None:
    """The officer hangs up and finds the person by number, as if somebody had called."""
    person = factories.card().holder
    hotline.client.post(dial_url(factories.call_back(person)))
    hotline.client.post(reverse("admin:cards_call_end"))
    known = {"name": person.name, "phone": person.phone, "card": person.cards.get().last_four}
    other = desk_of("hotline", outlet=None)
    for desk, is_asked in ((hotline, False), (other, True)):
        desk.find(person.id_number)
        assert ('name="phone"' in desk.client.get(CALL).content.decode()) is is_asked
    assert "These answers are too few" in text_of(hotline.ask(**known))
    assert hotline.ask(**known, bank=str(person.cards.get().bank_id)).url == person_url(person)
    assert other.ask(**known).url == person_url(person)
    time_machine.move_to(timezone.now() + timedelta(hours=25), tick=False)
    hotline.client.force_login(hotline.user)
    hotline.find(person.id_number)
    assert hotline.ask(**known).url == person_url(person), "the next day it is a question again"


def test_a_page_opened_before_the_number_was_shown_counts_it_no_more(hotline: Desk) -> None:
    """Two windows of one officer: the questions stand in one, the number is shown in the other."""
    person = factories.card().holder
    answers = CallerAnswers(name=fold_name(person.name), phone=person.phone, card=person.cards.get().last_four)
    actor = dataclasses.replace(factories.on_phone(), user=hotline.user)

    def checked() -> bool:
        return check_caller(person.pk, "holder:x", answers, found_by="id_number", actor=actor).passed

    assert checked()
    hotline.client.post(dial_url(factories.call_back(person)))
    assert not checked()


def test_a_window_dials_nobody(clerk: Desk) -> None:
    person = factories.card(factories.holder(phone="13711112222")).holder
    answer = clerk.client.post(dial_url(factories.call_back(person)))
    assert answer.status_code == 403
    assert "13711112222" not in answer.content.decode()
    assert not AccessRecord.objects.of(person).exists()


def test_a_call_without_a_number_on_file_says_so(hotline: Desk) -> None:
    follow_up = factories.call_back(factories.holder(phone=""))
    assert "No telephone number is on file" in text_of(hotline.client.post(dial_url(follow_up)))


def test_nobody_answered_takes_it_off_the_list_without_showing_anybody(hotline: Desk) -> None:
    follow_up = factories.call_back()
    assert hotline.client.get(missed_url(follow_up)).status_code == 303
    assert FollowUp.objects.open().exists()
    answer = hotline.client.post(missed_url(follow_up))
    assert "Recorded; it is off the list." in text_of(hotline.client.get(answer.url))
    follow_up.refresh_from_db()
    assert follow_up.outcome == FollowUpOutcome.NOT_REACHED
    answer = hotline.client.post(missed_url(follow_up))
    assert "Somebody has already recorded how this ended." in text_of(hotline.client.get(answer.url))


@pytest.mark.parametrize("group", ["editor", "auditor", "nobody"])
def test_others_reach_no_call_back(desk_of: Any, group: str) -> None:
    follow_up = factories.call_back()
    desk = desk_of(group)
    for address in (dial_url(follow_up), missed_url(follow_up), "/admin/cards/followup/"):
        assert desk.client.post(address).status_code == 403


# --- visits ---------------------------------------------------------------------------------------------------------


def test_the_outlet_sees_who_comes_in_and_the_note_on_the_person(hotline: Desk, clerk: Desk, desk_of: Any) -> None:
    person = factories.card().holder
    text = text_of(
        hotline.done("refer", person, party="", outlet=clerk.outlet.pk, reason="loss", days="0", note="会带户口本")
    )
    assert f"Please come to {clerk.outlet.name_en}" in text
    assert "Written loss report, replacement" in home(clerk)
    assert "会带户口本" not in home(clerk)
    assert "Nobody is expected." in home(desk_of("clerk"))
    answer = clerk.client.post(reverse("admin:cards_cardholder_open", args=[person.pk]))
    assert "会带户口本" in text_of(clerk.client.get(answer.url))
    clerk.done("settle", FollowUp.objects.get(), party="", outcome="came")
    assert "Nobody is expected." in home(clerk)


def test_a_visit_expires_after_its_last_day(clerk: Desk, clock: Any) -> None:
    clock("2026-03-02 09:30")
    factories.visit(clerk.outlet)
    clerk.client.force_login(clerk.user)
    assert "Written loss report, replacement" in home(clerk)
    clock("2026-03-03 00:00")
    clerk.client.force_login(clerk.user)
    assert "Nobody is expected." in home(clerk)


def test_nobody_is_sent_to_an_outlet_that_is_closed(hotline: Desk) -> None:
    closed = factories.OutletFactory(closed_for_good=True)
    with pytest.raises(OutletClosed):
        factories.visit(closed)
    page = hotline.act("refer", factories.card().holder, party="", outlet=closed.pk, reason="loss", days="0")
    assert "outlet" in page.context["deed"].form.errors


# --- how they end ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FollowUpKind)
@pytest.mark.parametrize("outcome", [*FollowUpOutcome, "", "nonsense"])
def test_each_kind_ends_in_its_own_ways_and_once(kind: FollowUpKind, outcome: str) -> None:
    made = factories.call_back() if kind == FollowUpKind.CALL_BACK else factories.visit(factories.OutletFactory())
    officer = factories.on_phone_for_the_office()
    if outcome not in services.follow_ups.OUTCOMES[kind]:
        with pytest.raises(OutcomeDoesNotFit):
            services.settle_follow_up(made, outcome, actor=officer)
        return
    services.settle_follow_up(made, outcome, actor=officer)
    with pytest.raises(FollowUpSettled):
        services.settle_follow_up(made, outcome, actor=officer)
    assert Event.objects.of(made.holder).filter(kind="follow_up_settled").count() == 1


def test_a_form_left_open_while_somebody_else_settled_it_is_refused(clerk: Desk) -> None:
    follow_up = factories.visit(clerk.outlet)
    form = clerk.form("settle", follow_up)
    services.settle_follow_up(follow_up, "not_needed", actor=factories.on_phone_for_the_office())
    shown = form.context["deed"].form
    sent = {name: shown[name].value() for name in ("seen", "key", "party")} | {"outcome": "came"}
    page = clerk.client.post(act_url("settle", follow_up), sent)
    assert refusal_in(page)[0] == "Somebody has already recorded how this ended."


@pytest.mark.parametrize(
    "broken", [{"outlet": None}, {"kind": "call_back"}, {"outcome": "came"}, {"settled_at": timezone.now()}]
)
def test_the_database_keeps_kind_outlet_and_outcome_together(broken: dict[str, Any]) -> None:
    made = factories.visit(factories.OutletFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.filter(pk=made.pk).update(**broken)


def test_the_worker_removes_what_is_long_past(clock: Any) -> None:
    moment = clock("2026-03-02 09:30")
    factories.call_back()
    clock(f"{(moment + timedelta(days=90)).date()} 09:30")
    assert jobs.remove_old_follow_ups() == 0
    clock(f"{(moment + timedelta(days=92)).date()} 09:30")
    assert jobs.remove_old_follow_ups() == 1
    assert not FollowUp.objects.exists()
