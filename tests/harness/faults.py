"""Runs races, kills and doubles at full size on SQLite and then on PostgreSQL; arguments go to pytest."""

import os
import subprocess
import sys
import time

from tests.harness.both import DATABASES, ROOT

FULL_SIZE = "1000"
# As many pairs of answers are timed.
PAIRS = "2000"


def run(database: str) -> int:
    """Run on one database, alone on the machine's cores; each test prints what happened in how many rounds."""
    sys.stdout.write(f"\n== Faults on {DATABASES[database]}, {FULL_SIZE} rounds\n")
    sys.stdout.flush()
    command = [sys.executable, "-m", "pytest", f"--database={database}", "-q", "-m", "races", "-p", "no:randomly"]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [*command, "--durations=0", "--durations-min=1", *sys.argv[1:]],
        cwd=ROOT,
        env={"RACES": FULL_SIZE, "TIMING": PAIRS} | environment,
    ).returncode


def main() -> int:
    """Run both, also when the first fails; return 0 only when both passed."""
    started = time.monotonic()
    codes = {name: run(database) for database, name in DATABASES.items()}
    words = ", ".join(f"{name} {'stood' if code == 0 else 'FAILED'}" for name, code in codes.items())
    sys.stdout.write(f"\n{words} in {time.monotonic() - started:.0f} s\n")
    return max(codes.values())


if __name__ == "__main__":
    sys.exit(main())
