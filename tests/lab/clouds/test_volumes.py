"""What the machines hear of a volume's life, on every cloud."""

import pytest

from lab.clouds.digitalocean import DigitalOceanCloud
from lab.clouds.hetzner import HetznerCloud
from lab.clouds.vultr import VultrCloud
from lab.plugins.packages.digitalocean import DigitalOceanPackage
from lab.plugins.packages.hetzner import HetznerPackage
from lab.plugins.packages.vultr import VultrPackage
from tests.lab.recorded import Machines, build

# Package, cloud, kinds of volume and attachment, key of the size; `{}` is the id or, on Vultr, the mount id.
CLOUDS = [
    (HetznerPackage, HetznerCloud, ("volume", "volumeAttachment"), "size", "/dev/disk/by-id/scsi-0HC_Volume_"),
    (
        DigitalOceanPackage,
        DigitalOceanCloud,
        ("volume", "volumeAttachment"),
        "size",
        "/dev/disk/by-id/scsi-0DO_Volume_",
    ),
    (VultrPackage, VultrCloud, ("blockStorage", None), "sizeGb", "/dev/disk/by-id/virtio-fra-"),
]


@pytest.mark.parametrize(("package", "cloud", "kinds", "size", "device"), CLOUDS)
def test_attached_grown_detached_deleted(tmp_path, package, cloud, kinds, size, device):
    """Under the device that the program names; growing tells the new size."""
    made = package(cloud(tmp_path, Machines()))
    ids, inputs = build(made)
    kind, attachment = kinds
    made.cloud.update(kind, ids[kind], {**inputs[kind], size: 60})
    if attachment:
        made.cloud.delete(attachment, ids[attachment])
    made.cloud.delete(kind, ids[kind])
    told = [one for one in made.cloud.machines.told if one[0].startswith("volume")]
    assert [one[0] for one in told] == ["volume_attached", "volume_grown", "volume_detached", "volume_deleted"]
    _, address, volume, first_size, shown = told[0]
    assert (volume, first_size) == (ids[kind], 40)
    assert shown.startswith(device)
    assert address.startswith("127.")
    assert told[1:] == [("volume_grown", volume, 60), ("volume_detached", volume), ("volume_deleted", volume)]
