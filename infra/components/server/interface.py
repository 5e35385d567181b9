"""The one interface behind the three clouds: what a provider's components take and offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pulumi

NETWORK, SUBNET = "10.20.0.0/16", "10.20.1.0/24"
SERVER_PRIVATE_IP = "10.20.1.2"  # where the provider lets it be chosen
_FIRST_CELERY_HOST = 10
# A resize copies the disk and may wait for the host; the providers poll until it is done.
TIMEOUTS = pulumi.CustomTimeouts(create="15m", update="30m", delete="10m")


@dataclass(frozen=True, kw_only=True)
class ServerArgs:
    """Inputs of a provider's server; nothing in `user_data` depends on the stage."""

    deployment: str
    region: str
    instance_type: str
    volume_size_gib: int
    admin_cidrs: tuple[str, ...]
    ssh_public_key: pulumi.Input[str]
    user_data: pulumi.Input[str]


class Server(Protocol):
    """A VPS with its stable public address, private address and data volume."""

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
        return f"{self.deployment}-celery-{number}"


@dataclass(frozen=True, kw_only=True)
class CeleryServer:
    """One Celery server: `ready` is what SSH must wait for."""

    name: str
    private_ip: pulumi.Output[str]
    ready: tuple[pulumi.Resource, ...]


class CeleryServers(Protocol):
    """Servers that hold no data: they come and go with their count."""

    servers: tuple[CeleryServer, ...]


def celery_private_ip(number: int) -> str:
    """The private address of a Celery server where the provider lets it be chosen; numbers begin at 1."""
    return f"10.20.1.{_FIRST_CELERY_HOST + number}"
