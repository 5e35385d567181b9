"""Name Hetzner Cloud's resources, outputs and API paths as its Pulumi plugin and its API name them."""

from __future__ import annotations

from infra.assumption import Assumption
from infra.clouds.facts import COPY_SECONDS, ROOT_DISK_USED_GB, Api, CloudFacts, ServerResource, Token, VolumeResource
from infra.clouds.hetzner.catalog import CATALOG

SUBNET = "10.20.1.0/24"  # every deployment can use the same range, because each has a private network of its own

HETZNER = CloudFacts(
    title="Hetzner",
    plugin="hcloud",
    distribution="pulumi-hcloud",
    api=Api(
        address="https://api.hetzner.cloud/v1",
        address_variable="HCLOUD_ENDPOINT",
        token=Token(variable="HCLOUD_TOKEN", key="hcloud:token"),
    ),
    list_servers="/servers?per_page=1",
    catalog=CATALOG,
    default_region="nbg1",
    servers_network=lambda _deployment: SUBNET,
    server=ServerResource(
        type="hcloud:index/server:Server",
        component="stagecoach:server:HetznerServer",
        name="name",
        instance_type="serverType",
        region="location",
        root_disk_gb="primaryDiskSize",
    ),
    volume=VolumeResource(type="hcloud:index/volume:Volume", size="size"),
    lasting={
        "hcloud:index/volumeAttachment:VolumeAttachment": "volume's attachment",
        "hcloud:index/primaryIp:PrimaryIp": "address",
        "hcloud:index/network:Network": "network",
        "hcloud:index/networkSubnet:NetworkSubnet": "network",
        "hcloud:index/serverNetwork:ServerNetwork": "network",
    },
    needed={
        "hcloud:index/primaryIp:PrimaryIp": ("ipAddress",),
        "hcloud:index/server:Server": ("name", "serverType", "location", "primaryDiskSize"),
        "hcloud:index/serverNetwork:ServerNetwork": ("ip",),
        "hcloud:index/volume:Volume": ("size", "linuxDevice"),
    },
    examples={
        "hcloud:index/primaryIp:PrimaryIp": {"ipAddress": "198.51.100.7"},
        "hcloud:index/server:Server": {"ipv4Address": "198.51.100.7"},
        "hcloud:index/volume:Volume": {"linuxDevice": "/dev/disk/by-id/scsi-0HC_Volume_1"},
        "hcloud:index/serverNetwork:ServerNetwork": {"ip": "10.20.1.2"},
    },
    resize=Assumption(
        what=f"Hetzner copies {ROOT_DISK_USED_GB} GB of root disk to a server of the new type",
        seconds=COPY_SECONDS,
        source=(
            "assumed to be as quick as DigitalOcean: the API says that the disk is copied, not how long it takes; "
            "22 GB took over two hours once (hetznercloud/cli#1407)"
        ),
    ),
    networks_of_rule=100,  # docs.hetzner.cloud, `source_ips` of a firewall's rule
    # Price adjustment of 2026-06-15: it "applies to new orders and cloud instance rescales", up or down.
    repriced="Hetzner bills a resized server at today's price, also after the way back",
)
