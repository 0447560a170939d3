"""Processing times: the same figures drawn and tabled, nothing from too few cards, and one card among the others."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cards import forecast
from cards.answers import answer_case
from cards.answers.application import Among
from cards.case_file import Opening
from cards.case_reading import read_present
from cards.channels.web.shared_parts import bar_length
from cards.models import Application, Forecast, MonthlyTime
from cards.rules import china_day
from cards.vocabulary import AccessOutcome, ApplicationKind, Stage
from tests import factories as f
from tests.measured import measured_times

pytestmark = pytest.mark.django_db
PATH = "/processing-times/"
ROW = re.compile(r'<tr><th scope="row">(.*?)<svg(.*?)</svg></th>((?:<td class="num">\d+</td>){3})</tr>', re.DOTALL)


def shown(client: Client, language: str = "en") -> str:
    response = client.get(PATH, {"lang": language})
    assert response.status_code == 200
    return response.content.decode()


def test_every_bar_is_as_long_as_its_number_says(client: Client) -> None:
    measured_times()
    rows = ROW.findall(shown(client))
    assert len(rows) == 5 + 11
    longest = max(int(number) for _label, _svg, cells in rows for number in re.findall(r"\d+", cells)[1:2])
    for _label, svg, cells in rows:
        half, most, _cases = map(int, re.findall(r">(\d+)<", cells))
        assert f'class="half" y="2" width="{bar_length(half, longest)}"' in svg
        assert f'class="most" y="2" width="{bar_length(most, longest)}"' in svg


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["10 working days", "Half within", "Fewer than 30 such cards, so not shown:", "not promises"]),
        ("zh-hans", ["10个工作日", "半数", "这类卡不足30张、未列出的月份：", "不是承诺"]),
    ],
)
def test_the_page_says_what_it_rests_on(client: Client, language: str, words: list[str]) -> None:
    measured_times()
    html = shown(client, language)
    assert not [word for word in words if word not in html]


def test_without_enough_cards_the_standard_stands_alone(client: Client) -> None:
    html = shown(client)
    assert "Fewer than 30 such cards became ready in the last 90 days" in html
    assert not ROW.findall(html)


def test_the_page_costs_few_statements_and_none_the_second_time(
    client: Client, django_assert_max_num_queries, django_assert_num_queries
) -> None:
    measured_times()
    with django_assert_max_num_queries(5):
        shown(client)
    with django_assert_num_queries(0):
        shown(client)


def made_ready(moment, days: int, outlet) -> Application:
    """A card that became ready at a moment, so many working days after its acceptance."""
    application = f.first_application()
    accepted = moment - timedelta(days=days)
    history = [["stage", Stage.ACCEPTED.value, accepted.isoformat()], ["stage", Stage.READY.value, moment.isoformat()]]
    Application.objects.filter(pk=application.pk).update(
        stage=Stage.READY,
        delivery_outlet=outlet,
        accepted_at=accepted,
        ready_at=moment,
        collect_by=china_day(moment),
        history=history,
    )
    return application


def test_a_month_counts_its_own_cards_and_neither_bulk_nor_its_neighbours(clock) -> None:
    clock("2026-06-10 10:00")
    outlet, hasty = f.OutletFactory(), f.OutletFactory()
    now = timezone.now()
    june, may = now.replace(day=1, hour=9, minute=0), now.replace(month=5, day=29, hour=9, minute=0)
    for place in range(3):
        made_ready(may + timedelta(minutes=place), 7, outlet)
    made_ready(june, 20, outlet)
    for _place in range(forecast.BULK_IN_A_MINUTE):
        made_ready(may + timedelta(minutes=30), 1, hasty)
    assert forecast.draw_months(now) == 1
    row = MonthlyTime.objects.get()
    assert (row.month.isoformat(), row.kind, row.cases) == ("2026-05-01", ApplicationKind.FIRST, 3)
    assert (row.half_days, row.most_days) == (5, 5)
    made_ready(may + timedelta(hours=2), 7, outlet)
    assert forecast.draw_months(now) == 1
    assert MonthlyTime.objects.get().cases == 4


def test_twelve_whole_months_lie_before_a_day() -> None:
    months = forecast.months_before(china_day(timezone.now()).replace(year=2027, month=2, day=28))
    assert [months[0].isoformat(), months[-1].isoformat(), len(months)] == ["2026-02-01", "2027-01-01", 12]


@pytest.mark.parametrize(("day", "words"), [(0, "today"), (1, "1 working day at"), (5, "5 working days"), (30, "30")])
def test_a_card_is_told_where_it_stands(day: int, words: str) -> None:
    assert words in Among(day, 8, 12).told


def test_the_answer_shows_the_card_among_others_only_where_they_were_measured(client: Client) -> None:
    application = f.walk_to(f.first_application(), Stage.CHECKING)
    opening = Opening(AccessOutcome.FOUND, application.holder_id)

    def among() -> Among | None:
        case = read_present(application.holder, timezone.now())
        return answer_case(case, opening).applications[0].among

    assert among() is None
    measured_times()
    row = Forecast.objects.get(stage=Stage.CHECKING)
    assert among() == Among(0, row.half_days, row.most_days)
    client.cookies["lang"] = "en"
    page = client.post("/status/", {"id_number": application.holder.id_number}, follow=True).content.decode()
    assert '<div class="among">' in page
    assert 'href="/processing-times/"' in page
