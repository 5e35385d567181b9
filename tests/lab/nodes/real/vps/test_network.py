"""A guest's number is its address: it stays, and no two have the same. The network itself: test_server.py."""

import pytest

from lab.nodes.real.vps.commands import run
from lab.nodes.real.vps.network import Network
from lab.nodes.real.vps.possible import why_not
from tests.waiting import patience


def test_numbers_stay_and_are_used_again(tmp_path):
    network = Network(tmp_path)
    assert [network.number("a"), network.number("b"), network.number("a")] == [10, 11, 10]
    network.forget("a")
    assert Network(tmp_path).number("c") == 10
    assert Network(tmp_path).number("b") == 11


def test_labs_have_networks_of_their_own(tmp_path):
    assert Network(tmp_path / "one").name != Network(tmp_path / "two").name


@pytest.mark.vps
def test_programs_listen_on_the_gateways_address(tmp_path):
    if why_not():
        pytest.skip(why_not())
    network = Network(tmp_path)
    network.ensure()
    network.ensure()
    try:
        output = (tmp_path / "output").open("w+b")
        assert (
            network.popen(["ip", "-o", "-4", "address", "show", "dev", "public"], output).wait(timeout=patience(20))
            == 0
        )
        assert b"100.64.0.1/24" in (tmp_path / "output").read_bytes()
        route = run("ip", "-n", network.name, "route", "show", "default").stdout
        assert "unreachable" in run("ip", "-n", network.name, "route", "show", "type", "unreachable").stdout + route
    finally:
        network.remove()
    assert not network.path.exists()
