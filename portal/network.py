"""Who is at the other end: the address behind trusted proxies, the network it counts as, and how often it comes."""

import time
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from cards import limits

UNIX = "unix"  # a peer on a local socket has no address
MAX_HOPS = 20  # a longer chain is forged; walking all of it would be work for a stranger

Address = IPv4Address | IPv6Address


class Networks:
    """A list of addresses and networks from a setting, `unix` among them for a socket."""

    def __init__(self, entries: tuple[str, ...], setting: str) -> None:
        """Read the entries, or stop in words that name the setting."""
        self.unix = UNIX in entries
        try:
            self.networks = tuple(ip_network(entry, strict=False) for entry in entries if entry != UNIX)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{setting} holds {error}. Give addresses or networks, separated by commas, or `{UNIX}`."
            ) from error

    def __contains__(self, address: Address | None) -> bool:
        """Say whether an address (None: a socket) is on the list."""
        return self.unix if address is None else any(address in network for network in self.networks)


@lru_cache(maxsize=8)
def read_networks(entries: tuple[str, ...], setting: str) -> Networks:
    """Return the networks of a setting, read once per value."""
    return Networks(entries, setting)


def trusted_proxies() -> Networks:
    """Return the proxies whose X-Forwarded-For is believed."""
    return read_networks(tuple(settings.TRUSTED_PROXIES), "TRUSTED_PROXIES")


def parse_address(text: str) -> Address | None:
    """Return the address in a hop, without port, brackets and zone; None when there is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    # ::ffff:192.0.2.1 is how a dual-stack listener writes an IPv4 peer.
    return getattr(address, "ipv4_mapped", None) or address


def client_ip(request: HttpRequest) -> Address | None:
    """Return the nearest address that is not a trusted proxy; None for a peer on a socket.

    X-Forwarded-For is read from the right, because only the right end was written by our own proxies.
    """
    trusted = trusted_proxies()
    client = parse_address(request.META.get("REMOTE_ADDR", ""))
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-MAX_HOPS:]
    while hops and client in trusted:
        hop = parse_address(hops.pop())
        if hop is None:
            break
        client = hop
    return client


def client_network(request: HttpRequest) -> str:
    """Return what limits are counted by: an IPv4 address, an IPv6 /64, or `unix`."""
    client = client_ip(request)
    if isinstance(client, IPv6Address):
        return str(IPv6Network((client, 64), strict=False))
    return str(client or UNIX)


def within_limit(subject: str, network: str, most: int, seconds: int) -> bool:
    """Count a try of a network and say whether it is one of the first `most` in that time, over all processes."""
    bucket = limits.Bucket(limits.key(subject, network), seconds, limit=most)
    now = time.time()
    (count,) = limits.count([bucket], now)
    return not count.open_again_at(now)


def staff_address(request: HttpRequest) -> str | None:
    """Return the address for the lock-out at sign-in, whose column takes addresses or nothing."""
    client = client_ip(request)
    return None if client is None else str(client)


def may_read_metrics(request: HttpRequest) -> bool:
    """Say whether the visitor stands in METRICS_ALLOW.

    A forwarding header from a peer we do not trust means an unknown proxy in between, and its address proves nothing.
    """
    peer = parse_address(request.META.get("REMOTE_ADDR", ""))
    forwarded = "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META
    if forwarded and peer not in trusted_proxies():
        return False
    return client_ip(request) in read_networks(tuple(settings.METRICS_ALLOW), "METRICS_ALLOW")
