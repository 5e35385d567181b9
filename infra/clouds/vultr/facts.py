"""Name Vultr's resources, outputs and API paths as its Pulumi plugin and its API name them."""

from __future__ import annotations

from infra.assumption import Assumption
from infra.clouds.facts import Api, CloudFacts, ServerResource, Token, VolumeResource
from infra.clouds.vultr.catalog import CATALOG
from infra.pod_network import private_range

VULTR = CloudFacts(
    title="Vultr",
    plugin="vultr",
    distribution="ediri-vultr",
    api=Api(
        address="https://api.vultr.com",
        prefix="/v2",
        token=Token(variable="VULTR_API_KEY", key="vultr:apiKey"),
    ),
    list_servers="/instances?per_page=1",
    catalog=CATALOG,
    default_region="fra",
    servers_network=private_range,
    server=ServerResource(
        type="vultr:index/instance:Instance",
        component="stagecoach:server:VultrServer",
        name="label",
        instance_type="plan",
        region="region",
        root_disk_gb="disk",
    ),
    volume=VolumeResource(type="vultr:index/blockStorage:BlockStorage", size="sizeGb", server="attachedToInstance"),
    lasting={
        "vultr:index/reservedIp:ReservedIp": "address",
        "vultr:index/vpc:Vpc": "network",
    },
    needed={
        "vultr:index/reservedIp:ReservedIp": ("subnet",),
        "vultr:index/instance:Instance": ("label", "plan", "region", "disk", "internalIp"),
        "vultr:index/blockStorage:BlockStorage": ("sizeGb", "mountId"),
    },
    examples={
        "vultr:index/reservedIp:ReservedIp": {"subnet": "198.51.100.7", "subnetSize": 32},
        "vultr:index/instance:Instance": {"mainIp": "198.51.100.7", "internalIp": "10.64.7.3"},
        "vultr:index/blockStorage:BlockStorage": {"mountId": "ewr-2f5d7a"},
    },
    resize=Assumption(
        what="Vultr changes the plan and restarts the server",
        seconds=300,
        source="assumed: docs.vultr.com (2026-05-26) names no time; the provider's plugin waits up to 60 minutes",
    ),
    # `max_rule_count` of a firewall group in the API's answer (govultr, tests of firewall groups).
    rules_of_firewall=50,
    upgrade_only=True,  # docs.vultr.com, page of 2026-05-26: "Downgrading is not supported"
)
