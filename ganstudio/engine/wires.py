"""Wires: the connections between processes of several machines, where they leave from and how an end is noticed.

The library takes the address that a machine's own name leads to, which on many systems nobody else can reach; and
nothing tells it that another machine lost its power or its cable: such a connection stays open for good, silent.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
from typing import Any

import psutil

from ganstudio.words.ranks import Rank

SILENT = 60  # Seconds without an answer from the other machine's system, however busy its programs are.
KNOCK = 10  # Seconds between two questions whether it is there.
_INTERFACE = "GLOO_SOCKET_IFNAME"


def choose_interface(rank: Rank, store: Any) -> None:
    """Have connections leave where the first machine is reached, unless someone has said where.

    Args:
        rank: Which process this is.
        store: Where all of them leave word; each must come here.
    """
    if rank.count == rank.neighbours or _INTERFACE in os.environ:
        return
    # On the first machine its own name may mean nobody but itself; the others know how they reach it.
    store.set(f"first machine {rank.number}", _address(os.environ["MASTER_ADDR"]))
    for number in range(rank.count):
        first = store.get(f"first machine {number}").decode()
        if first and not ipaddress.ip_address(first).is_loopback:
            if name := _towards(first):
                os.environ[_INTERFACE] = name
            return


def knock() -> None:
    """Have the system ask, on all connections of this process, whether the other end is there, and end those without.

    Windows does not tell which they are; there the library's own patience counts.
    """
    for wire in psutil.Process().net_connections("tcp"):
        if wire.fd < 0 or wire.status != psutil.CONN_ESTABLISHED:
            continue
        with (
            contextlib.suppress(OSError),  # It has just ended.
            socket.fromfd(wire.fd, wire.family, socket.SOCK_STREAM) as connection,
        ):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name, value in _PATIENCE.items():
                if (option := getattr(socket, name, None)) is not None:
                    connection.setsockopt(socket.IPPROTO_TCP, option, value)


_PATIENCE = {
    "TCP_KEEPIDLE": KNOCK,
    "TCP_KEEPALIVE": KNOCK,  # The same on macOS.
    "TCP_KEEPINTVL": KNOCK,
    "TCP_KEEPCNT": SILENT // KNOCK,
    "TCP_USER_TIMEOUT": SILENT * 1000,  # Where something is on its way, nobody knocks.
}


def _address(host: str) -> str:
    """Where a name leads, from here; empty for nowhere."""
    try:
        return str(socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)[0][4][0]).partition("%")[0]
    except OSError:
        return ""


def _towards(address: str) -> str:
    """The interface that leads to an address, also to an own one; empty when none does."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((address, 9))  # Nothing is sent.
        except OSError:
            return ""
        own = asking.getsockname()[0]
    for name, addresses in psutil.net_if_addrs().items():
        if any(one.address.partition("%")[0] == own for one in addresses):
            return name
    return ""
