"""The installation's own checks: what is refused at start, and what is advised."""

import itertools
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from cards.management.staff_groups import ADMINISTRATORS
from portal.checks import DEMO_GROUP, TAG, refuse_to_start

GOOD = {
    "SITE_URL": "https://cards.example.org",
    "ENQUIRY_POLICY": "number_and_code",
    "TRUSTED_PROXIES": ["unix"],
}


def found(*, deploy: bool = True, databases: list[str] | None = None) -> set[str]:
    messages = run_checks(tags=[TAG], include_deployment_checks=deploy, databases=databases)
    return {str(message.id) for message in messages}


@pytest.fixture(autouse=True)
def good_installation(settings: Any) -> None:
    for name, value in GOOD.items():
        setattr(settings, name, value)


def test_good_installation_has_nothing_to_say() -> None:
    assert found() == set()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SEALING_KEYS", "new:A256GCM:AA,demo-1:A256GCM:AA", "portal.E001"),
        ("INDEX_KEYS", "demo:HS256:AA", "portal.E001"),
        ("PAPER_KEYS", f"demo-1:ed25519:{'A' * 43}=", "portal.E001"),
        ("PAPER_KEYS", "1:ed25519:AAAA", "portal.E006"),
        ("TRUSTED_PROXIES", ["10.0.0.300"], "portal.E003"),
        ("METRICS_ALLOW", ["nowhere"], "portal.E003"),
        ("HOTLINE_AGI_PEERS", ["10.1.0.0/99"], "portal.E003"),
        ("SITE_URL", "ftp://cards.example.org", "portal.E004 portal.W001"),
        ("SITE_URL", "https://cards.example.org/portal", "portal.E004"),
        ("SITE_URL", "http://cards.example.org", "portal.W001"),
        ("ENQUIRY_POLICY", "number", "portal.W002"),
        ("TRUSTED_PROXIES", [], "portal.W003"),
    ],
)
def test_fault_is_named(settings: Any, name: str, value: Any, expected: str) -> None:
    setattr(settings, name, value)
    assert found() == set(expected.split())


def test_advice_is_given_for_deployment_only(settings: Any) -> None:
    settings.ENQUIRY_POLICY = "number"
    assert found(deploy=False) == set()


def test_demonstration_may_have_demo_keys(settings: Any) -> None:
    settings.DEMO, settings.INDEX_KEYS = True, "demo-1:HS256:AA"
    assert found() == set()


@pytest.mark.django_db
def test_demo_account_stops_the_start_outside_a_demonstration(settings: Any) -> None:
    account = get_user_model().objects.create_user("clerk")
    account.groups.add(Group.objects.create(name=DEMO_GROUP))
    with pytest.raises(ImproperlyConfigured, match="Demonstration accounts may sign in: clerk"):
        refuse_to_start()
    settings.DEMO = True
    refuse_to_start()
    settings.DEMO = False
    account.is_active = False
    account.save()
    refuse_to_start()


@pytest.mark.django_db
@pytest.mark.parametrize("pair", list(itertools.combinations(ADMINISTRATORS, 2)))
def test_nobody_administers_two_of_system_security_and_audit(settings: Any, pair: tuple[str, str]) -> None:
    account = get_user_model().objects.create_user("somebody")
    for name in pair:
        account.groups.add(Group.objects.create(name=name))
    with pytest.raises(ImproperlyConfigured, match="somebody belongs to more than one of the groups"):
        refuse_to_start()
    account.groups.remove(Group.objects.get(name=pair[0]))
    refuse_to_start()


@pytest.mark.django_db
def test_an_account_that_may_do_everything_is_named_outside_a_demonstration(settings: Any) -> None:
    get_user_model().objects.create_superuser("root")
    assert "portal.W005" in found(databases=["default"])
    settings.DEMO = True
    assert "portal.W005" not in found(databases=["default"])


@pytest.mark.django_db
def test_demo_key_stops_the_start_and_says_what_to_do(settings: Any) -> None:
    settings.SEALING_KEYS = "demo-1:A256GCM:AA"
    with pytest.raises(ImproperlyConfigured, match=r"SEALING_KEYS holds keys of a demonstration: demo-1.*DEMO=1"):
        refuse_to_start()
