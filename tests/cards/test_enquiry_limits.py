"""How often one may ask."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from cards.enquiry import Question, look_up
from cards.models import Application
from tests import factories as f
from tests.cards.asking import FOUND, HALL, HOME, LATER, NEIGHBOUR, NONE, POLICIES, WEB, ask, wrong_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]

# --- limits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hall", "network", "free"),
    [
        ("198.51.100.0/24", "198.51.100.7", True),
        ("198.51.100.7", "198.51.100.7", True),
        ("198.51.100.0/24", "198.51.101.7", False),
        ("2001:db8::/32", "2001:db8:1:2::/64", True),
        ("2001:db8::/32", "198.51.100.7", False),
        ("unix", "unix", True),
        ("198.51.100.0/24", "unix", False),
    ],
)
def test_a_service_hall_is_named_by_address_or_network(
    case: Application, settings: Any, hall: str, network: str, free: bool
) -> None:
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 1
    settings.LIMIT_HALL_NETWORKS = [hall]
    question = Question(case.holder.id_number)
    outcomes = [look_up(question, network=network, actor=WEB).outcome for _ in range(2)]
    assert outcomes == ["found", "found" if free else "later"]


def test_past_the_tries_of_a_minute_a_network_waits_two_seconds_then_four(
    case: Application, settings: Any, clock: Any
) -> None:
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 3
    number = case.holder.id_number
    assert [ask(number).outcome for _ in range(4)] == [FOUND] * 3 + [LATER]
    waiting = ask(number)
    start = timezone.now().timestamp()
    assert waiting.retry_at == pytest.approx(start + 2)
    assert waiting.holder_id == uuid.UUID(int=0)
    clock("2026-03-02 09:30:02")
    assert ask(number).outcome == FOUND
    assert ask(number).retry_at == pytest.approx(start + 2 + 4)
    clock("2026-03-02 09:31:00")
    assert [ask(number).outcome for _ in range(4)] == [FOUND] * 3 + [LATER]


def test_networks_do_not_share_their_tries(case: Application, settings: Any) -> None:
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 2
    for network in (HOME, NEIGHBOUR):
        assert [ask(case.holder.id_number, network=network).outcome for _ in range(3)] == [FOUND, FOUND, LATER]


def test_past_its_different_subjects_a_network_waits_but_one_subject_counts_once(settings: Any) -> None:
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 100
    settings.LIMIT_NETWORK_SUBJECTS_PER_HOUR = 3
    numbers = [f.holder().id_number for _ in range(2)]
    assert {ask(numbers[0]).outcome for _ in range(10)} == {FOUND}
    assert [ask(number).outcome for number in (numbers[1], f.synthetic_id_number())] == [FOUND, NONE]
    assert ask(f.synthetic_id_number()).outcome == LATER


def test_a_service_hall_is_not_slowed_down_by_its_many_visitors(settings: Any) -> None:
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = settings.LIMIT_NETWORK_SUBJECTS_PER_HOUR = 2
    settings.LIMIT_HALL_NETWORKS = [HALL]
    numbers = [f.holder().id_number for _ in range(4)]
    assert {ask(number, network=HALL).outcome for number in numbers} == {FOUND}
    assert [ask(number).outcome for number in numbers][-1] == LATER


def test_in_a_hall_guessing_one_person_is_slowed_down_all_the_same(case: Application, settings: Any) -> None:
    settings.LIMIT_HALL_NETWORKS = [HALL]
    outcomes = [ask(case.holder.id_number, "12", network=HALL).outcome for _ in range(6)]
    assert outcomes == [FOUND] * 5 + [LATER]


@pytest.mark.parametrize("known", [True, False])
def test_five_misses_on_one_number_and_the_network_waits_whether_the_number_exists_or_not(
    known: bool, case: Application, settings: Any, clock: Any
) -> None:
    settings.ENQUIRY_POLICY = "number_and_name"
    number = case.holder.id_number if known else f.synthetic_id_number()
    assert [ask(number, name="张三").outcome for _ in range(6)] == [NONE] * 5 + [LATER]
    # The right name has to wait as well, or the wait would tell.
    waiting = ask(number, name="古丽·买买提")
    assert waiting.outcome == LATER
    assert waiting.retry_at == pytest.approx(timezone.now().timestamp() + 60)
    clock("2026-03-02 09:31:00")
    assert ask(number, name="古丽·买买提").outcome == (FOUND if known else NONE)


def test_the_code_path_counts_its_misses_apart(case: Application, settings: Any) -> None:
    settings.ENQUIRY_POLICY = "number_and_name"
    number, code = case.holder.id_number, case.receipt.query_code
    for _ in range(6):
        last = ask(number, name="张三")
    assert last.outcome == LATER
    assert ask(number, code, "古丽·买买提").paper == case.receipt_id


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("policy", POLICIES)
def test_only_where_the_number_alone_is_asked_for_wrong_codes_are_told_as_the_reason(
    policy: str, known: bool, case: Application, settings: Any
) -> None:
    settings.ENQUIRY_POLICY = policy
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 100
    number = case.holder.id_number if known else f.synthetic_id_number()
    for _ in range(6):
        last = ask(number, wrong_code(case.receipt.query_code), "张三")
    assert (last.outcome, last.code_missed) == (LATER, policy == "number")


@pytest.mark.parametrize("policy", POLICIES)
def test_a_stranger_never_locks_the_holders_code_out(policy: str, case: Application, settings: Any) -> None:
    settings.ENQUIRY_POLICY = policy
    number, code = case.holder.id_number, case.receipt.query_code
    for stranger in range(40):
        ask(number, name="张三", network=f"203.0.113.{stranger}")
        ask(number, wrong_code(code), "张三", network=f"203.0.113.{stranger}")
    opening = ask(number, code, "古丽·买买提")
    assert (opening.outcome, opening.paper) == (FOUND, case.receipt_id)


@pytest.mark.parametrize("junk", ["", "12", "wrong"])
def test_after_twenty_misses_a_day_the_path_without_a_code_is_closed_also_to_a_made_up_code(
    junk: str, case: Application, settings: Any, clock: Any
) -> None:
    settings.ENQUIRY_POLICY = "number_and_name"
    number, code = case.holder.id_number, case.receipt.query_code
    junk = wrong_code(code) if junk == "wrong" else junk
    for stranger in range(20):
        ask(number, junk, "张三", network=f"203.0.113.{stranger}")
    assert ask(number, junk, "古丽·买买提").outcome == NONE
    assert ask(number, code, "古丽·买买提").outcome == FOUND
    clock("2026-03-03 09:31")
    assert ask(number, junk, "古丽·买买提").outcome == FOUND


def test_under_the_default_policy_the_number_still_opens_its_outline_after_many_misses(case: Application) -> None:
    for stranger in range(30):
        ask(case.holder.id_number, "12", network=f"203.0.113.{stranger}")
    assert ask(case.holder.id_number).outcome == FOUND
