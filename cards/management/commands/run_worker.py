"""`manage.py run_worker`: what happens by the clock, every half minute until it is told to stop."""

import logging
import signal
import threading
import time
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from cards.management import jobs

logger = logging.getLogger("cards.worker")
ROUND = 30.0


class Command(BaseCommand):
    """Runs the jobs; each deed in them is one transaction, so it may be killed at any moment."""

    help = (
        "Let oral reports lapse, recall uncollected cards, draw forecasts anew, publish guides at their time, "
        "remove what is kept no longer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --once."""
        parser.add_argument("--once", action="store_true", help="run every job once; exit code 1 when one failed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run once, or in rounds."""
        if options["once"]:
            failed = [job.name for job in jobs.all_jobs() if not self._run(job, options["verbosity"])]
            if failed:
                raise CommandError(f"Failed, see the log: {', '.join(failed)}.")
            return
        self._rounds(options["verbosity"])

    def _rounds(self, verbosity: int) -> None:
        stop = threading.Event()

        def end(_signal: int, _frame: FrameType | None) -> None:
            stop.set()

        for told in (signal.SIGTERM, signal.SIGINT):
            signal.signal(told, end)
        if verbosity:
            self.stdout.write("The worker runs.")
        every = jobs.all_jobs()
        due = dict.fromkeys((job.name for job in every), 0.0)
        while not stop.is_set():
            close_old_connections()
            for job in every:
                if due[job.name] <= time.monotonic() and not stop.is_set():
                    due[job.name] = time.monotonic() + job.every
                    self._run(job, verbosity)
            stop.wait(ROUND)
        if verbosity:
            self.stdout.write("The worker has stopped.")

    def _run(self, job: jobs.Job, verbosity: int) -> bool:
        """Run a job; a failure is logged, and the other jobs go on."""
        try:
            done = job.run()
        except Exception:
            logger.exception("The job %r failed.", job.name)
            return False
        if done and verbosity:
            self.stdout.write(f"{job.name}: {done}")
        return True
