"""Runs every test on SQLite and then on PostgreSQL; arguments go to pytest."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATABASES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def run(database: str) -> int:
    """Run the tests on one database with two workers; the last lines say what was skipped and why."""
    sys.stdout.write(f"\n== Tests on {DATABASES[database]}\n")
    sys.stdout.flush()
    command = [sys.executable, "-m", "pytest", f"--database={database}", "-q", "-n", "2", "--dist", "loadgroup"]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run([*command, *sys.argv[1:]], cwd=ROOT, env=environment).returncode


def main() -> int:
    """Run both, also when the first fails; return 0 only when both passed."""
    started = time.monotonic()
    codes = {name: run(database) for database, name in DATABASES.items()}
    words = ", ".join(f"{name} {'passed' if code == 0 else 'FAILED'}" for name, code in codes.items())
    sys.stdout.write(f"\n{words} in {time.monotonic() - started:.0f} s\n")
    return max(codes.values())


if __name__ == "__main__":
    sys.exit(main())
