"""The supervisor's overview: every figure against rows counted by hand, every bar opens its list, a fixed price."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cards import enquiry, id_number, services
from cards.actors import Actor
from cards.models import AccessRecord, Application
from cards.supervision import figures
from cards.supervision.overdue import OverdueRule
from cards.vocabulary import AccessPurpose, Channel, Party, Stage, StopReason
from tests import factories as f
from tests.cards.states import PLAIN, application_in
from tests.counter.desk import Desk

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/cards/incidentnote/overview/"
# What the frame asks for: session, user, groups, permissions; then the figures, notes and exports; and two for each
# of the stages that have cards.
STATEMENTS = 18 + 2 * 3
AGENT = id_number.compose("119999", date(1970, 1, 1), 1)


@pytest.fixture(autouse=True)
def monday_morning(clock: Any) -> None:
    clock("2026-03-30 10:00")


def open_case(stage: str, days_ago: float, stop: str = "", **given: Any) -> Application:
    row = application_in(PLAIN, stage, stop, of=f.holder(), **given)
    since = timezone.now() - timedelta(days=days_ago)
    Application.objects.filter(pk=row.pk).update(stage_since=since)
    row.refresh_from_db()
    return row


def chart(desk: Desk, key: str) -> Any:
    desk.client.force_login(desk.user)  # a test moves the clock past the idle time
    page = desk.client.get(ADDRESS)
    assert page.status_code == 200
    return next(one for one in page.context["charts"] if one.key == key)


def behind(desk: Desk, url: str) -> list[Any]:
    page = desk.client.get(unescape(url))
    assert page.status_code == 200, (url, page.status_code)
    return list(page.context["cl"].result_list)


# --- the page -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["clerk", "hotline", "editor", "publisher", "auditor"])
def test_only_who_supervises_sees_it(desk_of: Any, group: str) -> None:
    assert desk_of(group).client.get(ADDRESS).status_code == 403
    assert "Overview of all cases" not in desk_of(group).client.get("/admin/").content.decode()


def test_the_first_page_leads_there(supervisor: Desk) -> None:
    assert f'href="{ADDRESS}">Overview of all cases' in supervisor.client.get("/admin/").content.decode()


def a_busy_office(size: int) -> None:
    for place in range(size):
        open_case(Stage.PRODUCING, 40 + place)
        open_case(Stage.SENDING, place)
        f.oral_report()
        acts_of(AGENT, 3)
    person, clerk = f.holder(), Actor(Party.OFFICE, Channel.COUNTER, f.UserFactory())
    enquiry.record_staff_look(person, "", actor=clerk, purpose=AccessPurpose.STAFF_FULL_VIEW, reason="核对")
    enquiry.record_staff_look(person, "", actor=clerk)
    f.first_application()


def test_the_overview_costs_the_same_however_many_cases_there_are(supervisor: Desk) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            supervisor.client.get(ADDRESS)
        return len(queries)

    a_busy_office(1)
    statements()
    few = statements()
    a_busy_office(4)
    assert statements() == few <= STATEMENTS


def test_it_names_nobody(supervisor: Desk) -> None:
    a_busy_office(3)
    page = supervisor.client.get(ADDRESS).content.decode()
    for row in Application.objects.select_related("holder"):
        for secret in (row.holder.name, row.holder.id_number, str(row.holder_id), row.receipt_id):
            assert secret not in page
    assert AGENT not in page


def test_every_bar_opens_its_list_and_no_address_says_anything_of_a_person(supervisor: Desk, clock: Any) -> None:
    a_busy_office(3)
    clock("2026-04-02 10:00")
    f.first_application()
    supervisor.client.force_login(supervisor.user)
    page = supervisor.client.get(ADDRESS).content.decode()
    links = {unescape(one) for one in re.findall(r'href="(/admin/cards/\w+/\?[^"]+)"', page)}
    models = {re.match(r"/admin/cards/(\w+)/", link)[1] for link in links}  # type: ignore[index]
    assert models == {"application", "lossreport", "event", "accessrecord", "agentact"}
    for link in links:
        assert supervisor.client.get(link).status_code == 200, link
        assert not re.search(r"\d{12}", link.replace("-", "")) or "agent_of=" in link, link


def test_whoever_may_not_see_a_list_sees_its_figures_without_a_link(desk_of: Any) -> None:
    from django.contrib.auth.models import Permission

    desk = desk_of("editor")
    desk.user.user_permissions.add(Permission.objects.get(codename="view_overview"))
    open_case(Stage.SENDING, 1)
    page = desk.client.get(ADDRESS)
    assert page.status_code == 200
    assert "/admin/cards/application/" not in page.content.decode()
    assert [bar.value for bar in next(one for one in page.context["charts"] if one.key == "stages").bars] == [1]


# --- the figures --------------------------------------------------------------------------------------------------


def test_stages_say_how_many_and_how_long_half_and_most_have_been_there(supervisor: Desk) -> None:
    # Ten cards, since 1 to 10 weeks: half have been there up to 5 weeks, nine tenths up to 9; each week has 5 days,
    # less what the spring festival took.
    for weeks in range(1, 11):
        open_case(Stage.READY, 7 * weeks)
    open_case(Stage.READY, 0)
    open_case(Stage.CHECKING, 0, StopReason.PHOTO_REJECTED)
    by_stage = {figure.stage: figure for figure in figures.stages(timezone.now())}
    assert set(by_stage) == {Stage.READY, Stage.CHECKING}
    ready, checking = by_stage[Stage.READY], by_stage[Stage.CHECKING]
    assert (ready.cases, ready.stopped, checking.cases, checking.stopped) == (11, 0, 1, 1)
    waited = sorted(
        figures._days(row.stage_since, timezone.now()) for row in Application.objects.filter(stage=Stage.READY)
    )
    assert (ready.half_days, ready.most_days) == (waited[5], waited[9])
    assert ready.half_days > 20


@pytest.mark.parametrize("count", range(1, 8))
def test_half_and_most_are_the_smallest_that_cover_half_and_nine_tenths(count: int) -> None:
    days = [place * 7 for place in range(count)]
    for one in days:
        open_case(Stage.SENDING, one)
    now = timezone.now()
    (figure,) = figures.stages(now)
    waited = sorted(figures._days(row.stage_since, now) for row in Application.objects.all())
    assert figure.half_days == next(d for d in waited if sum(w <= d for w in waited) * 2 >= count)
    assert figure.most_days == next(d for d in waited if sum(w <= d for w in waited) * 10 >= count * 9)


@pytest.mark.parametrize("stage", sorted({Stage.ACCEPTED, Stage.CHECKING, Stage.PRODUCING, Stage.SENDING}))
def test_a_case_is_overdue_here_exactly_when_its_own_answer_says_so(stage: str) -> None:
    from cards import forecast

    now = timezone.now()
    rows = [open_case(stage, days) for days in range(0, 45, 2)]
    late = set(Application.objects.filter(OverdueRule.at(now).condition).values_list("pk", flat=True))
    told = {row.pk for row in rows if forecast.estimate(row, now).overdue}  # type: ignore[union-attr]
    assert late == told
    assert 0 < len(late) < len(rows)


def test_a_clock_that_stands_is_not_overdue() -> None:
    open_case(Stage.PRODUCING, 90, StopReason.PRODUCTION_FAILED)
    assert not Application.objects.filter(OverdueRule.at(timezone.now()).condition).exists()


def test_overdue_cases_stand_with_the_party_that_has_the_card(supervisor: Desk) -> None:
    late = [open_case(Stage.PRODUCING, 90), open_case(Stage.PRODUCING, 80)]
    open_case(Stage.PRODUCING, 0)
    carried = open_case(Stage.SENDING, 90)
    bars = chart(supervisor, "overdue").bars
    assert [(bar.label, bar.value) for bar in bars] == [("The card maker", 2), ("The carrier", 1)]
    assert {row.pk for row in behind(supervisor, bars[0].url)} == {row.pk for row in late}
    assert [row.pk for row in behind(supervisor, bars[1].url)] == [carried.pk]


def test_cards_that_left_the_maker_stand_with_the_outlet_that_has_not_signed(supervisor: Desk) -> None:
    here, there = f.OutletFactory(name_en="Here"), f.OutletFactory(name_en="There")
    lost = open_case(Stage.SENDING, 90, outlet=here)
    open_case(Stage.SENDING, 0, outlet=here)
    open_case(Stage.SENDING, 0, outlet=there)
    open_case(Stage.READY, 0, outlet=there)
    first, second = chart(supervisor, "on-the-way").bars
    assert (first.label, first.value, first.part) == ("Here", 2, 1)
    assert (second.label, second.value, second.part) == ("There", 1, 0)
    assert lost in behind(supervisor, first.url)
    assert len(behind(supervisor, first.url)) == 2


def test_an_oral_report_of_today_does_not_lapse_within_the_week(supervisor: Desk) -> None:
    f.oral_report()
    f.written_report()
    bars = chart(supervisor, "lapsing").bars
    # Seven calendar days from the day after: 24:00 of 6 April.
    assert [(bar.label, bar.value) for bar in bars if bar.value] == []
    assert len(bars) == 7


def test_an_oral_report_is_counted_on_each_of_its_last_days(supervisor: Desk, clock: Any) -> None:
    report = f.oral_report()
    clock("2026-04-06 23:00")
    today = chart(supervisor, "lapsing").bars[0]
    assert (today.label, today.value) == ("6 April", 1)
    assert [row.pk for row in behind(supervisor, today.url)] == [report.pk]
    clock("2026-04-07 00:00")
    assert not any(bar.value for bar in chart(supervisor, "lapsing").bars)


def acts_of(number: str, people: int) -> None:
    for _place in range(people):
        card = f.card()
        services.report_loss(
            card,
            form="written",
            actor=f.at_counter(party=Party.AGENT),
            evidence=f.everything(agent_name="李四", agent_id_number=number),
        )


def test_an_agent_for_many_people_shows_and_one_for_two_does_not(supervisor: Desk) -> None:
    acts_of(AGENT, 3)
    acts_of(f.synthetic_id_number(), 2)
    (bar,) = chart(supervisor, "agents").bars
    assert (bar.label, bar.value, list(bar.cells)) == ("Agent 1", 3, ["3"])
    assert len(behind(supervisor, bar.url)) == 3
    assert len(behind(supervisor, "/admin/cards/agentact/")) == 5


def test_an_agent_counts_people_not_acts() -> None:
    number, person = f.synthetic_id_number(), f.holder()
    for card_type in ("financial_blue", "ordinary_blue", "ordinary_yellow"):
        services.report_loss(
            f.card(person, card_type),
            form="written",
            actor=f.at_counter(party=Party.AGENT),
            evidence=f.everything(agent_name="李四", agent_id_number=number),
        )
    assert not figures.agents(timezone.now())


def test_acts_older_than_a_month_count_no_longer(clock: Any) -> None:
    acts_of(f.synthetic_id_number(), 3)
    assert figures.agents(timezone.now())
    clock("2026-04-29 10:01")
    assert not figures.agents(timezone.now())


def test_full_views_stand_with_who_looked(supervisor: Desk, clerk: Desk) -> None:
    for _time in range(2):
        actor = Actor(Party.OFFICE, Channel.COUNTER, clerk.user)
        enquiry.record_staff_look(f.holder(), "", actor=actor, purpose=AccessPurpose.STAFF_FULL_VIEW, reason="核对")
    enquiry.record_staff_look(f.holder(), "", actor=Actor(Party.OFFICE, Channel.COUNTER, supervisor.user))
    (bar,) = chart(supervisor, "full-views").bars
    assert (bar.label, bar.value, bar.part) == (clerk.user.username, 2, 2)
    assert {row.user for row in behind(supervisor, bar.url)} == {clerk.user}


def test_channels_share_the_answers_that_were_given(supervisor: Desk, hotline: Desk) -> None:
    citizen = Actor(Party.HOLDER, Channel.WEB)
    person = f.holder()
    for _time in range(3):
        enquiry.look_up(enquiry.Question(person.id_number), network="192.0.2.1", actor=citizen)
    enquiry.look_up(enquiry.Question(f.synthetic_id_number()), network="192.0.2.1", actor=citizen)
    hotline.find(person.id_number)
    bars = {bar.label: (bar.value, list(bar.cells)) for bar in chart(supervisor, "channels").bars}
    assert bars["Web"] == (3, ["75 %"])
    assert bars["Hotline 12333"] == (1, ["25 %"])
    assert AccessRecord.objects.count() == 5


def test_today_begins_at_midnight_in_china(supervisor: Desk, clock: Any) -> None:
    clock("2026-03-29 23:59")
    f.first_application()
    clock("2026-03-30 00:01")
    f.first_application()
    accepted = chart(supervisor, "today").bars[0]
    assert (accepted.label, accepted.value) == ("Application accepted", 1)
    assert len(behind(supervisor, accepted.url)) == 1


def test_an_empty_office_has_words_instead_of_bars(supervisor: Desk) -> None:
    page = supervisor.client.get(ADDRESS).content.decode()
    for words in ("No card is under way.", "No case is overdue.", "No card is on its way.", "No agent acted for"):
        assert words in page
