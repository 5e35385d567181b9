"""Bundle the components and look-ups of Hetzner; importing this module loads the SDK."""

from __future__ import annotations

from infra.clouds.hetzner.celery_servers import HetznerCeleryServers
from infra.clouds.hetzner.server import HetznerServer, find_hetzner_servers, hetzner_offers
from infra.clouds.interface import Cloud

CLOUD = Cloud(
    server=HetznerServer,
    celery_servers=HetznerCeleryServers,
    find_servers=find_hetzner_servers,
    find_offers=hetzner_offers,
)
