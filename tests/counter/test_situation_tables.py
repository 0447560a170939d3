"""Tables of situations at the supervisor's desk: entered by one person, released by another, from a day ahead."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from cards.models import SituationTable
from cards.models.situations import SHIPPED, shipped_table, table_on
from tests.counter.desk import Desk

pytestmark = pytest.mark.django_db
ADD = "/admin/cards/situationtable/add/"
TOMORROW, AFTER = date(2026, 3, 3), date(2026, 3, 4)


@pytest.fixture(autouse=True)
def monday(clock: Any) -> None:
    clock("2026-03-02 09:30")


def text(version: str = "here-1", begins: date = TOMORROW, more: str = "") -> str:
    shipped = SHIPPED.read_text(encoding="utf-8")
    return (
        shipped.replace('version = "2026-1"', f'version = "{version}"').replace(
            "valid_from = 2020-01-01", f"valid_from = {begins}"
        )
        + more
    )


def send(desk: Desk, given: str, language: str = "en") -> Any:
    return desk.client.post(ADD, {"text": given}, headers={"Accept-Language": language})


def entered(desk: Desk, **about: Any) -> SituationTable:
    assert send(desk, text(**about)).status_code == 303
    return SituationTable.objects.latest("pk")


def released(desk: Desk, table: SituationTable) -> Any:
    return desk.client.post(f"/admin/cards/situationtable/{table.pk}/release/", follow=True)


def test_the_form_begins_with_the_table_in_use(supervisor: Desk) -> None:
    assert "block = &quot;call_bank&quot;" in supervisor.client.get(ADD).content.decode()


def test_a_table_is_used_once_a_colleague_released_it_and_its_day_has_come(
    supervisor: Desk, desk_of: Callable[..., Desk]
) -> None:
    table = entered(supervisor)
    assert table_on(TOMORROW).version == shipped_table().version
    assert "Whoever entered a table cannot release it." in released(supervisor, table).content.decode()
    colleague = desk_of("supervisor")
    assert "The table is used from its first day on." in released(colleague, table).content.decode()
    assert table_on(TOMORROW).version == "here-1"
    assert table_on(date(2026, 3, 2)).version == shipped_table().version
    assert "This table was released already." in released(colleague, table).content.decode()


def test_the_page_of_a_table_shows_what_it_changes_and_who_may_release_it(
    supervisor: Desk, desk_of: Callable[..., Desk]
) -> None:
    note = '\n[[note]]\nzh = "可以上门。"\nen = "We come to your home."\n'
    table = entered(supervisor, more=note)
    address = f"/admin/cards/situationtable/{table.pk}/change/"
    own = supervisor.client.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert "+en = &quot;We come to your home.&quot;" in own
    assert "waits for a colleague" in own
    assert "Release this table" not in own
    theirs = desk_of("supervisor").client.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert "Release this table" in theirs


USE_AGAIN = '[[step]]\nblock = "use_again"\nwhen = { what = ["found"], reported = ["no"] }\n'
ASKED_AGAIN = '[[question]]\nname = "who"\nanswers = ["holder"]\n'


@pytest.mark.parametrize(
    ("part", "spoiled", "sentence"),
    [
        ("[[step]]", "[[stepp]]", "There is no part called stepp"),
        ("[[step]]", "[[step", "The text is not TOML"),
        ('block = "call_us"', 'block = "dance"', "block of step must be one of"),
        ('name = "exchange"\n', 'name = "exchange"\nwhen = { what = ["data"] }\n', "No outcome is for"),
        (USE_AGAIN, "", "No step is for"),
        ("# --- what the page is about", f"{ASKED_AGAIN}#", "is asked twice"),
        ('{ what = ["lost", "stolen", "found"] }', '{ where = ["agency"] }', "which is not asked before it"),
        ("valid_from = 2026-03-03", 'valid_from = "soon"', "valid_from a date such as"),
        ("valid_from = 2026-03-03", "valid_from = 2026-03-02", "begin tomorrow at the earliest"),
        ('slug = "exchange"', 'slug = "dancing"', "slug of guide must be one of"),
        ("# --- guides", '[[note]]\nzh = "只有中文"\n#', "both languages"),
        ('reported = ["no"] }', 'reported = "no" }', "reported must be a list out of"),
        ('kind = "first"', 'kynd = "first"', "outcome has no kynd"),
    ],
)
def test_what_is_no_table_is_said_and_nothing_typed_is_lost(
    supervisor: Desk, part: str, spoiled: str, sentence: str
) -> None:
    assert part in text()
    page = send(supervisor, text().replace(part, spoiled)).content.decode()
    assert sentence in page
    assert "your text is kept" in page
    assert "valid_from" in page[page.index("<textarea") :]
    assert not SituationTable.objects.exists()


def test_what_is_wrong_is_said_in_the_language_of_the_desk(supervisor: Desk) -> None:
    page = send(supervisor, text().replace("[[step]]", "[[stepp]]"), "zh-hans").content.decode()
    assert "没有名为stepp的部分" in page


@pytest.mark.parametrize("again", [{"version": "here-2"}, {"begins": AFTER}])
def test_one_version_and_one_first_day_are_taken_once(supervisor: Desk, again: dict[str, Any]) -> None:
    entered(supervisor)
    page = send(supervisor, text(**again)).content.decode()
    assert "There is a table of this version already" in page
    assert SituationTable.objects.count() == 1


def test_only_supervisors_enter_and_release(clerk: Desk, supervisor: Desk, desk_of: Callable[..., Desk]) -> None:
    table = entered(supervisor)
    for desk in (clerk, desk_of("editor", outlet=None)):
        assert send(desk, text("here-2", AFTER)).status_code == 403
        assert desk.client.post(f"/admin/cards/situationtable/{table.pk}/release/").status_code == 403
    assert supervisor.client.get(f"/admin/cards/situationtable/{table.pk}/release/").status_code == 405
    assert not SituationTable.objects.exclude(released_by=None).exists()


def test_the_database_refuses_a_release_by_the_author(supervisor: Desk) -> None:
    table = entered(supervisor)
    with pytest.raises(IntegrityError):
        SituationTable.objects.filter(pk=table.pk).update(released_by=table.entered_by, released_at=table.entered_at)


# --- the shipped table -----------------------------------------------------------------------------------------------


def test_the_shipped_table_is_entered_once_and_never_written_over(capsys: Any) -> None:
    call_command("load_situations", dry_run=True)
    assert not SituationTable.objects.exists()
    call_command("load_situations")
    assert "Table of situations 2026-1: entered." in capsys.readouterr().out
    call_command("load_situations")
    assert "Table of situations 2026-1: unchanged." in capsys.readouterr().out
    SituationTable.objects.update(text=text("2026-1", date(2020, 1, 1), "# another\n"))
    call_command("load_situations")
    assert "left as it is" in capsys.readouterr().out
    assert SituationTable.objects.get().text.endswith("# another\n")
