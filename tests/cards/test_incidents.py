"""Batch incident notes: whom they touch, what is said instead of the forecast, and that they end by themselves."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from cards import memory, services
from cards.actors import Actor
from cards.answers import answer_application
from cards.case_reading import read_case
from cards.errors import ChangedMeanwhile
from cards.models import Application, IncidentNote
from cards.models.incidents import TOUCHED, note_for
from cards.office_vocabulary import IncidentScope
from cards.vocabulary import Stage
from tests import factories as f
from tests.cards.asking import ask
from tests.cards.said import LANGUAGES, assert_four_bodies, assert_well_said, sentences, words
from tests.cards.states import PLAIN, STAGES_AND_STOPS, application_in

pytestmark = pytest.mark.django_db
TEXTS = {"text_zh": "制卡设备正在检修。", "text_en": "The machine that makes the cards is being repaired."}
NEW_DATE = date(2026, 5, 20)


@pytest.fixture(autouse=True)
def standing_clock(clock: Any) -> None:
    clock("2026-03-30 09:00")


def supervisor() -> Actor:
    return Actor.office(f.UserFactory())


def write(scope: str, **given: Any) -> IncidentNote:
    row = {"scope": scope, "expected_on": NEW_DATE, **TEXTS, **given}
    return services.write_incident_note(IncidentNote(**row), actor=supervisor())


def batch(**given: Any) -> IncidentNote:
    return write("batch", **{"produced_from": date(2026, 3, 20), "produced_until": date(2026, 4, 2)} | given)


def producing(**given: Any) -> Application:
    return application_in(PLAIN, Stage.PRODUCING, of=f.holder(), **given)


def told(application: Application, *, full: bool, language: str = "en") -> Any:
    with translation.override(language):
        row = Application.objects.select_related("bank", "delivery_outlet", "receipt").get(pk=application.pk)
        return answer_application(row, full=full, now=timezone.now())


# --- whom it touches ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", IncidentScope.values)
@pytest.mark.parametrize(("stage", "stop"), STAGES_AND_STOPS)
def test_a_note_touches_its_stages_while_the_clock_runs_and_the_statement_agrees(
    scope: str, stage: str, stop: str
) -> None:
    row = application_in(PLAIN, stage, stop, of=f.holder())
    note = {
        "bank": lambda: write("bank", bank=row.bank),
        "outlet": lambda: write("outlet", outlet=row.delivery_outlet),
        "batch": batch,
    }[scope]()
    expected = stage in TOUCHED[scope] and not stop
    assert note.touches(row, date(2026, 3, 30)) is expected
    assert (row in note.touched()) is expected
    assert note_for(row, timezone.now()) == (note if expected else None)


def test_another_bank_another_outlet_and_another_batch_are_not_touched() -> None:
    row = application_in(PLAIN, Stage.ACCEPTED, of=f.holder())
    made = producing()
    notes = [
        (write("bank", bank=f.BankFactory()), row),
        (write("outlet", outlet=f.OutletFactory()), row),
        (batch(produced_from=date(2026, 3, 31)), made),
        (batch(produced_until=date(2026, 3, 29)), made),
    ]
    for note, application in notes:
        assert not note.touches(application, date(2026, 3, 30))
        assert application not in note.touched()


def test_days_of_a_batch_are_days_in_china() -> None:
    # 2026-03-29 17:00 UTC is 1 o'clock of the 30th in China.
    row = producing(stage_since=timezone.now() - timedelta(hours=8))
    note = batch(produced_from=date(2026, 3, 30), produced_until=date(2026, 3, 30))
    assert note.touches(row, date(2026, 3, 30))
    assert row in note.touched()


# --- what is said -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("scope", IncidentScope.values)
def test_every_note_is_well_said_and_the_phone_script_has_three_sentences(
    scope: str, full: bool, language: str
) -> None:
    bank, outlet = f.BankFactory(name_zh="示例银行", name_en="Example Bank"), f.OutletFactory(name_en="Window")
    stage = Stage.PRODUCING if scope == "batch" else Stage.ACCEPTED
    row = application_in(PLAIN, stage, of=f.holder(), bank=bank, outlet=outlet)
    batch() if scope == "batch" else write(scope, **{scope: row.bank if scope == "bank" else row.delivery_outlet})
    answer = told(row, full=full, language=language)
    with translation.override(language):
        assert_four_bodies(answer)
        assert_well_said(words(answer), language)
    assert sentences(answer.phone) == 3
    assert answer.delay in answer.phone
    assert answer.delay in answer.verdict["text"]
    assert answer.estimate in answer.phone
    assert ("2026年5月20日" if language == "zh-hans" else "20 May 2026") in answer.estimate


def test_the_new_date_stands_in_the_place_of_the_forecast() -> None:
    row = producing()
    before = told(row, full=True)
    assert "service standard" in before.estimate
    batch()
    after = told(row, full=True)
    assert after.estimate == "The new expected date is 20 May 2026."
    assert after.delay == TEXTS["text_en"]
    assert [(one["label"], one["value"]) for one in after.dates] == [
        ("New expected date", "20 May"),
        ("You may ask us from", "21 May"),
    ]
    assert not {one["label"] for one in before.dates} & {"New expected date"}


def test_a_card_that_comes_later_anyway_keeps_its_later_day() -> None:
    batch(expected_on=date(2026, 3, 31))
    answer = told(producing(), full=True)
    assert answer.estimate.startswith("The new expected date is ")
    assert "31 March" not in answer.estimate


def test_the_number_alone_does_not_tell_which_bank_or_outlet() -> None:
    """The outline names the kind of party, never which; the words of a note may name it."""
    row = application_in(PLAIN, Stage.ACCEPTED, of=f.holder())
    write("bank", bank=row.bank, text_zh="金丝雀银行系统升级。", text_en="Canary Bank renews its system.")
    outline = told(row, full=False)
    assert "Canary" in told(row, full=True).phone
    assert not any("Canary" in text for text in words(outline))
    assert outline.delay == "Work at the bank is delayed at present, for many cards."


def test_a_ready_card_keeps_its_last_day_beside_the_new_date() -> None:
    row = application_in(PLAIN, Stage.READY, of=f.holder())
    write("outlet", outlet=row.delivery_outlet)
    assert [one["label"] for one in told(row, full=True).dates] == [
        "Collect by",
        "New expected date",
        "You may ask us from",
    ]


def test_an_answer_costs_no_statement_more(django_assert_num_queries: Any) -> None:
    row = producing()
    batch()
    outline, full = ask(row.holder.id_number), ask(row.holder.id_number, row.receipt.query_code)
    for opening in (full, outline):
        for one in read_case(opening).applications:
            answer_application(one, full=bool(opening.paper), now=timezone.now())
    for opening, statements in ((outline, 1), (full, 3)):
        with django_assert_num_queries(statements):
            applications = read_case(opening).applications
            assert len(applications) == 1
            for one in applications:
                answer = answer_application(one, full=bool(opening.paper), now=timezone.now())
                assert answer.delay


# --- its end ------------------------------------------------------------------------------------------------------


def test_a_note_ends_by_itself_when_its_day_is_over(clock: Any) -> None:
    row = producing()
    batch()
    clock("2026-05-20 23:59")
    assert told(row, full=True).delay
    clock("2026-05-21 00:00")
    assert not told(row, full=True).delay, "also from memory"
    memory.forget_all()
    assert not told(row, full=True).delay
    assert not IncidentNote.objects.running(timezone.now()).exists()


def test_a_note_that_was_ended_is_gone_at_once_and_ends_once() -> None:
    row, note, actor = producing(), batch(), supervisor()
    assert told(row, full=True).delay
    services.end_incident_note(note, actor=actor)
    assert not told(row, full=True).delay
    note.refresh_from_db()
    assert note.ended_by == actor.user
    with pytest.raises(ChangedMeanwhile):
        services.end_incident_note(note, actor=supervisor())


def test_the_newest_of_two_notes_counts(clock: Any) -> None:
    row = producing()
    batch()
    clock("2026-03-30 09:01")
    batch(text_en="Paper is missing.", expected_on=NEW_DATE + timedelta(days=3))
    answer = told(row, full=True)
    assert (answer.delay, answer.estimate) == ("Paper is missing.", "The new expected date is 23 May 2026.")


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text_en": "One. Two."}, "text_en"),
        ({"text_en": "No full stop"}, "text_en"),
        ({"text_zh": "一。二。"}, "text_zh"),
        ({"text_zh": "没有句号"}, "text_zh"),
        ({"text_en": "Ask about 119999199003070017."}, "text_en"),
        ({"text_en": "See http://example.invalid/x."}, "text_en"),
        ({"expected_on": date(2026, 3, 29)}, "expected_on"),
        ({"produced_until": None}, "__all__"),
        ({"produced_from": date(2026, 4, 3)}, "__all__"),
    ],
)
def test_a_note_that_cannot_be_said_is_refused_at_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        batch(**wrong)
    assert field in refused.value.message_dict
    assert not IncidentNote.objects.exists()


def test_the_database_itself_refuses_a_note_of_two_scopes() -> None:
    row = {"scope": "bank", "bank": f.BankFactory(), "outlet": f.OutletFactory(), "expected_on": NEW_DATE, **TEXTS}
    with pytest.raises(IntegrityError), transaction.atomic():
        IncidentNote.objects.create(**row, written_by=f.UserFactory(), written_at=timezone.now())
