"""Chooses the provider's components; its SDK is imported only here, because one alone costs half a second."""

# ruff: noqa: PLC0415  see above

from __future__ import annotations

from infra.components.server.interface import CeleryServers, CeleryServersArgs, FoundServer, Offer, Server, ServerArgs
from infra.models.stack_config import Provider
from infra.names import CELERY_SERVERS_COMPONENT


def build_server(provider: Provider, args: ServerArgs) -> Server:
    """The provider's server with volume, address, network and firewall."""
    match provider:
        case "hetzner":
            from infra.components.server.hetzner import HetznerServer

            return HetznerServer("server", args)
        case "digitalocean":
            from infra.components.server.digitalocean import DigitalOceanServer

            return DigitalOceanServer("server", args)
        case "vultr":
            from infra.components.server.vultr import VultrServer

            return VultrServer("server", args)


def build_celery_servers(provider: Provider, args: CeleryServersArgs) -> CeleryServers:
    """The provider's servers of their own for Celery, in the private network of its server."""
    match provider:
        case "hetzner":
            from infra.components.server.hetzner_celery import HetznerCeleryServers

            return HetznerCeleryServers(CELERY_SERVERS_COMPONENT, args)
        case "digitalocean":
            from infra.components.server.digitalocean_celery import DigitalOceanCeleryServers

            return DigitalOceanCeleryServers(CELERY_SERVERS_COMPONENT, args)
        case "vultr":
            from infra.components.server.vultr_celery import VultrCeleryServers

            return VultrCeleryServers(CELERY_SERVERS_COMPONENT, args)


def find_servers(provider: Provider, deployment: str) -> list[FoundServer]:
    """The provider's servers that carry the deployment's label, without those that only run Celery."""
    match provider:
        case "hetzner":
            from infra.components.server.hetzner import find_hetzner_servers

            return find_hetzner_servers(deployment)
        case "digitalocean":
            from infra.components.server.digitalocean import find_digitalocean_servers

            return find_digitalocean_servers(deployment)
        case "vultr":
            from infra.components.server.vultr import find_vultr_servers

            return find_vultr_servers(deployment)


def find_offers(provider: Provider, region: str, names: tuple[str, ...]) -> list[Offer]:
    """What the provider says of these instance types, now, in the order of the names."""
    match provider:
        case "hetzner":
            from infra.components.server.hetzner import hetzner_offers

            return hetzner_offers(region, names)
        case "digitalocean":
            from infra.components.server.digitalocean import digitalocean_offers

            return digitalocean_offers(region, names)
        case "vultr":
            from infra.components.server.vultr import vultr_offers

            return vultr_offers(region, names)
