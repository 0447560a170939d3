"""Every state of an application has its words in four bodies and two languages."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from cards import workflow
from cards.answers import (
    answer_application,
    told_history,
    wording,
)
from cards.answers.application import told_activation
from cards.answers.dates import told_day, told_moment
from cards.memory import forget_all
from cards.models import Application, CardCertificate, Cardholder, Forecast
from cards.vocabulary import (
    IssueMethod,
    Stage,
    StopReason,
)
from tests.cards.said import (
    FULL_ONLY,
    LANGUAGES,
    NOW,
    assert_four_bodies,
    assert_well_said,
    person,  # noqa: F401  (a fixture)
    secret_bank,
    secret_outlet,
    sentences,
    standing_clock,  # noqa: F401  (a fixture)
    words,
)
from tests.cards.states import PLAIN, STAGES_AND_STOPS, application_in, paper

pytestmark = pytest.mark.django_db

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


REASONS = {
    "en": ("The photo is too dark. It was taken in 2019.\nPlease bring a new one!", "The photo is too dark."),
    "zh-hans": ("照片太暗。照片是二〇一九年拍的！\n请换一张。", "照片太暗。"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_reason_is_cut_on_the_phone_and_whole_on_paper(language: str, person: Cardholder) -> None:
    reason, first = REASONS[language]
    row = case_in("plain", Stage.REFUSED, "", person, language)
    row.refusal_reason = reason
    with translation.override(language):
        answer = answer_application(row, full=True, now=NOW)
        assert sentences(answer.phone) == 3
        assert first in answer.phone
        assert str(wording.REST_OF_THE_REASON) in answer.phone
        assert reason.split("\n")[1] not in answer.phone
        whole = " ".join(reason.split("\n"))
        assert whole in answer.now
        assert any(whole in line for line in answer.slip)
        row.refusal_reason = first
        assert str(wording.REST_OF_THE_REASON) not in answer_application(row, full=True, now=NOW).phone


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
            told = answer_application(to_activate, full=full, now=NOW).next
            assert told == (told_activation(to_activate) if full else str(wording.TO_ACTIVATE))
            assert (to_activate.bank.hotline in told) == full
            assert answer_application(to_activate, full=full, now=NOW).needs_person
            assert answer_application(plain, full=full, now=NOW).next != str(wording.TO_ACTIVATE)


@pytest.mark.parametrize(("kind", "certificate"), [("first", False), ("exchange", False), ("replacement", True)])
def test_who_collects_a_replacement_is_told_at_the_outline_to_bring_the_certificate(
    kind: str, certificate: bool, person: Cardholder
) -> None:
    row = case_in("plain", Stage.READY, "", person)
    row.kind = kind
    with translation.override("en"):
        assert ("card certificate" in answer_application(row, full=False, now=NOW).next) == certificate
    with translation.override("zh-hans"):
        assert ("领卡证明" in answer_application(row, full=False, now=NOW).next) == certificate


def test_a_step_of_a_track_never_takes_effect(person: Cardholder) -> None:
    row = case_in("plain", Stage.CHECKING, "", person)
    with translation.override("zh-hans"):
        labels = [step.state_label for step in answer_application(row, full=True, now=NOW).steps]
    assert "未到" in labels
    assert "待生效" not in labels


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
