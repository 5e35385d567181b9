"""What DigitalOcean's provider adds to its API: what replaces, what it refuses by itself, its look-up."""

import pytest

from lab.clouds.digitalocean import DigitalOceanCloud
from lab.plugins.package import CheckFailedError, PluginError
from lab.plugins.packages.digitalocean import DigitalOceanPackage
from tests.lab import recorded
from tests.lab.recorded import SAMPLES, Machines, build

DROPLET = SAMPLES["digitalocean"]["droplet"]


@pytest.fixture
def package(tmp_path):
    return DigitalOceanPackage(DigitalOceanCloud(tmp_path, Machines()))


def call(kind, inputs=None, **more):
    return recorded.call("digitalocean", kind, inputs, **more)


class TestDiff:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("region", "nyc3"),
            ("image", "debian-13-x64"),
            ("userData", "x"),
            ("sshKeys", ["1"]),
            ("vpcUuid", "v"),
            ("monitoring", True),
            ("gpuPartitionMode", "x"),
        ],
    )
    def test_what_replaces_a_droplet(self, package, field, value):
        found = package.diff(call("droplet", {**DROPLET, field: value}, old_inputs=DROPLET))
        assert {path.split("[")[0] for path in found.replaces} == {field}

    @pytest.mark.parametrize(("field", "value"), [("size", "s-4vcpu-8gb"), ("tags", ["other"]), ("resizeDisk", True)])
    def test_what_does_not(self, package, field, value):
        found = package.diff(call("droplet", {**DROPLET, field: value}, old_inputs=DROPLET))
        assert {path.split("[")[0] for path in found.changes} == {field}
        assert found.replaces == frozenset()

    @pytest.mark.parametrize(("old", "new", "replaces"), [(False, True, set()), (True, False, {"ipv6"})])
    def test_ipv6_cannot_be_turned_off(self, package, old, new, replaces):
        asked = call("droplet", {**DROPLET, "ipv6": new}, old_inputs={**DROPLET, "ipv6": old})
        assert package.diff(asked).replaces == replaces

    def test_both_ends_of_an_assignment_replace_it(self, package):
        old = {"dropletId": 1, "ipAddress": "127.64.0.1"}
        found = package.diff(call("reservedIpAssignment", {"dropletId": 2, "ipAddress": "x"}, old_inputs=old))
        assert found.replaces == {"dropletId", "ipAddress"}

    def test_a_smaller_volume_is_refused_in_the_preview(self, package):
        old = SAMPLES["digitalocean"]["volume"]
        with pytest.raises(PluginError, match="can only be expanded and not shrunk"):
            package.diff(call("volume", {**old, "size": 20}, old_inputs=old))
        assert package.diff(call("volume", {**old, "size": 60}, old_inputs=old)).replaces == frozenset()


class TestCheck:
    @pytest.mark.parametrize(
        ("kind", "wrong", "path"),
        [
            ("droplet", {**DROPLET, "volumeIds": ["v"]}, "volumeIds"),
            ("droplet", {**DROPLET, "publicNetworking": False}, "publicNetworking"),
            ("reservedIp", {"region": "fra1", "dropletId": 1}, "dropletId"),
            ("firewall", {"inboundRules": [{"protocol": "tcp"}]}, "inboundRules"),
        ],
    )
    def test_refuses(self, package, kind, wrong, path):
        with pytest.raises(CheckFailedError) as caught:
            package.check(call(kind, wrong))
        assert [one for one, _ in caught.value.failures] == [path]


class TestLookUp:
    FUNCTION = "digitalocean:index/getDroplets:getDroplets"

    def ask(self, package, *filters):
        found = package.invoke(self.FUNCTION, {"filters": [dict(one) for one in filters]})["droplets"]
        return [one["name"] for one in found]

    @pytest.fixture
    def two(self, package):
        """A deployment's droplet and one of its Celery servers."""
        ids, inputs = build(package, until="droplet")
        celery = {**inputs["droplet"], "name": "shop-celery-1", "tags": ["stagecoach-deployment:shop", "celery"]}
        package.create(call("droplet", celery))
        return ids

    def test_by_tag(self, package, two):
        assert self.ask(package, {"key": "tags", "values": ["stagecoach-deployment:shop"]}) == ["shop", "shop-celery-1"]
        assert self.ask(package, {"key": "tags", "values": ["other"]}) == []

    def test_any_value_will_do_unless_all_are_asked_for(self, package, two):
        values = ["stagecoach-deployment:shop", "celery"]
        assert len(self.ask(package, {"key": "tags", "values": values})) == 2
        assert self.ask(package, {"key": "tags", "values": values, "all": True}) == ["shop-celery-1"]

    def test_by_name_and_region(self, package, two):
        by_name = {"key": "name", "values": ["shop"]}
        assert self.ask(package, by_name, {"key": "region", "values": ["fra1"]}) == ["shop"]
        assert self.ask(package, by_name, {"key": "region", "values": ["nyc3"]}) == []

    def test_every_droplet_without_a_filter(self, package, two):
        assert len(package.invoke(self.FUNCTION, {})["droplets"]) == 2

    def test_ids_are_numbers(self, package, two):
        found = package.invoke(self.FUNCTION, {"filters": [{"key": "id", "values": [two["droplet"]]}]})["droplets"]
        assert [one["id"] for one in found] == [int(two["droplet"])]

    def test_unknown_keys(self, package, two):
        with pytest.raises(PluginError, match=r"not by .*colour"):
            self.ask(package, {"key": "colour", "values": ["red"]})
