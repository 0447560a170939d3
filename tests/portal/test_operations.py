"""What operations look at: health, readiness, figures."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from portal import views


def test_health_touches_no_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_with_all_migrations(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "apps_behind": 0})


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"database": "ok", "apps_behind": 1})


def test_not_ready_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> int:
        raise OperationalError("gone")

    monkeypatch.setattr(views, "missing_migrations", gone)
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"database": "gone"})


@pytest.mark.django_db
def test_figures_for_configured_addresses(client: Client) -> None:
    response = client.get("/metrics", REMOTE_ADDR="127.0.0.1")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    lines = response.content.decode().splitlines()
    assert "portal_database_up 1.0" in lines
    assert "portal_apps_behind 0.0" in lines
    assert any(line.startswith("process_resident_memory_bytes ") for line in lines)


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted"),
    [
        ("203.0.113.7", None, []),
        ("203.0.113.7", "127.0.0.1", []),
        ("127.0.0.1", "203.0.113.7", []),
        ("127.0.0.1", "127.0.0.1", []),
        ("127.0.0.1", "203.0.113.7", ["127.0.0.1"]),
        ("", None, []),
    ],
)
def test_no_figures_for_others(client: Client, settings, peer: str, forwarded: str | None, trusted: list[str]) -> None:
    settings.TRUSTED_PROXIES = trusted
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    assert client.get("/metrics", REMOTE_ADDR=peer, headers=headers).status_code == 403


def test_crawlers_stay_away_from_answers_and_staff(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert {"Disallow: /status/answer/", "Disallow: /admin/"} <= set(lines)


def test_browsers_that_ask_by_habit_get_the_icon(client: Client) -> None:
    response = client.get("/favicon.ico", follow=True)
    assert response.getvalue().startswith(b"<svg")
    assert response.redirect_chain == [("/static/icon.svg", 302)]
    assert response.status_code == 200
