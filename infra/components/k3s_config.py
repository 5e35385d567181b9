"""k3s's config.yaml from the plan's reservations."""

from __future__ import annotations

from typing import Any

import yaml

from infra.names import DATA_MOUNT, ROLE_LABEL
from infra.sizing.plan import NodePlan

_PODS = 60  # more would only hide a runaway Deployment: the largest plan has 31 on one server


def render_k3s_config(
    node: NodePlan, *, deployment: str, public_ip: str, private_ip: str, token: str, agent_token: str
) -> str:
    """The YAML text; node name and private address are constant, so that a resized server is the same node."""
    config: dict[str, Any] = {
        "node-name": deployment,
        "node-ip": private_ip,
        "node-external-ip": public_ip,
        "tls-san": [public_ip],
        "write-kubeconfig-mode": "0600",
        "data-dir": f"{DATA_MOUNT}/k3s",
        "default-local-storage-path": f"{DATA_MOUNT}/volumes",
        "secrets-encryption": True,
        "token": token,
        "agent-token": agent_token,
        "node-label": [f"{ROLE_LABEL}={node.role}"],
        "kubelet-arg": kubelet_arguments(node),
    }
    return yaml.safe_dump(config, sort_keys=False)


def kubelet_arguments(node: NodePlan) -> list[str]:
    """The plan's reservations; k3s itself switches memory eviction off, so that it must be named (domain 3.2)."""
    kube, system = node.kube_reserved, node.system_reserved
    return [
        f"kube-reserved=cpu={kube.cpu},memory={kube.memory},ephemeral-storage=2Gi",
        f"system-reserved=cpu={system.cpu},memory={system.memory},ephemeral-storage=1Gi",
        f"eviction-hard=memory.available<{node.eviction},nodefs.available<8%,imagefs.available<8%",
        f"max-pods={_PODS}",
    ]
