"""Incident notes in the admin: who writes and ends one, and what everybody else reads."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cards.models import Application, IncidentNote
from tests import factories as f
from tests.counter.citizen import told
from tests.counter.desk import Desk

pytestmark = pytest.mark.django_db
ADD = "/admin/cards/incidentnote/add/"
ENGLISH, CHINESE = "The carrier stands still because of snow.", "因大雪，寄送暂停。"


def filled_in(application: Application, **given: str) -> dict[str, str]:
    """The form as a browser sends it, for the outlet of an application."""
    expected = timezone.localdate() + timedelta(days=40)
    outlet = str(application.delivery_outlet_id)
    row = {"scope": "outlet", "outlet": outlet, "text_zh": CHINESE, "text_en": ENGLISH, "expected_on": f"{expected}"}
    return row | {"key": str(uuid.uuid4())} | given


def written(desk: Desk, application: Application) -> IncidentNote:
    answer = desk.client.post(ADD, filled_in(application))
    assert answer.status_code == 303, answer.context["form"].errors
    return IncidentNote.objects.get()


def page_of(desk: Desk, note: IncidentNote) -> str:
    answer = desk.client.get(f"/admin/cards/incidentnote/{note.pk}/change/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_note_reaches_the_desk_the_phone_script_and_the_citizen(supervisor: Desk, hotline: Desk) -> None:
    case = f.first_application()
    note = written(supervisor, case)
    assert "at present it touches 1 card." in page_of(supervisor, note)
    assert f'<p class="notice warn">{ENGLISH}</p>' in supervisor.read(case.holder)
    screen = hotline.read(case.holder)
    script = screen.split('class="say">')[1].split("</p>")[0]
    assert script.count(". ") == 2, script
    assert ENGLISH in script
    assert told(case) == "Your application has been accepted"
    assert note.written_by == supervisor.user


def test_the_form_keeps_what_was_typed_and_tells_what_is_wrong(supervisor: Desk) -> None:
    case = f.first_application()
    page = supervisor.client.post(ADD, filled_in(case, text_en="One. Two.", bank="")).content.decode()
    assert "Write exactly one sentence and end it with a full stop" in page
    assert "Nobody was told anything yet." in page
    assert CHINESE in page
    page = supervisor.client.post(ADD, filled_in(case, scope="bank")).content.decode()
    assert "Name exactly what it touches" in page
    assert not IncidentNote.objects.exists()


def test_a_supervisor_ends_it_and_the_old_forecast_stands_again(supervisor: Desk, clerk: Desk) -> None:
    case = f.first_application()
    note = written(supervisor, case)
    address = f"/admin/cards/incidentnote/{note.pk}/end/"
    assert clerk.client.post(address).status_code == 403
    assert supervisor.client.get(address).status_code == 303
    assert ENGLISH in clerk.read(case.holder), "reading ends nothing"
    ended = supervisor.client.post(address, follow=True).content.decode()
    assert "The note is no longer shown" in ended
    assert "This note is not shown any more." in ended
    assert "End this note now" not in ended
    assert ENGLISH not in clerk.read(case.holder)
    again = supervisor.client.post(address, follow=True).content.decode()
    assert "Someone else changed this" in again


@pytest.mark.parametrize("group", ["clerk", "hotline", "auditor"])
def test_others_read_notes_and_write_none(desk_of: Any, supervisor: Desk, group: str) -> None:
    note, other = written(supervisor, f.first_application()), desk_of(group)
    page = page_of(other, note)
    assert CHINESE in page
    assert "End this note now" not in page
    assert "/overview/" not in page, "no link leads where they may not go"
    assert other.client.get(ADD).status_code == 403
    assert other.client.post(ADD, {}).status_code == 403


@pytest.mark.parametrize("group", ["editor", "publisher"])
def test_who_has_no_desk_sees_none(desk_of: Any, supervisor: Desk, group: str) -> None:
    note = written(supervisor, f.first_application())
    assert desk_of(group).client.get(f"/admin/cards/incidentnote/{note.pk}/change/").status_code == 403


def test_the_same_form_sent_twice_makes_one_note(supervisor: Desk) -> None:
    case = f.first_application()
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', supervisor.client.get(ADD).content.decode())[1]
    answers = [supervisor.client.post(ADD, filled_in(case, key=key)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].url == answers[1].url
    other = supervisor.client.post(ADD, filled_in(case, key=key, text_en="The carrier is on strike."))
    assert "Someone else changed this" in other.content.decode()
    assert IncidentNote.objects.get().text_en == ENGLISH


@pytest.mark.parametrize("key", [None, "", "abc"])
def test_a_note_that_came_without_its_key_tells_nobody_anything(supervisor: Desk, key: str | None) -> None:
    data = filled_in(f.first_application()) | {"key": key or ""}
    if key is None:
        del data["key"]
    page = supervisor.client.post(ADD, data).content.decode()
    assert "This form came without its key, so nothing was recorded." in page
    assert not IncidentNote.objects.exists()
    fresh = re.search(r'name="key" value="([0-9a-f-]{36})"', page)
    assert fresh
    assert supervisor.client.post(ADD, data | {"key": fresh[1]}).status_code == 303
