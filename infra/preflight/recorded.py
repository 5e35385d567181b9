"""Read what the deployment has from the stack's own state.

The program asks the engine directly instead of using a StackReference, because it needs the answer before it registers
the first resource, and because the state is right even if the last update stopped half-way and kept old outputs (ADR
0008).
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pulumi
from pulumi.runtime import invoke

from infra.clouds import CLOUDS
from infra.errors import Problem, RefusedError
from infra.names import (
    CELERY_SERVER_RESOURCE,
    CELERY_SERVERS_COMPONENT,
    DEPLOYMENT_LABEL,
    SERVER_RESOURCE,
    VOLUME_RESOURCE,
)
from infra.preflight.recorded_k3s import recorded_k3s
from infra.preflight.saved import Resources, require_finished
from infra.sizing.inputs import Recorded

_TOKEN = "pulumi:pulumi:readStackResourceOutputs"  # noqa: S105  a function of the engine's built-in provider
_STACK = "pulumi:pulumi:Stack"
_CELERY_SERVER = re.compile(rf"{CELERY_SERVERS_COMPONENT}-\d+-server")
_RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0)
_SERVERS = {cloud.server.type: (name, cloud.server) for name, cloud in CLOUDS.items()}
_VOLUMES = {cloud.volume.type: cloud.volume for cloud in CLOUDS.values()}


def load_state() -> Resources:
    """Return the resources of the stack that is being updated, by URN, each with its type and outputs.

    Raises:
        RefusedError: The state cannot be read, or the creation of a resource stopped half-way on which others depend.
    """
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    resources: Resources = _read_state(name).get("outputs") or {}
    require_finished(resources, pulumi.get_stack())
    return resources


def _read_state(name: str) -> Mapping[str, Any]:
    """Read the state, and retry if the answer was cut off, because a backend in a folder may be writing it.

    The engine saves a checkpoint when the program starts. The folder's driver replaces the file atomically, but not the
    file of attributes beside it, so a reader in between gets `EOF` (seen with pulumi 3.259.0). After a login with
    `?metadata=skip`, as in the tutorial, that file does not exist.
    """
    for wait in (*_RETRY_SECONDS, None):
        try:
            return invoke(_TOKEN, {"stackName": name}).value or {}
        except Exception as error:  # noqa: BLE001  the SDK raises nothing narrower
            if wait is None:
                raise _unreadable(name, error) from None
            time.sleep(wait)
    raise AssertionError("the last try returns or raises")


def _unreadable(name: str, error: Exception) -> RefusedError:
    problem = Problem(
        path="stack",
        value=name,
        allowed=f"a state that can be read, but: {str(error).rpartition('returned an error: ')[2]}",
        hint="See `pulumi stack export` and `pulumi login`; without its past an update could replace the server",
    )
    return RefusedError("the stack's own state can't be read", [problem])


def read_recorded(resources: Resources) -> Recorded | None:
    """Return what the deployment has, or None if it has no server yet.

    Args:
        resources: The state's resources by URN; `require_finished` has accepted them.
    """
    last: Mapping[str, Any] = {}
    volume = 0
    server: tuple[str, Mapping[str, Any]] | None = None
    celery: tuple[str, int] = "", 0
    celery_count = 0
    for urn, resource in resources.items():
        kind, outputs = resource["type"], resource.get("outputs") or {}
        logical_name = urn.rpartition("::")[2]
        celery_count += kind in _SERVERS and bool(_CELERY_SERVER.fullmatch(logical_name))
        if kind == _STACK:
            last = outputs
        elif kind in _SERVERS and logical_name == SERVER_RESOURCE:
            server = kind, outputs
        elif kind in _SERVERS and logical_name == CELERY_SERVER_RESOURCE:
            _, keys = _SERVERS[kind]
            celery = outputs[keys.instance_type], int(outputs[keys.root_disk_gb])
        elif kind in _VOLUMES and logical_name == VOLUME_RESOURCE:
            volume = int(outputs[_VOLUMES[kind].size])
    stage, version = int(last.get("stage") or 0), str(last.get("version") or "")
    # The command may have been removed from the state together with a lost server. Then the last outputs name the k3s
    # of the cluster, whose data is on the volume.
    k3s_version = recorded_k3s(resources) or str(last.get("k3s_version") or "")
    if server is None:
        lost = _without_server(last, volume, stage, version)
        return replace(lost, k3s_version=k3s_version) if lost else None
    kind, outputs = server
    provider, keys = _SERVERS[kind]
    labels = outputs.get("labels") or {}
    return Recorded(
        name=labels.get(DEPLOYMENT_LABEL) or outputs.get("name") or outputs["label"],
        provider=provider,
        region=outputs[keys.region],
        stage=stage,
        instance_type=outputs[keys.instance_type],
        root_disk_gb=int(outputs[keys.root_disk_gb]),
        volume_size_gib=volume,
        version=version,
        celery_instance_type=celery[0],
        celery_root_disk_gb=celery[1],
        celery_count=celery_count,
        k3s_version=k3s_version,
    )


def _without_server(last: Mapping[str, Any], volume: int, stage: int, version: str) -> Recorded | None:
    """Return the past of a deployment that lost its server but kept its volume, from the stack's last outputs."""
    if not volume or "instance_type" not in last:
        return None
    return Recorded(
        name=last["name"],
        provider=last["provider"],
        region=last["region"],
        stage=stage,
        instance_type=last["instance_type"],
        root_disk_gb=0,
        volume_size_gib=volume,
        version=version,
    )
