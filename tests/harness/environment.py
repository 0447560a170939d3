"""The environment every test runs in: fixed test-only keys, nothing from .env or from the shell."""

import base64
import hashlib
import os
import re
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_key(purpose: str) -> str:
    """Return 32 bytes that are the same in every run and in every worker, as base64."""
    return base64.b64encode(hashlib.sha256(f"for tests only: {purpose}".encode()).digest()).decode()


VALUES = {
    "ENV_FILE": os.devnull,
    "SECRET_KEY": f"for-tests-only-{test_key('secret')}",
    "SEALING_KEYS": f"test-2:A256GCM:{test_key('seal 2')},test-1:A256GCM:{test_key('seal 1')}",
    "INDEX_KEYS": f"test-1:HS256:{test_key('index 1')}",
    "PAPER_KEYS": f"2:ed25519:{test_key('paper 2')},1:ed25519:{test_key('paper 1')}",
    "SITE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost,[::1]",
    # Tests of the second factor switch it on; the others sign in with one step.
    "REQUIRE_STAFF_OTP": "0",
}


def setting_names() -> list[str]:
    """Return every setting that `.env.example` names."""
    return re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)


def prepare() -> Path:
    """Set the environment; return the folder of this process, within the one that pytest makes and removes."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    # A folder for each worker: what a test starts as a process of its own must not meet another worker's database.
    folder = Path(os.environ.get("TEST_FOLDER", tempfile.gettempdir()), worker)
    folder.mkdir(exist_ok=True)
    if os.environ.get("TEST_PREPARED") == f"{folder}":
        return folder  # a process that a test started keeps what the test gave it
    for name in setting_names():
        os.environ.pop(name, None)
    os.environ.update(VALUES)
    os.environ["TEST_PREPARED"] = f"{folder}"
    os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{folder / 'portal.sqlite3'}"
    return folder
