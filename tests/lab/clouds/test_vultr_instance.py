"""Instances, reserved addresses and block storage of the emulated Vultr."""

import pytest

from lab.clouds.vultr import VultrCloud
from lab.machines import Size
from lab.plugins.package import InitFailedError, PluginError
from tests.lab.recorded import Machines

SHOP = {"region": "fra", "plan": "vc2-2c-4gb", "osId": 2136, "label": "shop", "hostname": "shop"}


@pytest.fixture
def cloud(tmp_path):
    return VultrCloud(tmp_path, Machines())


def instance(cloud, **changes):
    return cloud.create("instance", {**SHOP, **changes})


def storage(cloud, **changes):
    return cloud.create("blockStorage", {"region": "fra", "sizeGb": 40, "label": "shop", **changes})


class TestInstance:
    def test_shows_what_the_api_computes(self, cloud):
        vpc, _ = cloud.create("vpc", {"region": "fra", "v4Subnet": "10.20.1.0", "v4SubnetMask": 24})
        _, shown = instance(cloud, vpcIds=[vpc])
        assert [shown[key] for key in ("vcpuCount", "ram", "disk", "status")] == [2, 4096, 80, "active"]
        assert shown["internalIp"] == "10.20.1.2"
        assert cloud.machines.told == [
            ("server_created", shown["mainIp"], "shop", Size(vcpu=2, memory_mib=4096, disk_gb=80), ""),
            ("network_joined", shown["mainIp"], "10.20.1.2", "10.20.1.0/24"),
        ]

    def test_labels_need_not_be_unique(self, cloud):
        assert instance(cloud)[1]["mainIp"] != instance(cloud)[1]["mainIp"]

    @pytest.mark.parametrize("changes", [{"plan": "vc2-99c"}, {"region": "moon"}])
    def test_plans_and_regions_are_the_catalogs(self, cloud, changes):
        with pytest.raises(PluginError, match=r'^error creating server: \{"error":"Invalid plan'):
            instance(cloud, **changes)

    def test_what_it_names_must_exist(self, cloud):
        with pytest.raises(PluginError, match="invalid sSHKey ID"):
            instance(cloud, sshKeyIds=["none"])

    def test_its_network_is_in_its_region(self, cloud):
        vpc, _ = cloud.create("vpc", {"region": "ewr"})
        with pytest.raises(PluginError, match="is in another region"):
            instance(cloud, vpcIds=[vpc])

    def test_grows_with_its_disk(self, cloud):
        made, _ = instance(cloud)
        grown = cloud.update("instance", made, {**SHOP, "plan": "vc2-4c-8gb"})
        assert [grown[key] for key in ("vcpuCount", "ram", "disk")] == [4, 8192, 160]
        size = Size(vcpu=4, memory_mib=8192, disk_gb=160)
        assert cloud.machines.told[-1] == ("server_resized", grown["mainIp"], size)

    def test_does_not_shrink(self, cloud):
        """Refused before anything is touched."""
        made, _ = instance(cloud, plan="vc2-4c-8gb")
        told = list(cloud.machines.told)
        with pytest.raises(PluginError, match="Downgrading is not supported: vc2-2c-4gb is smaller than vc2-4c-8gb"):
            cloud.update("instance", made, SHOP)
        assert cloud.machines.told == told
        assert cloud.read("instance", made)["plan"] == "vc2-4c-8gb"

    def test_a_plan_with_less_of_one_thing_is_smaller(self, cloud):
        """From 320 GB of disk there is no way to 260 GB with more memory per vCPU."""
        made, _ = instance(cloud, plan="vc2-6c-16gb")
        with pytest.raises(PluginError, match="Downgrading is not supported"):
            cloud.update("instance", made, {**SHOP, "plan": "vhp-4c-12gb-amd"})

    def test_joins_a_network_in_place(self, cloud):
        made, shown = instance(cloud)
        assert shown["internalIp"] == ""
        vpc, _ = cloud.create("vpc", {"region": "fra", "v4Subnet": "10.20.1.0", "v4SubnetMask": 24})
        joined = cloud.update("instance", made, {**SHOP, "vpcIds": [vpc]})
        assert joined["internalIp"] == "10.20.1.2"
        assert cloud.machines.told[-1] == ("network_joined", shown["mainIp"], "10.20.1.2", "10.20.1.0/24")


class TestReservedIp:
    @pytest.fixture
    def address(self, cloud):
        return cloud.create("reservedIp", {"region": "fra", "ipType": "v4", "label": "shop"})

    def test_is_the_main_address_of_the_instance_that_is_made_with_it(self, cloud, address):
        made, shown = instance(cloud, reservedIpId=address[0])
        assert shown["mainIp"] == address[1]["subnet"]
        assert cloud.read("reservedIp", address[0])["instanceId"] == made

    def test_has_one_instance(self, cloud, address):
        instance(cloud, reservedIpId=address[0])
        with pytest.raises(PluginError, match="Floating IPv4 address is already attached to another server"):
            instance(cloud, reservedIpId=address[0])

    def test_stays_in_its_region(self, cloud, address):
        with pytest.raises(PluginError, match="is in another region"):
            instance(cloud, reservedIpId=address[0], region="ewr")

    def test_outlives_its_instance(self, cloud, address):
        made, _ = instance(cloud, reservedIpId=address[0])
        with pytest.raises(PluginError, match="Unable to detach subnet"):
            cloud.delete("reservedIp", address[0])
        cloud.delete("instance", made)
        _, shown = instance(cloud, reservedIpId=address[0])
        assert shown["mainIp"] == address[1]["subnet"]


class TestBlockStorage:
    def test_its_device_is_named_by_the_mount_id(self, cloud):
        _, shown = storage(cloud)
        assert shown["mountId"].startswith("fra-")
        assert shown["blockType"] == "high_perf"

    @pytest.mark.parametrize(
        "wrong", [{"sizeGb": 9}, {"blockType": "storage_opt", "sizeGb": 39}, {"blockType": "other"}]
    )
    def test_has_a_smallest_size(self, cloud, wrong):
        with pytest.raises(PluginError, match=r"^error creating block storage: "):
            storage(cloud, **wrong)

    def test_grows_only(self, cloud):
        made, shown = storage(cloud)
        assert cloud.update("blockStorage", made, {**shown, "sizeGb": 60})["sizeGb"] == 60
        with pytest.raises(PluginError, match="can't shrink"):
            cloud.update("blockStorage", made, {**shown, "sizeGb": 40})

    def test_an_attachment_does_not_change_by_itself(self, cloud):
        """Only together with size or label: the provider's update without a field is refused."""
        made, shown = storage(cloud)
        attached = {**shown, "attachedToInstance": instance(cloud)[0]}
        with pytest.raises(PluginError, match=r'^error getting block storage: \{"error":"Nothing to change"'):
            cloud.update("blockStorage", made, attached)
        grown = cloud.update("blockStorage", made, {**attached, "sizeGb": 60})
        assert grown["attachedToInstance"] == attached["attachedToInstance"]

    def test_stays_in_its_region(self, cloud):
        with pytest.raises(PluginError, match="is in another region"):
            storage(cloud, region="ewr", attachedToInstance=instance(cloud)[0])

    def test_outlives_its_instance(self, cloud):
        made, _ = instance(cloud)
        kept, _ = storage(cloud, attachedToInstance=made)
        cloud.delete("instance", made)
        assert cloud.read("blockStorage", kept)["attachedToInstance"] == ""


class TestLock:
    """A new instance is locked until it is up (terraform-provider-vultr#482)."""

    @pytest.fixture
    def locked(self, cloud, monkeypatch):
        monkeypatch.setattr(cloud.machines, "answers", lambda _address: False)
        return instance(cloud)[0]

    def test_a_volume_is_made_and_not_attached(self, cloud, locked):
        """The provider saves what was asked for: attached, and without what it would have read."""
        with pytest.raises(InitFailedError, match="Instance is locked") as failed:
            storage(cloud, attachedToInstance=locked)
        (kept,) = cloud.store.all("blockStorage").values()
        assert kept["attachedToInstance"] == ""
        asked = {"region": "fra", "sizeGb": 40, "label": "shop", "attachedToInstance": locked}
        assert failed.value.outputs == {**asked, "blockType": "high_perf"}
        assert [told for told in cloud.machines.told if told[0] == "volume_attached"] == []

    def test_one_that_is_there_stays_where_it_is(self, cloud, locked):
        """Label and size are sent before the attachment is asked for."""
        made, shown = storage(cloud)
        with pytest.raises(PluginError, match="Instance is locked"):
            cloud.update("blockStorage", made, {**shown, "label": "shop-data", "attachedToInstance": locked})
        kept = cloud.read("blockStorage", made)
        assert (kept["label"], kept.get("attachedToInstance")) == ("shop-data", "")

    def test_afterwards_it_is_attached(self, cloud, locked, monkeypatch):
        monkeypatch.setattr(cloud.machines, "answers", lambda _address: True)
        assert storage(cloud, attachedToInstance=locked)[1]["attachedToInstance"] == locked
