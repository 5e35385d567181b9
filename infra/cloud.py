"""Chooses the provider's parts; its SDK is imported only here, because one alone costs half a second."""

# ruff: noqa: PLC0415  see above

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infra.components.server.interface import CeleryServers, CeleryServersArgs, FoundServer, Offer, Server, ServerArgs
from infra.models.stack_config import Provider


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


def cloud(provider: Provider) -> Cloud:
    """The provider's."""
    match provider:
        case "hetzner":
            return _hetzner()
        case "digitalocean":
            return _digitalocean()
        case "vultr":
            return _vultr()


def _hetzner() -> Cloud:
    from infra.components.server.hetzner import HetznerServer, find_hetzner_servers, hetzner_offers
    from infra.components.server.hetzner_celery import HetznerCeleryServers

    return Cloud(
        server=HetznerServer,
        celery_servers=HetznerCeleryServers,
        find_servers=find_hetzner_servers,
        find_offers=hetzner_offers,
    )


def _digitalocean() -> Cloud:
    from infra.components.server.digitalocean import (
        DigitalOceanServer,
        digitalocean_offers,
        find_digitalocean_servers,
    )
    from infra.components.server.digitalocean_celery import DigitalOceanCeleryServers

    return Cloud(
        server=DigitalOceanServer,
        celery_servers=DigitalOceanCeleryServers,
        find_servers=find_digitalocean_servers,
        find_offers=digitalocean_offers,
    )


def _vultr() -> Cloud:
    from infra.components.server.vultr import (
        VultrServer,
        find_vultr_servers,
        vultr_offers,
        vultr_volume_attached,
    )
    from infra.components.server.vultr_celery import VultrCeleryServers

    return Cloud(
        server=VultrServer,
        celery_servers=VultrCeleryServers,
        find_servers=find_vultr_servers,
        find_offers=vultr_offers,
        volume_attached=vultr_volume_attached,
    )
