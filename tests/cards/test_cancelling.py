"""Cancelling a loss report (S10)."""

from typing import Any

import pytest
from django.utils import translation

from cards import services
from cards.actors import Proof
from cards.answers import told_refusal
from cards.answers.dates import told_moment
from cards.errors import (
    AnotherCard,
    CardNumberInvalid,
    FormalReportIsFinal,
    HolderMustComeInPerson,
    NoReportStanding,
    OriginalCardMissing,
    ReplacementAlreadyStarted,
)
from cards.models import Event, LossReport
from cards.vocabulary import (
    Evidence,
    LossForm,
    LossStatus,
    Party,
    SocialStatus,
)
from tests import factories as f
from tests.cards.losing import (
    assert_readable,
    cancel,
    monday_morning,  # noqa: F401  (a fixture)
    person_aged,
    put_rules_in_force,
    replace,
    report,
)

pytestmark = pytest.mark.django_db

# --- S10: cancelling ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", LossForm)
@pytest.mark.parametrize("before", [SocialStatus.NORMAL, SocialStatus.NOT_ENABLED, SocialStatus.LOCKED])
def test_the_holder_cancels_with_the_original_card(form: str, before: str) -> None:
    card = f.card(social_status=before)
    loss = report(card, form)
    decision = cancel(loss, card_number=" ".join(card.card_number.lower()))
    card.refresh_from_db()
    assert (loss.status, card.social_status) == (LossStatus.CANCELLED, before)
    assert (decision.party, decision.rule_version) == (Party.HOLDER, "2026-default")


@pytest.mark.parametrize("age", [10, 40])
@pytest.mark.parametrize("party", [Party.AGENT, Party.GUARDIAN])
def test_nobody_cancels_for_the_holder(party: str, age: int) -> None:
    loss = report(f.card(f.holder(id_number=person_aged(age))), LossForm.ORAL)
    with pytest.raises(HolderMustComeInPerson) as refused:
        cancel(loss, f.at_counter(party=party), agent_name="李四", agent_id_number=person_aged(40))
    assert_readable(refused.value, "S10")


def test_a_child_cancels_in_person_where_the_rules_let_nobody_else() -> None:
    loss = report(f.card(f.holder(id_number=person_aged(10))), LossForm.ORAL)
    assert cancel(loss).party == Party.HOLDER
    assert loss.status == LossStatus.CANCELLED


def test_cancelling_without_the_card_is_refused() -> None:
    loss = report(f.card())
    proof = Proof(f.ALL_EVIDENCE - {Evidence.ORIGINAL_CARD}, card_number=loss.card.card_number)
    with pytest.raises(OriginalCardMissing) as refused:
        services.cancel_loss_report(loss, actor=f.at_counter(), evidence=proof)
    assert_readable(refused.value, "S10")


@pytest.mark.parametrize("number", ["OTHERCARD01", "TEST0000000A"])
def test_cancelling_with_another_card_is_refused(number: str) -> None:
    with pytest.raises(AnotherCard) as refused:
        cancel(report(f.card()), card_number=number)
    assert_readable(refused.value, "S10")


@pytest.mark.parametrize("number", ["", "1234", "卡" * 10, "1" * 20])
def test_a_card_number_must_be_read_completely(number: str) -> None:
    with pytest.raises(CardNumberInvalid):
        cancel(report(f.card()), card_number=number)


def test_after_the_replacement_nothing_is_cancelled() -> None:
    loss = report(f.card())
    replace(loss)
    with pytest.raises(ReplacementAlreadyStarted) as refused:
        cancel(loss)
    assert_readable(refused.value, "S10")


@pytest.mark.parametrize("worker_ran", [False, True])
def test_a_lapsed_report_is_not_cancelled(clock: Any, worker_ran: bool) -> None:
    loss = report(f.card(), LossForm.ORAL)
    now = clock("2026-03-10 00:00")
    if worker_ran:
        services.lapse_due(now)
    with pytest.raises(NoReportStanding) as refused:
        cancel(loss)
    assert_readable(refused.value, "S10")


def test_a_report_is_cancelled_once() -> None:
    loss = report(f.card())
    stale = LossReport.objects.get(pk=loss.pk)
    cancel(loss)
    with pytest.raises(NoReportStanding) as refused:
        cancel(stale)
    decided = Event.objects.of(loss.holder).get(kind="loss_cancelled")
    assert refused.value.act == decided
    with translation.override("zh-hans"):
        assert told_refusal(refused.value).endswith(f"最近一条记录：{told_moment(decided.at)}，挂失解除（窗口）。")


def test_where_a_written_report_is_final_it_is_not_cancelled_but_an_oral_one_is() -> None:
    put_rules_in_force(written_report_can_be_cancelled=False)
    with pytest.raises(FormalReportIsFinal) as refused:
        cancel(report(f.card()))
    assert_readable(refused.value, "S10")
    assert cancel(report(f.card(), LossForm.ORAL)).rule_version == "other-place"
