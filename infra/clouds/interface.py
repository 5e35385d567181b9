"""Define the interface of a cloud: the inputs and outputs of every provider's components."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import pulumi
from pulumi_command import remote

from infra.names import deploy_key_suffix

NETWORK = "10.20.0.0/16"
SERVER_PRIVATE_IP = "10.20.1.2"  # used at Hetzner, which lets the address be chosen
_FIRST_CELERY_HOST = 10
EVERYONE = ("0.0.0.0/0", "::/0")
_OPEN = ("80", "443")
_ADMIN = ("22", "6443")
# A resize copies the disk and may wait for a free host; the provider plugins poll until it is done.
TIMEOUTS = pulumi.CustomTimeouts(create="15m", update="30m", delete="10m")


@dataclass(frozen=True, kw_only=True)
class ServerArgs:
    """These inputs describe a provider's server; no part of `user_data` depends on the stage."""

    deployment: str
    region: str
    instance_type: str
    volume_size_gib: int
    delete_protection: bool = True  # protection by the cloud, where it offers it, in addition to Pulumi's `protect`
    admin_cidrs: tuple[str, ...]
    ssh_public_key: pulumi.Input[str]
    ssh_key_number: int = 1  # counts the deploy keys: each is an object of its own at the provider
    user_data: pulumi.Input[str]
    connection: Callable[[pulumi.Input[str]], remote.ConnectionArgs]  # returns the SSH connection to an address
    volume_label: str  # used at Vultr, where a volume is attached again only if its label changes

    @property
    def ssh_key_suffix(self) -> str:
        """Return the suffix of the logical name of the deploy key's resource."""
        return deploy_key_suffix(self.ssh_key_number)

    @property
    def ssh_key_name(self) -> str:
        """Return the provider's name of the deploy key, which Hetzner requires to be unique in a project."""
        return f"{self.deployment}-deploy{self.ssh_key_suffix}" if self.ssh_key_suffix else self.deployment


class Server(Protocol):
    """A provider's server is a VPS with a stable public address, a private address and a data volume."""

    server_id: pulumi.Output[str]
    public_ip: pulumi.Output[str]
    private_ip: pulumi.Output[str]
    volume_device: pulumi.Output[str]
    network_id: pulumi.Output[str]  # which further servers need to join the private network
    ssh_key_id: pulumi.Output[str]
    ready: list[pulumi.Resource]


@dataclass(frozen=True, kw_only=True)
class CeleryServersArgs:
    """These inputs describe Celery servers, which join the private network and accept nothing from the internet."""

    deployment: str
    region: str
    instance_type: str
    count: int
    network_id: pulumi.Input[str]
    ssh_key_id: pulumi.Input[str]
    user_data: pulumi.Input[str]

    def name(self, number: int) -> str:
        """Return the name of a Celery server at the provider and of its node.

        Args:
            number: Counts from 1.
        """
        return celery_name(self.deployment, number)


@dataclass(frozen=True, kw_only=True)
class CeleryServer:
    """One Celery server; SSH must wait for every resource in `ready`, the first of which is the VPS."""

    name: str
    private_ip: pulumi.Output[str]
    ready: tuple[pulumi.CustomResource, ...]

    @property
    def server_id(self) -> pulumi.Output[str]:
        """Return the id of the VPS: when it changes, everything must be installed again."""
        return self.ready[0].id


class CeleryServers(Protocol):
    """Celery servers hold no data, so the stack creates and deletes them as their count changes."""

    servers: tuple[CeleryServer, ...]


def celery_name(deployment: str, number: int) -> str:
    """Return the name of a Celery server at the provider and of its node.

    Args:
        deployment: The deployment's name.
        number: Counts from 1.
    """
    return f"{deployment}-celery-{number}"


def celery_private_ip(number: int) -> str:
    """Return the private address of a Celery server at a provider that lets it be chosen.

    Args:
        number: Counts from 1.
    """
    return f"10.20.1.{_FIRST_CELERY_HOST + number}"


@dataclass(frozen=True, kw_only=True)
class FoundServer:
    """A found server is one that the provider's API lists for the deployment."""

    id: str
    name: str
    instance_type: str
    region: str
    celery: bool  # whether it only runs Celery


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An offer says whether the provider sells an instance type in a region at the moment."""

    instance_type: str
    refusal: str  # why the type is not available; empty if it is
    price: Decimal | None = None  # per month; None if the provider's function returns no price


def opened_ports(admin_cidrs: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """Return TCP ports and the networks that may connect to each: the shop for everyone, SSH and the API for admins.

    Args:
        admin_cidrs: Networks that may reach SSH and the Kubernetes API.
    """
    return [(port, EVERYONE) for port in _OPEN] + [(port, admin_cidrs) for port in _ADMIN]


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """A cloud bundles its components and look-ups; a component's first argument is its logical name."""

    server: Callable[[str, ServerArgs], Server]  # builds the server with its volume, address, network and firewall
    # Builds servers in the private network of the server.
    celery_servers: Callable[[str, CeleryServersArgs], CeleryServers]
    # Finds the servers that carry the deployment's label; the second argument is the number of Celery servers in the
    # state.
    find_servers: Callable[[str, int], list[FoundServer]]
    # Asks whether the region sells these instance types at the moment; keeps the order of the names.
    find_offers: Callable[[str, tuple[str, ...]], list[Offer]]
    # Says whether the data volume with that label is attached to a server; None if the state records the attachment.
    volume_attached: Callable[[str], bool | None] = lambda _label: None
