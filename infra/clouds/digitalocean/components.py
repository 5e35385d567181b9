"""Bundle the components and look-ups of DigitalOcean; importing this module loads the SDK."""

from __future__ import annotations

from infra.clouds.digitalocean.celery_servers import DigitalOceanCeleryServers
from infra.clouds.digitalocean.server import DigitalOceanServer, digitalocean_offers, find_digitalocean_servers
from infra.clouds.interface import Cloud

CLOUD = Cloud(
    server=DigitalOceanServer,
    celery_servers=DigitalOceanCeleryServers,
    find_servers=find_digitalocean_servers,
    find_offers=digitalocean_offers,
)
