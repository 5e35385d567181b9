"""What the emulated clouds say of their types: in the shapes of the SDKs, and as their objects are refused."""

import pulumi_digitalocean
import pulumi_hcloud
import pytest

from infra.clouds import CLOUDS
from lab.clouds.cloud import SOLD_OUT_FILE
from lab.clouds.digitalocean import DigitalOceanCloud
from lab.clouds.hetzner import HetznerCloud
from lab.clouds.offers import digitalocean_sizes, hetzner_types, vultr_plan
from lab.clouds.vultr import VultrCloud
from lab.plugins.package import PluginError
from lab.plugins.packages.digitalocean import DigitalOceanPackage
from lab.plugins.packages.hetzner import HetznerPackage
from lab.plugins.packages.vultr import VultrPackage
from tests.lab.recorded import Machines, call


def snake(name):
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def arguments(kind):
    """What the SDK's class takes: the schema's properties."""
    names = kind.__init__.__annotations__
    return set(names) - {"return"}


def test_hetzner_has_the_schemas_properties():
    (first, *_) = hetzner_types(CLOUDS["hetzner"].catalog.instance_types, ())
    outputs = pulumi_hcloud.outputs
    assert {snake(key) for key in first} == arguments(outputs.GetServerTypesServerTypeResult)
    place = first["locations"][0]
    assert {snake(key) for key in place} == arguments(outputs.GetServerTypesServerTypeLocationResult)


def test_digitalocean_has_the_schemas_properties():
    (first, *_) = digitalocean_sizes(CLOUDS["digitalocean"].catalog.instance_types, ())
    assert {snake(key) for key in first} == arguments(pulumi_digitalocean.outputs.GetSizesSizeResult)


def test_sold_out_everywhere():
    found = {one["name"]: one for one in hetzner_types(CLOUDS["hetzner"].catalog.instance_types, {"cx33"})}
    assert not any(place["available"] for place in found["cx33"]["locations"])
    assert all(place["available"] for place in found["cx23"]["locations"])
    sizes = {
        one["slug"]: one for one in digitalocean_sizes(CLOUDS["digitalocean"].catalog.instance_types, {"s-4vcpu-8gb"})
    }
    assert [sizes[name]["available"] for name in ("s-4vcpu-8gb", "s-2vcpu-4gb")] == [False, True]


@pytest.mark.parametrize(("sold_out", "regions"), [((), True), (("vc2-2c-4gb",), False)])
def test_vultr_lists_places_that_have_it(sold_out, regions):
    plan = vultr_plan(CLOUDS["vultr"].catalog.instance_types[0], sold_out)
    assert bool(plan["locations"]) is regions
    assert plan["monthlyCost"] == 20.0


class Account:
    """One emulated cloud with a server of the smallest type, and how it is resized."""

    def __init__(self, root):
        self.package = HetznerPackage(HetznerCloud(root, Machines()))
        self.file = root / SOLD_OUT_FILE

    def server(self, **changes):
        inputs = {"name": "shop", "serverType": "cx23", "image": "debian-12", "location": "nbg1", **changes}
        return self.package.create(call("hcloud", "server", inputs))[0], inputs

    def resize(self, server_id, inputs, to):
        return self.package.update(
            call("hcloud", "server", {**inputs, "serverType": to}, id=server_id, old_inputs=inputs)
        )


class TestSoldOutFile:
    """A person writes it while the lab runs; functions and objects agree."""

    @pytest.fixture
    def account(self, tmp_path):
        return Account(tmp_path)

    def test_a_new_server_is_refused(self, account):
        account.file.write_text("cx23\n")
        with pytest.raises(PluginError, match="cx23 is not available in nbg1"):
            account.server()

    def test_a_resize_is_refused(self, account):
        server_id, inputs = account.server()
        account.file.write_text("cx33\ncx43\n")
        with pytest.raises(PluginError, match="cx33 is not available in nbg1"):
            account.resize(server_id, inputs, "cx33")
        assert account.resize(server_id, inputs, "cpx32")["serverType"] == "cpx32"

    def test_a_running_server_of_that_type_changes_as_ever(self, account):
        server_id, inputs = account.server()
        account.file.write_text("cx23\n")
        assert account.resize(server_id, {**inputs, "labels": {"a": "b"}}, "cx23")["labels"] == {"a": "b"}

    def test_the_functions_say_so(self, account):
        account.file.write_text("cx33")
        found = account.package.invoke("hcloud:index/getServerTypes:getServerTypes", {})
        gone = [one["name"] for one in found["serverTypes"] if not one["locations"][0]["available"]]
        assert gone == ["cx33"]
        assert len(found["names"]) == len(found["serverTypes"])


class TestOtherClouds:
    def test_digitalocean(self, tmp_path):
        package = DigitalOceanPackage(DigitalOceanCloud(tmp_path, Machines()))
        sizes = package.invoke("digitalocean:index/getSizes:getSizes", {})["sizes"]
        assert [one["slug"] for one in sizes] == [row.name for row in CLOUDS["digitalocean"].catalog.instance_types]
        with pytest.raises(PluginError, match="all sizes, in one order"):
            package.invoke("digitalocean:index/getSizes:getSizes", {"filters": [{"key": "slug", "values": ["x"]}]})

    def test_vultr(self, tmp_path):
        package = VultrPackage(VultrCloud(tmp_path, Machines()))
        (tmp_path / SOLD_OUT_FILE).write_text("vc2-4c-8gb")
        assert self.plan(package, "vc2-2c-4gb")["locations"]
        assert self.plan(package, "vc2-4c-8gb")["locations"] == []
        with pytest.raises(PluginError, match="no results were found"):
            self.plan(package, "vc2-none")
        with pytest.raises(PluginError, match="by its id only"):
            package.invoke("vultr:index/getPlan:getPlan", {"filters": [{"name": "ram", "values": ["4096"]}]})

    @staticmethod
    def plan(package, name):
        return package.invoke("vultr:index/getPlan:getPlan", {"filters": [{"name": "id", "values": [name]}]})
