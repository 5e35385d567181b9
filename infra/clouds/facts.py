"""What a cloud is to the rest of the project: data, without its SDK."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.assumption import Assumption
from infra.clouds.catalog import Catalog

# A resize copies the root disk at most clouds.  It holds Debian's cloud image and its packages: k3s, images and pods'
# volumes lie on the data volume.  Assumed.
ROOT_DISK_USED_GB = 3
COPY_SECONDS = ROOT_DISK_USED_GB * 60  # DigitalOcean's documentation: about a minute for each used GB


@dataclass(frozen=True, kw_only=True)
class ServerResource:
    """The Pulumi resource of a server: its type, and the outputs that carry its properties."""

    type: str
    component: str  # the type of the component around it
    name: str
    instance_type: str
    region: str
    root_disk_gb: str


@dataclass(frozen=True, kw_only=True)
class VolumeResource:
    """The Pulumi resource of the data volume: its type, and the outputs that carry its properties."""

    type: str
    size: str  # GiB or GB
    # The server that it is attached to. Empty where the attachment is a resource of its own.
    server: str = ""


@dataclass(frozen=True, kw_only=True)
class Token:
    """Where the token is looked for: an environment variable, then a key of the stack's config."""

    variable: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Api:
    """The cloud's HTTP API and its token."""

    address: str
    address_variable: str = ""  # the environment variable with which the provider's plugin takes another address
    prefix: str = ""  # between that address and a path
    token: Token
    more_secrets: tuple[str, ...] = ()  # further keys of its plugin's config that hold a secret

    @property
    def url(self) -> str:
        """What paths are appended to."""
        return self.address + self.prefix


@dataclass(frozen=True, kw_only=True)
class CloudFacts:
    """One cloud."""

    title: str
    plugin: str  # of Pulumi: also the namespace of its config keys and of its resource types
    distribution: str  # of its SDK on PyPI
    api: Api
    list_servers: str  # path and query that read at most one server
    catalog: Catalog
    default_region: str  # where a stack stands when it is planned for this cloud in place of its own
    servers_network: Callable[[str], str]  # by deployment: the private network of its servers
    server: ServerResource
    volume: VolumeResource
    lasting: Mapping[str, str]  # the other resource types that the guard keeps, with the noun for messages
    # Outputs without which nothing can be built on a resource.  The plugin saves a creation that failed half-way
    # with its inputs alone (`initializationError` in pulumi-terraform-bridge, pkg/tfbridge/provider.go).
    needed: Mapping[str, tuple[str, ...]]
    examples: Mapping[str, Mapping[str, Any]]  # outputs that the cloud would compute, for rendering without it
    resize: Assumption  # a new type for a server that is powered off
    networks_of_rule: int | None = None  # that a rule of its firewall takes; None: each network is a rule
    rules_of_firewall: int | None = None  # that a firewall takes; None: more than anybody needs
    upgrade_only: bool = False  # the cloud refuses a smaller type
    repriced: str = ""  # what a resize and its way back do to the price
