"""Connections between machines leave where the first is reached, and do not outlive a machine that is gone."""

import socket
import sys

import psutil
import pytest

from ganstudio.engine import wires
from ganstudio.words.ranks import Rank


class Store(dict):
    """What all have said by now."""

    set = dict.__setitem__

    def get(self, name):
        return self[name].encode()


@pytest.fixture
def chosen(monkeypatch):
    """chosen(sees): the address that rank 1 of 3 leaves towards, where each resolves the first machine so."""
    monkeypatch.setenv("MASTER_ADDR", "first-machine")
    monkeypatch.setattr(wires, "_towards", lambda address: f"to {address}")

    def work(*sees, rank=Rank(1, 3, 0, 1)):  # noqa: B008 - it is frozen.
        monkeypatch.delenv("GLOO_SOCKET_IFNAME", raising=False)
        monkeypatch.setattr(wires, "_address", lambda _: sees[rank.number])
        store = Store({f"first machine {number}": address for number, address in enumerate(sees)})
        wires.choose_interface(rank, store)
        return wires.os.environ.get("GLOO_SOCKET_IFNAME")

    return work


def test_connections_leave_where_the_first_machine_is_reached(chosen):
    assert chosen("10.0.0.1", "10.0.0.1", "10.0.0.1") == "to 10.0.0.1"


def test_a_first_machine_whose_own_name_means_only_itself_learns_from_the_others(chosen):
    assert chosen("127.0.1.1", "10.0.0.1", "10.0.0.1", rank=Rank(0, 3, 0, 1)) == "to 10.0.0.1"
    assert chosen("127.0.1.1", "", "fd00::1", rank=Rank(0, 3, 0, 1)) == "to fd00::1"


def test_nothing_is_chosen_on_one_machine_or_where_someone_has_chosen(chosen, monkeypatch):
    assert chosen("127.0.0.1", "127.0.0.1", "::1") is None
    assert chosen("10.0.0.1", "10.0.0.1", "10.0.0.1", rank=Rank(1, 3, 1, 3)) is None
    monkeypatch.setenv("GLOO_SOCKET_IFNAME", "ib0")
    wires.choose_interface(Rank(1, 3), None)
    assert wires.os.environ["GLOO_SOCKET_IFNAME"] == "ib0"


def test_an_address_of_this_machine_is_found_on_its_interface():
    name = wires._towards("127.0.0.1")
    assert "127.0.0.1" in {one.address for one in psutil.net_if_addrs()[name]}


@pytest.mark.skipif(sys.platform != "linux", reason="what a system calls its patience differs")
def test_the_system_asks_whether_the_other_end_is_there():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as wire:
        other, _ = server.accept()
        wires.knock()
        with other:
            for end in (wire, other):
                assert end.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
                asked = [
                    end.getsockopt(socket.IPPROTO_TCP, getattr(socket, f"TCP_{name}"))
                    for name in ("KEEPIDLE", "KEEPINTVL", "KEEPCNT", "USER_TIMEOUT")
                ]
                assert asked == [wires.KNOCK, wires.KNOCK, wires.SILENT // wires.KNOCK, wires.SILENT * 1000]
            wire.sendall(b"still there")
            assert other.recv(20) == b"still there"
