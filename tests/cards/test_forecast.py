"""The forecast: from the portal's own finished cases, in working days to ready, never a promise and never a sum."""

import dataclasses
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from cards import calendar, forecast, workflow
from cards.answers import answer_application
from cards.forecast import estimate, recompute
from cards.memory import forget_all
from cards.models import Application, Cardholder, Forecast, OfficeDay, Outlet, RuleSet
from cards.rules import CHINA, china_day
from cards.vocabulary import IssueMethod, Stage, StopReason
from tests import factories as f
from tests.cards.states import PLAIN, application_in

pytestmark = pytest.mark.django_db

# A Monday after the spring festival, with no holiday in the weeks around it.
READY = datetime(2026, 3, 23, 10, 0, tzinfo=CHINA)
NOW = datetime(2026, 3, 30, 9, 0, tzinfo=CHINA)


@pytest.fixture(autouse=True)
def standing_clock(clock: Any) -> None:
    clock("2026-03-30 09:00")


@pytest.fixture
def person() -> Cardholder:
    return f.holder()


def working_days_before(moment: datetime, days: int) -> datetime:
    """The moment so many working days earlier."""
    earlier = moment
    while calendar.working_days_between(earlier.date(), moment.date()) < days:
        earlier -= timedelta(days=1)
    return earlier


def finished(
    of: Cardholder,
    days: dict[str, int],
    *,
    ready: datetime = READY,
    stops: list[tuple[datetime, datetime]] | None = None,
    outlet: Outlet | None = None,
    **given: Any,
) -> Application:
    """A case that entered each stage so many working days before it was ready."""
    entries = [("stage", stage, working_days_before(ready, count)) for stage, count in days.items()]
    for begin, end in stops or []:
        entries += [("stop", "photo_rejected", begin), ("resume", "photo_rejected", end)]
    entries = sorted([*entries, ("stage", "ready", ready)], key=lambda entry: entry[2])
    return application_in(
        PLAIN,
        Stage.READY,
        of=of,
        outlet=outlet,
        ready_at=ready,
        stage_since=ready,
        history=[[what, value, at.isoformat()] for what, value, at in entries],
        **given,
    )


def finish(of: Cardholder, counts: list[int], stage: str = "producing", **given: Any) -> None:
    """One finished case for each number of working days; a minute apart, so that none was closed in bulk."""
    outlet = given.pop("outlet", None) or f.OutletFactory()
    for place, count in enumerate(counts):
        ready = given.get("ready", READY) + timedelta(minutes=place)
        finished(of, {stage: count}, outlet=outlet, **given | {"ready": ready})


def waiting(of: Cardholder, stage: str = "producing", since: datetime = NOW, **given: Any) -> Application:
    row = {"stage_since": since, "history": [["stage", stage, since.isoformat()]]} | given
    return application_in(PLAIN, stage, of=of, **row)


def known(stage: str = "producing") -> Forecast | None:
    return Forecast.objects.filter(stage=stage).first()


# --- from the standard to the quantiles ---------------------------------------------------------------------------


@pytest.mark.parametrize(("cases", "rests_on"), [(0, 0), (29, 0), (30, 30), (31, 31)])
def test_below_thirty_cases_the_standard_speaks_and_from_thirty_the_cases(
    cases: int, rests_on: int, person: Cardholder
) -> None:
    finish(person, [3] * cases)
    recompute(NOW)
    told = estimate(waiting(person), NOW)
    assert told.cases == rests_on
    # The standard for production is five working days; the cases took three.
    days = 3 if rests_on else 5
    assert told.half_by == told.most_by == calendar.add_working_days(NOW.date(), days)


def test_the_standard_is_that_of_the_rules_the_case_was_accepted_under(person: Cardholder) -> None:
    later = RuleSet.objects.create(
        version="later", valid_from=NOW.date(), state="in_force", citation_zh="后来", citation_en="Later"
    )
    later.standards.create(method="factory", stage="producing", working_days=9)
    forget_all()
    told = {}
    for version in ("2026-default", "later"):
        row = waiting(person, rule_version=version)
        stopped = waiting(person, rule_version=version, stop="production_failed")
        said = answer_application(stopped, full=True, now=NOW).next
        told[version] = estimate(row, NOW).most_by, said
    for version, days in (("2026-default", 5), ("later", 9)):
        day, said = told[version]
        assert day == calendar.add_working_days(NOW.date(), days)
        assert f"{days} working days" in said


def test_half_and_most_are_the_smallest_days_by_which_so_many_were_ready(person: Cardholder) -> None:
    finish(person, [*[1] * 15, *[2] * 12, *[8] * 3])
    recompute(NOW)
    row = known()
    assert (row.half_days, row.most_days, row.cases) == (1, 2, 30)
    told = estimate(waiting(person), NOW)
    assert told.half_by == date(2026, 3, 31)
    assert told.most_by == date(2026, 4, 1)


@pytest.mark.parametrize("share", [0.5, 0.9])
@pytest.mark.parametrize("count", [30, 31, 57, 100])
def test_a_quantile_is_the_least_number_that_covers_its_share(share: float, count: int) -> None:
    days = [(7 * place) % 23 for place in range(count)]
    found = forecast._quantile(days, share)
    assert sum(one <= found for one in days) >= share * count
    assert sum(one < found for one in days) < share * count


def test_only_the_last_ninety_days_count(person: Cardholder) -> None:
    finish(person, [3] * 30, ready=NOW - timedelta(days=91))
    assert recompute(NOW) == 0
    finish(person, [3] * 30, ready=NOW - timedelta(days=89))
    assert recompute(NOW) == 1


def test_kinds_and_methods_are_counted_apart(person: Cardholder) -> None:
    finish(person, [3] * 29)
    finish(person, [3] * 29, method=IssueMethod.INSTANT)
    for _ in range(29):
        finished(person, {"producing": 3}, kind="exchange", exchange_reason="damaged", replaced_card=f.card(person))
    assert recompute(NOW) == 0


def test_a_card_collected_or_recalled_afterwards_was_ready_all_the_same(person: Cardholder) -> None:
    finish(person, [3] * 30)
    Application.objects.update(stage=Stage.RECALLED)
    recompute(NOW)
    assert known().cases == 30


# --- what is left out ---------------------------------------------------------------------------------------------


def test_time_in_which_the_clock_stood_is_left_out(person: Cardholder) -> None:
    begin = working_days_before(READY, 8)
    end = working_days_before(READY, 2)
    row = finished(person, {"checking": 10}, stops=[(begin, end)])
    assert forecast.days_to_ready(row, Stage.CHECKING) == 10 - 6


def test_a_stop_before_a_stage_takes_nothing_from_it(person: Cardholder) -> None:
    stop = (working_days_before(READY, 9), working_days_before(READY, 6))
    row = finished(person, {"checking": 10, "producing": 5}, stops=[stop])
    assert forecast.days_to_ready(row, Stage.CHECKING) == 10 - 3
    assert forecast.days_to_ready(row, Stage.PRODUCING) == 5


def test_a_stop_that_reaches_into_a_stage_takes_only_its_share(person: Cardholder) -> None:
    stop = (working_days_before(READY, 8), working_days_before(READY, 3))
    row = finished(person, {"checking": 10, "producing": 5}, stops=[stop])
    assert forecast.days_to_ready(row, Stage.CHECKING) == 10 - 5
    assert forecast.days_to_ready(row, Stage.PRODUCING) == 5 - 2


def test_cards_made_ready_in_one_sitting_are_left_out(person: Cardholder) -> None:
    together = f.OutletFactory()
    for _ in range(forecast.BULK_IN_A_MINUTE):
        finished(person, {"producing": 20}, outlet=together)
    finish(person, [3] * 30, ready=READY + timedelta(hours=1))
    recompute(NOW)
    assert (known().cases, known().most_days) == (30, 3)


def test_as_many_in_one_minute_at_different_outlets_are_no_sitting(person: Cardholder) -> None:
    for outlet in (f.OutletFactory(), f.OutletFactory()):
        for _ in range(forecast.BULK_IN_A_MINUTE - 1):
            finished(person, {"producing": 4}, outlet=outlet)
    recompute(NOW)
    assert known().cases == 2 * (forecast.BULK_IN_A_MINUTE - 1)


def test_a_stage_that_was_skipped_counts_for_nothing(person: Cardholder) -> None:
    row = finished(person, {"accepted": 6, "producing": 3})
    assert forecast.days_to_ready(row, Stage.BANK_ACCOUNT) is None
    assert forecast.days_to_ready(row, Stage.ACCEPTED) == 6
    finish(person, [6] * 30, stage="accepted")
    recompute(NOW)
    assert set(Forecast.objects.values_list("stage", flat=True)) == {"accepted"}


@pytest.mark.parametrize("stage", sorted(workflow.ENDED | {Stage.READY}))
def test_nothing_is_foretold_where_nothing_is_to_be_waited_for(stage: str, person: Cardholder) -> None:
    assert estimate(application_in(PLAIN, stage, of=person), NOW) is None


@pytest.mark.parametrize("reason", StopReason)
def test_nothing_is_foretold_while_the_clock_stands(reason: str, person: Cardholder) -> None:
    for stage in workflow.STOPS[reason]:
        assert estimate(application_in(PLAIN, stage, reason, of=person), NOW) is None


# --- the days told ------------------------------------------------------------------------------------------------


def test_a_forecast_is_never_the_sum_of_the_stages(person: Cardholder) -> None:
    outlet = f.OutletFactory()
    # Cards slow in one stage are fast in the other, so both stages together take six days, always.
    for place in range(40):
        slow = place % 2
        ready = READY + timedelta(minutes=place)
        finished(person, {"producing": 6, "sending": 5 if slow else 1}, ready=ready, outlet=outlet)
    recompute(NOW)
    assert (known("producing").most_days, known("sending").most_days) == (6, 5)
    assert known("producing").half_days == 6
    assert estimate(waiting(person), NOW).most_by == calendar.add_working_days(NOW.date(), 6)


def test_days_already_passed_in_the_stage_and_stops_in_it_move_the_dates(person: Cardholder) -> None:
    since = datetime(2026, 3, 23, 15, 0, tzinfo=CHINA)
    plain = estimate(waiting(person, since=since), NOW)
    assert plain.most_by == calendar.add_working_days(since.date(), 5)
    stop = ["stop", "production_failed", datetime(2026, 3, 24, 9, tzinfo=CHINA).isoformat()]
    resume = ["resume", "production_failed", datetime(2026, 3, 27, 9, tzinfo=CHINA).isoformat()]
    stopped = waiting(person, since=since, history=[["stage", "producing", since.isoformat()], stop, resume])
    assert estimate(stopped, NOW).most_by == calendar.add_working_days(since.date(), 5 + 3)


def test_past_the_last_day_the_answer_is_that_one_may_ask(person: Cardholder) -> None:
    row = waiting(person, since=datetime(2026, 3, 16, 9, tzinfo=CHINA))
    last = calendar.add_working_days(date(2026, 3, 16), 5)
    on_time = estimate(row, datetime(last.year, last.month, last.day, 23, 59, tzinfo=CHINA))
    late = estimate(row, datetime(last.year, last.month, last.day, tzinfo=CHINA) + timedelta(days=1))
    assert (on_time.overdue, late.overdue) == (False, True)
    assert on_time.most_by == late.most_by == last
    assert late.ask_from == calendar.add_working_days(last, 1)


def test_the_day_is_that_of_china_also_shortly_after_its_midnight(person: Cardholder) -> None:
    before, after = (datetime(2026, 3, 30, hour, tzinfo=CHINA) - timedelta(minutes=1) for hour in (0, 1))
    assert china_day(before) == date(2026, 3, 29)
    assert china_day(after) == date(2026, 3, 30)
    assert estimate(waiting(person, since=after), NOW).most_by == date(2026, 4, 7)


def test_a_year_whose_holidays_are_not_announced_is_said_to_be_provisional(person: Cardholder) -> None:
    announced = estimate(waiting(person), NOW)
    december = datetime(2026, 12, 29, 9, tzinfo=CHINA)
    beyond = estimate(waiting(person, since=december), december)
    assert beyond.most_by.year == 2027
    assert (announced.provisional, beyond.provisional) == (False, calendar.is_provisional(date(2027, 1, 4)))
    assert beyond.provisional


def test_days_off_of_the_office_move_the_dates(person: Cardholder) -> None:
    row = waiting(person, stage="sending")
    before = estimate(row, NOW).most_by
    OfficeDay.objects.create(day=before, works=False, reason="系统升级")
    forget_all()
    assert estimate(row, NOW).most_by == calendar.add_working_days(before, 1)


@pytest.mark.parametrize("kind", ["first", "replacement", "exchange"])
@pytest.mark.parametrize("stage", sorted(workflow.BEFORE_READY - {Stage.FEE_DUE}))
def test_the_shipped_standards_cover_every_stage_before_ready(kind: str, stage: str, person: Cardholder) -> None:
    given = {} if kind == "first" else {"replaced_card": f.card(person)}
    if kind == "exchange":
        given["exchange_reason"] = "damaged"
    told = estimate(waiting(person, stage=stage, kind=kind, **given), NOW)
    assert told.most_by > NOW.date()
    assert (told.cases, told.half_by) == (0, told.most_by)


# --- the table ----------------------------------------------------------------------------------------------------


def test_recomputing_replaces_what_stood(person: Cardholder) -> None:
    finish(person, [3] * 30)
    assert recompute(NOW) == 1
    first = known().pk
    later = NOW + timedelta(days=1)
    assert recompute(later) == 1
    assert known().pk != first
    assert known().computed_at == later
    Application.objects.all().delete()
    assert recompute(later) == 0
    assert not Forecast.objects.exists()


def test_recomputing_is_seen_at_once_in_this_process(person: Cardholder) -> None:
    row = waiting(person)
    assert estimate(row, NOW).cases == 0
    finish(person, [3] * 30)
    recompute(NOW)
    assert estimate(row, NOW).cases == 30


def test_a_recomputation_that_fails_leaves_the_old_rows(person: Cardholder, monkeypatch: pytest.MonkeyPatch) -> None:
    finish(person, [3] * 30)
    recompute(NOW)
    monkeypatch.setattr(forecast, "_quantile", lambda days, share: 9 if share == 0.5 else 1)
    with pytest.raises(IntegrityError):
        recompute(NOW)
    assert known().half_days == 3


def test_reading_an_estimate_asks_the_database_for_nothing_once_remembered(
    person: Cardholder, django_assert_num_queries: Any
) -> None:
    row = waiting(person)
    first = estimate(row, NOW)
    with django_assert_num_queries(0):
        assert estimate(row, NOW) == first
    assert dataclasses.is_dataclass(first)
