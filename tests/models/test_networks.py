"""Networks of people: by what they hold, not by how they are written."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from infra.models.networks import AdminNetworks, network, private_networks, too_wide


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("203.0.113.7", "203.0.113.7/32"),
        ("203.0.113.0/255.255.255.0", "203.0.113.0/24"),
        ("0.0.0.0/0.0.0.0", "0.0.0.0/0"),
        ("2001:DB8::/48", "2001:db8::/48"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("0::/0", "::/0"),
    ],
)
def test_one_way_to_write_it(text, same):
    assert network(text) == same


@pytest.mark.parametrize("text", ["", "office", "203.0.113.0/33", "203.0.113", "1.2.3.4/", "::/129", "203.0.113.7 "])
def test_no_networks(text):
    with pytest.raises(ValueError, match="is not a network such as"):
        network(text)


def test_an_address_inside_of_one():
    says = (
        "203.0.113.7/24 is an address in 203.0.113.0/24; write 203.0.113.0/24 for all of them, 203.0.113.7 for the one"
    )
    with pytest.raises(ValueError, match=says):
        network("203.0.113.7/24")


@pytest.mark.parametrize(
    "networks",
    [
        ("0.0.0.0/0",),
        ("::/0",),
        ("0.0.0.0/1", "128.0.0.0/1"),
        ("0.0.0.0/1",),
        ("128.0.0.0/2", "0.0.0.0/2", "64.0.0.0/2", "192.0.0.0/3"),
        ("203.0.113.0/24", "2000::/3"),
        ("1.0.0.0/8", "2.0.0.0/8"),
    ],
)
def test_as_good_as_everybody(networks):
    assert too_wide(networks)


@pytest.mark.parametrize(
    "networks", [("203.0.113.0/24",), ("10.0.0.0/8",), ("2a00::/16",), ("1.0.0.0/9", "1.128.0.0/9")]
)
def test_what_somebody_owns(networks):
    assert too_wide(networks) == []


@given(st.sets(st.integers(0, 2**32 - 1), max_size=5))
def test_the_whole_in_any_pieces_is_the_whole(cuts):
    """However it is split, all of IPv4 is found."""
    pieces, begin = [], 0
    for cut in sorted({*cuts, 2**32 - 1}):
        pieces += ipaddress.summarize_address_range(ipaddress.IPv4Address(begin), ipaddress.IPv4Address(cut))
        begin = cut + 1
    assert too_wide(map(str, pieces)) == ["0.0.0.0/0"]


@pytest.mark.parametrize(
    "text", ["0.0.0.0", "127.0.0.1", "198.18.0.0/15", "224.0.0.1", "255.255.255.255", "::1", "ff02::1", "fe80::1"]
)
def test_nobody_comes_from_there(text):
    written = network(text)
    assert private_networks([written]) == [written]


def test_an_interface_of_one_machine():
    with pytest.raises(ValueError, match="names an interface of one machine, which no firewall knows; write fe80::1"):
        network("fe80::1%eth0")


def test_the_same_network_twice_is_one_rule():
    networks = TypeAdapter(AdminNetworks).validate_python(("203.0.113.7", "2001:DB8::/48", "203.0.113.7/32"))
    assert networks == ("203.0.113.7/32", "2001:db8::/48")


def test_private_ones():
    networks = (
        "192.168.1.0/24",
        "10.1.0.0/16",
        "100.64.3.0/24",
        "fd00::/8",
        "203.0.113.0/24",
        "8.8.8.0/24",
        "2001:db8::/32",
    )
    assert private_networks(networks) == ["192.168.1.0/24", "10.1.0.0/16", "100.64.3.0/24", "fd00::/8"]
