"""Which port of this machine stands for a server's; what goes through: test_server.py."""

import socket

import pytest

from lab.nodes.real.vps.forwarder import OTHER_PORTS, _bound


def listening(address):
    return socket.create_server((address, 0))


def test_the_servers_own_port_where_it_is_free():
    with listening("127.0.0.1") as other:
        port = other.getsockname()[1]
        with _bound("127.64.249.9", port) as bound:
            assert bound.getsockname() == ("127.64.249.9", port)


def test_another_port_where_a_program_listens_on_all_addresses(monkeypatch):
    monkeypatch.setattr("lab.nodes.real.vps.forwarder.OTHER_PORTS", 1)
    with listening("0.0.0.0") as everywhere:
        port = everywhere.getsockname()[1]
        with _bound("127.64.249.9", port) as bound:
            assert bound.getsockname() == ("127.64.249.9", port + 1)


def test_an_address_of_another_server_is_refused():
    with listening("127.64.249.9") as other, pytest.raises(OSError, match="in use"):
        _bound("127.64.249.9", other.getsockname()[1])


def test_other_ports_are_told_by_sight():
    assert 22 + OTHER_PORTS == 10022
