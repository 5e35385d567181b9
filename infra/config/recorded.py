"""What the deployment already has, from the stack's own state.

An invoke and no StackReference: the answer is needed before the first resource is registered, and the state itself is
right even where the last update stopped half-way and left its outputs behind (ADR 0008).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime import invoke

from infra.errors import Problem, RefusedError
from infra.models.stack_config import StackConfig
from infra.names import DEPLOYMENT_LABEL, SERVER_RESOURCE, VOLUME_RESOURCE
from infra.sizing.inputs import Recorded

_TOKEN = "pulumi:pulumi:readStackResourceOutputs"  # noqa: S105  a function of the engine's own provider
_STACK = "pulumi:pulumi:Stack"
# Provider, then the outputs that name type, region and root disk in GB.
_SERVERS = {
    "hcloud:index/server:Server": ("hetzner", "serverType", "location", "primaryDiskSize"),
    "digitalocean:index/droplet:Droplet": ("digitalocean", "size", "region", "disk"),
    "vultr:index/instance:Instance": ("vultr", "plan", "region", "disk"),
}
_VOLUMES = {
    "hcloud:index/volume:Volume": "size",
    "digitalocean:index/volume:Volume": "size",
    "vultr:index/blockStorage:BlockStorage": "sizeGb",
}


def load_recorded() -> Recorded | None:
    """The past of the stack that is being updated; None before its server exists."""
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    answer = invoke(_TOKEN, {"stackName": name}).value or {}
    return read_recorded(answer.get("outputs") or {})


def read_recorded(resources: Mapping[str, Any]) -> Recorded | None:
    """From a state's resources by URN, each with its type and outputs."""
    stage, volume = 0, 0
    server: tuple[str, Mapping[str, Any]] | None = None
    for urn, resource in resources.items():
        kind, outputs = resource["type"], resource.get("outputs") or {}
        logical_name = urn.rpartition("::")[2]
        if kind == _STACK:
            stage = int(outputs.get("stage") or 0)
        elif kind in _SERVERS and logical_name == SERVER_RESOURCE:
            server = kind, outputs
        elif kind in _VOLUMES and logical_name == VOLUME_RESOURCE:
            volume = int(outputs[_VOLUMES[kind]])
    if server is None:
        return None
    kind, outputs = server
    provider, type_key, region_key, disk_key = _SERVERS[kind]
    labels = outputs.get("labels") or {}
    return Recorded(
        name=labels.get(DEPLOYMENT_LABEL) or outputs.get("name") or outputs["label"],
        provider=provider,
        region=outputs[region_key],
        stage=stage,
        instance_type=outputs[type_key],
        root_disk_gb=int(outputs[disk_key]),
        volume_size_gib=volume,
    )


def require_same_place(config: StackConfig, recorded: Recorded | None) -> None:
    """Raises RefusedError where the stack file would replace the server."""
    if recorded is None:
        return
    changed = [
        (key, getattr(config, key), getattr(recorded, key))
        for key in ("name", "provider", "region")
        if getattr(config, key) != getattr(recorded, key)
    ]
    problems = [
        Problem(
            path=f"stagecoach:{key}",
            value=wanted,
            allowed=f"{has}, where this stack's server stands: another one would replace the server and its data",
            hint="Take the change back; for a second deployment make a stack of its own with another name",
        )
        for key, wanted, has in changed
    ]
    if problems:
        raise RefusedError("the change would replace the server", problems)
