"""Settings that would be dangerous stop the start, in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def start(code: str = "import django; django.setup()", **environment: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a fresh process under the harness's own environment with some of it changed."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_demonstration_that_others_can_reach_is_refused():
    done = start(DEMO="1", SITE_URL="https://cards.example.org", ALLOWED_HOSTS="cards.example.org")
    assert done.returncode != 0
    assert "DEMO=1 on an https address that others can reach" in done.stderr


def test_a_demonstration_behind_tls_on_this_machine_starts():
    done = start(DEMO="1", SITE_URL="https://127.0.0.1:8443", ALLOWED_HOSTS="127.0.0.1,localhost")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "SEALING_KEYS", "INDEX_KEYS", "PAPER_KEYS"])
def test_a_missing_secret_is_named_with_advice(name):
    done = start(**{name: "", "ENV_FILE": "no-such-file"})
    assert done.returncode != 0
    assert f"{name} is not set." in done.stderr
    assert "`make run` writes a .env with fresh keys." in done.stderr


def test_on_https_the_cookies_are_bound_to_this_very_host():
    names = (
        "from django.conf import settings; "
        "print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.ANSWER_COOKIE_NAME)"
    )
    done = start(names, SITE_URL="https://cards.example.org", ALLOWED_HOSTS="cards.example.org")
    assert done.stdout.split() == ["__Host-sessionid", "__Host-csrftoken", "__Host-answer"]
    assert start(names).stdout.split() == ["sessionid", "csrftoken", "answer"]
