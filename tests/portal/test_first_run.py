"""The first start: keys of its own, for its owner's eyes; and processes that end together."""

import base64
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal import first_run, supervisor

ROOT = Path(__file__).resolve().parents[2]
TWO_CHILDREN = """
import http.server, os, sys, time
from portal import supervisor

def serve():
    http.server.HTTPServer(("127.0.0.1", {port}), http.server.SimpleHTTPRequestHandler).serve_forever()

def work():
    print("worker", os.getpid(), flush=True)
    time.sleep({seconds})

address = "http://127.0.0.1:{port}/"
sys.exit(supervisor.run({{"server": serve, "worker": work}}, address, lambda: print("ready", flush=True)))
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def start(seconds: float) -> subprocess.Popen[str]:
    source = TWO_CHILDREN.format(port=free_port(), seconds=seconds)
    return subprocess.Popen(
        [sys.executable, "-c", source], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def is_running(pid: int) -> bool:
    """Tell whether a process lives; one that has ended and was not waited for does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def values(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))


def test_settings_are_for_the_owner_alone_and_never_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY")
    path = tmp_path / ".env"
    assert first_run.write_settings(path)
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    assert not first_run.write_settings(path)
    assert path.read_bytes() == before


def test_no_settings_are_written_where_the_environment_brings_keys(tmp_path: Path) -> None:
    assert "SECRET_KEY" in os.environ
    assert not first_run.write_settings(tmp_path / ".env")
    assert not (tmp_path / ".env").exists()


def test_fresh_keys_have_their_full_length_and_say_that_they_are_for_a_demonstration() -> None:
    one, other = values(first_run.fresh_settings()), values(first_run.fresh_settings())
    assert one["DEMO"] == "1"
    for name, algorithm in (("SEALING_KEYS", "A256GCM"), ("INDEX_KEYS", "HS256"), ("PAPER_KEYS", "ed25519")):
        key_id, its_algorithm, key = one[name].split(":")
        assert key_id.startswith("demo")
        assert its_algorithm == algorithm
        assert len(base64.b64decode(key)) == 32
    secret = {name for name in one if name.endswith(("KEY", "KEYS", "PASSWORD"))}
    assert secret == {"SECRET_KEY", "SEALING_KEYS", "INDEX_KEYS", "PAPER_KEYS", "DEMO_PASSWORD"}
    assert not {name for name in secret if one[name] == other[name]}
    assert set(one) - secret == {
        "DEMO", "HOTLINE_SMS", "HOTLINE_FAX", "HOTLINE_EMAIL", "HOTLINE_SIGN_VIDEO", "WECHAT_NAME", "WECHAT_QR",
    }  # fmt: skip


def test_taken_port_is_noticed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not first_run.free(port)
    assert first_run.free(port)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_processes_end_together_when_asked(number: signal.Signals) -> None:
    process = start(seconds=60)
    assert process.stdout
    told = process.stdout.readline() + process.stdout.readline()
    assert "ready" in told
    worker = int(re.search(r"worker (\d+)", told)[1])  # type: ignore[index]
    process.send_signal(number)
    assert process.wait(timeout=20) == 0
    assert not is_running(worker)
    process.communicate()


def test_processes_end_together_when_one_ends_by_itself() -> None:
    process = start(seconds=0.1)
    out, error = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "The worker ended by itself (exit code 0); everything stops." in error
    assert not is_running(int(re.search(r"worker (\d+)", out)[1]))  # type: ignore[index]


def test_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PATIENCE_SECONDS", 0.2)
    handlers = {number: signal.getsignal(number) for number in supervisor.ENDING}
    try:
        address = f"http://127.0.0.1:{free_port()}/"
        assert supervisor.run({"server": lambda: time.sleep(30)}, address, lambda: None) == 1
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
