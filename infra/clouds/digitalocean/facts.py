"""Name DigitalOcean's resources, outputs and API paths as its Pulumi plugin and its API name them."""

from __future__ import annotations

from infra.assumption import Assumption
from infra.clouds.digitalocean.catalog import CATALOG
from infra.clouds.facts import COPY_SECONDS, ROOT_DISK_USED_GB, Api, CloudFacts, ServerResource, Token, VolumeResource
from infra.pod_network import private_range

DIGITALOCEAN = CloudFacts(
    title="DigitalOcean",
    plugin="digitalocean",
    distribution="pulumi-digitalocean",
    api=Api(
        address="https://api.digitalocean.com",
        address_variable="DIGITALOCEAN_API_URL",
        prefix="/v2",
        token=Token(variable="DIGITALOCEAN_TOKEN", key="digitalocean:token"),
        more_secrets=("digitalocean:spacesSecretKey",),
    ),
    list_servers="/droplets?per_page=1",
    catalog=CATALOG,
    default_region="fra1",
    servers_network=private_range,
    server=ServerResource(
        type="digitalocean:index/droplet:Droplet",
        component="stagecoach:server:DigitalOceanServer",
        name="name",
        instance_type="size",
        region="region",
        root_disk_gb="disk",
    ),
    volume=VolumeResource(type="digitalocean:index/volume:Volume", size="size"),
    lasting={
        "digitalocean:index/volumeAttachment:VolumeAttachment": "volume's attachment",
        "digitalocean:index/reservedIp:ReservedIp": "address",
        "digitalocean:index/reservedIpAssignment:ReservedIpAssignment": "address",
        "digitalocean:index/vpc:Vpc": "network",
    },
    needed={
        "digitalocean:index/reservedIp:ReservedIp": ("ipAddress",),
        "digitalocean:index/droplet:Droplet": ("name", "size", "region", "disk", "ipv4AddressPrivate"),
        "digitalocean:index/volume:Volume": ("size", "name"),
    },
    examples={
        "digitalocean:index/reservedIp:ReservedIp": {"ipAddress": "198.51.100.7"},
        "digitalocean:index/droplet:Droplet": {"ipv4Address": "198.51.100.8", "ipv4AddressPrivate": "10.64.7.2"},
    },
    resize=Assumption(
        what=f"DigitalOcean copies {ROOT_DISK_USED_GB} GB of root disk",
        seconds=COPY_SECONDS,
        source="DigitalOcean's documentation: about a minute for each used GB (as quoted by third parties)",
    ),
    networks_of_rule=1000,  # docs.digitalocean.com, "Firewalls Limits"
)
