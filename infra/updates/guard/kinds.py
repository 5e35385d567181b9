"""List the kinds of resources that hold data or a name, or give access to them."""

from __future__ import annotations

import re

from infra.clouds import CLOUDS
from infra.names import CELERY_SERVERS_COMPONENT
from infra.updates.preview.engine_preview import Step

_CLOUDS_KINDS = {
    kind: noun
    for cloud in CLOUDS.values()
    for kind, noun in {cloud.server.type: "server", cloud.volume.type: "volume", **cloud.lasting}.items()
}
_KINDS = {
    **_CLOUDS_KINDS,
    "pulumi:providers:kubernetes": "Kubernetes provider",
    "kubernetes:core/v1:Namespace": "namespace",
    "kubernetes:core/v1:PersistentVolumeClaim": "claim",
    "kubernetes:core/v1:PersistentVolume": "claim",
    "kubernetes:apps/v1:StatefulSet": "StatefulSet",
    "random:index/randomPassword:RandomPassword": "secret",
    "tls:index/privateKey:PrivateKey": "key",
}
# The volumes' input that carries their size. Its unit is GiB or GB, as the provider counts.
SIZES = {cloud.volume.type: cloud.volume.size for cloud in CLOUDS.values()}
_KEY = "tls:index/privateKey:PrivateKey"
_CELERY_HOST_KEY = "celery-host-key"
# A Celery server has neither: one under its name belongs to something else and must stay.
_HOLD_DATA = ("volume", "claim")
_DEPLOY_KEY = re.compile(r"access-deploy-key(-\d)?")


def kind_of(step: Step) -> str | None:
    """Return the noun for a resource that must stay; None for a resource that may be deleted and created freely."""
    if _comes_and_goes(step) and not step.protected:
        return None
    if _DEPLOY_KEY.fullmatch(step.name) and step.op == "delete" and not step.protected:
        return None  # Updates log in with the protected key. An unprotected one may be deleted after a rotation.
    return _known(step) or ("protected resource" if step.protected else None)


def _known(step: Step) -> str | None:
    return next((_KINDS[one] for one in (step.type, *step.types) if one in _KINDS), None)


def _comes_and_goes(step: Step) -> bool:
    """Return whether a step concerns a Celery server, one of its parts, or the host key that all of them share."""
    if step.type == _KEY:
        return step.name.endswith(_CELERY_HOST_KEY)
    return step.name.startswith(f"{CELERY_SERVERS_COMPONENT}-") and _known(step) not in _HOLD_DATA
