"""Who is at the other end, whatever the headers claim."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from portal.network import client_ip, client_network, staff_address

TABLE = [
    # trusted proxies, peer, X-Forwarded-For, address
    ([], "203.0.113.7", None, "203.0.113.7"),
    ([], "203.0.113.7", "198.51.100.1", "203.0.113.7"),
    ([], "", "198.51.100.1", "unix"),
    (["127.0.0.1"], "127.0.0.1", "198.51.100.1", "198.51.100.1"),
    (["127.0.0.1"], "127.0.0.1", "10.9.9.9, 198.51.100.1", "198.51.100.1"),
    (["127.0.0.1"], "203.0.113.7", "198.51.100.1", "203.0.113.7"),
    (["127.0.0.1", "10.0.0.0/8"], "127.0.0.1", "198.51.100.1, 10.1.2.3", "198.51.100.1"),
    (["127.0.0.1", "10.0.0.0/8"], "127.0.0.1", "1.1.1.1, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
    (["127.0.0.1", "10.0.0.0/8"], "127.0.0.1", "10.1.2.3", "10.1.2.3"),
    (["127.0.0.1"], "127.0.0.1", None, "127.0.0.1"),
    (["127.0.0.1"], "127.0.0.1", "", "127.0.0.1"),
    (["127.0.0.1"], "127.0.0.1", "unknown", "127.0.0.1"),
    (["127.0.0.1"], "127.0.0.1", "198.51.100.1, <script>", "127.0.0.1"),
    (["127.0.0.1"], "127.0.0.1", "198.51.100.1:51234", "198.51.100.1"),
    (["127.0.0.1"], "127.0.0.1", "[2001:db8::5]:443", "2001:db8::5"),
    (["127.0.0.1"], "127.0.0.1", "2001:db8::5", "2001:db8::5"),
    (["127.0.0.1"], "::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
    (["unix"], "", "198.51.100.1", "198.51.100.1"),
    (["unix"], "", None, "unix"),
    (["unix"], "203.0.113.7", "198.51.100.1", "203.0.113.7"),
    (["unix", "10.0.0.0/8"], "", "198.51.100.1,10.0.0.1,10.0.0.2", "198.51.100.1"),
    (["::1"], "::1", "198.51.100.1", "198.51.100.1"),
    (["10.0.0.0/8"], "10.0.0.1", ",".join(["198.51.100.1"] + ["10.0.0.1"] * 500), "10.0.0.1"),
    (["127.0.0.1"], "127.0.0.1", "9" * 8000, "127.0.0.1"),
]


def ask(peer: str, forwarded: str | None = None):
    """Return a request from a peer."""
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)


@pytest.mark.parametrize(("trusted", "peer", "forwarded", "address"), TABLE)
def test_the_nearest_untrusted_hop_is_the_visitor(settings, trusted, peer, forwarded, address) -> None:
    settings.TRUSTED_PROXIES = trusted
    assert str(client_ip(ask(peer, forwarded)) or "unix") == address


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "unix"),
    ],
)
def test_a_network_is_an_address_or_half_an_address(peer: str, network: str) -> None:
    assert client_network(ask(peer)) == network


@pytest.mark.parametrize("forged", [item[2] for item in TABLE if item[2]])
def test_a_forged_header_changes_nothing(settings, forged: str) -> None:
    settings.TRUSTED_PROXIES = []
    assert client_network(ask("203.0.113.7", forged)) == "203.0.113.7"


def test_the_sign_in_lock_gets_an_address_or_nothing() -> None:
    assert staff_address(ask("203.0.113.7")) == "203.0.113.7"
    assert staff_address(ask("")) is None


def test_a_wrong_setting_is_named(settings) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/99"]
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES holds"):
        client_ip(ask("203.0.113.7"))
