"""Closes the network: tests reach loopback addresses and unix sockets, and nothing else."""

import ipaddress
import socket
from typing import Any

import pytest

LOCAL_NAMES = {"localhost", "", None}


class NetworkClosed(RuntimeError):
    """A test tried to leave the machine."""


def is_local(host: Any) -> bool:
    """Tell whether a host is this machine."""
    if isinstance(host, bytes):
        host = host.decode()
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def close(patch: pytest.MonkeyPatch) -> None:
    """Refuse every connection and name look-up that leaves the machine."""

    def guarded(name: str) -> Any:
        original = getattr(socket.socket, name)

        def connect(self: socket.socket, address: Any) -> Any:
            if self.family != socket.AF_UNIX and not is_local(address[0]):
                raise NetworkClosed(f"a test wanted to connect to {address!r}")
            return original(self, address)

        return connect

    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_local(host):
            raise NetworkClosed(f"a test wanted the address of {host!r}")
        return look_up(host, *args, **kwargs)

    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, guarded(name))
    patch.setattr(socket, "getaddrinfo", getaddrinfo)
