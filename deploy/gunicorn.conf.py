"""The application server: loopback or a socket only, with nginx in front of it; `make run` uses it alone."""

import multiprocessing
import os
from pathlib import Path

bind = os.environ.get("GUNICORN_BIND", "unix:/run/card-portal/portal.sock")
workers = int(os.environ.get("WEB_CONCURRENCY", min(2 * multiprocessing.cpu_count(), 8)))
# Threads, because a browser's spare connection would hold a whole process of the plain kind for 30 seconds.
worker_class = "gthread"
threads = 4
# With keep-alive and one shared listener a single process sometimes takes every connection.
reuse_port = not bind.startswith("unix:")
keepalive = 5
timeout = 30
graceful_timeout = 10
# A fresh process now and then, not all at the same time.
max_requests = 10_000
max_requests_jitter = 1_000
# The header of a look-up carries no number, but whoever sends long lines is no browser.
limit_request_line = 4094
limit_request_fields = 60
accesslog = None
errorlog = "-"
loglevel = "warning"
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  (only a heartbeat file)
