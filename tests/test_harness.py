"""The harness itself: what it promises to refuse, it refuses."""

import os
import re
import socket
import subprocess
import sys
import warnings
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import timezone

from portal.network import within_limit
from tests.harness.network import NetworkClosed
from tests.harness.templates import UndefinedVariable

ROOT = Path(__file__).resolve().parent.parent


def test_warning_is_an_error() -> None:
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 80)])
def test_network_is_closed(address: tuple[str, int]) -> None:
    with pytest.raises(NetworkClosed):
        socket.create_connection(address, timeout=1)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


@pytest.mark.parametrize(
    "source",
    [
        "{{ unknown }}",
        "{{ known.unknown }}",
        "{{ unknown|upper }}",
        "{% blocktranslate %}a {{ unknown }}{% endblocktranslate %}",
    ],
)
def test_undefined_variable_fails(source: str) -> None:
    with pytest.raises(UndefinedVariable, match="unknown"):
        Template(source).render(Context({"known": {}}))


def test_undefined_variable_in_a_condition_is_a_question_and_allowed() -> None:
    assert Template("{% if unknown %}a{% else %}b{% endif %}").render(Context()) == "b"


def test_template_of_a_package_may_leave_variables_undefined() -> None:
    assert "<nav" in render_to_string("admin/nav_sidebar.html", {"request": None})


def test_clock_stands_at_a_moment_in_china(clock: Callable[[str], datetime]) -> None:
    clock("2026-03-02 00:30")
    assert timezone.localtime().isoformat() == "2026-03-02T00:30:00+08:00"
    assert timezone.now().isoformat() == "2026-03-01T16:30:00+00:00"


def test_valkey_is_a_real_server_and_the_counter_of_the_test(valkey: str) -> None:
    assert [within_limit("word", "here", 1, 60) for _try in range(2)] == [True, False]
    with redis.Redis.from_url(valkey) as client:
        assert client.dbsize() == 1


def test_settings_come_from_neither_env_file_nor_shell() -> None:
    assert os.environ["ENV_FILE"] == os.devnull
    assert settings.DEMO is False
    assert settings.SEALING_KEYS.startswith("test-2:")


@pytest.mark.django_db
@pytest.mark.sqlite
def test_database_is_sqlite() -> None:
    assert connection.vendor == "sqlite"


@pytest.mark.django_db
@pytest.mark.postgres
def test_database_is_postgresql() -> None:
    assert connection.vendor == "postgresql"


def test_skip_fails_in_ci(tmp_path: Path) -> None:
    """A run of its own, because the rule is read at start; in its own folder, because other runs read this one."""
    test = tmp_path / "test_skip.py"
    test.write_text("import pytest\n\n\ndef test_a():\n    pytest.skip('no reason')\n")
    environment = {k: v for k, v in os.environ.items() if not re.match("PYTEST|TEST_|DJANGO_", k)}
    options = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-p",
        "tests.conftest",
        "-c",
        str(ROOT / "pyproject.toml"),
    ]
    told = {
        ci: subprocess.run(
            [sys.executable, "-m", "pytest", *options, str(test)],
            env=environment | {"CI": ci},
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        for ci in ("", "true")
    }
    assert told[""].returncode == 0, told[""].stdout
    assert "1 skipped" in told[""].stdout
    assert told["true"].returncode == 1
    assert "CI=true: nothing may be skipped" in told["true"].stdout


def test_every_setting_is_explained_in_the_example() -> None:
    """Compare the names of `.env.example` with what settings.py reads, both ways."""
    source = (ROOT / "portal" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'\b(?:env\.\w+|required)\(\s*"([A-Z_]+)"', source))
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    blocks = re.findall(r"((?:^# .*\n)+)#?([A-Z_]+)=.*$", example, re.MULTILINE)
    assert {name for _sentence, name in blocks} == read
    assert all(sentence.rstrip().endswith(".") for sentence, _name in blocks)
