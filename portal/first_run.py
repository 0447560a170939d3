"""Brings a fresh clone to a running portal: keys, database, contents, static files, then the processes."""

import base64
import hashlib
import io
import os
import secrets
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Rules first, because people are admitted under them; groups before the demo accounts that join them.
CONTENTS = ("load_rules", "load_situations", "load_groups", "load_guides")
HOST = "127.0.0.1"
# Enough for every stage and every kind of report, and made in seconds; `manage.py demo` makes more.
DEMO_HOLDERS = 80


def fresh_settings() -> str:
    """Return a .env with keys that no other installation has."""
    sealing, index, paper = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(3))
    lines = {
        "DEMO": "1",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SEALING_KEYS": f"demo-1:A256GCM:{sealing}",
        "INDEX_KEYS": f"demo-1:HS256:{index}",
        "PAPER_KEYS": f"demo-1:ed25519:{paper}",
        "DEMO_PASSWORD": secrets.token_urlsafe(12),
        # Numbers and addresses that nobody has.
        "HOTLINE_SMS": "0000-5550099",
        "HOTLINE_FAX": "0000-5550098",
        "HOTLINE_EMAIL": "ask@card.example",
        "HOTLINE_SIGN_VIDEO": "https://sign.card.example/",
        "WECHAT_NAME": "示例社保卡",
        "WECHAT_QR": "https://card.example/wechat",
    }
    head = "# Written by the first `make run`; .env.example explains every setting.\n"
    return head + "".join(f"{name}={value}\n" for name, value in lines.items())


def write_settings(path: Path) -> bool:
    """Write .env for its owner's eyes only, unless there is one or the environment brings the keys."""
    if path.exists() or "SECRET_KEY" in os.environ:
        return False
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(fresh_settings())
    return True


def say(text: str) -> None:
    """Print one line of progress at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def prepare_database() -> None:
    """Migrate if there is something to migrate, load what every installation needs, and the demo once."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from cards.models import Cardholder

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Preparing the database")
        call_command("migrate", verbosity=0, interactive=False)
    for command in CONTENTS:
        call_command(command, verbosity=0, stdout=io.StringIO())
    if settings.DEMO and not Cardholder.objects.exists():
        say("Making up people, cards and cases for the demonstration")
        call_command("demo", holders=DEMO_HOLDERS, verbosity=0)
        call_command("demo_drafts", verbosity=0)


def static_sources() -> Iterator[str]:
    """Yield a line for every static file, which changes when the file does."""
    from django.contrib.staticfiles.finders import get_finders

    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            yield f"{name} {facts.st_size} {facts.st_mtime_ns}"


def collect_static_if_changed() -> None:
    """Build the static files, compressed and named by their content, when one of them is new."""
    from django.conf import settings
    from django.core.management import call_command

    mark = hashlib.sha256("\n".join(sorted(static_sources())).encode()).hexdigest()
    target = Path(settings.STATIC_ROOT)
    stamp = target.with_name(f"{target.name}.stamp")
    if target.exists() and stamp.exists() and stamp.read_text() == mark:
        return
    say("Building the static files")
    call_command("collectstatic", verbosity=0, interactive=False, clear=target.exists())
    stamp.write_text(mark)


def show_the_way(address: str) -> None:
    """Print where to go, the numbers to try and the accounts."""
    from django.conf import settings
    from django.core.management import call_command

    say(f"\nThe portal is open: {address}/   staff: {address}/admin/   (Ctrl-C ends it)")
    if settings.DEMO:
        call_command("demo", "--show")


def free(port: int) -> bool:
    """Tell whether nobody listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def serve(port: int) -> None:
    """Be gunicorn."""
    from gunicorn.app import wsgiapp

    sys.argv = ["gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", f"{HOST}:{port}", "portal.wsgi"]
    wsgiapp.run()


def main() -> int:
    """Prepare what is missing, then run the server and the worker until one of them ends."""
    os.chdir(ROOT)
    port = int(os.environ.get("PORT") or 8000)
    if not free(port):
        say(f"Port {port} is taken. Try another one: make run PORT={port + 1}")
        return 1
    address = f"http://{HOST}:{port}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    (ROOT / "var").mkdir(exist_ok=True)
    if write_settings(ROOT / ".env"):
        say("Wrote .env with fresh keys")
    os.environ.setdefault("SITE_URL", address)

    import django
    from django.core.management import call_command
    from django.db import connections

    from portal import catalogues, supervisor

    catalogues.compile_if_needed()
    django.setup()
    prepare_database()
    collect_static_if_changed()
    # A forked process must not share a connection with its parent.
    connections.close_all()
    work = {"server": lambda: serve(port), "worker": lambda: call_command("run_worker")}
    return supervisor.run(work, f"{address}/readyz", lambda: show_the_way(address))


if __name__ == "__main__":
    sys.exit(main())
