"""Exports: two people, an end, a trace for everybody listed, and nothing in the file that opens or calculates."""

import csv
import hashlib
import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from cards import id_number, services
from cards.actors import Actor
from cards.errors import ChangedMeanwhile, ReasonMissing
from cards.intake.cells import quoted_cell
from cards.models import AccessRecord, Export, ExportDownload
from cards.names import mask_name
from cards.services.exports import may_be_taken
from cards.staff_errors import ExportNotOpen, ExportOfAnother, ExportOwn
from cards.supervision import files, listing
from cards.vocabulary import AccessPurpose, Stage
from tests import factories as f
from tests.counter.desk import Desk

ADD = "/admin/cards/export/add/"
DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")


@pytest.fixture
def second(desk_of: Any) -> Desk:
    """Another supervisor."""
    return desk_of("supervisor")


def asked(desk: Desk, **fields: Any) -> Export:
    data = {"content": "applications", "reason": "催办超期寄送", "key": str(uuid.uuid4())} | fields
    answer = desk.client.post(ADD, data)
    assert answer.status_code == 303, answer.context["form"].errors
    return Export.objects.latest("asked_at")


def decide(desk: Desk, export: Export, decision: str = "release") -> str:
    answer = desk.client.post(f"/admin/cards/export/{export.pk}/decide/", {"decision": decision}, follow=True)
    return answer.content.decode()


def take(desk: Desk, export: Export, file_format: str = "csv") -> Any:
    return desk.client.post(f"/admin/cards/export/{export.pk}/file/", {"format": file_format})


def page_of(desk: Desk, export: Export) -> str:
    return desk.client.get(f"/admin/cards/export/{export.pk}/change/").content.decode()


def rows_in(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


# --- two people ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_one_asked_for_another_releases_and_the_first_takes(supervisor: Desk, second: Desk) -> None:
    case = f.first_application(f.holder(name="欧阳小燕"))
    export = asked(supervisor)
    assert "A colleague has to decide" in page_of(supervisor, export)
    assert "Download as" not in page_of(supervisor, export)
    assert take(supervisor, export).status_code == 303
    assert str(export) in second.client.get("/admin/cards/incidentnote/overview/").content.decode()
    assert "催办超期寄送" in page_of(second, export)
    assert "Released: the file may be taken within 24 hours." in decide(second, export)
    answer = take(supervisor, export)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in answer.headers["Cache-Control"]
    assert rows_in(answer.content)[1][:3] == [
        f"…{case.receipt_id[-4:]}",
        mask_name("欧阳小燕"),
        id_number.mask(case.holder.id_number),
    ]


@pytest.mark.django_db
def test_the_same_form_sent_twice_asks_once_and_another_under_its_key_not_at_all(
    supervisor: Desk, second: Desk
) -> None:
    data = {"content": "applications", "reason": "催办超期寄送", "key": str(uuid.uuid4())}
    answers = [supervisor.client.post(ADD, data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].url == answers[1].url
    for desk, changed in ((supervisor, {"reason": "另一事由"}), (second, {})):
        assert "Someone else changed this" in desk.client.post(ADD, data | changed).content.decode()
    assert Export.objects.get().reason == "催办超期寄送"


@pytest.mark.django_db
@pytest.mark.parametrize("key", [{}, {"key": ""}, {"key": "abc"}], ids=["none", "empty", "no key"])
def test_a_form_without_its_key_asks_for_nothing(supervisor: Desk, key: dict[str, str]) -> None:
    page = supervisor.client.post(ADD, {"content": "applications", "reason": "催办"} | key).content.decode()
    assert "This form came without its key, so nothing was recorded." in page
    assert not Export.objects.exists()


@pytest.mark.django_db
def test_nobody_releases_the_own_export_and_nobody_else_takes_it(supervisor: Desk, second: Desk) -> None:
    export = asked(supervisor)
    assert "Somebody else has to decide" in decide(supervisor, export)
    decide(second, export)
    assert take(second, export).status_code == 303
    assert not ExportDownload.objects.exists()
    with pytest.raises(ExportOfAnother):
        may_be_taken(Export.objects.get(), actor=Actor.office(second.user))
    with pytest.raises(ExportOwn):
        services.refuse_export(export, actor=Actor.office(supervisor.user))


@pytest.mark.django_db
def test_the_database_itself_refuses_a_release_by_oneself(supervisor: Desk) -> None:
    export = asked(supervisor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(released_by=supervisor.user, released_at=timezone.now())


@pytest.mark.django_db
@pytest.mark.parametrize("group", ["clerk", "hotline", "editor", "auditor"])
def test_only_supervisors_ask_decide_and_take(desk_of: Any, supervisor: Desk, group: str) -> None:
    export, other = asked(supervisor), desk_of(group)
    assert other.client.get(ADD).status_code == 403
    assert other.client.post(ADD, {"content": "applications", "reason": "x"}).status_code == 403
    assert other.client.post(f"/admin/cards/export/{export.pk}/decide/", {"decision": "release"}).status_code == 403
    assert take(other, export).status_code == 403
    export.refresh_from_db()
    assert export.released_by is None


@pytest.mark.django_db
def test_an_auditor_sees_what_left_and_for_what_and_decides_nothing(
    supervisor: Desk, second: Desk, desk_of: Any
) -> None:
    f.first_application()
    export, auditor = asked(supervisor), desk_of("auditor")
    assert "Release it for 24 hours" not in page_of(auditor, export)
    decide(second, export)
    take(supervisor, export)
    page = page_of(auditor, export)
    assert "催办超期寄送" in page
    assert "SHA-256" in page
    assert "Download as" not in page


@pytest.mark.django_db
def test_a_decision_is_made_once(supervisor: Desk, second: Desk, desk_of: Any) -> None:
    export = asked(supervisor)
    assert "Refused." in decide(second, export, "refuse")
    assert "Someone else changed this" in decide(desk_of("supervisor"), export)
    assert take(supervisor, export).status_code == 303
    with pytest.raises(ExportNotOpen):
        may_be_taken(Export.objects.get(), actor=Actor.office(supervisor.user))
    assert "refused" in page_of(supervisor, export)


# --- its end ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_wish_expires_after_three_days_and_a_release_after_one(supervisor: Desk, second: Desk, clock: Any) -> None:
    start = clock("2026-03-02 09:00")
    for one in (supervisor, second):
        one.client.force_login(one.user)
    late, taken = asked(supervisor), asked(supervisor)
    services.release_export(taken, actor=Actor.office(second.user))
    assert taken.open_until == start + timedelta(hours=24)
    clock("2026-03-03 08:59")
    may_be_taken(taken, actor=Actor.office(supervisor.user))
    clock("2026-03-03 09:00")
    with pytest.raises(ExportNotOpen):
        may_be_taken(taken, actor=Actor.office(supervisor.user))
    clock("2026-03-05 09:00")
    assert late.state_at(timezone.now()) == taken.state_at(timezone.now()) == "expired"
    with pytest.raises(ChangedMeanwhile):
        services.release_export(late, actor=Actor.office(second.user))
    assert not Export.objects.waiting_for(second.user, timezone.now())


@pytest.mark.django_db
def test_an_export_says_what_it_is_for(supervisor: Desk) -> None:
    page = supervisor.client.post(ADD, {"content": "applications", "reason": " ", "key": str(uuid.uuid4())})
    assert page.status_code == 200
    assert page.context["form"].errors["reason"]
    with pytest.raises(ReasonMissing):
        services.ask_for_export(Export(content="reports", reason=" "), actor=Actor.office(supervisor.user))
    page = supervisor.client.post(
        ADD, {"content": "reports", "stage": "sending", "reason": "核对", "key": str(uuid.uuid4())}
    )
    assert "Stage and outlet narrow a list of applications only." in page.content.decode()


# --- the trace ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_everybody_listed_can_read_of_it_and_every_file_is_recorded(supervisor: Desk, second: Desk) -> None:
    rows = [f.first_application(), f.first_application()]
    f.walk_to(f.first_application(), Stage.COLLECTED)
    export = asked(supervisor)
    decide(second, export)
    first, again = take(supervisor, export), take(supervisor, export, "xlsx")
    looks = AccessRecord.objects.filter(purpose=AccessPurpose.STAFF_EXPORT)
    assert looks.count() == 4
    assert {look.holder_id for look in looks} == {row.holder_id for row in rows}
    assert {look.user for look in looks} == {supervisor.user}
    assert sorted(ExportDownload.objects.values_list("file_format", "rows")) == [("csv", 2), ("xlsx", 2)]
    digests = {hashlib.sha256(one.content).hexdigest() for one in (first, again)}
    assert set(ExportDownload.objects.values_list("digest", flat=True)) == digests
    assert "SHA-256" in page_of(second, export)


@pytest.mark.django_db
def test_reading_a_page_takes_no_file(supervisor: Desk, second: Desk) -> None:
    export = asked(supervisor)
    decide(second, export)
    assert supervisor.client.get(f"/admin/cards/export/{export.pk}/file/").status_code == 303
    assert take(supervisor, export, "pdf").status_code == 303
    assert not ExportDownload.objects.exists()
    assert not AccessRecord.objects.filter(purpose=AccessPurpose.STAFF_EXPORT).exists()


# --- what is in it ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_file_holds_a_name_a_number_a_phone_or_a_code(language: str) -> None:
    person = f.holder(name="司马相如", phone="13912345678")
    card = f.card(person)
    report = f.oral_report(card)
    case = f.first_application(person)
    secrets = [person.name, person.id_number, person.phone, card.card_number, case.receipt_id, report.receipt_id]
    secrets += [case.receipt.query_code, str(person.pk), person.id_number[6:14]]
    with translation.override(language):
        for content in ("applications", "reports"):
            listed = listing.listing_of(Export(content=content))
            assert len(listed.rows) == 1
            assert len(listed.rows[0]) == len(listed.headings)
            text = repr(listed.headings + listed.rows[0])
            assert not [secret for secret in secrets if secret in text]
            assert "司" in text


@pytest.mark.django_db
def test_stage_and_outlet_narrow_the_list() -> None:
    here, there = f.OutletFactory(of_bank=True), f.OutletFactory(of_bank=True)
    f.first_application(delivery_outlet=here)
    f.walk_to(f.first_application(delivery_outlet=here), Stage.SENDING)
    f.walk_to(f.first_application(delivery_outlet=there), Stage.SENDING)

    def size(**narrowed: Any) -> int:
        return len(listing.listing_of(Export(content="applications", **narrowed)).rows)

    assert [size(), size(stage="sending"), size(outlet=here), size(stage="sending", outlet=here)] == [3, 2, 2, 1]


@pytest.mark.django_db
def test_a_list_of_everybody_is_refused_before_it_is_read(
    supervisor: Desk, second: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LARGEST", 1)
    f.first_application()
    f.first_application()
    export = asked(supervisor)
    assert "too many for one file" in page_of(second, export)
    decide(second, export)
    answer = supervisor.client.post(f"/admin/cards/export/{export.pk}/file/", {"format": "csv"}, follow=True)
    assert "Narrow it by stage or outlet." in answer.content.decode()
    assert not ExportDownload.objects.exists()


@pytest.mark.parametrize("start", DANGEROUS)
@pytest.mark.parametrize("before", ["", " "])
def test_no_cell_begins_as_a_formula(start: str, before: str) -> None:
    text = f"{before}{start}cmd|' /C calc'!A0"
    made = listing.Listing(["A"], [[text]], [])
    ((cell,),) = rows_in(files.as_csv(made))[1:]
    ((_heading,), (typed,)) = (
        CalamineWorkbook.from_filelike(io.BytesIO(files.as_xlsx(made)))
        .get_sheet_by_index(0)
        .to_python(skip_empty_area=False)
    )
    assert cell[0] == str(typed)[0] == "'"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40))
def test_whatever_a_cell_holds_is_quoted_or_kept(text: str) -> None:
    told = quoted_cell(text)
    assert told.endswith(text)
    assert not told.startswith(DANGEROUS)
    assert rows_in(files.as_csv(listing.Listing(["A"], [[text]], [])))[1] == [told]


def test_a_file_of_excel_holds_texts_only() -> None:
    content = files.as_xlsx(listing.Listing(["号码", "网址"], [["0012", "http://example.invalid"], ["1e5", "是"]], []))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    assert sheet.to_python() == [["号码", "网址"], ["0012", "http://example.invalid"], ["1e5", "是"]]


@pytest.mark.django_db
@pytest.mark.parametrize("sent", [{}, {"decision": ""}, {"decision": "Release"}, {"decision": "yes"}])
def test_a_decision_that_is_none_decides_nothing(supervisor: Desk, second: Desk, sent: dict[str, str]) -> None:
    export = asked(supervisor)
    answer = second.client.post(f"/admin/cards/export/{export.pk}/decide/", sent)
    assert answer.status_code == 303
    assert "Refused." not in page_of(second, export)
    assert "Released: the file may be taken within 24 hours." in decide(second, export)
