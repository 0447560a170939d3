"""Runs every check that is no test; one line each, and the first one that fails shows what it said."""

import os
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tests.harness import environment

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")
PACKAGES = ("portal", "cards", "guidance")
CHECKS: dict[str, tuple[str | Path, ...]] = {
    "format": (BIN / "ruff", "format", "--check", "."),
    "lint": (BIN / "ruff", "check", "."),
    "types": (BIN / "mypy", *PACKAGES),
    "import rules": (BIN / "lint-imports",),
    "templates": (BIN / "djlint", "--lint", "--quiet", "templates"),
    "missing migrations": (*MANAGE, "makemigrations", "--check", "--dry-run"),
    "messages": (*MANAGE, "catalogues", "--check"),
    "workflow diagram": (*MANAGE, "workflow_diagram", "--check"),
    "national days": (*MANAGE, "national_days", "--check"),
    "deployment": (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"),
}
# What an installation in public would have.
PRODUCTION = {
    "SITE_URL": "https://cards.example.org",
    "ALLOWED_HOSTS": "cards.example.org",
    "ENQUIRY_POLICY": "number_and_code",
    "TRUSTED_PROXIES": "unix",
    "REQUIRE_STAFF_OTP": "1",
    "DJANGO_SETTINGS_MODULE": "portal.settings",
}


def run(command: tuple[str | Path, ...]) -> tuple[int, str, float]:
    """Return exit code, output and seconds of one check."""
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout, time.monotonic() - started


def main() -> int:
    """Run the checks two at a time, tell them in order, stop at the first that fails."""
    environment.prepare()
    os.environ.update(PRODUCTION)
    with ThreadPoolExecutor(2) as pool:
        running: dict[str, Future[tuple[int, str, float]]] = {
            name: pool.submit(run, command) for name, command in CHECKS.items()
        }
        for name, future in running.items():
            code, output, seconds = future.result()
            sys.stdout.write(f"{name:20}{'FAILED' if code else 'ok':8}{seconds:5.1f} s\n")
            sys.stdout.flush()
            if code:
                pool.shutdown(wait=False, cancel_futures=True)
                sys.stdout.write(f"\n{output}\n")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
