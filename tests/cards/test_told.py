"""The answer number: what was told is kept word for word, opens nothing, and leaves after its time."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from cards import case_reading, enquiry, told
from cards.answers import answer_case
from cards.case_file import Opening
from cards.management import jobs
from cards.models import Answer, Event, PaperNumber
from cards.vocabulary import OPENING_PAPERS, AccessOutcome, PaperKind
from tests import factories as f
from tests.web.cases import case_at, states

pytestmark = pytest.mark.django_db


def sentences(holder: Any, language: str) -> list[dict[str, Any]]:
    """What the answers say of a person now."""
    case = case_reading.read_present(holder, timezone.now())
    with translation.override(language):
        return answer_case(case, Opening(AccessOutcome.FOUND, holder.pk)).matters


@pytest.mark.parametrize(("stage", "stop"), states())
def test_an_answer_keeps_the_words_of_every_state_in_both_languages(stage: Any, stop: str) -> None:
    application = case_at(stage, stop)
    with translation.override("zh-hans"):
        answer = told.tell(application.holder, actor=f.on_phone())
    kept = Answer.objects.get(pk=answer.pk)
    assert kept.language == "zh-hans"
    assert set(kept.words) == {"zh-hans", "en"}
    for language, words in kept.words.items():
        assert words == sentences(application.holder, language)
        assert all(matter["phone"] and matter["slip"] for matter in words)
    assert ["application", stage, stop] in kept.state


def test_an_answer_names_its_time_door_officer_and_rules() -> None:
    application, actor = f.first_application(), f.on_phone()
    answer = told.tell(application.holder, actor=actor)
    assert (answer.channel, answer.user, answer.rule_version) == ("hotline", actor.user, application.rule_version)
    assert answer.keep_until - answer.at == timedelta(days=90)
    assert answer.paper.kind == PaperKind.ANSWER
    event = Event.objects.of(application.holder).order_by("-seq").first()
    assert event is not None
    assert (event.kind, event.subject) == ("answer_given", f"answer:{answer.pk}")
    assert event.detail.text == "{}"


def test_the_words_stay_as_they_were_told_when_the_case_goes_on() -> None:
    application = f.first_application()
    answer = told.tell(application.holder, actor=f.at_counter())
    before = answer.words
    f.walk_to(application, "producing")
    assert Answer.objects.get(pk=answer.pk).words == before
    assert told.tell(application.holder, actor=f.at_counter()).words != before


def test_a_person_without_a_case_and_one_with_a_card_alone_are_told_so() -> None:
    nobody, card = f.holder(), f.card()
    with translation.override("en"):
        first = told.tell(nobody, actor=f.on_phone()).words["en"]
        second = told.tell(card.holder, actor=f.on_phone()).words["en"]
    assert "We found no application under this number" in first[0]["phone"]
    assert "Social security function: Normal" in second[0]["phone"]
    assert any(card.bank.name_en in line for line in second[0]["slip"])


def test_an_outline_keeps_nothing_but_the_outline() -> None:
    report = f.oral_report()
    application = f.first_application(report.holder)
    answer = told.tell(report.holder, actor=f.on_phone(), full=False)
    text = str(answer.words)
    assert len(answer.words["en"]) == 1
    for secret in (application.delivery_outlet.name_en, application.receipt_id[:4], report.card.last_four):
        assert secret not in text


def test_the_words_lie_sealed() -> None:
    answer = told.tell(f.first_application().holder, actor=f.on_phone())
    blob = Answer.objects.filter(pk=answer.pk).values_list("text", flat=True).get().blob
    assert b"phone" not in blob


def test_an_answer_number_opens_nothing_for_the_public() -> None:
    application = f.first_application()
    answer = told.tell(application.holder, actor=f.on_phone())
    assert PaperKind.ANSWER not in OPENING_PAPERS
    question = enquiry.Question(application.holder.id_number, code=answer.paper.query_code)
    opening = enquiry.look_up(question, network="192.0.2.7", actor=f.on_phone())
    assert opening.code_missed
    assert not opening.paper


def test_an_answer_and_its_number_are_erased_after_ninety_days(time_machine: Any) -> None:
    now = timezone.now()
    early, late = (told.tell(f.first_application().holder, actor=f.on_phone()) for _ in range(2))
    Answer.objects.filter(pk=late.pk).update(keep_until=now + timedelta(days=91))
    time_machine.move_to(now + timedelta(days=90, seconds=1), tick=False)
    assert not Answer.objects.kept(timezone.now()).filter(pk=early.pk).exists()
    assert jobs.remove_old_answers() == 1
    assert list(Answer.objects.values_list("pk", flat=True)) == [late.pk]
    assert not PaperNumber.objects.filter(pk=early.paper_id).exists()
    assert PaperNumber.objects.filter(pk=late.paper_id).exists()
    assert jobs.remove_old_answers() == 0
