"""The situation guide, page by page: what is asked, what is kept, what is told, and the calendar file."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from cards import memory
from cards.models import RuleSet, SituationTable
from cards.models.rule_data import book_on
from cards.models.situations import SHIPPED, shipped_table, table_on
from cards.situations import GUIDES
from guidance import shipped
from tests import factories

pytestmark = pytest.mark.django_db
MOTHER = "/lost-card/?what=lost&card=financial_blue&reported=no&who=agent&where=bank_outlet"


@pytest.fixture
def monday(clock: Any) -> Any:
    return clock("2026-03-02 09:30")


def html(client: Any, address: str, language: str = "en") -> str:
    response = client.get(address, headers={"Accept-Language": language})
    assert response.status_code == 200
    return response.content.decode()


def with_rules(**changes: Any) -> None:
    """Other rules in force than the shipped ones."""
    for one in RuleSet.objects.all():
        RuleSet.objects.filter(pk=one.pk).update(data=one.data | changes)
    memory.forget_all()


def test_the_first_page_asks_what_has_happened(client: Any) -> None:
    page = html(client, "/lost-card/")
    assert re.findall(r'data-choice="(\w+)"', page) == ["lost", "stolen", "found", "damaged", "expired", "data"]
    assert 'href="/lost-card/?what=lost"' in page


def test_the_four_types_are_drawn_and_named(client: Any) -> None:
    page = html(client, "/lost-card/?what=lost")
    assert page.count('<svg class="face"') == 5
    for name in (
        "Financial blue card",
        "Financial preferential blue card",
        "Ordinary blue card",
        "Ordinary yellow card",
    ):
        assert f"<strong>{name}</strong>" in page
    assert "style=" not in page[page.index("<main") :]


def test_an_answer_given_beforehand_is_not_asked_again(client: Any) -> None:
    page = html(client, "/lost-card/?what=lost&who=agent&card=financial_blue&reported=no")
    assert 'data-question="where"' in page
    assert "who=agent" in page


@pytest.mark.parametrize(
    "address", ["?what=nonsense", "?what=lost&card=%00%ff", "?what=&card=pink", "?what=lost&what=x"]
)
def test_a_value_nobody_offered_is_asked_again_kindly(client: Any, address: str) -> None:
    page = html(client, f"/lost-card/{address}")
    assert "data-question" in page
    assert "was not understood" in page


def test_a_wrong_value_loses_no_other_answer(client: Any) -> None:
    page = html(client, "/lost-card/?what=lost&card=pink&who=agent&where=agency")
    assert 'href="/lost-card/?what=lost&amp;card=financial_blue&amp;who=agent&amp;where=agency"' in page


def test_changing_one_answer_keeps_the_others(client: Any) -> None:
    page = html(client, MOTHER)
    assert 'href="/lost-card/?what=lost&amp;card=financial_blue&amp;reported=no&amp;where=bank_outlet"' in page


def test_where_is_not_asked_for_an_ordinary_card(client: Any) -> None:
    assert 'data-situation="apply"' in html(client, "/lost-card/?what=lost&card=ordinary_blue&reported=no&who=holder")


def test_nobody_is_asked_who_comes_where_nothing_was_reported(client: Any) -> None:
    page = html(client, "/lost-card/?what=found&card=financial_blue&reported=no")
    assert "Use the card as before" in page


def test_the_steps_come_in_order_and_name_the_lapse_and_each_bank(client: Any, monday: Any) -> None:
    bank = factories.OutletFactory(of_bank=True).bank
    memory.forget_all()
    page = html(client, MOTHER)
    steps = re.findall(r"<li><b>(.*?)</b>", page)
    assert steps == [
        "The cardholder calls us now",
        "Call the bank as well",
        "At the window, report the loss in writing",
        "Apply for the new card there at the same time",
        "See how far the card is",
        "Collect the new card",
    ]
    assert "until 24:00 on 9 March 2026 at the latest" in page
    assert f'{bank.name_en} <a href="tel:{bank.hotline}">' in page


def test_the_lapse_is_counted_from_the_day_of_the_report(client: Any, monday: Any) -> None:
    page = html(client, "/lost-card/?what=lost&card=ordinary_blue&reported=oral&who=holder&day=2026-02-27")
    assert "Reported on 27 February 2026, the oral report lapses at 24:00 on 6 March 2026." in page


def test_a_report_that_has_lapsed_is_told_to_be_over(client: Any, monday: Any) -> None:
    lost = html(
        client, "/lost-card/?what=lost&card=financial_blue&reported=oral&who=holder&where=unknown&day=2026-02-01"
    )
    assert "The oral report is over" in lost
    assert "lapsed at 24:00 on 8 February 2026; the card can be used again" in lost
    assert "before the oral report lapses" not in lost
    assert "dates.ics" not in lost or "Last day of the oral report" not in lost
    found = html(client, "/lost-card/?what=found&card=ordinary_blue&reported=oral&who=holder&day=2026-02-01")
    assert "lapsed at 24:00 on 8 February 2026" in found
    assert "Then the card works again by itself" not in found


def test_a_report_still_to_be_made_counts_from_today(client: Any, monday: Any) -> None:
    page = html(client, "/lost-card/?what=lost&card=ordinary_blue&reported=no&who=holder&day=2026-02-01")
    assert "8 February 2026" not in page


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "1900-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_left_out_and_said(client: Any, monday: Any, day: str) -> None:
    page = html(client, f"/lost-card/?what=lost&card=ordinary_blue&reported=oral&who=holder&day={day}")
    assert "was not understood and was left out" in page
    assert "An oral report holds for 7 calendar days. Give the day of yours" in page
    # The calendar takes no day for another: it leads back to the page that says so.
    address = f"/lost-card/dates.ics?what=lost&card=ordinary_blue&reported=oral&who=holder&day={day}"
    assert "was not understood and was left out" in html(client, client.get(address)["Location"])


ORAL = "what={}&card=ordinary_blue&reported=oral&who=holder"


@pytest.mark.parametrize("what", ["lost", "stolen", "found"])
def test_no_lapse_is_named_before_the_day_of_the_report_is(client: Any, monday: Any, what: str) -> None:
    page = html(client, f"/lost-card/?{ORAL.format(what)}")
    assert "An oral report holds for 7 calendar days. Give the day of yours" in page
    assert '<a href="#day">Give the day of the report</a>' in page
    assert 'id="day" name="day" value=""' in page
    assert "lapses at 24:00" not in page
    assert "Last day of the oral report" not in page
    response = client.get(f"/lost-card/dates.ics?{ORAL.format(what)}")
    if what == "found":
        # Nothing to keep yet: no empty calendar.
        assert response["Location"] == f"/lost-card/?{ORAL.format(what)}"
    else:
        assert not any(line.startswith("UID:lapse") for line in unfolded(response.content))
    told = html(client, f"/lost-card/?{ORAL.format(what)}&day=2026-02-27")
    assert "lapses at 24:00 on 6 March 2026" in told
    assert "Give the day" not in told
    kept = unfolded(client.get(f"/lost-card/dates.ics?{ORAL.format(what)}&day=2026-02-27").content)
    assert any(line.startswith("UID:lapse-20260306") for line in kept)


@pytest.mark.parametrize("allowed", [1, 2, 3])
def test_a_second_oral_report_is_named_where_the_rules_allow_one(client: Any, monday: Any, allowed: int) -> None:
    with_rules(oral_reports_allowed=allowed)
    open_, lapsed = (html(client, f"/lost-card/?{ORAL.format('lost')}&day=2026-02-{day}") for day in ("27", "01"))
    again = f"{allowed} reports for one card in 30 calendar days"
    assert (f"call us again: the rules allow {again}" in open_) == (allowed > 1)
    assert (f"Call us at once, so that the card is stopped again. The rules allow {again}" in lapsed) == (allowed > 1)
    assert ("Another oral report is not possible" in lapsed) == (allowed == 1)


def test_an_empty_day_is_no_day_and_a_report_was_not_made_tomorrow(client: Any, monday: Any) -> None:
    blank = html(client, f"/lost-card/?{ORAL.format('lost')}&day=")
    assert "Give the day of yours" in blank
    assert "lapses at 24:00" not in blank
    later = html(client, f"/lost-card/?{ORAL.format('lost')}&day=2026-03-03")
    assert "was not understood and was left out" in later
    assert "lapses at 24:00" not in later


def test_where_the_report_is_over_nobody_is_sent_anywhere_and_the_day_can_be_put_right(
    client: Any, monday: Any
) -> None:
    page = html(client, f"/lost-card/?{ORAL.format('found')}&day=2026-02-01")
    assert re.findall(r"<li><b>(.*?)</b>", page)[0] == "Nobody need come"
    assert "What to bring" not in page
    assert "done while you wait" not in page
    assert "any window" not in page
    assert 'id="day" name="day" value="2026-02-01"' in page
    kept = client.get(f"/lost-card/dates.ics?{ORAL.format('found')}&day=2026-02-27", headers={"Accept-Language": "en"})
    assert "Report the loss in writing" not in kept.content.decode().replace("\r\n ", "")


def test_a_card_that_is_stopped_is_not_to_be_stopped_first(client: Any, monday: Any) -> None:
    for reported, day, title in (
        ("no", "", "Stop the card, then apply for a financial blue card"),
        ("oral", "", "Apply for a financial blue card"),
        ("oral", "&day=2026-02-27", "Apply for a financial blue card"),
        ("oral", "&day=2026-02-01", "Stop the card, then apply for a financial blue card"),
        ("written", "", "Apply for a financial blue card"),
    ):
        page = html(client, f"/lost-card/?what=lost&card=ordinary_blue&reported={reported}&who=holder{day}")
        assert f"<h1>{title}</h1>" in page
    found = html(client, f"/lost-card/?{ORAL.format('found')}&day=2026-02-01")
    assert "<h1>Good news: nothing has to be cancelled</h1>" in found


def test_a_place_that_takes_no_oral_reports_tells_nobody_to_call_for_one(client: Any) -> None:
    with_rules(oral_reports_allowed=0)
    page = html(client, MOTHER)
    assert "The cardholder calls us now" not in page
    assert "The oral report" not in page


def test_where_the_place_lets_an_agent_cancel_the_agent_is_not_refused(client: Any) -> None:
    address = "/lost-card/?what=found&card=financial_blue&reported=written&who=agent"
    assert "Only the cardholder in person" in html(client, address)
    with_rules(cancelled_also_by=["agent"])
    page = html(client, address)
    assert "data-refusal" not in page
    assert "The agent comes to any window with both ID documents and the card" in page


def test_where_the_hotline_cancels_an_oral_report_the_cardholder_may_call(client: Any) -> None:
    with_rules(oral_cancelled_also_through=["hotline"])
    page = html(client, "/lost-card/?what=found&card=financial_blue&reported=oral&who=holder")
    assert "Call us, or come to any window" in page


def test_ages_and_fee_follow_the_rules(client: Any) -> None:
    with_rules(agent_minimum_age=21, guardian_below_age=14, fee_yuan=35)
    page = html(client, MOTHER)
    assert "An agent must be at least 21 years old." in page
    assert "under 14 years of age" in page
    assert "The card costs 35 yuan" in page


def test_cancelling_after_the_new_card_was_applied_for_is_refused_kindly(client: Any) -> None:
    page = html(client, "/lost-card/?what=found&card=financial_blue&reported=replaced")
    assert "The old card is void and its loss report can no longer be cancelled." in page


def test_a_report_the_rules_call_final_leads_to_the_new_card(client: Any) -> None:
    with_rules(written_report_can_be_cancelled=False)
    page = html(client, "/lost-card/?what=found&card=financial_blue&reported=written&who=agent")
    assert "<h1>Have the card replaced</h1>" in page
    assert "This report can no longer be cancelled" in page
    assert "Tell the bank" not in page
    assert "one copy of each of the two ID documents" in page


def test_a_correction_is_not_for_an_agent_and_the_bank_is_asked_before_going(client: Any) -> None:
    page = html(client, "/lost-card/?what=data&card=financial_blue&who=agent")
    assert "An agent cannot have a name or a number corrected: the cardholder comes in person." in page
    assert page.index("Call the bank before you go") < page.index("At the window, have our record corrected")


def test_whoever_waits_for_the_new_card_reads_what_to_do_about_treatment(client: Any) -> None:
    page = html(client, "/lost-card/?what=found&card=financial_blue&reported=replaced")
    assert "pay for treatment first" in page


def test_an_outlet_that_closed_is_not_named(client: Any) -> None:
    gone = factories.OutletFactory(closed_for_good=True)
    stays = factories.OutletFactory()
    memory.forget_all()
    page = html(client, "/lost-card/?what=lost&card=financial_blue&reported=no&who=holder&where=special_window")
    assert stays.name_en in page
    assert gone.name_en not in page


def test_every_guide_it_leads_to_is_shipped() -> None:
    assert set(GUIDES) <= {article.slug for article in shipped.read().articles}


def test_a_page_asks_the_database_for_nothing_once_the_rules_are_known(
    client: Any, django_assert_num_queries: Any
) -> None:
    html(client, MOTHER)
    with django_assert_num_queries(0):
        html(client, MOTHER)


def test_only_reading_is_answered(client: Any) -> None:
    assert client.post("/lost-card/").status_code == 405
    assert client.head("/lost-card/").status_code == 200


# --- the calendar file -----------------------------------------------------------------------------------------------


def unfolded(body: bytes) -> list[str]:
    assert body.endswith(b"\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    return body.decode().replace("\r\n ", "").split("\r\n")[:-1]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_deadlines_are_a_calendar_file(client: Any, monday: Any, language: str) -> None:
    response = client.get(MOTHER.replace("/?", "/dates.ics?"), headers={"Accept-Language": language})
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="card-dates.ics"'
    assert response["Cache-Control"] == "no-cache"
    assert response["Vary"] == "Accept-Language, Cookie"
    lines = unfolded(response.content)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert [line for line in lines if line.startswith("DTSTART")] == [
        "DTSTART;VALUE=DATE:20260309",
        f"DTSTART;VALUE=DATE:{date(2026, 3, 2) + timedelta(days=180):%Y%m%d}",
    ]
    assert sum(line.startswith("UID:") for line in lines) == len({one for one in lines if one.startswith("UID:")}) == 2
    for line in lines:
        if line.startswith(("SUMMARY:", "DESCRIPTION:")):
            value = line.split(":", 1)[1]
            assert not re.search(r"(?<!\\)[,;]", value)
    assert ("自动解挂" in response.content.decode().replace("\r\n ", "")) == (language == "zh-hans")


def test_a_second_download_replaces_the_first(client: Any, clock: Any) -> None:
    address = MOTHER.replace("/?", "/dates.ics?") + "&day=2026-03-02"
    uids = []
    for moment in ("2026-03-02 09:30", "2026-03-05 17:00"):
        clock(moment)
        uids.append([line for line in unfolded(client.get(address).content) if line.startswith("UID:")])
    assert uids[0] == uids[1]


def test_a_calendar_of_half_an_address_leads_to_the_question(client: Any) -> None:
    response = client.get("/lost-card/dates.ics?what=lost")
    assert response.status_code == 302
    assert response["Location"] == "/lost-card/?what=lost"


# --- the table -------------------------------------------------------------------------------------------------------


def test_a_table_of_the_place_is_used_from_its_day_on(client: Any, clock: Any) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace('version = "2026-1"', 'version = "here-1"')
    text = text.replace("valid_from = 2020-01-01", "valid_from = 2026-03-03")
    text += (
        '\n[[note]]\nzh = "本地另有上门服务。"\nen = "Here we also come to your home."\nwhen = { what = ["lost"] }\n'
    )
    now = clock("2026-03-02 09:30")
    SituationTable.objects.create(version="here-1", valid_from=date(2026, 3, 3), text=text, entered_at=now)
    assert table_on(date(2026, 3, 2)) == shipped_table()
    assert "come to your home" not in html(client, MOTHER)
    clock("2026-03-03 09:30")
    memory.forget_all()
    assert "Here we also come to your home." in html(client, MOTHER)
    assert "本地另有上门服务。" in html(client, MOTHER, "zh-hans")
    assert 'data-table="here-1"' in html(client, MOTHER)
    assert f'data-rules="{book_on(date(2026, 3, 3)).version}"' in html(client, MOTHER)
