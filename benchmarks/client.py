"""A load client of raw sockets: cheap enough to leave the cores to the servers. One connection a request."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Load:
    """What one round brought: latencies in seconds, and every answer that was not the expected status."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return len(self.latencies)


def fetch(port: int, request: bytes) -> bytes:
    """Send one request and read the answer to its end."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def request(method: str, path: str, *, cookie: str = "", body: bytes = b"", language: str = "zh-CN") -> bytes:
    """The bytes of a request as a browser would send it, closing the connection."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Accept-Language: {language}", "Connection: close"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def run(port: int, make: Callable[[int], bytes], *, expect: bytes, seconds: float, threads: int) -> Load:
    """Ask for some seconds from several threads; every answer must begin with the expected status."""
    load = Load()
    end = time.perf_counter() + seconds

    def ask(first: int) -> None:
        number = first
        while (began := time.perf_counter()) < end:
            answer = fetch(port, make(number))
            load.latencies.append(time.perf_counter() - began)
            status = answer[9:12]
            if status != expect:
                load.errors.append(f"{status!r}")
            number += threads

    began = time.perf_counter()
    workers = [threading.Thread(target=ask, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    load.seconds = time.perf_counter() - began
    return load
