"""What an installation must and should have set; said at start, by `manage.py check`, and with `--deploy`."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.db.models import Count, Q

from cards import paper_signature
from cards.hours import HoursMalformed, read_week
from cards.management.staff_groups import ADMINISTRATORS
from portal.network import read_networks

TAG = "portal"
DEMO_KEY = "demo"
# The group that marks every account of a demonstration; it carries no permission.
DEMO_GROUP = "demo"
NETWORK_SETTINGS = ("TRUSTED_PROXIES", "METRICS_ALLOW", "LIMIT_HALL_NETWORKS", "HOTLINE_AGI_PEERS")


def demo_key_ids(keys: str) -> list[str]:
    """Return the ids of the demonstration keys in `kid:alg:base64,…`."""
    ids = (entry.strip().partition(":")[0] for entry in keys.split(","))
    return [key_id for key_id in ids if key_id.lower().startswith(DEMO_KEY)]


@register(TAG)
def demo_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse demonstration keys outside a demonstration."""
    if settings.DEMO:
        return []
    return [
        Error(
            f"{name} holds keys of a demonstration: {', '.join(found)}.",
            hint=f"Make new keys for {name}. Data sealed in the demonstration belongs to nobody: start with an "
            "empty database. To run the demonstration itself, set DEMO=1.",
            id="portal.E001",
        )
        for name in ("SEALING_KEYS", "INDEX_KEYS", "PAPER_KEYS")
        if (found := demo_key_ids(getattr(settings, name)))
    ]


@register(TAG)
def usable_paper_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse keys that could sign no paper, before a clerk prints one."""
    try:
        paper_signature.check_keys()
    except ImproperlyConfigured as error:
        hint = "docs/keys.md tells how a key is written and made."
        return [Error(str(error), hint=hint, id="portal.E006")]
    return []


@register(TAG)
def ways_to_ask(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse hours of the hotline that no page could tell, and an address of the video that is no page."""
    found: list[CheckMessage] = []
    try:
        read_week(settings.HOTLINE_HOURS)
    except HoursMalformed as wrong:
        hint = "Write weekdays and times, such as: 1-5 8:30-12:00 13:30-17:30|6 9:00-12:00"
        found.append(Error(f"HOTLINE_HOURS: {wrong}", hint=hint, id="portal.E007"))
    if settings.HOTLINE_SIGN_VIDEO and not settings.HOTLINE_SIGN_VIDEO.startswith("https://"):
        hint = "Give the whole address of the page, beginning with https://."
        found.append(Error("HOTLINE_SIGN_VIDEO is no https address.", hint=hint, id="portal.E008"))
    return found


@register(TAG, Tags.database)
def demo_accounts(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse demonstration accounts, whose password is printed on a screen, outside a demonstration."""
    if settings.DEMO or not databases or "default" not in databases:
        return []
    accounts = get_user_model().objects.filter(groups__name=DEMO_GROUP, is_active=True)
    try:
        names = sorted(accounts.values_list("username", flat=True))
    except DatabaseError as error:
        return [
            Warning(
                f"The database could not be asked for demonstration accounts: {error}",
                hint="Before the first `migrate` this is expected.",
                id="portal.W004",
            )
        ]
    if not names:
        return []
    return [
        Error(
            f"Demonstration accounts may sign in: {', '.join(names)}.",
            hint="Use a database of its own for the real portal, or deactivate these accounts while DEMO=1 is set.",
            id="portal.E002",
        )
    ]


@register(TAG, Tags.database)
def administrators_are_apart(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse an account that administers more than one of system, security and audit."""
    if not databases or "default" not in databases:
        return []
    accounts = get_user_model().objects.filter(is_active=True)
    several = accounts.annotate(kinds=Count("groups", filter=Q(groups__name__in=ADMINISTRATORS))).filter(kinds__gt=1)
    try:
        names = sorted(several.values_list("username", flat=True))
        powerful = (
            [] if settings.DEMO else sorted(accounts.filter(is_superuser=True).values_list("username", flat=True))
        )
    except DatabaseError:
        return []  # before the first `migrate`; the check of demonstration accounts says so
    found: list[CheckMessage] = [
        Error(
            f"{name} belongs to more than one of the groups {', '.join(ADMINISTRATORS)}.",
            hint="Leave each person in one of them: who runs the system, who lets people in, and who watches.",
            id="portal.E005",
        )
        for name in names
    ]
    return found + [
        Warning(
            f"{name} may do everything.",
            hint="Use such an account for setting up only, and make it inactive afterwards.",
            id="portal.W005",
        )
        for name in powerful
        if not settings.DEMO
    ]


@register(TAG)
def well_formed_networks(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a list of addresses and networks that cannot be read."""
    found: list[CheckMessage] = []
    for name in NETWORK_SETTINGS:
        try:
            read_networks(tuple(getattr(settings, name)), name)
        except ImproperlyConfigured as error:
            found.append(Error(str(error), id="portal.E003"))
    return found


@register(TAG)
def well_formed_site_url(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse an address of the portal that is none."""
    parts = urlsplit(settings.SITE_URL)
    if parts.scheme in ("http", "https") and parts.hostname and parts.path in ("", "/"):
        return []
    hint = "Give scheme and host only, as in https://cards.example.org."
    return [Error(f"SITE_URL is no address: {settings.SITE_URL!r}.", hint=hint, id="portal.E004")]


@register(TAG, deploy=True)
def encrypted_site(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of a public portal without encryption on the way."""
    if settings.SITE_URL.startswith("https://"):
        return []
    hint = "Set SITE_URL to the https:// address; that also switches on secure cookies and HSTS."
    return [Warning("SITE_URL is not https.", hint=hint, id="portal.W001")]


@register(TAG, deploy=True)
def strict_policy(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Recommend that the number alone opens nothing: it is no secret."""
    if settings.ENQUIRY_POLICY != "number":
        return []
    return [
        Warning(
            "ENQUIRY_POLICY=number: the ID number alone opens an outline, and ID numbers can be guessed.",
            hint="Set ENQUIRY_POLICY=number_and_name or number_and_code where the rules of the place allow it.",
            id="portal.W002",
        )
    ]


@register(TAG, deploy=True)
def proxies_are_known(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn when every visitor would look like the proxy, and the limits would count all of them as one."""
    if settings.TRUSTED_PROXIES:
        return []
    hint = "Set TRUSTED_PROXIES to the address of nginx, or to `unix` when it speaks to us through a socket."
    return [Warning("TRUSTED_PROXIES is empty.", hint=hint, id="portal.W003")]


def refuse_to_start() -> None:
    """Stop the server with every error the portal's own checks find."""
    errors = [message for message in run_checks(tags=[TAG], databases=["default"]) if message.is_serious()]
    if errors:
        raise ImproperlyConfigured("\n".join(f"{error.msg} {error.hint or ''}" for error in errors))
