"""Makes the databases the benchmark reads: the demo, the floor's thousand users, directories of two sizes."""

import json
import os
import subprocess
import sys
from pathlib import Path

from portal import first_run

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "var" / "bench"
UNLIMITED = dict.fromkeys(
    (
        "LIMIT_NETWORK_TRIES_PER_MINUTE",
        "LIMIT_NETWORK_SUBJECTS_PER_HOUR",
        "LIMIT_PAIR_MISSES",
        "LIMIT_SUBJECT_MISSES_PER_DAY",
        "LIMIT_OVERALL_PER_MINUTE",
    ),
    "1000000000",
)

# An Official Account nobody has, so that the callback answers.
WECHAT = {
    "WECHAT_TOKEN": "benchmark",
    "WECHAT_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "WECHAT_APP_ID": "wx0000000000000000",
    "WECHAT_ACCOUNT": "gh_000000000000",
}

_FLOOR = """
import django; django.setup()
from django.core.management import call_command
from django.contrib.auth.models import User
call_command("migrate", verbosity=0)
User.objects.bulk_create(User(username=f"user{n}", email=f"user{n}@example.org") for n in range(1000))
"""

# Numbers to ask for: people with an open application, and one paper of the first of them with its code.
_SAMPLE = """
import django, json; django.setup()
from cards.models import Application, Cardholder, IdNumberIndex
open_ones = Application.objects.open().select_related("holder", "receipt").order_by("pk")[:500]
people = [[a.holder.id_number, a.receipt.query_code, a.receipt_id] for a in open_ones]
if not people:
    people = [[h.id_number, "", ""] for h in Cardholder.objects.order_by("pk")[:500]]
print(json.dumps(people))
"""

_LOOK_UPS = """
import django, json, statistics, time; django.setup()
from cards import case_reading, enquiry
from cards.actors import Actor
from cards.models import Cardholder, IdNumberIndex
from cards.vocabulary import Channel, Party
numbers = [h.id_number for h in Cardholder.objects.order_by("pk")[:400]]
citizen = Actor(Party.HOLDER, Channel.WEB)
def ask(number):
    case_reading.read_case(enquiry.look_up(enquiry.Question(number), network="192.0.2.1", actor=citizen))
def median(act):
    times = []
    for number in numbers * 5:
        began = time.perf_counter()
        act(number)
        times.append(time.perf_counter() - began)
    return statistics.median(times)
print(json.dumps([median(IdNumberIndex.objects.holder_id_of), median(ask)]))
"""


def environment(database: str) -> dict[str, str]:
    """The settings of the portal on one of the benchmark's databases, with the limits raised."""
    return (
        UNLIMITED
        | WECHAT
        | {"DATABASE_URL": f"sqlite:///{PLACE / database}", "DJANGO_SETTINGS_MODULE": "portal.settings"}
    )


def run(*command: str, env: dict[str, str]) -> str:
    """Run a command of the project and return what it printed."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, *command], cwd=ROOT, env=os.environ | env, check=True, capture_output=True, text=True
    )
    return done.stdout


def built_files() -> None:
    """Build what a fresh clone has not: keys, the Chinese catalogue, the static files whose names every page holds."""
    first_run.write_settings(ROOT / ".env")
    run("-c", "from portal import catalogues; catalogues.compile_if_needed()", env={})
    run("manage.py", "collectstatic", "--noinput", "--verbosity", "0", env={})


def portal_database(name: str, *demo: str) -> dict[str, str]:
    """Make a database of the portal with demo data once, and return its environment."""
    env = environment(name)
    if not (PLACE / f"{name}.done").exists():
        PLACE.mkdir(parents=True, exist_ok=True)
        for old in PLACE.glob(f"{name}*"):
            old.unlink()
        for command in (
            ["migrate", "--verbosity", "0"],
            ["load_rules"],
            ["load_groups"],
            ["load_guides"],
            ["demo", *demo],
        ):
            run("manage.py", *command, env=env)
        (PLACE / f"{name}.done").touch()
    return env


def floor_environment(floor: str) -> dict[str, str]:
    """The settings of a floor, its database made anew."""
    PLACE.mkdir(parents=True, exist_ok=True)
    database = PLACE / f"floor-{floor}.sqlite3"
    database.unlink(missing_ok=True)
    env = {
        "FLOOR": floor,
        "FLOOR_DATABASE": str(database),
        "DJANGO_SETTINGS_MODULE": "benchmarks.floors",
        "PYTHONPATH": str(ROOT),
    }
    if floor == "default":
        run("-c", _FLOOR, env=env)
    return env


def sample(env: dict[str, str]) -> list[list[str]]:
    """ID numbers in a database, each with query code and number of its receipt."""
    return json.loads(run("-c", _SAMPLE, env=env))


def median_look_ups(env: dict[str, str]) -> list[float]:
    """Median seconds of the directory's bare statement, and of a whole enquiry with its counts and its record."""
    return json.loads(run("-c", _LOOK_UPS, env=env))
