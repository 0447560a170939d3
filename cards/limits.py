"""The limits of the enquiry: counted exactly, keyed by digest, in the database or, where configured, in Redis.

Every bucket belongs to a window of time. Below its limit a try passes; past it each further try must wait, twice as
long as the one before, until the window ends. A refused try changes nothing: the counts are rolled back with it.
"""

import logging
import threading
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection

from cards import sealing

logger = logging.getLogger("cards.limits")

LONGEST_WAIT = 3600.0


@dataclass(frozen=True)
class Bucket:
    """One thing that is counted: its key, its window in seconds, and what a try adds to it.

    `limit` None only counts; `wait` is the first waiting time in seconds past the limit, 0 closes until the window
    ends. `unless_seen` adds nothing when another bucket of the same try, which adds one, has been counted within its
    own window already.
    """

    key: bytes
    window: int
    adds: int = 1
    limit: int | None = None
    wait: float = 0.0
    unless_seen: bytes | None = None


@dataclass(frozen=True)
class Count:
    """What the counter said: how many before this try, when the last was counted, when the window ends."""

    bucket: Bucket
    before: int
    last: float
    ends: float

    def open_again_at(self, now: float) -> float:
        """The moment from which the next try passes; 0 when it passes now."""
        limit = self.bucket.limit
        if limit is None or self.before < limit:
            return 0.0
        if not self.bucket.wait:
            return self.ends
        opens = min(self.last + min(self.bucket.wait * 2.0 ** min(self.before - limit, 20), LONGEST_WAIT), self.ends)
        return opens if opens > now else 0.0


def key(*parts: str) -> bytes:
    """The keyed digest under which something is counted."""
    return sealing.keyed_digest("limit", *parts)


# One row per bucket in one statement. RETURNING tells the count with this try's share in it, and `before`, which the
# update fills with the moment of the last counted try. A row to which nothing was ever added is as good as none.
_OLD = "(cards_counter.expires <= %(now)s OR cards_counter.count = 0)"
_UPSERT = """INSERT INTO cards_counter (key, expires, count, last, before) VALUES {rows}
ON CONFLICT (key) DO UPDATE SET
  before = CASE WHEN {old} THEN 0 ELSE cards_counter.last END,
  last = CASE WHEN excluded.count > 0 THEN %(now)s WHEN {old} THEN 0 ELSE cards_counter.last END,
  count = excluded.count + CASE WHEN {old} THEN 0 ELSE cards_counter.count END,
  expires = CASE WHEN {old} THEN excluded.expires ELSE cards_counter.expires END
RETURNING key, expires, count, before""".replace("{old}", _OLD)
_ROW = "(%(key{0})s, %(ends{0})s, {adds}, %(now)s, 0)"
# SQLite has one writer, so what the statement sees is what is. On PostgreSQL a second writer waits for the row but
# would still look at the table as it was: there the pair is counted first, and its new count is asked.
_UNSEEN_ONE_WRITER = """(SELECT CASE WHEN EXISTS (SELECT 1 FROM cards_counter s
  WHERE s.key = %(unless{0})s AND s.expires > %(now)s AND s.count > 0) THEN 0 ELSE %(adds{0})s END)"""
_UNSEEN = "(SELECT CASE WHEN s.count > 1 THEN 0 ELSE %(adds{0})s END FROM seen s WHERE s.key = %(unless{0})s)"
_IN_TURN = "WITH seen AS ({first}), rest AS ({then}) SELECT * FROM seen UNION ALL SELECT * FROM rest"


def _statement(buckets: list[Bucket], vendor: str) -> str:
    """The one statement that counts these buckets."""
    unseen = _UNSEEN if vendor == "postgresql" else _UNSEEN_ONE_WRITER
    asked = {bucket.unless_seen for bucket in buckets if bucket.unless_seen}
    first: list[str] = []
    then: list[str] = []
    for place, bucket in enumerate(buckets):
        adds = unseen if bucket.unless_seen else "%(adds{0})s"
        (first if bucket.key in asked else then).append(_ROW.format(place, adds=adds.format(place)))
    if vendor == "postgresql" and first:
        return _IN_TURN.format(first=_UPSERT.format(rows=", ".join(first)), then=_UPSERT.format(rows=", ".join(then)))
    return _UPSERT.format(rows=", ".join(then + first))


def count_in_database(buckets: list[Bucket], now: float) -> list[Count]:
    """Count in one statement; call it inside the transaction that a refusal rolls back."""
    values: dict[str, Any] = {"now": now}
    for place, bucket in enumerate(buckets):
        values |= {f"key{place}": bucket.key, f"ends{place}": now + bucket.window, f"adds{place}": bucket.adds}
        if bucket.unless_seen:
            values[f"unless{place}"] = bucket.unless_seen
    with connection.cursor() as cursor:
        cursor.execute(_statement(buckets, connection.vendor), values)
        told = {bytes(row[0]): row[1:] for row in cursor.fetchall()}

    def added(bucket: Bucket) -> int:
        return 0 if bucket.unless_seen and told[bucket.unless_seen][1] > 1 else bucket.adds

    return [
        Count(bucket, told[bucket.key][1] - added(bucket), told[bucket.key][2], told[bucket.key][0])
        for bucket in buckets
    ]


# The same in Redis, in one script and therefore at once: first every bucket is judged, then, if none refuses, counted.
_SCRIPT = """
local now, told, refused = tonumber(ARGV[1]), {}, false
for i, k in ipairs(KEYS) do
  local a = 2 + (i - 1) * 5
  local c = redis.call('HMGET', k, 'count', 'last', 'expires')
  local count, last, expires = tonumber(c[1] or 0), tonumber(c[2] or 0), tonumber(c[3] or 0)
  if expires <= now then count, last, expires = 0, 0, now + tonumber(ARGV[a]) end
  told[i] = {count, last, expires}
  local limit, wait = tonumber(ARGV[a + 2]), tonumber(ARGV[a + 3])
  if limit >= 0 and count >= limit then
    local opens = expires
    if wait > 0 then opens = math.min(last + math.min(wait * 2 ^ math.min(count - limit, 20), 3600), expires) end
    if opens > now then refused = true end
  end
end
if not refused then
  local adds = {}
  for i, k in ipairs(KEYS) do
    local a = 2 + (i - 1) * 5
    adds[i] = tonumber(ARGV[a + 1])
    local other = tonumber(ARGV[a + 4])
    if other > 0 and told[other][1] > 0 then adds[i] = 0 end
  end
  for i, k in ipairs(KEYS) do
    if adds[i] > 0 then
      local ends = string.format('%.17g', told[i][3])
      redis.call('HSET', k, 'count', told[i][1] + adds[i], 'last', ARGV[1], 'expires', ends)
      redis.call('PEXPIREAT', k, math.ceil(told[i][3] * 1000))
    end
  end
end
local out = {}
for i, t in ipairs(told) do out[i] = {t[1], string.format('%.17g', t[2]), string.format('%.17g', t[3])} end
return out
"""


@lru_cache(maxsize=2)
def _redis(url: str) -> Any:
    import redis

    client = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
    return client, client.register_script(_SCRIPT)


def count_in_redis(buckets: list[Bucket], now: float) -> list[Count]:
    """Count in Redis; a try that is refused changes nothing there."""
    _client, script = _redis(settings.REDIS_URL)
    places = {bucket.key: place for place, bucket in enumerate(buckets, start=1)}
    arguments: list[Any] = [now]
    for bucket in buckets:
        limit = -1 if bucket.limit is None else bucket.limit
        other = places[bucket.unless_seen] if bucket.unless_seen else 0
        arguments += [bucket.window, bucket.adds, limit, bucket.wait, other]
    told = script(keys=[b"limit:" + bucket.key for bucket in buckets], args=arguments)
    return [
        Count(bucket, int(before), float(last), float(ends))
        for bucket, (before, last, ends) in zip(buckets, told, strict=True)
    ]


def count(buckets: list[Bucket], now: float) -> list[Count]:
    """Count a try in every bucket, in Redis where it is configured and answers, otherwise in the database."""
    if settings.REDIS_URL:
        import redis

        try:
            return count_in_redis(buckets, now)
        except redis.RedisError:
            logger.warning("Redis does not answer; the database counts the limits.")
    return count_in_database(buckets, now)


@dataclass
class Alarm:
    """Counts all enquiries of this process by the minute and raises an alarm; it refuses nobody."""

    minute: int = 0
    seen: int = 0
    raised: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(self) -> None:
        """Count one enquiry; log once in a minute that brings more than the setting allows."""
        minute = int(time.time() // 60)
        with self.lock:
            if minute != self.minute:
                self.minute, self.seen = minute, 0
            self.seen += 1
            passed = self.seen == settings.LIMIT_OVERALL_PER_MINUTE + 1
        if passed:
            self.raised.append(minute)
            logger.error("More than %s enquiries a minute in one process.", settings.LIMIT_OVERALL_PER_MINUTE)


alarm = Alarm()
