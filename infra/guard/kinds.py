"""The kinds of resources that hold data, a name or the way to both."""

from __future__ import annotations

import re

from infra.names import CELERY_SERVERS_COMPONENT
from infra.preview.engine_preview import Step

_KINDS = {
    "hcloud:index/server:Server": "server",
    "digitalocean:index/droplet:Droplet": "server",
    "vultr:index/instance:Instance": "server",
    "hcloud:index/volume:Volume": "volume",
    "digitalocean:index/volume:Volume": "volume",
    "vultr:index/blockStorage:BlockStorage": "volume",
    "hcloud:index/volumeAttachment:VolumeAttachment": "volume's attachment",
    "digitalocean:index/volumeAttachment:VolumeAttachment": "volume's attachment",
    "hcloud:index/primaryIp:PrimaryIp": "address",
    "digitalocean:index/reservedIp:ReservedIp": "address",
    "digitalocean:index/reservedIpAssignment:ReservedIpAssignment": "address",
    "vultr:index/reservedIp:ReservedIp": "address",
    "hcloud:index/network:Network": "network",
    "hcloud:index/networkSubnet:NetworkSubnet": "network",
    "hcloud:index/serverNetwork:ServerNetwork": "network",
    "digitalocean:index/vpc:Vpc": "network",
    "vultr:index/vpc:Vpc": "network",
    "pulumi:providers:kubernetes": "Kubernetes provider",
    "kubernetes:core/v1:Namespace": "namespace",
    "kubernetes:core/v1:PersistentVolumeClaim": "claim",
    "kubernetes:core/v1:PersistentVolume": "claim",
    "kubernetes:apps/v1:StatefulSet": "StatefulSet",
    "random:index/randomPassword:RandomPassword": "secret",
    "tls:index/privateKey:PrivateKey": "key",
}
# Kinds whose size is the resource's own number of GiB or GB.
SIZES = {
    "hcloud:index/volume:Volume": "size",
    "digitalocean:index/volume:Volume": "size",
    "vultr:index/blockStorage:BlockStorage": "sizeGb",
}
VULTR_INSTANCE = "vultr:index/instance:Instance"
_KEY = "tls:index/privateKey:PrivateKey"
_CELERY_HOST_KEY = "celery-host-key"
_HOLD_DATA = ("volume", "claim")  # a Celery server has none: under whatever name, it is another's
_DEPLOY_KEY = re.compile(r"access-deploy-key(-\d)?")


def kind_of(step: Step) -> str | None:
    """What stands behind a resource that must stay; None where it may come and go."""
    if _comes_and_goes(step) and not step.protected:
        return None
    if _DEPLOY_KEY.fullmatch(step.name) and step.op == "delete" and not step.protected:
        return None  # the one that updates log in with is protected; another may leave after a rotation
    return _known(step) or ("protected resource" if step.protected else None)


def _known(step: Step) -> str | None:
    return next((_KINDS[one] for one in (step.type, *step.types) if one in _KINDS), None)


def _comes_and_goes(step: Step) -> bool:
    """Celery servers with what belongs to each, and the host key that they share."""
    if step.type == _KEY:
        return step.name.endswith(_CELERY_HOST_KEY)
    return step.name.startswith(f"{CELERY_SERVERS_COMPONENT}-") and _known(step) not in _HOLD_DATA
