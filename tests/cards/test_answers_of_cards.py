"""Loss reports, cards, nothing found, wait, and dates in words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from cards import workflow
from cards.answers import (
    answer_card,
    answer_case,
    answer_later,
    answer_report,
    told_accesses,
    wording,
)
from cards.answers.dates import told_day, told_deadline, told_moment
from cards.case_file import CaseFile, Opening
from cards.case_reading import LOOKS_SHOWN, read_case, read_looks
from cards.enquiry import Question, look_up
from cards.models import AccessRecord, Card, Cardholder, LossReport
from cards.office_vocabulary import Verdict
from cards.rules import CHINA
from cards.vocabulary import (
    AccessOutcome,
    AccessPurpose,
    BankStatus,
    CardType,
    Channel,
    LossForm,
    LossStatus,
    SocialStatus,
    Stage,
    StopReason,
)
from tests import factories as f
from tests.cards.asking import POLICIES
from tests.cards.said import (
    LANGUAGES,
    NOW,
    assert_four_bodies,
    assert_well_said,
    person,  # noqa: F401  (a fixture)
    secret_bank,
    standing_clock,  # noqa: F401  (a fixture)
)
from tests.cards.states import PLAIN, application_in

pytestmark = pytest.mark.django_db

# --- loss reports and cards ---------------------------------------------------------------------------------------

POSSIBLE = [
    (form, status)
    for form in LossForm
    for status in LossStatus
    if form == LossForm.ORAL or status not in (LossStatus.LAPSED, LossStatus.FORMALISED)
]


def report_in(form: str, status: str, card: Card) -> LossReport:
    made = NOW - timedelta(days=3)
    return LossReport(
        holder=card.holder,
        card=card,
        form=form,
        status=status,
        card_status_before=SocialStatus.NORMAL,
        made_at=made,
        lapses_at=datetime(2026, 4, 4, tzinfo=CHINA) if form == LossForm.ORAL else None,
        ended_at=None if status == LossStatus.STANDING else NOW,
    )


def test_every_form_and_state_of_a_report_that_can_be_has_its_words() -> None:
    assert set(wording.LOSSES) == set(POSSIBLE)
    assert set(wording.STAGES) == set(Stage)
    assert set(wording.STOPS) == set(StopReason)
    assert set(wording.DISPUTES) == {"", *Verdict}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("form", "status"), POSSIBLE)
def test_every_report_has_four_bodies(form: str, status: str, language: str) -> None:
    report = report_in(form, status, f.card())
    with translation.override(language):
        answer = answer_report(report, NOW)
        assert_four_bodies(answer)
        assert_well_said([answer.title, answer.now, answer.next, answer.phone, answer.wechat, *answer.slip], language)
        assert answer.standing == (status == LossStatus.STANDING)
        deadline = "24:00" in answer.now
        assert deadline == (form == LossForm.ORAL and status in (LossStatus.STANDING, LossStatus.LAPSED))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("card_type", CardType)
def test_a_card_tells_both_ledgers_in_every_state(card_type: str, language: str) -> None:
    financial = card_type.startswith("financial")
    banks = [status for status in BankStatus if (status == BankStatus.NONE) != financial]
    card = f.card(card_type=card_type, card_number="622848001234", bank=secret_bank() if financial else None)
    for social in SocialStatus:
        for bank in banks:
            card.social_status, card.bank_status, card.bank_since = social, bank, NOW
            with translation.override(language):
                answer = answer_card(card, [], NOW)
                assert len(answer.ledgers) == 1 + financial
                assert_well_said(
                    [answer.title, *(text for ledger in answer.ledgers for text in (ledger.title, *ledger.lines))],
                    language,
                )
                assert "1234" in answer.title
                assert "62284800" not in answer.title
                assert "12333" in "".join(answer.ledgers[0].lines)
                if financial:
                    assert "95999" in "".join(answer.ledgers[1].lines)
                assert {ledger.kind for ledger in answer.ledgers} <= {"works", "stopped", "unknown"}
            unknown = [ledger.kind for ledger in answer.ledgers][1:] == ["unknown"]
            assert unknown == (bank in (BankStatus.UNKNOWN, BankStatus.NOT_ACTIVATED))


@pytest.mark.parametrize("bank", [BankStatus.UNKNOWN, BankStatus.ACTIVE, BankStatus.NOT_ACTIVATED, BankStatus.FROZEN])
def test_a_lost_card_warns_that_the_bank_account_is_not_stopped_unless_it_is(bank: str) -> None:
    card = f.card(bank_status=bank)
    report = f.oral_report(card)
    card.refresh_from_db()
    lines = " ".join(answer_card(card, [report], NOW).ledgers[1].lines)
    assert ("report the loss to the bank as well" in lines) == (bank != BankStatus.FROZEN)


# --- none, later, and the whole case ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("outcome", ["none", "later", "later after codes"])
def test_nothing_found_and_wait_have_four_bodies_too(outcome: str, policy: str, language: str, settings: Any) -> None:
    settings.ENQUIRY_POLICY = policy
    with translation.override(language):
        if outcome == "none":
            answer = answer_case(CaseFile(NOW, []), Opening(AccessOutcome.NONE))
            assert len(answer.reasons) >= 3
            assert_well_said(answer.reasons, language)
        else:
            answer = answer_later(NOW.timestamp() + 62, code_missed=outcome != "later")
            assert "09:01:02" in answer.now
            assert "12333" in answer.next
        assert answer.outcome == outcome.split()[0]
        assert_four_bodies(answer)
        assert_well_said([answer.title, answer.now, answer.next, answer.phone, answer.wechat, *answer.slip], language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_case_in_full_is_told_in_one_language(language: str, clock: Any) -> None:
    holder = f.holder()
    card = f.card(holder, card_number="622848001234", bank=secret_bank())
    report = f.oral_report(card)
    AccessRecord.objects.bulk_create(
        AccessRecord(
            holder=holder, at=NOW, keep_until=NOW, channel=channel, purpose=purpose, outcome=AccessOutcome.FOUND
        )
        for channel in Channel
        for purpose in AccessPurpose
    )
    opening = look_up(
        Question(holder.id_number, code=report.receipt.query_code), network="192.0.2.1", actor=f.on_phone()
    )
    with translation.override(language):
        answer = answer_case(read_case(opening), opening)
        assert (answer.outcome, answer.full) == ("found", True)
        assert (len(answer.accesses), answer.more_looks) == (LOOKS_SHOWN, True)
        told = [part for line in told_accesses(read_looks(opening)) for part in line]
        assert len(told) > 2 * LOOKS_SHOWN
        assert_well_said(told, language)
        assert answer.title == answer.cards[0].reports[0].title
        assert_well_said([answer.phone, answer.wechat, *answer.slip], language)


def test_a_case_of_several_matters_speaks_of_the_newest_and_prints_all(person: Cardholder) -> None:
    rows = [application_in(PLAIN, stage, of=person) for stage in (Stage.CHECKING, Stage.PRODUCING)]
    answer = answer_case(CaseFile(NOW, rows), Opening(AccessOutcome.FOUND, person.pk))
    assert answer.phone == answer.applications[0].phone
    assert answer.wechat == answer.applications[0].wechat
    assert answer.slip == [*answer.applications[0].slip, *answer.applications[1].slip]
    assert answer.meanwhile == str(wording.MEANWHILE)


def test_treatment_meanwhile_is_told_only_while_a_card_is_under_way(person: Cardholder) -> None:
    for stage in Stage:
        stop = StopReason.FEE_UNPAID if stage == Stage.FEE_DUE else ""
        case = CaseFile(NOW, [application_in(PLAIN, stage, stop, of=person)])
        answer = answer_case(case, Opening(AccessOutcome.FOUND, person.pk))
        assert bool(answer.meanwhile) == (stage in workflow.OPEN)


# --- dates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "day", "moment", "midnight", "deadline"),
    [
        ("en", "22 November 2026", "22 November 2026, 14:05", "24:00 on 22 November 2026", "22 November 2026, 14:05"),
        ("zh-hans", "2026年11月22日", "2026年11月22日 14:05", "2026年11月22日24:00", "2026年11月22日 14:05"),
    ],
)
def test_days_and_moments_as_people_say_them(
    language: str, day: str, moment: str, midnight: str, deadline: str
) -> None:
    at = datetime(2026, 11, 22, 14, 5, tzinfo=CHINA)
    with translation.override(language):
        assert told_day(at) == told_day(at.date()) == day
        assert told_moment(at) == moment
        assert told_deadline(datetime(2026, 11, 23, tzinfo=CHINA)).replace(" 24", "24") == midnight.replace(
            " 24", "24"
        )
        assert told_deadline(at) == deadline
        assert told_day(None) == told_moment(None) == ""


def test_a_moment_is_told_in_china_time_wherever_the_process_runs() -> None:
    assert told_day(datetime(2026, 11, 22, 16, 30, tzinfo=UTC)) == "23 November 2026"
    assert timezone.get_default_timezone_name() == "Asia/Shanghai"
