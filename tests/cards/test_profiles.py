"""What comes out under each set of rules that is shipped: the same acts, and per profile the outcome."""

from datetime import date
from typing import Any

import pytest

from cards.answers import answer_case, answer_report
from cards.case_file import CaseFile, Opening
from cards.case_reading import read_everything
from cards.errors import (
    AgentTooYoung,
    CardTypeNotForAge,
    FormalReportIsFinal,
    GuardianNeeded,
    GuardianNotApplicable,
    HolderMustComeInPerson,
    OralReportRepeatedTooOften,
    Refusal,
)
from cards.models import CardCertificate, LossReport
from cards.vocabulary import AccessOutcome, CardType, LossForm, LossStatus, Party, Stage
from tests import factories as f
from tests.cards.losing import (
    MOTHER,
    accept,
    cancel,
    china,
    exchange,
    monday_morning,  # noqa: F401  (a fixture)
    person_aged,
    replace,
    report,
)

pytestmark = pytest.mark.django_db

# Rule -> what comes out under (the default, the strict profile). Monday, 2 March 2026, 9:30.
Outcome = Any
TABLE: dict[str, tuple[Outcome, Outcome]] = {
    "oral report lapses": (china("2026-03-10 00:00"), china("2026-03-06 00:00")),
    "oral report over a weekend lapses": (china("2026-03-14 00:00"), china("2026-03-12 00:00")),
    "oral report repeated once": (LossStatus.STANDING, OralReportRepeatedTooOften),
    "oral report repeated twice": (OralReportRepeatedTooOften, OralReportRepeatedTooOften),
    "oral report cancelled": (LossStatus.CANCELLED, LossStatus.CANCELLED),
    "written report cancelled": (LossStatus.CANCELLED, FormalReportIsFinal),
    "written report says it may be cancelled": (True, False),
    "report cancelled by an agent": (HolderMustComeInPerson, HolderMustComeInPerson),
    "agent of 17": (AgentTooYoung, AgentTooYoung),
    "agent of 18": (LossStatus.STANDING, LossStatus.STANDING),
    "guardian of a child of 15": (LossStatus.STANDING, LossStatus.STANDING),
    "child of 15 alone": (GuardianNeeded, GuardianNeeded),
    "agent of a child of 15": (GuardianNeeded, GuardianNeeded),
    "person of 16 alone": (LossStatus.STANDING, LossStatus.STANDING),
    "oral report of a child": (LossStatus.STANDING, LossStatus.STANDING),
    "oral report of a child cancelled by the child": (LossStatus.CANCELLED, LossStatus.CANCELLED),
    "guardian of a person of 16": (GuardianNotApplicable, GuardianNotApplicable),
    "preferential card at 59": (CardTypeNotForAge, CardTypeNotForAge),
    "preferential card at 60": (Stage.ACCEPTED, Stage.ACCEPTED),
    "fee of a first card": (0, 0),
    "fee of a replacement": (20, 0),
    "fee of a fault": (0, 0),
    "fee of an exchange": (20, 0),
    "certificate from": (date(2026, 3, 23), date(2026, 3, 23)),
    "collect by": (date(2026, 8, 29), date(2026, 8, 29)),
}


def _oral(clock: Any, moment: str) -> Any:
    clock(moment)
    return report(f.card(), LossForm.ORAL).lapses_at


def _repeated(clock: Any, times: int) -> Any:
    card = f.card()
    report(card, LossForm.ORAL)
    for day in ("2026-03-11 08:00", "2026-03-20 08:00")[:times]:
        clock(day)
        last = report(card, LossForm.ORAL)
    return last.status


def _cancelled(form: str, card: Any = None) -> Any:
    loss = report(card or f.card(), form)
    cancel(loss)
    return loss.status


def _card_of(age: int) -> Any:
    return f.card(f.holder(id_number=person_aged(age)))


def _alone(age: int) -> Any:
    return report(_card_of(age)).status


def _by(party: Party, age_of_deputy: int, age_of_holder: int) -> Any:
    deputy = {"agent_name": "李四", "agent_id_number": person_aged(age_of_deputy)}
    return report(_card_of(age_of_holder), actor=f.at_counter(party=party), **deputy).status


def _cancelled_by_agent() -> Any:
    return cancel(report(f.card(), LossForm.ORAL), f.at_counter(party=Party.AGENT), **MOTHER)


def _preferential(age: int) -> Any:
    holder = f.holder(id_number=person_aged(age))
    return accept(holder, card_type=CardType.FINANCIAL_PREFERENTIAL_BLUE).stage


def _certificate() -> Any:
    return CardCertificate.objects.get(application=replace(report(f.card())).application).earliest_on


DONE: dict[str, Any] = {
    "oral report lapses": lambda clock: _oral(clock, "2026-03-02 09:30"),
    "oral report over a weekend lapses": lambda clock: _oral(clock, "2026-03-06 23:59"),
    "oral report repeated once": lambda clock: _repeated(clock, 1),
    "oral report repeated twice": lambda clock: _repeated(clock, 2),
    "oral report cancelled": lambda clock: _cancelled(LossForm.ORAL),
    "written report cancelled": lambda clock: _cancelled(LossForm.WRITTEN),
    "written report says it may be cancelled": lambda clock: (
        "cancel" in answer_report(report(f.card()), china("2026-03-02 10:00")).next
        and "cannot" not in answer_report(LossReport.objects.latest("made_at"), china("2026-03-02 10:00")).next
    ),
    "report cancelled by an agent": lambda clock: _cancelled_by_agent(),
    "agent of 17": lambda clock: _by(Party.AGENT, 17, 40),
    "agent of 18": lambda clock: _by(Party.AGENT, 18, 40),
    "guardian of a child of 15": lambda clock: _by(Party.GUARDIAN, 40, 15),
    "child of 15 alone": lambda clock: _alone(15),
    "agent of a child of 15": lambda clock: _by(Party.AGENT, 40, 15),
    "person of 16 alone": lambda clock: _alone(16),
    "oral report of a child": lambda clock: report(_card_of(15), LossForm.ORAL).status,
    "oral report of a child cancelled by the child": lambda clock: _cancelled(LossForm.ORAL, _card_of(15)),
    "guardian of a person of 16": lambda clock: _by(Party.GUARDIAN, 40, 16),
    "preferential card at 59": lambda clock: _preferential(59),
    "preferential card at 60": lambda clock: _preferential(60),
    "fee of a first card": lambda clock: f.first_application().fee_yuan,
    "fee of a replacement": lambda clock: replace(report(f.card())).application.fee_yuan,
    "fee of a fault": lambda clock: (
        exchange(f.card(), exchange_reason="quality_fault", fee_exemption="quality_fault").fee_yuan
    ),
    "fee of an exchange": lambda clock: exchange(f.card()).fee_yuan,
    "certificate from": lambda clock: _certificate(),
    "collect by": lambda clock: f.walk_to(f.first_application(), Stage.READY).collect_by,
}


@pytest.mark.parametrize("rule", TABLE)
def test_each_rule_comes_out_as_its_profile_says(profile: str, rule: str, clock: Any) -> None:
    wanted = TABLE[rule][("default", "strict").index(profile)]
    if isinstance(wanted, type) and issubclass(wanted, Refusal):
        with pytest.raises(wanted) as refused:
            DONE[rule](clock)
        assert refused.value.rule_version == f"2026-{profile}"
    else:
        assert DONE[rule](clock) == wanted


def test_every_case_remembers_the_version_it_was_decided_under(profile: str) -> None:
    loss = report(f.card())
    made = replace(loss)
    version = f"2026-{profile}"
    assert {loss.rule_version, made.rule_version, made.application.rule_version} == {version}
    assert set(loss.holder.events.exclude(kind="registered").values_list("rule_version", flat=True)) == {version}


def test_every_answer_remembers_the_version_it_was_given_under(profile: str) -> None:
    loss = report(f.card())
    opening = Opening(AccessOutcome.FOUND, loss.holder_id)
    assert answer_case(read_everything(loss.holder), opening).rule_version == f"2026-{profile}"
    assert answer_case(CaseFile(loss.made_at, []), opening).rule_version == f"2026-{profile}"
