"""Describe a cloud as data, so that the rest of the project needs no SDK to know it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.assumption import Assumption
from infra.clouds.catalog import Catalog

# Most clouds copy the root disk for a resize. It holds Debian's cloud image and its packages, because k3s, images and
# pod volumes are on the data volume. The size is an assumption.
ROOT_DISK_USED_GB = 3
COPY_SECONDS = ROOT_DISK_USED_GB * 60  # DigitalOcean's documentation: about a minute for each GB in use


@dataclass(frozen=True, kw_only=True)
class ServerResource:
    """The Pulumi resource of a server has a type, and outputs that carry the server's properties."""

    type: str
    component: str  # type of the component that contains the server
    name: str
    instance_type: str
    region: str
    root_disk_gb: str


@dataclass(frozen=True, kw_only=True)
class VolumeResource:
    """The Pulumi resource of the data volume has a type, and outputs that carry the volume's properties."""

    type: str
    size: str  # the output with the size, which some clouds count in GiB and others in GB
    # The output with the server's id; empty if the attachment is a separate resource.
    server: str = ""


@dataclass(frozen=True, kw_only=True)
class Token:
    """A cloud's token is read from an environment variable, or else from a key of the stack's config."""

    variable: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Api:
    """A cloud's HTTP API has an address, a prefix for paths, and a token."""

    address: str
    address_variable: str = ""  # environment variable that makes the provider's plugin use another address
    prefix: str = ""  # of every path at that address, for example /v2
    token: Token
    more_secrets: tuple[str, ...] = ()  # further config keys of the plugin whose values are secret

    @property
    def url(self) -> str:
        """Return the URL to which request paths are appended."""
        return self.address + self.prefix


@dataclass(frozen=True, kw_only=True)
class CloudFacts:
    """The facts of a cloud say how its Pulumi plugin and its API name things, and what it can do."""

    title: str
    plugin: str  # of Pulumi: the namespace of its config keys and resource types
    distribution: str  # name of its SDK on PyPI
    api: Api
    list_servers: str  # path and query of a request that lists at most one server
    catalog: Catalog
    default_region: str  # where a stack of another cloud is placed when it is planned for this one
    servers_network: Callable[[str], str]  # returns the private network of a deployment's servers by its name
    server: ServerResource
    volume: VolumeResource
    lasting: Mapping[str, str]  # other resource types that the guard protects, each with its noun for messages
    # Without these outputs nothing can be built on a resource. A creation that failed half-way is saved with its inputs
    # alone (`initializationError` in pulumi-terraform-bridge, pkg/tfbridge/provider.go).
    needed: Mapping[str, tuple[str, ...]]
    examples: Mapping[str, Mapping[str, Any]]  # outputs that the cloud would compute, for rendering without it
    resize: Assumption  # how long the cloud takes to change the type of a server that is powered off
    # Most networks that one firewall rule takes; None: each network is a rule of its own.
    networks_of_rule: int | None = None
    # Most rules that a firewall takes; None: the cloud has no limit that matters here.
    rules_of_firewall: int | None = None
    upgrade_only: bool = False  # whether the cloud refuses to resize to a smaller type
    repriced: str = ""  # how a resize, and resizing back, changes the price
