"""A card that cannot be used is told before the application that brought it, in every body of the answer."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from cards.answers import CaseAnswer, answer_case, wording
from cards.answers.application import told_activation
from cards.case_file import Opening
from cards.case_reading import read_case
from cards.models import Application, Card
from cards.vocabulary import AccessOutcome, SocialStatus, Stage
from tests import factories
from tests.cards.said import LANGUAGES, sentences

pytestmark = pytest.mark.django_db
LOST = (factories.oral_report, factories.written_report)


def collected(stage: str = Stage.COLLECTED) -> Application:
    return factories.walk_to(factories.first_application(), stage)


def answer_about(application: Application, *, full: bool = True) -> CaseAnswer:
    receipt = application.receipt
    paper = (receipt.number, receipt.issue) if full else ("", 0)
    opening = Opening(AccessOutcome.FOUND, application.holder_id, *paper)
    return answer_case(read_case(opening), opening)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("report", LOST)
def test_the_report_of_its_card_comes_before_the_application(report: Callable, language: str) -> None:
    application = collected()
    report(Card.objects.get(pk=application.card_id))
    with translation.override(language):
        answer = answer_about(application)
        said = answer.cards[0].reports[0]
        assert (answer.title, answer.phone, answer.wechat) == (said.title, said.phone, said.wechat)
        assert answer.parts == [said, answer.applications[0]]
        assert answer.slip[0] == said.title
        assert answer.matters[0]["phone"] == said.phone
        assert sentences(answer.phone) <= 3


def test_a_void_card_without_a_report_comes_first_too() -> None:
    application = collected()
    Card.objects.filter(pk=application.card_id).update(social_status=SocialStatus.CANCELLED)
    answer = answer_about(application)
    assert answer.title == answer.cards[0].title
    assert "Social security function" in answer.phone
    assert answer.wechat == answer.phone


def test_a_card_that_works_leaves_the_word_to_its_application(ask, text: Callable) -> None:
    application = collected()
    assert answer_about(application).title == "Your card has been collected"
    told = text(ask(application.holder.id_number, code=application.receipt.query_code))
    assert told.startswith("First application")


def test_the_page_leads_with_the_report_under_its_one_heading(ask, text: Callable) -> None:
    application = collected()
    factories.oral_report(Card.objects.get(pk=application.card_id))
    response = ask(application.holder.id_number, code=application.receipt.query_code)
    told, page = text(response), response.content.decode()
    lost = str(wording.LOSSES["oral", "standing"].title)
    assert told.index(lost) < told.index("Your card has been collected")
    assert page.count("<h1") == 1
    assert f"<h1>{lost}</h1>" in page
    assert f"<title>{lost}" in page
    assert told.count("The report is in force since") == 1


@pytest.mark.parametrize("stage", [Stage.COLLECTED, Stage.ACTIVATED])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finished_application_says_nothing_of_what_the_card_can_do(stage: Stage, language: str) -> None:
    with translation.override(language):
        said = wording.STAGES[stage]
        told = f"{said.title} {said.now} {said.next}"
    assert "can be used" not in told
    assert "使用" not in told
    assert "12333" in told


def test_nobody_is_sent_to_activate_a_lost_card(client: Client) -> None:
    application = collected()
    Application.objects.filter(pk=application.pk).update(activation_needed=True)
    assert answer_about(application).applications[0].next == told_activation(application)
    factories.oral_report(Card.objects.get(pk=application.card_id))
    lost = answer_about(application).applications[0]
    assert (lost.next, lost.needs_person) == (str(wording.FINISHED), False)
