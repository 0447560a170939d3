"""`python -m benchmarks`: interleaved rounds of every candidate, told as ratios to the floors.

Ratios, because a busy machine slows candidate and floor alike. CPU time per request is read from the workers
themselves and is the steadier of the two figures; requests per second include the client, which shares the cores.
"""

import argparse
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from wechatpy.crypto import WeChatCrypto

from benchmarks import prepare
from benchmarks.client import Load, fetch, request, run
from benchmarks.server import Server


@dataclass
class Candidate:
    """One thing to measure: its server, its requests, the status it must answer, and what rounds it had."""

    name: str
    server: Server
    make: Callable[[int], bytes]
    expect: bytes = b"200"
    rounds: list[tuple[Load, float]] = field(default_factory=list)

    def measure(self, seconds: float, threads: int) -> None:
        """One round."""
        before = self.server.cpu_seconds()
        load = run(self.server.port, self.make, expect=self.expect, seconds=seconds, threads=threads)
        self.rounds.append((load, self.server.cpu_seconds() - before))

    def rates(self) -> list[float]:
        """Requests per second, round by round."""
        return [load.requests / load.seconds for load, _cpu in self.rounds]

    def costs(self) -> list[float]:
        """CPU seconds per request, round by round."""
        return [cpu / load.requests for load, cpu in self.rounds]

    def latency(self, share: float) -> float:
        """Milliseconds within which this share of all requests was answered."""
        times = sorted(time for load, _cpu in self.rounds for time in load.latencies)
        return times[int(share * (len(times) - 1))] * 1000

    def errors(self) -> int:
        return sum(len(load.errors) for load, _cpu in self.rounds)


def cookies_of(answer: bytes) -> dict[str, str]:
    """The cookies an answer sets."""
    found = re.findall(rb"(?i)^set-cookie: ([^=]+)=([^;\r\n]*)", answer, re.M)
    return {name.decode(): value.decode() for name, value in found}


def enquiry(port: int, people: list[list[str]]) -> tuple[Callable[[int], bytes], bytes, bytes]:
    """Requests of the main job: the POST of the form, and the answer page at outline and at full level."""
    page = fetch(port, request("GET", "/status/"))
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if token is None:
        raise RuntimeError("the form carries no token")
    csrf = cookies_of(page)["csrftoken"]

    def post(number: int, code: bool = False) -> bytes:
        id_number, query_code, _receipt = people[number % len(people)]
        form = {"csrfmiddlewaretoken": token[1].decode(), "id_number": id_number, "code": query_code if code else ""}
        return request("POST", "/status/", cookie=f"csrftoken={csrf}", body=urlencode(form).encode())

    def answer(code: bool) -> bytes:
        given = {"csrftoken": csrf} | cookies_of(fetch(port, post(0, code)))
        cookie = "; ".join(f"{name}={value}" for name, value in given.items())
        return request("GET", "/status/answer/", cookie=cookie)

    return post, answer(False), answer(True)


def messages(people: list[list[str]]) -> Callable[[int], bytes]:
    """Requests of the WeChat platform: receipt numbers, each message a new one, encrypted by another hand."""
    account = prepare.WECHAT
    crypto = WeChatCrypto(account["WECHAT_TOKEN"], account["WECHAT_AES_KEY"], account["WECHAT_APP_ID"])
    begun = time.time_ns()

    def post(number: int) -> bytes:
        at, receipt = str(int(time.time())), people[number % len(people)][2]
        inner = (
            f"<xml><ToUserName>{account['WECHAT_ACCOUNT']}</ToUserName><FromUserName>o{number % 97}</FromUserName>"
            f"<CreateTime>{at}</CreateTime><MsgType>text</MsgType><Content>{receipt}</Content>"
            f"<MsgId>{begun}{time.perf_counter_ns()}</MsgId></xml>"
        )
        told = crypto.encrypt_message(inner, "nonce", at)
        (signature,) = re.findall(r"<MsgSignature><!\[CDATA\[(\w+)", told)
        path = f"/wechat/callback/?timestamp={at}&nonce=nonce&encrypt_type=aes&msg_signature={signature}"
        return request("POST", path, body=told.encode())

    return post


def ratios(candidate: Candidate, floor: Candidate) -> tuple[float, float]:
    """Median over the rounds: requests per second of candidate by floor, CPU per request of floor by candidate."""
    rate = statistics.median(a / b for a, b in zip(candidate.rates(), floor.rates(), strict=True))
    cost = statistics.median(b / a for a, b in zip(candidate.costs(), floor.costs(), strict=True))
    return rate, cost


def measured(candidates: list[Candidate], rounds: int, seconds: float, threads: int) -> None:
    """Warm up, then A B C … A B C …"""
    for candidate in candidates:
        candidate.measure(0.5, threads)
        candidate.rounds.clear()
    for _ in range(rounds):
        for candidate in candidates:
            candidate.measure(seconds, threads)


def table(candidates: list[Candidate], floors: dict[str, Candidate]) -> list[str]:
    """The table, a line per candidate."""
    lines = [
        f"{'':22}{'req/s':>8}{'cpu ms':>8}{'p50 ms':>8}{'p99 ms':>8}{'errors':>7}"
        f"{'× c req/s':>11}{'× c cpu':>9}{'× d req/s':>11}{'× d cpu':>9}"
    ]
    for one in candidates:
        c_rate, c_cost = ratios(one, floors["c"])
        d_rate, d_cost = ratios(one, floors["d"])
        lines.append(
            f"{one.name:22}{statistics.median(one.rates()):8.0f}{statistics.median(one.costs()) * 1000:8.2f}"
            f"{one.latency(0.5):8.2f}{one.latency(0.99):8.2f}{one.errors():7}"
            f"{c_rate:11.2f}{c_cost:9.2f}{d_rate:11.2f}{d_cost:9.2f}"
        )
    return lines


def main() -> int:
    """Measure, print, and fail where an answer was not what it must be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="interleaved rounds (at least 7 for a figure)")
    parser.add_argument("--seconds", type=float, default=2.0, help="seconds per candidate and round")
    parser.add_argument("--threads", type=int, default=4, help="connections at a time")
    parser.add_argument("--holders", type=int, default=1_000_000, help="size of the large directory; 0 leaves it out")
    given = parser.parse_args()

    prepare.built_files()
    env = prepare.portal_database("portal.sqlite3")
    people = prepare.sample(env)
    servers = {
        "c": Server("benchmarks.floor_wsgi", prepare.floor_environment("constant")),
        "d": Server("benchmarks.floor_wsgi", prepare.floor_environment("default")),
        "portal": Server("portal.wsgi", env),
    }
    try:
        portal = servers["portal"]
        post, outline, full = enquiry(portal.port, people)
        guide = request("GET", "/guides/lost-card/")
        home = request("GET", "/")
        floor = request("GET", "/")
        floors = {
            "c": Candidate("c: constant view", servers["c"], lambda n: floor),
            "d": Candidate("d: default django", servers["d"], lambda n: request("GET", f"/?n={n}")),
        }
        candidates = [
            *floors.values(),
            Candidate("guide", portal, lambda n: guide),
            Candidate("home", portal, lambda n: home),
            Candidate("answer, outline", portal, lambda n: outline),
            Candidate("answer, full", portal, lambda n: full),
            Candidate("enquiry POST", portal, post, b"303"),
            Candidate("WeChat message", portal, messages(people)),
        ]
        measured(candidates, given.rounds, given.seconds, given.threads)
        print("\n".join(table(candidates, floors)))
        memory = {name: server.memory() for name, server in servers.items()}
        print(
            f"\nmemory of a worker: portal {memory['portal'] / 1024:.0f} MB, d {memory['d'] / 1024:.0f} MB, ", end=""
        )
        print(f"ratio {memory['portal'] / memory['d']:.2f}")
    finally:
        for server in servers.values():
            server.stop()
    if given.holders:
        small = prepare.portal_database("small.sqlite3", "--bare", "--holders", "1000")
        large = prepare.portal_database(f"large-{given.holders}.sqlite3", "--bare", "--holders", str(given.holders))
        pairs = [(prepare.median_look_ups(small), prepare.median_look_ups(large)) for _ in range(5)]
        statement, whole = (statistics.median(b[n] / a[n] for a, b in pairs) for n in (0, 1))
        print(
            f"directory of {given.holders:,} against 1,000, median: "
            f"whole enquiry {whole:.2f} times, its one statement alone {statement:.2f} times"
        )
    return 1 if any(one.errors() for one in candidates) else 0


if __name__ == "__main__":
    raise SystemExit(main())
