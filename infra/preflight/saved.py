"""Read servers and the volume from the state, and find resources whose creation stopped half-way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.clouds import CLOUDS
from infra.errors import Problem, RefusedError
from infra.names import CELERY_SERVERS_COMPONENT, SERVER_RESOURCE, VOLUME_RESOURCE

_NEEDED = {kind: outputs for cloud in CLOUDS.values() for kind, outputs in cloud.needed.items()}
_SERVERS = {cloud.server.type: cloud.server for cloud in CLOUDS.values()}
# The output that names the server, for volumes that have one.
_SELF_ATTACHED = {cloud.volume.type: cloud.volume.server for cloud in CLOUDS.values() if cloud.volume.server}
_STACK = "pulumi:pulumi:Stack"
_ANSWERED = re.compile(r"celery-answers-(\d+)")
# The script of infra/components/celery_answers.py exports it.
_BOOT = re.compile(r"^export BOOT='\S+ (\S+)'$", re.MULTILINE)
Resources = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class SavedServer:
    """A saved server is one that the state contains; `resource` is its logical name."""

    resource: str
    name: str
    instance_type: str


def require_finished(resources: Resources, stack: str) -> None:
    """Refuse a state in which the creation of a resource stopped half-way on which others depend.

    Args:
        resources: The state's resources by URN, each with its type and outputs.
        stack: The stack's name, for the message.

    Raises:
        RefusedError: Lists every such resource.
    """
    problems = [
        Problem(
            path=f"the state's {logical}",
            value="",
            allowed=f"its creation stopped half-way, {' and '.join(missing)} {_are(missing)} unknown",
            hint=f"{refresh_first(logical, stack)}. If the provider does not have it, that removes it from the state",
        )
        for logical, missing in _unfinished(resources)
    ]
    if problems:
        raise RefusedError("a resource of this deployment is incomplete; nothing was changed", problems)


def refresh_first(logical: str, stack: str) -> str:
    """Return the hint with the one command that reads a resource from the provider into the state.

    Args:
        logical: The resource's logical name.
        stack: The stack's name.
    """
    return f"Run `{REFRESH} --target '**::{logical}' -s {stack}`, then this command again"


REFRESH = "pulumi refresh --yes --skip-preview"


def saved_servers(resources: Resources) -> Iterator[SavedServer]:
    """Yield the main server and the Celery servers.

    Args:
        resources: The state's resources by URN, each with its type and outputs.
    """
    for urn, resource in resources.items():
        logical, keys = _logical(urn), _SERVERS.get(resource["type"])
        if keys and (logical == SERVER_RESOURCE or logical.startswith(f"{CELERY_SERVERS_COMPONENT}-")):
            outputs = _outputs(resource)
            yield SavedServer(
                resource=logical, instance_type=str(outputs[keys.instance_type]), name=str(outputs[keys.name])
            )


def last_instance_type(resources: Resources) -> str:
    """Return the server's type after the last successful update, or an empty text if there was none.

    Args:
        resources: The state's resources by URN, each with its type and outputs.
    """
    stacks = (_outputs(one) for one in resources.values() if one["type"] == _STACK)
    return next((str(one.get("instance_type") or "") for one in stacks), "")


def types_that_answered(resources: Resources) -> dict[str, str]:
    """Return the type that each Celery server had when an update last reached it, by the server's logical name.

    The command that waits for a server contains the type, and it does not run if the resize before it failed.

    Args:
        resources: The state's resources by URN, each with its type and outputs.
    """
    found = {}
    for urn, resource in resources.items():
        answered = _ANSWERED.fullmatch(_logical(urn))
        boot = _BOOT.search(str(_outputs(resource).get("create") or "")) if answered else None
        if answered and boot:
            found[f"{CELERY_SERVERS_COMPONENT}-{answered[1]}-server"] = boot[1]
    return found


def volume_label(resources: Resources, deployment: str) -> str:
    """Return the label of a volume that names its server; the label changes if the update must attach the volume.

    Args:
        resources: The state's resources by URN, each with its type and outputs.
        deployment: The deployment's name.
    """
    for outputs, attached in _self_attached(resources):
        label = str(outputs.get("label") or deployment)
        if attached and any(_logical(one) == SERVER_RESOURCE for one in resources):
            return label
        return other_label(label, deployment)
    return deployment


def other_label(label: str, deployment: str) -> str:
    """Return the other one of the two labels between which the volume changes.

    Args:
        label: One of the labels.
        deployment: The deployment's name.
    """
    return f"{deployment}-data" if label == deployment else deployment


def attached_volume(resources: Resources) -> str:
    """Return the label of the volume if the state says that a server has it, or an empty text.

    Args:
        resources: The state's resources by URN, each with its type and outputs.
    """
    return next((str(outputs.get("label") or "") for outputs, attached in _self_attached(resources) if attached), "")


def _self_attached(resources: Resources) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Yield the outputs of a data volume that names its server, and whether it names one."""
    for urn, resource in resources.items():
        key = _SELF_ATTACHED.get(resource["type"])
        if key and _logical(urn) == VOLUME_RESOURCE:
            outputs = _outputs(resource)
            yield outputs, bool(outputs.get(key))


def _unfinished(resources: Resources) -> Iterator[tuple[str, list[str]]]:
    for urn, resource in resources.items():
        outputs = _outputs(resource)
        missing = [key for key in _NEEDED.get(resource["type"], ()) if not outputs.get(key)]
        if missing:
            yield _logical(urn), missing


def _are(missing: list[str]) -> str:
    return "is" if len(missing) == 1 else "are"


def _logical(urn: str) -> str:
    return urn.rpartition("::")[2]


def _outputs(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    return resource.get("outputs") or {}
