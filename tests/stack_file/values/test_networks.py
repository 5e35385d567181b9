"""Networks of people: by what they hold, not by how they are written."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from infra.errors import ConfigError
from infra.stack_file.reader.parse import parse_config
from infra.stack_file.values.networks import (
    AdminNetworks,
    egress_problems,
    network,
    private_networks,
    reached_network,
    too_wide,
    unseen_networks,
)
from tests.programs import CONFIG


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
        ("8.0.0.0/7", "10.0.0.0/8"),
    ],
)
def test_as_good_as_everybody(networks):
    assert too_wide(networks)


@pytest.mark.parametrize(
    "networks",
    [
        ("203.0.113.0/24",),
        ("10.0.0.0/8",),
        ("10.0.0.0/8", "203.0.113.0/24"),
        ("127.0.0.0/8", "192.168.0.0/16", "203.0.113.0/24"),
        ("fc00::/7", "2a00::/16"),
        ("2a00::/16",),
        ("1.0.0.0/9", "1.128.0.0/9"),
    ],
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
    "text", ["0.0.0.0", "198.18.0.0/15", "224.0.0.1", "255.255.255.255", "ff02::1", "fe80::1", "192.168.1.0/24"]
)
def test_nobody_comes_from_there(text):
    written = network(text)
    assert unseen_networks([written]) == [written]


def test_an_interface_of_one_machine():
    with pytest.raises(ValueError, match="names an interface of one machine, which no firewall knows; write fe80::1"):
        network("fe80::1%eth0")


def addresses(count):
    return [str(ipaddress.IPv4Address("203.0.113.0") + number) for number in range(count)]


class TestHowMany:
    """A provider would refuse them in the middle of the update."""

    @pytest.mark.parametrize(("provider", "region", "most"), [("hetzner", "nbg1", 100), ("digitalocean", "fra1", 1000)])
    def test_of_each_provider(self, provider, region, most):
        values = {**CONFIG, "stagecoach:provider": provider, "stagecoach:region": region, "stagecoach:stage": 1}
        parse_config({**values, "stagecoach:admin_cidrs": addresses(most)}, title="t")
        with pytest.raises(ConfigError, match=f"stagecoach:admin_cidrs.*at most {most} .*there are {most + 1}"):
            parse_config({**values, "stagecoach:admin_cidrs": addresses(most + 1)}, title="t")

    def test_an_address_twice_counts_once(self):
        values = {**CONFIG, "stagecoach:stage": 1, "stagecoach:admin_cidrs": [*addresses(100), "203.0.113.7/32"]}
        assert len(parse_config(values, title="t").admin_cidrs) == 100

    def test_of_those_that_pods_reach(self):
        values = {**CONFIG, "stagecoach:stage": 1}
        inside = [f"192.168.0.{number}" for number in range(101)]
        parse_config({**values, "stagecoach:egress_cidrs": inside[:100]}, title="t")
        with pytest.raises(ConfigError, match=r"stagecoach:egress_cidrs.*at most 100 items, and there are 101"):
            parse_config({**values, "stagecoach:egress_cidrs": inside}, title="t")

    def test_one_that_pods_reach_twice(self):
        values = {**CONFIG, "stagecoach:stage": 1, "stagecoach:egress_cidrs": ["192.168.0.1", "192.168.0.1/32"]}
        assert parse_config(values, title="t").egress_cidrs == ("192.168.0.1/32",)


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


class TestReachedByPods:
    @pytest.mark.parametrize(
        ("text", "same"),
        [("10.114.0.0/20", "10.114.0.0/20"), ("192.168.7.5", "192.168.7.5/32"), ("172.16.0.0/12", "172.16.0.0/12")],
    )
    def test_private_ones(self, text, same):
        assert reached_network(text) == same

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("office", "is not a network"),
            ("10.114.3.4/20", "is an address in 10.114.0.0/20"),
            ("203.0.113.0/24", "is no private network; pods reach every public address anyway"),
            ("192.0.0.0/8", "is no private network"),
            ("127.0.0.1", "is a network that no packet of a pod leaves its machine to"),
            ("224.0.0.1", "is a network that no packet of a pod leaves its machine to"),
            ("0.0.0.0/0", "overlaps 10.42.0.0/16, the pods of every namespace"),
            (
                "10.0.0.0/8",
                "overlaps 10.42.0.0/16, the pods of every namespace, which stay closed to pods; name a smaller",
            ),
            ("10.42.7.0/24", "overlaps 10.42.0.0/16"),
            ("10.43.0.1", "the cluster's services"),
            ("169.254.0.0/16", "the cloud's metadata services"),
            ("169.254.169.254", "the cloud's metadata services"),
            ("fd00::/8", "is of IPv6, and pods have no IPv6 address"),
        ],
    )
    def test_what_is_refused(self, text, says):
        with pytest.raises(ValueError, match=says):
            reached_network(text)

    def test_around_the_servers(self):
        """One address may be a managed database in the same VPC."""
        networks = ("10.20.0.0/16", "10.20.1.0/25", "10.20.1.200/32", "192.168.0.0/16")
        problems = list(egress_problems(networks, "10.20.1.0/24"))
        assert [one.value for one in problems] == ["10.20.0.0/16", "10.20.1.0/25"]
        assert "not the servers' own network 10.20.1.0/24" in problems[0].allowed

    @pytest.mark.parametrize(
        ("provider", "region", "refused", "fine"),
        [
            ("hetzner", "nbg1", "10.20.1.0/24", "10.76.162.0/24"),
            ("digitalocean", "fra1", "10.76.162.0/24", "10.20.1.0/24"),
            ("vultr", "fra", "10.76.162.0/28", "10.20.1.0/24"),
        ],
    )
    def test_each_providers_own(self, provider, region, refused, fine):
        """With everything else that is wrong, in one answer."""
        values = {"stagecoach:provider": provider, "stagecoach:region": region, "stagecoach:name": "shop"}
        with pytest.raises(ConfigError) as caught:
            parse_config({**CONFIG, **values, "stagecoach:stage": 9, "stagecoach:egress_cidrs": [refused]}, title="t")
        assert {one.path for one in caught.value.problems} == {"stagecoach:stage", "stagecoach:egress_cidrs"}
        parse_config({**CONFIG, **values, "stagecoach:stage": 1, "stagecoach:egress_cidrs": [fine]}, title="t")
