"""What a process of the application server carries: the public's side at once, that of staff when staff come."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import Resolver404, get_urlconf, resolve, reverse
from django.utils.module_loading import import_string

from portal.middleware import PublicAddresses

# The desks, what only they need, and libraries that a task of its own imports.
STAFF = ("cards.admin", "cards.channels.counter", "cards.desk", "cards.intake", "cards.supervision", "guidance.admin")
HEAVY = (
    *("PIL", "segno", "xlsxwriter", "python_calamine", "markdown_it", "nh3", "babel", "rich", "prometheus_client"),
    *("defusedxml", "xml.etree", "smtplib", "weasyprint", "holidays", "redis"),
)

# A new process that answers requests one after another and tells of each: status, place, and what is loaded by then.
SERVER = """
import io, json, sys
from portal.wsgi import application
for path in sys.argv[1:]:
    told = []
    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "testserver",
             "SERVER_PORT": "80", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
             "wsgi.errors": sys.stderr, "SERVER_PROTOCOL": "HTTP/1.1"}
    answer = application(asked, lambda status, headers: told.extend([status[:3], dict(headers).get("Location")]))
    list(answer)
    answer.close()
    print(json.dumps([*told, sorted(sys.modules)]))
"""


def serve(*paths: str) -> list[tuple[str, str | None, list[str]]]:
    """Ask a new process, which works in this test's own database."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.settings_of_a_process",
        "TEST_DATABASE_NAME": str(connection.settings_dict["NAME"]),
    }
    done = subprocess.run(
        [sys.executable, "-c", SERVER, *paths],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


def among(loaded: list[str], names: tuple[str, ...]) -> list[str]:
    return [module for module in loaded if module.startswith(tuple(f"{name}." for name in names)) or module in names]


@pytest.mark.django_db(transaction=True)
def test_staff_bring_their_side_along_and_the_public_does_not() -> None:
    public = ("/", "/status/", "/lost-card/", "/guides/", "/outlets/", "/verify/", "/nothing/here/")
    *pages, login, asked = serve(*public, "/admin/login/", "/admin/cards/cardholder/")
    assert [status for status, _place, _loaded in pages] == ["200"] * (len(public) - 1) + ["404"]
    assert among(pages[-1][2], (*STAFF, *HEAVY)) == []
    assert login[0] == "200"
    assert {name for name in STAFF if name in login[2]} == set(STAFF)
    assert asked[:2] == ("302", "/admin/login/?next=/admin/cards/cardholder/")


def test_the_public_has_every_address_but_those_of_staff() -> None:
    public = import_string("portal.public_urls.urlpatterns")
    assert import_string("portal.urls.urlpatterns")[:-1] == public
    with pytest.raises(Resolver404):
        resolve("/admin/", urlconf="portal.public_urls")


def test_staff_who_leave_the_last_stroke_out_get_there(client: Client) -> None:
    assert client.get("/admin")["Location"] == "/admin/"


@pytest.mark.parametrize(("path", "known"), [("/", "portal.public_urls"), ("/admin/", None)])
def test_a_thread_knows_what_the_request_may_and_forgets_it(path: str, known: str | None) -> None:
    seen = []

    def answer(request: Any) -> Any:
        seen.append((getattr(request, "urlconf", None), get_urlconf()))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        PublicAddresses(answer)(RequestFactory().get(path))
    assert seen == [(known, known)]
    assert get_urlconf() is None
    assert reverse("admin:index") == "/admin/"


def test_two_who_come_at_once_both_find_the_desks() -> None:
    script = (
        "import django; django.setup(); from threading import Thread; from django.urls import reverse\n"
        "found = []\ndef look(): found.append(reverse('admin:cards_cardholder_changelist'))\n"
        "threads = [Thread(target=look) for _ in '4444']\n"
        "[thread.start() for thread in threads]; [thread.join() for thread in threads]; print(*found)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True, env=os.environ
    )
    assert done.stdout.split() == ["/admin/cards/cardholder/"] * 4


def test_the_checks_see_the_desks() -> None:
    script = (
        "import django; django.setup(); from django.core.checks import run_checks\n"
        "from django.contrib import admin; assert not admin.site._registry\n"
        "run_checks(tags=['admin']); assert admin.site._registry"
    )
    subprocess.run([sys.executable, "-c", script], timeout=60, check=True, env=os.environ)
