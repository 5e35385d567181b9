"""What lies outside of the cluster, while the addresses are not known yet; what it opens: test_network_policies.py."""

import pulumi
import pytest

from infra.components.outside import Outside, internet, private_addresses

NAMED = ("10.114.0.0/20", "10.20.1.2/32")


def outside(private_ip="10.20.1.2"):
    return Outside(public_ip="198.51.100.7", private_ip=private_ip, egress_cidrs=NAMED)


@pulumi.runtime.test
def test_the_servers_address_is_no_internet():
    block = internet(outside()).to[0].ip_block
    return block.except_.apply(lambda found: check(found[-1] == "198.51.100.7/32" and "10.0.0.0/8" in found))


@pytest.mark.parametrize(("private_ip", "count"), [("10.20.1.2", 1), ("10.20.1.3", 2)])
def test_its_private_address_is_left_out(private_ip, count):
    @pulumi.runtime.test
    def counted():
        return private_addresses(outside(private_ip)).apply(lambda rules: check(len(rules) == count))

    counted()


def check(holds):
    assert holds
