"""The one interface behind the three clouds: what a provider's components take and offer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import pulumi
from pulumi_command import remote

from infra.names import deploy_key_suffix

NETWORK = "10.20.0.0/16"
SERVER_PRIVATE_IP = "10.20.1.2"  # where the provider lets it be chosen
_FIRST_CELERY_HOST = 10
EVERYONE = ("0.0.0.0/0", "::/0")
_OPEN = ("80", "443")
_ADMIN = ("22", "6443")
# A resize copies the disk and may wait for the host; the providers poll until it is done.
TIMEOUTS = pulumi.CustomTimeouts(create="15m", update="30m", delete="10m")


@dataclass(frozen=True, kw_only=True)
class ServerArgs:
    """Inputs of a provider's server; nothing in `user_data` depends on the stage."""

    deployment: str
    region: str
    instance_type: str
    volume_size_gib: int
    delete_protection: bool = True  # the cloud's own, where it has one, beside the engine's `protect`
    admin_cidrs: tuple[str, ...]
    ssh_public_key: pulumi.Input[str]
    ssh_key_number: int = 1  # of the deploy key: each has an object of its own at the provider
    user_data: pulumi.Input[str]
    connection: Callable[[pulumi.Input[str]], remote.ConnectionArgs]  # SSH to the address that it is given
    volume_label: str  # at Vultr, where only another label lets the volume be attached again

    @property
    def ssh_key_suffix(self) -> str:
        """Of the logical name of the deploy key's object."""
        return deploy_key_suffix(self.ssh_key_number)

    @property
    def ssh_key_name(self) -> str:
        """The provider's name of the deploy key, unique in an account at Hetzner."""
        return f"{self.deployment}-deploy{self.ssh_key_suffix}" if self.ssh_key_suffix else self.deployment


class Server(Protocol):
    """A VPS with its stable public address, private address and data volume."""

    server_id: pulumi.Output[str]
    public_ip: pulumi.Output[str]
    private_ip: pulumi.Output[str]
    volume_device: pulumi.Output[str]
    network_id: pulumi.Output[str]  # what a further server needs to join the private network
    ssh_key_id: pulumi.Output[str]
    ready: list[pulumi.Resource]


@dataclass(frozen=True, kw_only=True)
class CeleryServersArgs:
    """Inputs of a provider's Celery servers: they join the server's private network, the internet can't reach them."""

    deployment: str
    region: str
    instance_type: str
    count: int
    network_id: pulumi.Input[str]
    ssh_key_id: pulumi.Input[str]
    user_data: pulumi.Input[str]

    def name(self, number: int) -> str:
        """The physical name, and the node's; numbers begin at 1."""
        return celery_name(self.deployment, number)


@dataclass(frozen=True, kw_only=True)
class CeleryServer:
    """One Celery server: `ready` is what SSH must wait for, the VPS itself first."""

    name: str
    private_ip: pulumi.Output[str]
    ready: tuple[pulumi.CustomResource, ...]

    @property
    def server_id(self) -> pulumi.Output[str]:
        """Another one is another VPS, which knows nothing of what ran on the one before it."""
        return self.ready[0].id


class CeleryServers(Protocol):
    """Servers that hold no data: they come and go with their count."""

    servers: tuple[CeleryServer, ...]


def celery_name(deployment: str, number: int) -> str:
    """The physical name of a Celery server, and its node's; numbers begin at 1."""
    return f"{deployment}-celery-{number}"


def celery_private_ip(number: int) -> str:
    """The private address of a Celery server where the provider lets it be chosen; numbers begin at 1."""
    return f"10.20.1.{_FIRST_CELERY_HOST + number}"


@dataclass(frozen=True, kw_only=True)
class FoundServer:
    """A server that the look-up found at the provider."""

    id: str
    name: str
    instance_type: str
    region: str
    celery: bool  # one that only runs Celery


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What the provider says of an instance type in a region, now."""

    instance_type: str
    refusal: str  # why it can't be had; empty where it can
    price: Decimal | None = None  # a month, where the provider's function says it


def opened_ports(admin_cidrs: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """TCP ports and who may reach them: the shop for everyone, SSH and the Kubernetes API for admins."""
    return [(port, EVERYONE) for port in _OPEN] + [(port, admin_cidrs) for port in _ADMIN]


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """What a provider has to bring; the first argument of a component is its name."""

    server: Callable[[str, ServerArgs], Server]  # with volume, address, network and firewall
    celery_servers: Callable[[str, CeleryServersArgs], CeleryServers]  # in the private network of its server
    # The servers that carry the deployment's label; the second argument says how many of Celery's the state knows.
    find_servers: Callable[[str, int], list[FoundServer]]
    # What the provider says of instance types in a region, now, in the order of their names.
    find_offers: Callable[[str, tuple[str, ...]], list[Offer]]
    # Whether the data volume of that label belongs to a server; None where an attachment in the state says it.
    volume_attached: Callable[[str], bool | None] = lambda _label: None
