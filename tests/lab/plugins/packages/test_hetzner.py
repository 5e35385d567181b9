"""The emulated Hetzner Cloud refuses what the real API refuses."""

import pytest

from lab.clouds.hetzner import HetznerCloud
from lab.machines import Size
from lab.plugins.package import CheckFailedError, PluginError
from lab.plugins.packages.hetzner import HetznerPackage
from tests.lab import recorded
from tests.lab.recorded import Machines


@pytest.fixture
def package(tmp_path):
    return HetznerPackage(HetznerCloud(tmp_path, Machines()))


def call(kind, inputs=None, **more):
    return recorded.call("hcloud", kind, inputs, **more)


def address(package, name="shop"):
    inputs = {"name": name, "type": "ipv4", "location": "nbg1", "autoDelete": False}
    return package.create(call("primaryIp", inputs))[0]


def server(package, name="shop", **changes):
    """A server on an address of its own: its id and inputs."""
    inputs = {
        "name": name,
        "serverType": "cx23",
        "image": "debian-12",
        "location": "nbg1",
        "keepDisk": True,
        "publicNets": [{"ipv4Enabled": True, "ipv4": int(address(package, name)), "ipv6Enabled": True}],
        "labels": {"stagecoach-deployment": name},
        **changes,
    }
    return package.create(call("server", inputs))[0], inputs


def volume(package, **changes):
    inputs = {"name": "shop", "location": "nbg1", "size": 40, **changes}
    return package.create(call("volume", inputs))[0], inputs


class TestNames:
    @pytest.mark.parametrize("kind", ["volume", "primaryIp", "network", "firewall"])
    def test_are_unique(self, package, kind):
        inputs = {"name": "shop", "size": 40, "location": "nbg1", "type": "ipv4"}
        package.create(call(kind, inputs))
        with pytest.raises(PluginError, match="uniqueness_error"):
            package.create(call(kind, inputs))

    def test_ids_are_numbers(self, package):
        assert int(volume(package)[0]) > 0


class TestCheck:
    def test_lists_everything_at_once(self, package):
        with pytest.raises(CheckFailedError) as caught:
            package.check(call("server", {"name": "shop", "sizee": "cx23"}))
        paths = [path for path, _ in caught.value.failures]
        assert "sizee" in paths
        assert "serverType" in paths

    def test_protections_go_together(self, package):
        inputs = {"serverType": "cx23", "deleteProtection": True, "rebuildProtection": False}
        with pytest.raises(CheckFailedError, match="must equal deleteProtection"):
            package.check(call("server", inputs))


class Engine:
    """Notes the warnings that it is to show."""

    def __init__(self):
        self.told = []

    def warn(self, _urn, message):
        self.told.append(message)


class TestAssignee:
    """Of an address that its server names: the address itself says nothing of it."""

    FREE = {"name": "shop", "type": "ipv4", "location": "nbg1"}  # noqa: RUF012  never changed

    def test_a_type_without_an_id_is_warned_of(self, package):
        package.host = Engine()
        package.check(call("primaryIp", {**self.FREE, "assigneeType": "server"}))
        assert package.host.told == ["Unused Attribute: assignee_type is only required together with assignee_id"]
        package.check(call("primaryIp", self.FREE))
        assert len(package.host.told) == 1

    def test_an_id_without_a_type_is_refused(self, package):
        with pytest.raises(CheckFailedError, match="together with assigneeType"):
            package.check(call("primaryIp", {**self.FREE, "assigneeId": 1}))

    def test_leaving_the_type_out_changes_nothing(self, package):
        """Optional and computed: the provider keeps the value that it has."""
        before = {**self.FREE, "assigneeType": "server"}
        assert package.diff(call("primaryIp", self.FREE, old_inputs=before)).changes == {}

    def test_another_change_leaves_the_assignment(self, package):
        server_id, _ = server(package)
        address_id = next(iter(package.cloud.store.all("primaryIp")))
        before = {**self.FREE, "assigneeType": "server"}
        after = {**self.FREE, "deleteProtection": True}
        made = package.update(call("primaryIp", after, id=address_id, old_inputs=before))
        assert (made["assigneeId"], made["assigneeType"]) == (int(server_id), "server")

    def test_a_free_address_says_so(self, package):
        assert package.create(call("primaryIp", self.FREE))[1]["assigneeType"] == "unassigned"


class TestServer:
    def test_gets_the_address_that_it_names(self, package):
        server_id, inputs = server(package)
        outputs = package.read(call("server", id=server_id, old_inputs=inputs))[1]
        record = next(iter(package.cloud.store.all("primaryIp").values()))
        assert outputs["ipv4Address"] == record["ipAddress"]
        size = Size(vcpu=2, memory_mib=4096, disk_gb=40)
        assert package.cloud.machines.told[0] == ("server_created", record["ipAddress"], "shop", size, "")

    def test_an_address_serves_one_server(self, package):
        _, inputs = server(package)
        with pytest.raises(PluginError, match="already assigned"):
            package.create(call("server", {**inputs, "name": "other"}))

    def test_gets_an_address_of_its_own_if_it_names_none(self, package):
        """A primary address that goes with the server."""
        server_id, inputs = server(package, "shop-celery-1", publicNets=[{"ipv4Enabled": True, "ipv6Enabled": False}])
        found = package.read(call("server", id=server_id, old_inputs=inputs))[1]["ipv4Address"]
        assert found in {one["ipAddress"] for one in package.cloud.store.all("primaryIp").values()}
        package.delete(call("server", id=server_id, olds=inputs))
        assert found not in {one["ipAddress"] for one in package.cloud.store.all("primaryIp").values()}

    def test_unknown_types_and_places(self, package):
        with pytest.raises(PluginError, match="cx99 not found"):
            server(package, serverType="cx99")

    def test_is_resized_in_place_and_back(self, package):
        """With `keepDisk` the disk stays small, so the way back is open."""
        server_id, inputs = server(package)
        grown = package.update(call("server", {**inputs, "serverType": "cx33"}, id=server_id))
        assert (grown["serverType"], grown["primaryDiskSize"]) == ("cx33", 40)
        assert package.update(call("server", inputs, id=server_id))["serverType"] == "cx23"

    def test_a_grown_disk_does_not_shrink(self, package):
        server_id, inputs = server(package, keepDisk=False)
        package.update(call("server", {**inputs, "serverType": "cx33"}, id=server_id))
        with pytest.raises(PluginError, match="disk of 80 GB does not fit"):
            package.update(call("server", inputs, id=server_id))

    @pytest.mark.parametrize(("field", "value"), [("location", "fsn1"), ("userData", "x"), ("image", "debian-13")])
    def test_what_replaces(self, package, field, value):
        _, inputs = server(package)
        found = package.diff(call("server", {**inputs, field: value}, old_inputs=inputs))
        assert found.replaces == {field}

    def test_a_size_does_not(self, package):
        _, inputs = server(package)
        found = package.diff(call("server", {**inputs, "serverType": "cx33"}, old_inputs=inputs))
        assert (set(found.changes), found.replaces) == ({"serverType"}, frozenset())

    def test_protection_stops_the_deletion(self, package):
        server_id, inputs = server(package, deleteProtection=True, rebuildProtection=True)
        with pytest.raises(PluginError, match="protected"):
            package.delete(call("server", id=server_id, olds=inputs))
        package.update(call("server", {**inputs, "deleteProtection": False}, id=server_id))
        package.delete(call("server", id=server_id, olds=inputs))
        assert package.read(call("server", id=server_id))[0] == ""


class TestVolume:
    def test_grows_and_never_shrinks(self, package):
        volume_id, inputs = volume(package)
        assert package.update(call("volume", {**inputs, "size": 60}, id=volume_id))["size"] == 60
        with pytest.raises(PluginError, match="can't shrink from 60 GB to 40 GB"):
            package.update(call("volume", inputs, id=volume_id))

    def test_an_attached_one_is_not_deleted(self, package):
        (volume_id, inputs), (server_id, _) = volume(package), server(package)
        attachment = {"volumeId": int(volume_id), "serverId": int(server_id)}
        attachment_id, _ = package.create(call("volumeAttachment", attachment))
        with pytest.raises(PluginError, match="still attached"):
            package.delete(call("volume", id=volume_id, olds=inputs))
        package.delete(call("volumeAttachment", id=attachment_id, olds=attachment))
        package.delete(call("volume", id=volume_id, olds=inputs))

    def test_attaches_once(self, package):
        (volume_id, _), (server_id, _) = volume(package), server(package)
        attachment = {"volumeId": int(volume_id), "serverId": int(server_id)}
        package.create(call("volumeAttachment", attachment))
        with pytest.raises(PluginError, match="already attached"):
            package.create(call("volumeAttachment", attachment))


class TestFirewall:
    def test_is_kept_while_a_server_uses_it(self, package):
        firewall_id, _ = package.create(call("firewall", {"name": "shop", "rules": []}))
        server_id, inputs = server(package, firewallIds=[int(firewall_id)])
        with pytest.raises(PluginError, match=r"still in use \(resource_in_use\)"):
            package.delete(call("firewall", id=firewall_id))
        package.delete(call("server", id=server_id, olds=inputs))
        package.delete(call("firewall", id=firewall_id))
        assert package.cloud.store.all("firewall") == {}


class TestSshKey:
    def test_a_key_is_there_once(self, package):
        package.create(call("sshKey", {"name": "shop", "publicKey": "ssh-ed25519 AAAA"}))
        with pytest.raises(PluginError, match="SSH key not unique"):
            package.create(call("sshKey", {"name": "other", "publicKey": "ssh-ed25519 AAAA"}))


class TestNetwork:
    def test_private_addresses(self, package):
        network_id, _ = package.create(call("network", {"name": "shop", "ipRange": "10.20.0.0/16"}))
        subnet = {"networkId": int(network_id), "ipRange": "10.20.1.0/24", "type": "cloud"}
        subnet_id, outputs = package.create(call("networkSubnet", subnet))
        assert (subnet_id, outputs["gateway"]) == (f"{network_id}-10.20.1.0/24", "10.20.1.1")
        server_id, _ = server(package)
        inputs = {"serverId": int(server_id), "subnetId": subnet_id, "ip": "10.20.1.2"}
        assert package.create(call("serverNetwork", inputs))[1]["ip"] == "10.20.1.2"
        with pytest.raises(PluginError, match="ip_not_available"):
            package.create(call("serverNetwork", inputs))
        with pytest.raises(PluginError, match="ip_not_available"):
            package.create(call("serverNetwork", {**inputs, "ip": "10.99.0.2"}))


class TestLookUp:
    def test_servers_by_label(self, package):
        server(package)
        server(package, "other")
        ask = {"withSelector": "stagecoach-deployment=shop"}
        found = package.invoke("hcloud:index/getServers:getServers", ask)["servers"]
        assert [one["name"] for one in found] == ["shop"]

    def test_by_several_labels(self, package):
        """The server of a deployment beside its Celery servers."""
        both = {"stagecoach-deployment": "shop", "stagecoach-role": "celery"}
        server(package)
        server(package, "shop-celery-1", labels=both)
        ask = {"withSelector": "stagecoach-deployment=shop,stagecoach-role=celery"}
        found = package.invoke("hcloud:index/getServers:getServers", ask)["servers"]
        assert [one["name"] for one in found] == ["shop-celery-1"]

    def test_unknown_functions(self, package):
        with pytest.raises(PluginError, match="has no function"):
            package.invoke("hcloud:index/getImage:getImage", {})


class TestDrift:
    def test_is_read(self, package):
        volume_id, inputs = volume(package)
        package.cloud.store.put("volume", volume_id, {**inputs, "size": 100})
        assert package.read(call("volume", id=volume_id, old_inputs=inputs))[2]["size"] == 100

    def test_a_deleted_server_takes_its_attachments_along(self, package):
        (volume_id, _), (server_id, server_inputs) = volume(package), server(package)
        attachment = {"volumeId": int(volume_id), "serverId": int(server_id)}
        attachment_id, _ = package.create(call("volumeAttachment", attachment))
        package.delete(call("server", id=server_id, olds=server_inputs))
        assert package.read(call("volumeAttachment", id=attachment_id, old_inputs=attachment))[0] == ""
