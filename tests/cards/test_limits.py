"""The limits of the enquiry: exact under threads, alike in the database and in Redis."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections, transaction

from cards import limits
from cards.actors import Actor
from cards.enquiry import Question, look_up
from cards.limits import Bucket
from cards.models import Counter
from cards.vocabulary import AccessOutcome, Channel, Party
from tests import factories as f

WEB = Actor(Party.HOLDER, Channel.WEB)
pytestmark = pytest.mark.django_db
CLOSED_PORT = "redis://127.0.0.1:9/0"


@pytest.fixture(params=["database", "redis"])
def backend(request: pytest.FixtureRequest) -> str:
    """Each place the limits can be counted in."""
    if request.param == "redis":
        request.getfixturevalue("valkey")
    return request.param


class Refused(Exception):
    """Rolls the count back, as the enquiry does."""


def attempt(buckets: list[Bucket], now: float) -> float:
    """Count one try as the enquiry does; returns 0 where it passed, or the moment of the next."""
    opens = 0.0
    try:
        with transaction.atomic():
            opens = max(count.open_again_at(now) for count in limits.count(buckets, now))
            if opens:
                raise Refused
    except Refused:
        pass
    return opens


def bucket(name: str = "one", window: int = 60, **given: Any) -> Bucket:
    return Bucket(limits.key("test", name), window, **given)


def test_up_to_its_limit_a_try_passes_and_then_it_waits(backend: str) -> None:
    now = time.time()
    outcomes = [attempt([bucket(limit=3, wait=2.0)], now) for _ in range(5)]
    assert outcomes == [0, 0, 0, now + 2, now + 2]


def test_each_try_past_the_limit_waits_twice_as_long(backend: str) -> None:
    now, waits = time.time(), []
    one = bucket(window=86400, limit=2, wait=2.0)
    assert [attempt([one], now) for _ in range(2)] == [0, 0]
    for _ in range(14):
        opens = attempt([one], now)
        waits.append(round(opens - now))
        assert attempt([one], opens - 0.01) == pytest.approx(opens)
        assert attempt([one], opens) == 0
        now = opens
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600]


def test_no_wait_outlasts_the_window_and_the_next_window_is_fresh(backend: str) -> None:
    start = time.time()
    one = bucket(window=60, limit=1, wait=100.0)
    assert attempt([one], start) == 0
    assert attempt([one], start + 5) == pytest.approx(start + 60)
    assert attempt([one], start + 59.9) == pytest.approx(start + 60)
    assert attempt([one], start + 60) == 0
    assert attempt([one], start + 61) == pytest.approx(start + 120)


def test_a_bucket_without_a_wait_closes_until_its_window_ends(backend: str) -> None:
    start = time.time()
    one = bucket(window=60, limit=2)
    assert [attempt([one], start), attempt([one], start), attempt([one], start + 30)] == [0, 0, start + 60]
    assert attempt([one], start + 60) == 0


def test_a_refused_try_changes_no_bucket(backend: str) -> None:
    now = time.time()
    closed, other = bucket("closed", limit=1, wait=2.0), bucket("other", limit=100)
    assert attempt([closed, other], now) == 0
    for _ in range(10):
        assert attempt([closed, other], now + 1) == pytest.approx(now + 2)
    with transaction.atomic():
        assert [count.before for count in limits.count([closed, other], now + 2)] == [1, 1]


def test_what_was_counted_once_in_the_window_is_not_counted_again(backend: str) -> None:
    now = time.time()
    pairs = [bucket(f"pair {name}", 3600) for name in "ab"]
    subjects = [bucket("subjects", 3600, unless_seen=pair.key) for pair in pairs]
    seen = []
    for which in (0, 0, 0, 1, 1, 0):
        with transaction.atomic():
            seen.append(limits.count([subjects[which], pairs[which]], now)[0].before)
    assert seen == [0, 1, 1, 1, 2, 2]


def test_a_bucket_to_which_nothing_was_added_begins_its_window_with_the_first_count(backend: str) -> None:
    start = time.time()
    nothing, one = bucket(window=60, adds=0, limit=1), bucket(window=60, limit=1)
    assert attempt([nothing], start) == 0
    assert attempt([one], start + 50) == 0
    assert attempt([one], start + 61) == pytest.approx(start + 110)


@pytest.mark.parametrize("seed", range(8))
def test_database_and_redis_count_alike(seed: int, valkey: str) -> None:
    chance = random.Random(seed)
    now = time.time()
    for _step in range(60):
        network, subject = chance.choice("ab"), chance.choice("xyz")
        pair = bucket(f"{seed} pair {network}{subject}", 300)
        buckets = [
            bucket(f"{seed} tries {network}", 60, limit=4, wait=2.0),
            bucket(f"{seed} subjects {network}", 300, limit=2, wait=2.0, unless_seen=pair.key),
            bucket(f"{seed} misses {network}{subject}", 120, adds=chance.choice((0, 1)), limit=2, wait=10.0),
            bucket(f"{seed} day {subject}", 600, adds=chance.choice((0, 1)), limit=chance.choice((None, 5))),
            pair,
        ]
        in_redis = limits.count_in_redis(buckets, now)
        passed = not any(count.open_again_at(now) for count in in_redis)
        with transaction.atomic():
            in_database = limits.count_in_database(buckets, now)
            transaction.set_rollback(not passed)
        assert [count.before for count in in_database] == [count.before for count in in_redis]
        assert [count.open_again_at(now) for count in in_database] == pytest.approx(
            [count.open_again_at(now) for count in in_redis]
        )
        now += chance.choice((0.0, 0.5, 3.0, 20.0, 70.0))


def test_the_keys_name_nobody() -> None:
    number = f.synthetic_id_number()
    assert number.encode() not in limits.key("tries", number)
    assert len({limits.key("a", "bc"), limits.key("ab", "c"), limits.key("abc")}) == 3


# --- Redis --------------------------------------------------------------------------------------------------------


def test_where_redis_counts_the_database_stays_empty(valkey: str) -> None:
    now = time.time()
    assert attempt([bucket(limit=1)], now) == 0
    assert attempt([bucket(limit=1)], now) > 0
    assert not Counter.objects.exists()


def test_what_redis_counts_leaves_it_with_its_window(valkey: str) -> None:
    import redis

    attempt([bucket(window=60)], time.time())
    with redis.Redis.from_url(valkey) as client:
        lives = [client.pttl(key) for key in client.keys("limit:*")]
    assert len(lives) == 1
    assert 0 < lives[0] <= 60_000


def test_redis_gone_the_database_counts_on(settings: Any, caplog: Any) -> None:
    settings.REDIS_URL = CLOSED_PORT
    now, started = time.time(), time.monotonic()
    outcomes = [attempt([bucket(limit=2)], now) for _ in range(3)]
    assert outcomes == [0, 0, now + 60]
    assert "Redis does not answer" in caplog.text
    assert time.monotonic() - started < 3


def test_redis_gone_an_enquiry_is_answered_and_limited(settings: Any) -> None:
    settings.REDIS_URL = CLOSED_PORT
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 3
    number = f.holder().id_number
    outcomes = [look_up(Question(number), network="192.0.2.1", actor=WEB).outcome for _ in range(4)]
    assert outcomes == [AccessOutcome.FOUND] * 3 + [AccessOutcome.LATER]


def test_a_number_closed_for_the_day_still_counts_against_the_network(
    backend: str, settings: Any, standing_clock: float
) -> None:
    settings.LIMIT_SUBJECT_MISSES_PER_DAY = 3
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 4
    number = f.synthetic_id_number()
    for stranger in range(5):
        look_up(Question(number), network=f"203.0.113.{stranger}", actor=WEB)
    outcomes = [look_up(Question(number), network="192.0.2.1", actor=WEB).outcome for _ in range(5)]
    assert outcomes == [AccessOutcome.NONE] * 4 + [AccessOutcome.LATER]


# --- the alarm ----------------------------------------------------------------------------------------------------


def test_the_alarm_is_raised_once_in_a_minute_and_refuses_nobody(settings: Any, caplog: Any, clock: Any) -> None:
    settings.LIMIT_OVERALL_PER_MINUTE = 5
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 1000
    number = f.holder().id_number
    for minute in ("2026-03-02 09:30", "2026-03-02 09:31"):
        clock(minute)
        outcomes = {look_up(Question(number), network="192.0.2.1", actor=WEB).outcome for _ in range(9)}
        assert outcomes == {AccessOutcome.FOUND}
    told = [record for record in caplog.records if "enquiries a minute" in record.message]
    assert len(told) == 2
    assert number not in caplog.text


def test_threads_do_not_count_past_the_alarm(settings: Any, caplog: Any, clock: Any) -> None:
    settings.LIMIT_OVERALL_PER_MINUTE = 4000
    clock("2026-03-02 09:30")
    alarm = limits.Alarm()
    in_threads(8, lambda _thread: [alarm.note() for _ in range(1000)])
    assert alarm.seen == 8000
    assert len(alarm.raised) == 1


# --- threads ------------------------------------------------------------------------------------------------------


def in_threads(count: int, act: Callable[[int], object]) -> list[object]:
    """What each of so many threads returned, all begun at one moment."""
    gate, results = threading.Barrier(count, timeout=30), [None] * count
    errors: list[BaseException] = []

    def run(place: int) -> None:
        try:
            gate.wait()
            results[place] = act(place)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    connections.close_all()
    threads = [threading.Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not errors, errors
    return results


@pytest.fixture
def standing_clock(time_machine: Any) -> Iterator[float]:
    """The clock stands at this very moment: no waiting time ends while threads run, and Redis forgets nothing."""
    now = datetime.now(UTC)
    time_machine.move_to(now, tick=False)
    return now.timestamp()


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_eight_threads_get_exactly_as_many_tries_as_the_limit(backend: str, standing_clock: float) -> None:
    one = bucket(window=3600, limit=100)

    def tries(_thread: int) -> int:
        return sum(attempt([one], standing_clock) == 0 for _ in range(50))

    assert sum(in_threads(8, tries)) == 100


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_eight_threads_of_enquiries_get_exactly_the_limit(backend: str, settings: Any, standing_clock: float) -> None:
    settings.LIMIT_NETWORK_TRIES_PER_MINUTE = 60
    number = f.holder().id_number

    def tries(_thread: int) -> int:
        outcomes = [look_up(Question(number), network="192.0.2.1", actor=WEB).outcome for _ in range(50)]
        return outcomes.count(AccessOutcome.FOUND)

    assert sum(in_threads(8, tries)) == 60


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_one_subject_asked_by_eight_threads_at_once_is_one_subject(backend: str, standing_clock: float) -> None:
    def tries(_thread: int) -> None:
        for subject in range(25):
            pair = bucket(f"pair {subject}", 3600)
            subjects = bucket("subjects", 3600, unless_seen=pair.key)
            assert attempt([bucket("tries"), subjects, pair], standing_clock) == 0

    in_threads(8, tries)
    with transaction.atomic():
        tried, subjects = limits.count([bucket("tries"), bucket("subjects", 3600)], standing_clock)
    assert (tried.before, subjects.before) == (200, 25)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_read_then_write_loses_counts(standing_clock: float) -> None:
    """The naive way, as a control: if this counts exactly, the tests above prove nothing."""
    key = limits.key("test", "naive")
    Counter.objects.create(key=key, count=0, expires=standing_clock + 60, last=0)
    together = threading.Barrier(8, timeout=30)

    def tries(_thread: int) -> None:
        for _ in range(5):
            row = Counter.objects.get(pk=key)
            together.wait()
            row.count += 1
            row.save()

    in_threads(8, tries)
    assert Counter.objects.get(pk=key).count < 40
