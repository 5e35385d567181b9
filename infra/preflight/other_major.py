"""Refuse another major version of a data service than the one that the cluster runs.

The stack file alone does not show the change: a deployment may have had an image of its own from the first day, and
removing that line, or updating the checkout, would bring the stack's image. The state does not show it either: after a
failed update it names the image that never started, and going back from that must stay possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.cluster_api import Cluster
from infra.errors import Problem, RefusedError
from infra.names import APP_NAMESPACE, POSTGRES, REDIS_BROKER
from infra.preflight.recorded_cluster import SECONDS, recorded_kubeconfig, recorded_outputs
from infra.stack_file.stack_config import StackConfig
from infra.stack_file.values.image_reference import parse_image, reads
from infra.versions import IMAGES

_STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
_PATH = f"/apis/apps/v1/namespaces/{APP_NAMESPACE}/statefulsets"
# StatefulSets whose data must not be lost, each with the name that its container and its image share.
_SERVICES = ((POSTGRES, "postgres"), (REDIS_BROKER, "redis"))
Object = Mapping[str, Any]


def require_same_major(config: StackConfig, state: Mapping[str, Any]) -> None:
    """Refuse a data service that could not read its files.

    The function asks the cluster only if the state has another major version than the stack file, and accepts if the
    cluster does not answer.

    Args:
        config: The stack file.
        state: The stack's resources by URN, each with its type and outputs.

    Raises:
        RefusedError: A data service would start on files that it cannot read; nothing was touched.
    """
    recorded = list(recorded_outputs(state, _STATEFUL_SET))
    if not list(_problems(config, recorded)):
        return
    try:
        live = Cluster(recorded_kubeconfig(state), seconds=SECONDS).items(_PATH)
    except (OSError, ValueError):
        return  # the update could not reach the database either
    problems = list(_problems(config, [one for one in live if _runs(one)]))
    if problems:
        raise RefusedError("the data on the volume is of another major version; nothing was touched", problems)


def _problems(config: StackConfig, objects: list[Object]) -> Iterator[Problem]:
    for name, image in _SERVICES:
        wanted = config.images.get(image, IMAGES[image])
        for one in objects:
            has = _image(one, image) if (one.get("metadata") or {}).get("name") == name else ""
            new, old = _major(wanted), _major(has)
            if new is not None and old is not None and not reads(image, new, old):
                yield Problem(
                    path=f"stagecoach:images.{image}",
                    value=wanted,
                    allowed=f"{has} runs here, and {new} can't read what {old} wrote",
                    hint=f"Name what runs by its digest, which `kubectl get pod {name}-0 -n {APP_NAMESPACE} -o "
                    f"jsonpath='{{.status.containerStatuses[?(@.name==\"{image}\")].imageID}}'` prints",
                )


def _image(one: Object, container: str) -> str:
    pod = (((one.get("spec") or {}).get("template") or {}).get("spec")) or {}
    return next((str(made.get("image")) for made in pod.get("containers") or () if made.get("name") == container), "")


def _major(image: str) -> int | None:
    try:
        return parse_image(image).major
    except ValueError:
        return None


def _runs(one: Object) -> bool:
    """Return whether a pod of the current template is ready, which proves that its image reads the volume."""
    status = one.get("status") or {}
    return (
        status.get("observedGeneration") == (one.get("metadata") or {}).get("generation")
        and status.get("currentRevision") == status.get("updateRevision")
        and bool(status.get("readyReplicas"))
    )
