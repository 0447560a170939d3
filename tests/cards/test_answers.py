"""Every state has its words in four bodies and two languages, and the outline says no more than it may."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import models
from django.utils import timezone, translation
from django.utils.functional import Promise

from cards import workflow
from cards.answers import (
    answer_application,
    answer_card,
    answer_case,
    answer_later,
    answer_report,
    told_history,
    wording,
)
from cards.answers.dates import told_day, told_deadline, told_moment
from cards.case_file import CaseFile, Opening
from cards.enquiry import Question, look_up, read_case
from cards.memory import forget_all
from cards.models import AccessRecord, Application, Bank, Card, CardCertificate, Cardholder, Forecast, LossReport
from cards.rules import CHINA
from cards.vocabulary import (
    AccessOutcome,
    AccessPurpose,
    BankStatus,
    CardType,
    Channel,
    IssueMethod,
    LossForm,
    LossStatus,
    SocialStatus,
    Stage,
    StopReason,
)
from tests import factories as f
from tests.cards.states import PLAIN, STAGES_AND_STOPS, application_in, paper

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "zh-hans")
NOW = datetime(2026, 3, 30, 9, 0, tzinfo=CHINA)
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
LATIN = re.compile("[A-Za-z]")


@pytest.fixture(autouse=True)
def standing_clock(clock: Any) -> None:
    clock("2026-03-30 09:00")


@pytest.fixture
def person() -> Cardholder:
    return f.holder()


def secret_outlet() -> Any:
    return f.OutletFactory(
        kind="bank_outlet",
        bank=secret_bank(),
        name_zh="金丝雀网点",
        name_en="Canary Outlet",
        address_zh="金丝雀路",
        address_en="Canary Road",
        phone="010-55556666",
    )


def secret_bank() -> Any:
    known = Bank.objects.filter(hotline="95999").first()
    return known or f.BankFactory(name_zh="金丝雀银行", name_en="Canary Bank", hotline="95999")


FULL_ONLY = ("金丝雀", "Canary", "010-55556666", "95999")


def texts(value: Any) -> Iterator[str]:
    """Every text in an answer, however deep; rows of the database are not told, only what was made of them."""
    if isinstance(value, str | Promise):
        yield str(value)
    elif isinstance(value, models.Model) or value is None or isinstance(value, bool | int | float):
        return
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)
    elif dataclasses.is_dataclass(value):
        for one in dataclasses.fields(value):
            yield from texts(getattr(value, one.name))
    else:
        raise AssertionError(f"{value!r} is no part of an answer")


def words(answer: Any) -> list[str]:
    """What people read or hear: the texts of the answer and its four bodies, without the marks for scripts."""
    marks = {"stopped", "stage", "state", "kind", "outcome"}
    told = [
        text
        for one in dataclasses.fields(answer)
        if one.name not in marks
        for text in texts(_without_marks(getattr(answer, one.name), marks))
    ]
    return [text for text in [*told, answer.phone, answer.wechat, *answer.slip] if text]


def _without_marks(value: Any, marks: set[str]) -> Any:
    if isinstance(value, list):
        return [_without_marks(one, marks) for one in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, models.Model):
        return {one.name: getattr(value, one.name) for one in dataclasses.fields(value) if one.name not in marks}
    return value


def assert_well_said(told: list[str], language: str) -> None:
    assert told
    for text in told:
        assert "%" not in text, text
        assert "None" not in text, text
        assert text == text.strip(), repr(text)
        for slip in ("  ", "..", "。。", " .", " ,", "，，", "。，", "{", "}", "( )", "（）"):
            assert slip not in text, (slip, text)
        if language == "en":
            assert not CHINESE.search(text), text
        else:
            assert not LATIN.search(text), text


def sentences(text: str) -> int:
    return len(re.findall(r"[.!?](?=\s|$)|[。！？]", text))


def assert_four_bodies(answer: Any) -> None:
    assert answer.title
    assert not answer.title.endswith((".", "。"))
    for sentence in (answer.now, answer.next):
        assert sentences(sentence) == 1, sentence
        assert sentence.endswith((".", "。")), sentence
    assert 1 <= sentences(answer.phone) <= 3, answer.phone
    assert answer.title in answer.phone
    assert answer.title in answer.wechat
    assert "\n" not in answer.wechat
    assert len(answer.slip) >= 3
    assert all("\n" not in line for line in answer.slip)


# --- applications -------------------------------------------------------------------------------------------------

ROUTES = {
    "plain": PLAIN,
    "with fee and activation": workflow.Route(
        IssueMethod.FACTORY, financial=True, fee_due=True, activation_needed=True
    ),
    "ordinary card": workflow.Route(IssueMethod.FACTORY, financial=False, fee_due=False, activation_needed=False),
    "at once": workflow.Route(IssueMethod.INSTANT, financial=True, fee_due=False, activation_needed=False),
}


def case_in(route: str, stage: str, stop: str, person: Cardholder, language: str = "en") -> Application:
    given: dict[str, Any] = {"outlet": secret_outlet()}
    if ROUTES[route].financial:
        given["bank"] = secret_bank()
    if stage == Stage.REFUSED:
        given["refusal_reason"] = "金丝雀照片不合规格" if language == "zh-hans" else "Canary photo too dark"
    return application_in(ROUTES[route], stage, stop, of=person, **given)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("full", [False, True], ids=["outline", "full"])
@pytest.mark.parametrize("state", STAGES_AND_STOPS, ids="-".join)
def test_every_state_has_four_bodies(state: tuple[str, str], full: bool, language: str, person: Cardholder) -> None:
    for route in ROUTES:
        if (state[1] == StopReason.BANK_ACCOUNT_FAILED) and not ROUTES[route].financial:
            continue
        row = case_in(route, *state, person, language)
        with translation.override(language):
            answer = answer_application(row, full=full, now=NOW)
            assert_four_bodies(answer)
            assert_well_said(words(answer), language)
            assert answer.level == ("full" if full else "outline")
            needed = state[1] and state[1] != StopReason.PRODUCTION_FAILED
            assert answer.stopped == (state[1] if full else "yes" if needed else "")
            assert set(answer.verdict) == {"kind", "tag", "title", "text", "dates", "note"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STAGES_AND_STOPS, ids="-".join)
def test_the_outline_tells_nothing_that_only_the_code_opens(
    state: tuple[str, str], language: str, person: Cardholder
) -> None:
    stage, stop = state
    row = case_in("with fee and activation", stage, stop, person, language)
    with translation.override(language):
        outline, full = (answer_application(row, full=level, now=NOW) for level in (False, True))
        told = "\n".join(words(outline))
        secrets = [
            *FULL_ONLY,
            row.receipt_id,
            row.receipt_id[:4] + " ",
            row.receipt.query_code,
            told_day(row.collect_by),
        ]
        secrets += [StopReason(stop).label] if stop and stop != StopReason.FEE_UNPAID else []
        if stop and stop != StopReason.FEE_UNPAID:
            secrets += [str(wording.STOPS[StopReason(stop)].title)]
        for secret in filter(None, map(str, secrets)):
            assert secret not in told, secret
        passed = [step.note for step in outline.steps if step.state == "done" and not step.current]
        assert not any(passed)
        assert not outline.bring
        if stage not in (Stage.ACCEPTED,):
            assert any(step.note for step in full.steps if step.state == "done")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_stop_says_in_full_what_to_do_where_and_how_long_it_then_takes(
    language: str, person: Cardholder
) -> None:
    for stage, stop in STAGES_AND_STOPS:
        if not stop:
            continue
        row = case_in("plain", stage, stop, person)
        with translation.override(language):
            answer = answer_application(row, full=True, now=NOW)
            assert re.search(r"\d+ working days|\d+ ?个工作日", answer.next), answer.next
            place = {StopReason.PRODUCTION_FAILED: None}.get(StopReason(stop), "金丝雀|Canary")
            assert place is None or re.search(place, answer.next), answer.next
            assert answer.needs_person == (stop != StopReason.PRODUCTION_FAILED)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("with_certificate", [False, True])
def test_a_ready_card_says_in_full_where_until_when_and_with_what(
    language: str, with_certificate: bool, person: Cardholder
) -> None:
    row = case_in("plain", Stage.READY, "", person)
    if with_certificate:
        CardCertificate.objects.create(
            holder=person,
            application=row,
            paper=paper(person, 2),
            outlet=row.delivery_outlet,
            earliest_on=NOW.date(),
            issued_at=NOW,
        )
    with translation.override(language):
        answer = answer_application(Application.objects.get(pk=row.pk), full=True, now=NOW)
        assert re.search("金丝雀网点|Canary Outlet", answer.next)
        assert told_day(row.collect_by) in answer.next
        assert len(answer.bring) == 1 + with_certificate
        assert all(thing in answer.next for thing in answer.bring)
        assert_well_said(words(answer), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_tells_its_reason_in_full_only(language: str, person: Cardholder) -> None:
    row = case_in("plain", Stage.REFUSED, "", person, language)
    with translation.override(language):
        outline, full = (answer_application(row, full=level, now=NOW) for level in (False, True))
    assert row.refusal_reason in full.now
    assert row.refusal_reason not in "".join(words(outline))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["estimate", "standard", "overdue", "overdue estimate", "provisional"])
def test_a_date_is_always_labelled_with_what_it_rests_on(
    kind: str, language: str, person: Cardholder, clock: Any
) -> None:
    now = clock("2026-12-30 09:00") if kind == "provisional" else NOW
    since = now - timedelta(days=60 if "overdue" in kind else 0)
    if "estimate" in kind:
        Forecast.objects.create(
            kind="first", method="factory", stage="producing", half_days=2, most_days=4, cases=77, computed_at=now
        )
        forget_all()
    row = application_in(PLAIN, Stage.PRODUCING, of=person, stage_since=since, history=[])
    with translation.override(language):
        answer = answer_application(row, full=False, now=now)
        assert_well_said(words(answer), language)
        rests = wording.ESTIMATE_RESTS_ON if "estimate" in kind else wording.STANDARD_RESTS_ON
        assert str(rests) % {"cases": 77} in answer.estimate_note
        assert (str(wording.PROVISIONAL) in answer.estimate_note) == (kind == "provisional")
        assert (answer.estimate == str(wording.OVERDUE)) == ("overdue" in kind)
        assert len(answer.dates) == (3 if "estimate" in kind else 2)
        assert answer.estimate in answer.phone
        assert answer.estimate in answer.wechat
        assert sentences(answer.phone) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_collected_card_from_the_special_window_says_to_have_it_activated(language: str, person: Cardholder) -> None:
    to_activate, plain = (
        case_in(route, Stage.COLLECTED, "", person) for route in ("with fee and activation", "plain")
    )
    with translation.override(language):
        for full in (False, True):
            assert answer_application(to_activate, full=full, now=NOW).next == str(wording.TO_ACTIVATE)
            assert answer_application(to_activate, full=full, now=NOW).needs_person
            assert answer_application(plain, full=full, now=NOW).next != str(wording.TO_ACTIVATE)


@pytest.mark.parametrize("state", STAGES_AND_STOPS, ids="-".join)
def test_the_track_has_one_present_step_and_ends_where_the_route_ends(
    state: tuple[str, str], person: Cardholder
) -> None:
    stage, stop = state
    for name, route in ROUTES.items():
        if stage not in route.stages and stage not in workflow.BROKEN_OFF:
            continue
        row = case_in(name, stage, stop, person)
        steps = answer_application(row, full=True, now=NOW).steps
        assert [step.current for step in steps].count(True) == 1
        at = next(place for place, step in enumerate(steps) if step.current)
        assert {step.state for step in steps[:at]} <= {"done"}
        assert {step.state for step in steps[at + 1 :]} <= {"next"}
        assert steps[at].state == ("stopped" if stop else "done" if stage == route.stages[-1] else "now")
        if stage in route.stages:
            assert len(steps) == len(route.stages)
            to_come = [str(one.label) for one in route.stages[at + 1 :]]
            assert [step.label for step in steps[at + 1 :]] == to_come
        else:
            assert steps[-1].label == Stage(stage).label


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_history_tells_every_entry_in_words(language: str, person: Cardholder) -> None:
    row = case_in("with fee and activation", Stage.ACTIVATED, "", person)
    at = NOW.isoformat()
    stops = [entry for reason in StopReason for entry in (["stop", reason.value, at], ["resume", reason.value, at])]
    row.history = [["stage", stage.value, at] for stage in Stage] + stops
    with translation.override(language):
        lines = told_history(row)
        assert len(lines) == len(row.history)
        assert_well_said([part for line in lines for part in line], language)
        assert {moment for moment, _told in lines} == {told_moment(NOW)}


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
@pytest.mark.parametrize("outcome", ["none", "later"])
def test_nothing_found_and_wait_have_four_bodies_too(outcome: str, language: str) -> None:
    with translation.override(language):
        if outcome == "none":
            answer = answer_case(CaseFile(NOW, []), Opening(AccessOutcome.NONE))
            assert len(answer.reasons) >= 3
            assert_well_said(answer.reasons, language)
        else:
            answer = answer_later(NOW.timestamp() + 62)
            assert "09:01:02" in answer.now
            assert "12333" in answer.next
        assert answer.outcome == outcome
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
        assert_well_said([part for line in answer.accesses for part in line], language)
        assert len(answer.accesses) == 20
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
