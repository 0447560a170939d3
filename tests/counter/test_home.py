"""The first page of a desk, the next right move, what comes after an action, and full views."""

import logging
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cards import services
from cards.desk import after, full_view
from cards.desk.next_moves import LEADS_ON
from cards.models import AccessRecord, Application
from cards.rules import CHINA
from cards.vocabulary import AccessPurpose, Action, CardType, Stage, StopReason
from tests import factories
from tests.counter.desk import Desk, act_url, person_url
from tests.counter.test_papers import text_of

pytestmark = pytest.mark.django_db


def tiles(desk: Desk) -> dict[str, tuple[str, str]]:
    """What the tiles of the first page say, and the list each opens."""
    found = re.findall(r'<a class="tile[^"]*" href="([^"]+)"><b>([^<]+)</b> ([^<]+)</a>', html_of(desk))
    return {label: (count, address.replace("&amp;", "&")) for address, count, label in found}


def html_of(desk: Desk, address: str = "/admin/") -> str:
    return desk.client.get(address).content.decode()


def application_at(outlet: Any) -> Application:
    """An application whose card is sent to this outlet."""
    return factories.first_application(delivery_outlet=outlet, bank=factories.BankFactory())


# --- today's work ---------------------------------------------------------------------------------------------------


def test_the_tiles_count_the_work_of_this_outlet_and_each_opens_its_list(clerk: Desk, clock: Any) -> None:
    clock("2026-03-02 09:30")
    mine, elsewhere = clerk.outlet, factories.OutletFactory()
    ready = [factories.walk_to(application_at(at), Stage.READY) for at in (mine, elsewhere)]
    standing = [
        factories.walk_to(factories.first_application(actor=factories.at_counter(at)), Stage.CHECKING)
        for at in (mine, elsewhere)
    ]
    for application in standing:
        services.stop_clock(application, StopReason.PHOTO_REJECTED, actor=factories.at_office())
    lapsing = factories.oral_report()
    clock("2026-03-09 09:30")
    factories.oral_report()
    clerk.client.force_login(clerk.user)
    shown = tiles(clerk)
    assert [(label, count) for label, (count, _address) in shown.items()] == [
        ("ready to collect here", "1"),
        ("clocks that stand", "1"),
        ("oral reports that lapse today", "1"),
    ]
    expected = (ready[0], standing[0], lapsing)
    for row, (_count, address) in zip(expected, shown.values(), strict=True):
        assert list(clerk.client.get(address).context["cl"].result_list) == [row]


def test_the_first_page_counts_no_further_than_a_tile_tells(clerk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from cards.desk import home

    monkeypatch.setattr(home, "MANY", 2)
    for _ in range(4):
        factories.walk_to(application_at(clerk.outlet), Stage.READY)
    with CaptureQueriesContext(connection) as queries:
        assert tiles(clerk)["ready to collect here"][0] == "2+"
    assert not [one["sql"] for one in queries if "COUNT(" in one["sql"] and "cards_application" in one["sql"]]
    assert len(queries) <= 15


@pytest.mark.parametrize("group", ["editor", "publisher", "auditor", "nobody"])
def test_whoever_may_find_nobody_has_no_question_and_no_tile_of_a_case(desk_of: Any, group: str) -> None:
    text = html_of(desk_of(group))
    assert 'class="ask"' not in text
    led_to = re.findall(r'<a class="tile[^"]*" href="([^"]+)"', text)
    assert bool(led_to) is (group in {"editor", "publisher"})
    assert all(address.startswith("/admin/guidance/") for address in led_to)


# --- the next right move --------------------------------------------------------------------------------------------


def next_move(desk: Desk, person: Any) -> str:
    """The action that stands alone on top of a person's screen."""
    found = re.search(r'class="next-move">.*?/do/(\w+)/', desk.read(person), re.DOTALL)
    return found[1] if found else ""


def test_the_next_move_follows_the_case_from_stage_to_stage(clerk: Desk) -> None:
    person = factories.holder()
    assert next_move(clerk, person) == "accept"
    application = factories.first_application(person)
    clerk.sit_at(application.delivery_outlet)
    moves = []
    for stage in application.route.stages:
        factories.walk_to(application, stage)
        moves.append(next_move(clerk, person))
    assert moves == ["check", "open_account", "produce", "send", "receive", "hand_over", ""]


def test_the_next_move_after_a_loss_is_the_written_report_and_then_the_replacement(clerk: Desk) -> None:
    report = factories.oral_report()
    assert next_move(clerk, report.holder) == "report_in_writing"
    clerk.done("report_in_writing", report.card)
    assert next_move(clerk, report.holder) == "replace"
    assert next_move(clerk, factories.card().holder) == ""


def test_a_lost_ordinary_card_leads_to_the_financial_one(clerk: Desk) -> None:
    report = factories.written_report(factories.card(card_type=CardType.ORDINARY_BLUE))
    assert next_move(clerk, report.holder) == "accept"


def test_a_clock_that_stands_leads_to_its_end_and_a_fee_to_its_payment(clerk: Desk) -> None:
    stopped = factories.walk_to(factories.first_application(), Stage.CHECKING)
    services.stop_clock(stopped, StopReason.PHOTO_REJECTED, actor=factories.at_office())
    assert next_move(clerk, stopped.holder) == "resume"


def test_the_next_move_is_the_only_button_with_the_focus(clerk: Desk) -> None:
    text = clerk.read(factories.first_application().holder)
    assert len(re.findall(r"<[a-z]+[^>]* autofocus", text)) == 1


def test_every_action_that_leads_on_is_one_of_the_desk() -> None:
    aside = set(Action) - set(LEADS_ON)
    assert {Action.STOP, Action.WITHDRAW, Action.REFUSE, Action.RECALL, Action.CANCEL_REPORT} <= aside


# --- after an action ------------------------------------------------------------------------------------------------


def test_after_a_written_report_the_paper_offers_the_replacement(clerk: Desk) -> None:
    card = factories.card()
    sheet = clerk.done("report_in_writing", card).content.decode()
    assert "Loss report receipt" in sheet
    assert act_url("replace", card.loss_reports.get()) in sheet


def test_after_a_step_the_sentence_and_the_next_step_are_shown(clerk: Desk) -> None:
    application = factories.first_application()
    page = clerk.done("check", application)
    assert "Your data are being checked." in text_of(page)
    assert act_url("open_account", application) in page.content.decode()


def test_after_cancelling_one_says_what_the_person_reads_and_nothing_of_the_bank(clerk: Desk) -> None:
    report = factories.written_report()
    assert any("This does not stop the bank account" in sentence for sentence in after.says(report))
    clerk.done("cancel_report", report, card_number=report.card.card_number)
    report.refresh_from_db()
    (said,) = after.says(report)
    assert said.startswith("The loss report was cancelled.")


def test_the_page_after_an_action_of_another_person_is_not_found(clerk: Desk) -> None:
    mine, other = factories.holder(), factories.first_application()
    clerk.find(mine.id_number)
    for action, subject, status in (("check", other.pk, 404), ("nonsense", mine.pk, 404), ("accept", mine.pk, 200)):
        address = f"{person_url(mine).removesuffix('change/')}after/{action}/{subject}/"
        assert clerk.client.get(address).status_code == status


# --- full views -----------------------------------------------------------------------------------------------------


def test_inside_an_open_case_the_case_is_the_reason(clerk: Desk) -> None:
    application = factories.first_application()
    clerk.find(application.holder.id_number)
    page = html_of(clerk, person_url(application.holder))
    assert "The reason is the open case: First application · step 1 of 7." in page
    assert 'name="reason"' not in page
    shown = clerk.client.post(person_url(application.holder)).content.decode()
    assert application.holder.id_number in shown
    record = AccessRecord.objects.of(application.holder).get(purpose=AccessPurpose.STAFF_CASE_VIEW)
    assert record.reason == "First application · step 1 of 7"


def test_a_loss_report_in_force_is_a_case_too(clerk: Desk) -> None:
    report = factories.oral_report()
    clerk.find(report.holder.id_number)
    clerk.client.post(person_url(report.holder))
    record = AccessRecord.objects.of(report.holder).get(purpose=AccessPurpose.STAFF_CASE_VIEW)
    assert record.reason == "Reported lost (temporary oral report)"


def look_in_full(desk: Desk, times: int, purpose: AccessPurpose) -> None:
    """So many full views, as the record keeps them."""
    person = factories.holder()
    case = "a case" if purpose == AccessPurpose.STAFF_CASE_VIEW else ""
    for _ in range(times):
        full_view.record_full_view(person, case, "核对", actor=desk_actor(desk))


def desk_actor(desk: Desk) -> Any:
    return factories.Actor.office(desk.user, desk.outlet)


def alarms(caplog: Any) -> list[str]:
    return [record.message for record in caplog.records if record.name == "cards.access"]


def test_the_thirty_first_full_view_without_a_case_in_an_hour_raises_an_alarm(
    clerk: Desk, supervisor: Desk, caplog: Any, clock: Any
) -> None:
    clock("2026-03-02 09:30")
    supervisor.client.force_login(supervisor.user)
    with caplog.at_level(logging.ERROR, "cards.access"):
        look_in_full(clerk, 30, AccessPurpose.STAFF_FULL_VIEW)
        look_in_full(clerk, 40, AccessPurpose.STAFF_CASE_VIEW)
        assert not alarms(caplog)
        assert "full views without a case" not in html_of(supervisor)
        look_in_full(clerk, 1, AccessPurpose.STAFF_FULL_VIEW)
    assert alarms(caplog) == [f"User {clerk.user.pk} opened more than 30 full views within an hour without a case."]
    assert f"{clerk.user.username} opened 31 full views without a case within an hour" in html_of(supervisor)
    assert "full views without a case" not in html_of(clerk)


def test_full_views_spread_over_the_day_are_no_alarm(clerk: Desk, clock: Any) -> None:
    for hour in range(9, 17):
        clock(f"2026-03-02 {hour:02d}:00")
        look_in_full(clerk, 15, AccessPurpose.STAFF_FULL_VIEW)
    assert full_view.alarms() == []
    clock("2026-03-02 16:40")
    look_in_full(clerk, 16, AccessPurpose.STAFF_FULL_VIEW)
    ((name, since, looks),) = full_view.alarms()
    assert (name, looks) == (clerk.user.username, 31)
    assert f"{since.astimezone(CHINA):%H:%M}" == "16:00"


# --- one field for everything ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["1" * 210, "1" * 400, "\r\n", "\t119999", "1" * 12 + "\r"])
def test_a_scanner_that_types_more_than_a_number_does_no_harm(clerk: Desk, typed: str) -> None:
    answer = clerk.find(typed)
    assert answer.status_code == 200
    assert not Application.objects.exists()
