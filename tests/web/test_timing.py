"""Under the strict policies the time of an answer does not tell one miss from another.

Every round asks each kind of question once, in random order, so that whatever else the machine does meets all alike.
What is compared is the AUC: how often a look-up of one kind takes longer than one of another. While it lies outside
its range more rounds are added to the same pool, up to a limit, and the pool as a whole decides. Nothing is thrown
away and nothing starts afresh, so chance wears off and a real difference only shows more clearly. A naive look-up is
timed in the same rounds: where the machine is too noisy to tell even that one apart, the test fails too.
The naive one does not wait for the others, so that it shows what the machine can tell apart at all.
`TIMING` is the number of rounds to begin with (100; 2000 at full size).
"""

import bisect
import gc
import os
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from cards import enquiry, limits, services
from cards.case_file import Opening
from cards.models import Application
from cards.vocabulary import AccessOutcome
from tests import factories

# With commits as in operation: in one long transaction PostgreSQL clears nothing away, and what is counted often grows
# slower and slower.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]

ROUNDS = int(os.environ.get("TIMING", "100"))
MOST_ROUNDS = max(2000, 2 * ROUNDS)
ALIKE = (0.45, 0.55)
TOLD_APART = 0.60
# Not a question of the time but of the clock: these would be asked to wait.
MANY = 10**6

Fields = dict[str, str]
CAREFUL = enquiry.look_up
EVEN_SECONDS = enquiry.EVEN_SECONDS


def auc(slower: list[int], faster: list[int]) -> float:
    """How often a time of the first list exceeds one of the second; ties count half."""
    ordered = sorted(faster)
    won = sum(bisect.bisect_left(ordered, one) + bisect.bisect_right(ordered, one) for one in slower)
    return won / (2 * len(slower) * len(faster))


def test_the_measure_itself() -> None:
    assert auc([3, 4], [1, 2]) == 1.0
    assert auc([1, 2], [1, 2]) == 0.5
    assert auc([1, 2], [3, 4]) == 0.0
    drawn = random.Random(1)
    same = [[int(drawn.gauss(1000, 100)) for _ in range(2000)] for _ in range(2)]
    assert ALIKE[0] < auc(*same) < ALIKE[1]
    assert auc([one + 40 for one in same[0]], same[1]) > TOLD_APART


def closed_subject() -> Application:
    """The case of somebody whom strangers missed too often today."""
    application = factories.first_application()
    subject = enquiry.subject_of(application.holder.id_number)
    bucket = limits.Bucket(limits.key("subject", subject), enquiry.DAY, adds=2 * MANY)
    limits.count_in_database([bucket], time.time())
    return application


def questions(policy: str) -> dict[str, Fields]:
    """One question of each kind: a hit, and every kind of miss, each about a person of its own."""
    mine, missed, other, voided = (factories.first_application() for _ in range(4))
    closed, right = closed_subject(), mine.receipt.query_code
    old = voided.receipt.query_code
    services.reissue_code(voided, actor=factories.at_counter(), evidence=factories.everything())
    nobody = factories.synthetic_id_number()
    numbers = {
        "hit": (mine, right, "张三"),
        "not found": (nobody, right, "张三"),
        "wrong name or code": (missed, other.receipt.query_code, "赵六"),
        "no paper": (factories.holder(), right, "赵六"),
        "void code": (voided, old, "赵六"),
        "closed subject": (closed, right, "张三"),
    }
    asked = "name" if policy == "number_and_name" else "code"
    return {
        kind: {
            "id_number": number_of(whose),
            asked: name if asked == "name" else code,
        }
        for kind, (whose, code, name) in numbers.items()
    }


def number_of(whose: Any) -> str:
    """The ID number of a person, of a case, or the number itself."""
    return whose if isinstance(whose, str) else getattr(whose, "holder", whose).id_number


def naive_look_up(question: enquiry.Question, *, network: str, actor: Any) -> Opening:
    """As one would write it first: who is not in the data needs no comparison and no record."""
    if enquiry.IdNumberIndex.objects.holder_id_of(question.id_number) is None:
        return Opening(AccessOutcome.NONE)
    return CAREFUL(question, network=network, actor=actor)


@pytest.fixture
def quiet_memory() -> Iterator[None]:
    """No collection of garbage falls into a measured request."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Pool:
    """Times of every kind of question, through the careful look-up and through the naive one."""

    def __init__(self, kinds: dict[str, Fields], control: dict[str, Fields]) -> None:
        self.kinds = kinds
        self.asked = [(kind, CAREFUL, fields) for kind, fields in kinds.items()]
        self.asked += [(kind, naive_look_up, control[kind]) for kind in ("not found", "wrong name or code")]
        self.client = Client()
        self.times: dict[tuple[str, Callable], list[int]] = defaultdict(list)
        self.draw = random.Random(20261126)

    def add(self, rounds: int) -> None:
        """Ask everything once per round, in random order."""
        for _round in range(rounds):
            self.draw.shuffle(self.asked)
            for kind, look_up, fields in self.asked:
                enquiry.look_up = look_up
                enquiry.EVEN_SECONDS = EVEN_SECONDS if look_up is CAREFUL else 0.0
                begun = time.perf_counter_ns()
                response = self.client.post("/status/", fields)
                took = time.perf_counter_ns() - begun
                assert response.status_code == 303
                self.times[kind, look_up].append(took)

    def told(self) -> dict[str, float]:
        """The AUC of each kind against a number that is not in the data."""
        base = self.times["not found", CAREFUL]
        return {kind: auc(self.times[kind, CAREFUL], base) for kind in self.kinds if kind != "not found"}

    def control(self) -> float:
        """The AUC of the naive look-up, for the same two questions."""
        return auc(self.times["wrong name or code", naive_look_up], self.times["not found", naive_look_up])

    def clear(self) -> bool:
        """Whether everything lies where it should."""
        return all(ALIKE[0] <= one <= ALIKE[1] for one in self.told().values()) and self.control() > TOLD_APART


@pytest.mark.parametrize("policy", ["number_and_name", "number_and_code"])
def test_no_miss_takes_longer_than_another(
    policy: str, settings: Any, monkeypatch: pytest.MonkeyPatch, quiet_memory: None, request: pytest.FixtureRequest
) -> None:
    settings.ENQUIRY_POLICY = policy
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = settings.LIMIT_NETWORK_SUBJECTS_PER_HOUR = MANY
    settings.LIMIT_PAIR_MISSES = settings.LIMIT_SUBJECT_MISSES_PER_DAY = settings.LIMIT_OVERALL_PER_MINUTE = MANY
    monkeypatch.setattr(enquiry, "look_up", CAREFUL)
    monkeypatch.setattr(enquiry, "EVEN_SECONDS", EVEN_SECONDS)
    pool = Pool(questions(policy), questions(policy))
    pool.add(10)  # the first ones fill caches
    pool.times.clear()
    pool.add(ROUNDS)
    rounds = ROUNDS
    while not pool.clear() and rounds < MOST_ROUNDS:
        pool.add(ROUNDS)
        rounds += ROUNDS
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        told = {kind: round(one, 3) for kind, one in pool.told().items()}
        print(f"\n{policy}, {rounds} rounds: {told}, naive {pool.control():.3f}", end=" ")  # noqa: T201
    assert pool.clear(), (pool.told(), pool.control())
