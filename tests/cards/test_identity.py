"""Who is calling: which answers are enough, how many tries there are, and what a try leaves behind."""

import dataclasses
import threading
import time
from typing import Any

import pytest
from django.db import connection

from cards import identity
from cards.identity import ENOUGH, TRIES, CallerAnswers, Checked, check_caller
from cards.models import AccessRecord, Cardholder, Counter
from cards.vocabulary import AccessOutcome, AccessPurpose
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(db: Any) -> Cardholder:
    """Somebody with a card, an application and its receipt."""
    person = factories.card(factories.holder(name="阿卜杜拉·买买提", phone="+86 138 1234 5678")).holder
    factories.first_application(person)
    return person


def everything_known(person: Cardholder) -> CallerAnswers:
    card = person.cards.get()
    return CallerAnswers(
        name=identity.fold_name(person.name),
        id_number=person.id_number[-4:],
        phone="13812345678",
        bank=str(card.bank_id),
        kind="first",
        card=card.last_four,
        paper=person.applications.get().receipt_id,
    )


def ask(person: Cardholder | None, answers: CallerAnswers, found_by: str = "id_number", user: Any = None) -> Checked:
    actor = factories.on_phone() if user is None else dataclasses.replace(factories.on_phone(), user=user)
    subject = f"holder:{person.pk}" if person else "digest"
    return check_caller(person.pk if person else None, subject, answers, found_by=found_by, actor=actor)


def only(answers: CallerAnswers, *names: str) -> CallerAnswers:
    return CallerAnswers(**{name: getattr(answers, name) for name in names})


QUESTIONS = ("id_number", "phone", "bank", "kind", "card", "paper")


def test_every_choice_of_right_answers_passes_exactly_when_it_weighs_enough(person: Cardholder) -> None:
    """Walks all 64 choices under each way of having been found."""
    known = everything_known(person)
    passed = 0
    for found_by in ("id_number", "card", "paper", "answer", ""):
        for bits in range(2 ** len(QUESTIONS)):
            chosen = [name for place, name in enumerate(QUESTIONS) if bits >> place & 1]
            answers = only(known, "name", *chosen)
            result = identity._same_person(person, answers, found_by, frozenset({found_by}))
            assert result is (answers.weight(found_by, frozenset({found_by})) >= ENOUGH), (found_by, chosen)
            nameless = dataclasses.replace(answers, name="")
            assert not identity._same_person(person, nameless, found_by, frozenset({found_by}))
            passed += result
    assert passed > 100


@pytest.mark.parametrize("wrong", ["name", *QUESTIONS])
def test_one_wrong_answer_spoils_all_right_ones(person: Cardholder, wrong: str) -> None:
    other = factories.card(factories.holder(name="李四", phone="13900000000")).holder
    factories.first_application(other)
    strange = everything_known(other)
    value = {"kind": "exchange", "phone": "13900000000"}.get(wrong) or getattr(strange, wrong)
    found_by = "card" if wrong == "id_number" else "id_number"
    answers = everything_known(person)
    assert ask(person, answers, found_by).passed
    assert not ask(person, dataclasses.replace(answers, **{wrong: value}), found_by).passed


def test_what_is_not_on_record_counts_neither_way() -> None:
    person = factories.holder(phone="")
    application = factories.first_application(person, card_type="ordinary_blue")
    answers = CallerAnswers(name=identity.fold_name("张三"), paper=application.receipt_id, kind="first")
    assert ask(person, answers).passed
    assert ask(person, dataclasses.replace(answers, phone="13800000000", card="1234", bank="1")).passed
    assert not ask(person, dataclasses.replace(answers, paper="", phone="13800000000", card="1234", bank="1")).passed


@pytest.mark.parametrize("typed", ["阿卜杜拉•买买提", "阿卜杜拉．买买提", " 阿卜杜拉 · 买买提 "])
def test_a_name_may_be_spelt_with_any_middle_dot(person: Cardholder, typed: str) -> None:
    answers = dataclasses.replace(everything_known(person), name=identity.fold_name(typed))
    assert ask(person, answers).passed


def test_the_number_of_an_answer_proves_nothing(person: Cardholder) -> None:
    from cards import told

    number = told.tell(person, actor=factories.on_phone()).paper_id
    known = everything_known(person)
    assert not ask(person, dataclasses.replace(only(known, "name", "phone"), paper=number)).passed


def test_nobody_on_record_matches_nothing_and_looks_the_same() -> None:
    answers = CallerAnswers(name="张三", phone="13800000000", card="1234", paper="100000000017")
    results = [ask(None, answers) for _ in range(TRIES + 1)]
    assert [(one.passed, one.tries_left) for one in results] == [(False, 2), (False, 1), (False, 0), (False, 0)]
    assert results[-1].open_again_at
    records = AccessRecord.objects.filter(purpose=AccessPurpose.IDENTITY_CHECK)
    assert [bool(record.subject_digest) for record in records] == [True] * 4


def test_three_tries_hold_across_officers_and_further_ones_wait_longer_and_longer(
    person: Cardholder, time_machine: Any
) -> None:
    right = dataclasses.replace(everything_known(person), paper="")
    wrong = dataclasses.replace(right, card="0000")
    time_machine.move_to(time.time(), tick=False)
    left = [ask(person, wrong, user=factories.UserFactory()).tries_left for _ in range(TRIES)]
    assert left == [2, 1, 0]
    for wait in (60, 120, 240):
        closed = ask(person, right, user=factories.UserFactory())
        assert not closed.passed
        assert closed.open_again_at == pytest.approx(time.time() + wait)
        assert identity.closed_until(f"holder:{person.pk}", "id_number") == closed.open_again_at
        time_machine.move_to(closed.open_again_at + 1, tick=False)
        assert not ask(person, wrong).passed
    time_machine.move_to(time.time() + 481, tick=False)
    assert ask(person, right).passed


def test_a_stranger_never_closes_the_way_of_who_has_a_full_number(person: Cardholder) -> None:
    right = everything_known(person)
    strange = dataclasses.replace(right, paper="", card="0000")
    for number in ("", "000000000000", "111111111111"):
        for _ in range(TRIES + 1):
            assert not ask(person, dataclasses.replace(strange, paper=number)).passed
    card = person.cards.get().card_number
    assert not ask(person, dataclasses.replace(right, paper="")).passed
    assert ask(person, right).passed
    assert ask(person, dataclasses.replace(right, paper="", card=card)).passed
    assert ask(person, dataclasses.replace(right, card="", paper=""), "card").passed


def test_who_has_a_full_number_has_three_tries_of_the_rest(person: Cardholder) -> None:
    right = everything_known(person)
    wrong = dataclasses.replace(right, name="王五")
    assert [ask(person, wrong).tries_left for _ in range(TRIES + 1)] == [2, 1, 0, 0]
    assert not ask(person, right).passed


def test_right_answers_use_up_no_try(person: Cardholder) -> None:
    for _ in range(5):
        assert ask(person, everything_known(person)).passed
    assert ask(person, dataclasses.replace(everything_known(person), card="0000")).tries_left == 2


def test_every_try_leaves_its_record_and_none_of_the_answers(person: Cardholder) -> None:
    right = everything_known(person)
    user = factories.UserFactory()
    for answers in (right, *[dataclasses.replace(right, card="0000")] * 3, right):
        ask(person, answers, user=user)
    records = AccessRecord.objects.of(person).filter(purpose=AccessPurpose.IDENTITY_CHECK).order_by("at")
    found, none, later = AccessOutcome.FOUND, AccessOutcome.NONE, AccessOutcome.LATER
    assert [record.outcome for record in records] == [found, none, none, none, later]
    assert {(record.user, record.channel, record.reason) for record in records} == {(user, "hotline", None)}


@pytest.mark.django_db(transaction=True)
def test_twelve_officers_at_once_have_three_tries_together() -> None:
    person = factories.card().holder
    wrong = CallerAnswers(name="王五", phone="13800000000", card="0000")
    users = [factories.UserFactory() for _ in range(12)]
    together = threading.Barrier(12)
    results: list[Checked] = []

    def call(user: Any) -> None:
        try:
            actor = dataclasses.replace(actor_on_phone, user=user)
            together.wait()
            results.append(check_caller(person.pk, "holder:x", wrong, found_by="id_number", actor=actor))
        finally:
            connection.close()

    actor_on_phone = factories.on_phone()
    threads = [threading.Thread(target=call, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.tries_left for one in results) == [0] * 10 + [1, 2]
    assert Counter.objects.get(key=identity.limits.key("identity", "holder:x")).count == TRIES
    assert AccessRecord.objects.filter(outcome=AccessOutcome.NONE).count() == TRIES
    assert AccessRecord.objects.filter(outcome=AccessOutcome.LATER).count() == 9
