"""Bundle the components and look-ups of Vultr; importing this module loads the SDK."""

from __future__ import annotations

from infra.clouds.interface import Cloud
from infra.clouds.vultr.celery_servers import VultrCeleryServers
from infra.clouds.vultr.server import VultrServer, find_vultr_servers, vultr_offers, vultr_volume_attached

CLOUD = Cloud(
    server=VultrServer,
    celery_servers=VultrCeleryServers,
    find_servers=find_vultr_servers,
    find_offers=vultr_offers,
    volume_attached=vultr_volume_attached,
)
