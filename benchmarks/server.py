"""Starts a server for a candidate and reads what it cost: CPU time and memory of its workers, from /proc."""

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parent.parent


class Server:
    """One gunicorn with two workers on a free port."""

    def __init__(self, application: str, environment: dict[str, str], workers: int = 2) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", application, "--config", "deploy/gunicorn.conf.py"]
        command += ["--max-requests", "0", "--no-control-socket"]
        environment = environment | {"GUNICORN_BIND": f"127.0.0.1:{self.port}", "WEB_CONCURRENCY": str(workers)}
        self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)  # noqa: S603
        self._wait()

    def _wait(self) -> None:
        for _ in range(300):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.1)
        raise RuntimeError("the server did not start")

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def cpu_seconds(self) -> float:
        """User and system time of all workers so far."""
        total = 0
        for pid in self.workers():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def memory(self) -> int:
        """Resident kilobytes of the largest worker."""
        sizes = []
        for pid in self.workers():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    sizes.append(int(line.split()[1]))
        return max(sizes)

    def stop(self) -> None:
        """End the server and its workers."""
        self.process.terminate()
        self.process.wait(20)
