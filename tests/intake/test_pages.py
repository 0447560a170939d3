"""The counter's pages about result files: who may what, what is shown, what is sent back."""

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cards import intake
from cards.channels.counter import result_files
from cards.management import staff_groups
from cards.models import Application, Event, IntakeFile
from cards.office_vocabulary import IntakeState
from cards.staff_errors import DiscardedByOthers
from cards.vocabulary import Channel, Stage
from tests import factories
from tests.canary import traces
from tests.counter.desk import Desk
from tests.intake.files import BY_COMMAND, OPENED, as_csv, at_bank, counts, line, staged
from tests.test_canary import database_rows

pytestmark = pytest.mark.django_db

LIST, ADD = "/admin/cards/intakefile/", "/admin/cards/intakefile/add/"


def hand_in(desk: Desk, *lines: list[str], name: str = "回盘.csv") -> Any:
    upload = SimpleUploadedFile(name, as_csv(*lines).getvalue(), content_type="text/csv")
    return desk.client.post(ADD, {"file": upload})


def page_of(desk: Desk, file: IntakeFile) -> str:
    answer = desk.client.get(f"{LIST}{file.pk}/change/")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_clerk_hands_in_and_a_supervisor_confirms(clerk: Desk, supervisor: Desk) -> None:
    application = at_bank()
    answer = hand_in(clerk, line(application, OPENED), line(at_bank(), "好了"))
    file = IntakeFile.objects.get()
    assert (answer.status_code, answer.url) == (303, f"{LIST}{file.pk}/change/")
    seen = page_of(clerk, file)
    assert "Waiting for confirmation" in seen
    assert "A supervisor reads this page and confirms it." in seen
    assert "Record 1 line" not in seen
    assert clerk.client.post(f"{LIST}{file.pk}/confirm/").status_code == 403
    assert Event.objects.filter(value=Stage.PRODUCING).count() == 0

    seen = page_of(supervisor, file)
    assert "From this moment 1 case stands as the file says" in seen
    assert "Line 3</dt><dd>The result is none of the words of the template." in seen
    done = supervisor.client.post(f"{LIST}{file.pk}/confirm/", follow=True)
    assert "1 line was recorded." in done.content.decode()
    event = Event.objects.get(value=Stage.PRODUCING)
    assert (event.user, event.channel, event.outlet) == (supervisor.user, Channel.COUNTER, supervisor.outlet)
    file.refresh_from_db()
    assert (file.handed_in_by, file.confirmed_by, counts(file)) == (clerk.user, supervisor.user, (0, 1, 0, 1))
    assert supervisor.client.post(f"{LIST}{file.pk}/confirm/", follow=True).status_code == 200
    assert Event.objects.filter(value=Stage.PRODUCING).count() == 1


def test_the_same_file_again_leads_to_what_was_found(clerk: Desk) -> None:
    lines = line(at_bank(), OPENED)
    hand_in(clerk, lines)
    again = clerk.client.get(hand_in(clerk, lines, name="other.csv").url)
    assert "This file was handed in before; nothing was changed." in again.content.decode()
    assert IntakeFile.objects.count() == 1


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (None, "Choose the file first."),
        (SimpleUploadedFile("a.csv", b""), "The file is empty."),
        (SimpleUploadedFile("a.csv", b"\xff\xfe\x00"), "neither UTF-8 nor GB18030"),
        (SimpleUploadedFile("a.csv", "姓名\n张三\n".encode()), "The first line must name the columns."),
        (SimpleUploadedFile("a.xlsx", b"PK\x03\x04rubbish"), "The workbook is damaged"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_at_its_field(clerk: Desk, upload: Any, sentence: str) -> None:
    if upload is not None:
        upload.seek(0)
    page = clerk.client.post(ADD, {"file": upload} if upload else {}).content.decode()
    assert sentence in page.split('type="file"')[0]
    assert not IntakeFile.objects.exists()


def test_while_it_is_recorded_the_page_tells_per_cent_and_fetches_itself_again(
    supervisor: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_files, "AT_ONCE", 0)
    file = staged(*(line(at_bank(), OPENED) for _ in range(4)))
    supervisor.client.post(f"{LIST}{file.pk}/confirm/")
    assert intake.record_some(file, 1) == 1
    answer = supervisor.client.get(f"{LIST}{file.pk}/change/")
    page = answer.content.decode()
    assert answer.headers["Refresh"] == "3"
    assert '<progress max="100" value="25"' in page
    assert "25 % recorded" in page
    assert "Being recorded · 25 %" in supervisor.client.get(LIST).content.decode()
    intake.record_for(10)
    assert "Refresh" not in supervisor.client.get(f"{LIST}{file.pk}/change/").headers


def test_looking_writes_nothing(supervisor: Desk) -> None:
    file = staged(line(at_bank(), OPENED), line(at_bank(), "好了"))
    before = list(IntakeFile.objects.values()), Event.objects.count(), list(Application.objects.values())
    for address in ("", "add/", "template.csv", f"{file.pk}/change/", f"{file.pk}/refused.csv"):
        assert supervisor.client.get(LIST + address).status_code == 200
    for address in (f"{file.pk}/confirm/", f"{file.pk}/discard/"):
        assert supervisor.client.get(LIST + address).status_code == 405
    assert (list(IntakeFile.objects.values()), Event.objects.count(), list(Application.objects.values())) == before


def test_refused_lines_come_back_as_a_file_that_nobody_keeps(clerk: Desk) -> None:
    cells = line(at_bank(), "=HYPERLINK(1)")
    answer = clerk.client.get(f"{LIST}{staged(cells).pk}/refused.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="refused-lines.csv"'
    assert "no-store" in answer.headers["Cache-Control"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert rows[1] == [
        "2",
        "The result is none of the words of the template.",
        *cells[:2],
        "'=HYPERLINK(1)",
        *cells[3:],
    ]


def test_refused_lines_are_mended_and_handed_in_as_they_came(clerk: Desk) -> None:
    """In the sender's own order of columns."""
    receipt, last_four, _result, day, _reason = line(at_bank(), OPENED)
    upload = as_csv([day, "好了", receipt, last_four], header=["date", "result", "receipt", "last_four"])
    clerk.client.post(ADD, {"file": SimpleUploadedFile("a.csv", upload.getvalue())})
    data = clerk.client.get(f"{LIST}{IntakeFile.objects.get().pk}/refused.csv").content.decode("utf-8-sig")
    assert data.splitlines()[0] == "line,why refused,date,result,receipt,last_four"
    clerk.client.post(ADD, {"file": SimpleUploadedFile("b.csv", data.replace("好了", "已开户").encode())})
    assert counts(IntakeFile.objects.latest("handed_in_at")) == (1, 0, 0, 0)


def test_the_empty_template_is_taken_as_it_comes_in_both_languages(clerk: Desk) -> None:
    for language, first in (("en", "receipt"), ("zh-hans", "受理回执编号")):
        data = clerk.client.get(f"{LIST}template.csv?lang={language}").content
        assert data.decode("utf-8-sig").startswith(first)
        filled = data + ",".join(line(at_bank(), OPENED)[:2]).encode() + f",{OPENED},2026-01-01,".encode()
        assert counts(intake.stage(io.BytesIO(filled), "a", actor=BY_COMMAND, limits=intake.UPLOAD).file)[3] == 1


def test_a_discarded_file_is_gone_and_says_so(clerk: Desk) -> None:
    hand_in(clerk, line(at_bank(), OPENED))
    file = IntakeFile.objects.get()
    assert "Discard this file" in page_of(clerk, file)
    page = clerk.client.post(f"{LIST}{file.pk}/discard/", follow=True).content.decode()
    assert "The file was discarded; nothing of it was recorded." in page
    assert "Discard this file" not in page
    assert f" · {clerk.user}</dd>" in page[page.index("<dt>Discarded</dt>") :].split("</div>")[0]
    file.refresh_from_db()
    assert (file.state, file.discarded_by) == (IntakeState.DISCARDED, clerk.user)


def test_a_file_is_discarded_only_by_whoever_handed_it_in_or_may_confirm_it(clerk: Desk, supervisor: Desk) -> None:
    file = staged(line(at_bank(), OPENED))
    assert "Discard this file" not in page_of(clerk, file)
    assert clerk.client.post(f"{LIST}{file.pk}/discard/").status_code == 403
    with pytest.raises(DiscardedByOthers):
        intake.discard(file, actor=factories.at_office())
    file.refresh_from_db()
    assert file.state == IntakeState.CHECKED
    supervisor.client.post(f"{LIST}{file.pk}/discard/")
    file.refresh_from_db()
    assert (file.state, file.discarded_by) == (IntakeState.DISCARDED, supervisor.user)


def test_a_file_that_would_change_nothing_offers_only_to_discard_it(supervisor: Desk) -> None:
    page = page_of(supervisor, staged(line(at_bank(), "好了")))
    assert "No line of this file would change anything." in page
    assert "confirm/" not in page
    assert "Discard this file" in page


def test_checking_that_was_broken_off_says_what_to_do(supervisor: Desk) -> None:
    file = staged(line(at_bank(), OPENED))
    IntakeFile.objects.update(state=IntakeState.CHECKING)
    page = page_of(supervisor, file)
    assert "it goes on where it stopped" in page
    assert "confirm/" not in page


@pytest.mark.parametrize("group", [*staff_groups.GROUPS, "nobody"])
def test_each_group_reaches_exactly_what_its_table_says(group: str, desk_of: Any) -> None:
    desk, held = desk_of(group), staff_groups.GROUPS.get(group, frozenset())
    file = staged(line(at_bank(), OPENED))
    view, add, change = (f"cards.{verb}_intakefile" in held for verb in ("view", "add", "change"))
    expected = {
        "": view, "add/": add, "template.csv": add, f"{file.pk}/change/": view, f"{file.pk}/refused.csv": view and add,
    }  # fmt: skip
    for address, allowed in expected.items():
        assert desk.client.get(LIST + address).status_code == (200 if allowed else 403), address
    assert desk.client.post(f"{LIST}{file.pk}/confirm/").status_code == (303 if view and change else 403)
    assert desk.client.post(f"{LIST}{file.pk}/discard/").status_code == (303 if view and change else 403)


def test_an_unknown_file_is_not_found(supervisor: Desk) -> None:
    for address in ("nonsense/change/", "00000000-0000-0000-0000-000000000001/change/"):
        assert supervisor.client.get(LIST + address).status_code == 404


def test_visitors_reach_nothing() -> None:
    for address in ("", "add/", "template.csv"):
        assert Client().get(LIST + address).status_code == 302


def test_only_this_address_takes_more_than_a_form(clerk: Desk) -> None:
    large = SimpleUploadedFile("a.csv", b"a" * (2 << 20), content_type="text/csv")
    assert clerk.client.post(ADD, {"file": large}).status_code == 200
    large.seek(0)
    assert clerk.client.post("/admin/cards/cardholder/", {"file": large}).status_code == 413
    huge = SimpleUploadedFile("a.csv", b"a" * (10 << 20), content_type="text/csv")
    assert clerk.client.post(ADD, {"file": huge}).status_code == 413


class Unread:
    """A body of which nothing is read."""

    def read(self, *_size: int) -> bytes:
        raise AssertionError("the body was read")

    readline = read


@pytest.mark.parametrize("who", ["a stranger", "no member of staff", "a session that is over"])
def test_nothing_is_read_of_a_large_body_that_no_member_of_staff_sends(who: str) -> None:
    visitor = Client(enforce_csrf_checks=True)
    # With its cookie the form's token is looked for in the body; without one nobody reads any.
    visitor.cookies["csrftoken"] = "x" * 32
    if who == "no member of staff":
        visitor.force_login(factories.UserFactory(is_staff=False))
    if who == "a session that is over":
        visitor.cookies["sessionid"] = "x" * 32
    form = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(2 << 20), "wsgi.input": Unread()}
    answer = visitor.generic("POST", ADD, **form)
    assert (answer.status_code, answer.url) == (302, f"/admin/login/?next={ADD}")


def test_no_line_of_a_file_stands_in_the_clear(clerk: Desk) -> None:
    hand_in(clerk, ["张三丰", "末四9876X", "好了", "", ""], name="张三丰.csv")
    assert traces(b"\n".join(database_rows()), ["张三丰", "末四9876X"]) == []
