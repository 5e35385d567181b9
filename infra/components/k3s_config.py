"""k3s's config.yaml of the server and of Celery's servers, from the plan's reservations."""

from __future__ import annotations

from typing import Any

import yaml

from infra.names import AUDIT_POLICY, DATA_MOUNT, K3S_AUDIT_LOG, ROLE_LABEL
from infra.sizing.plan import NodePlan

_API_PORT = 6443
# Days, files beside the newest, MiB each: 80 MiB of the data volume at most.
_AUDIT_LOG = {"maxage": 30, "maxbackup": 3, "maxsize": 20}
_FINISHED_PODS = 100  # k3s's hardening guide; the controller's own 12,500 is no bound on one server
# Processes and threads of a pod: Postgres has one for each of its 1000 connections at most, gunicorn 16 x 32 threads.
POD_MAX_PIDS = 4096


def render_k3s_config(
    node: NodePlan, *, deployment: str, public_ip: str, private_ip: str, token: str, agent_token: str
) -> str:
    """The YAML text; node name and private address are constant, so that a resized server is the same node."""
    config: dict[str, Any] = {
        "node-name": deployment,
        "node-ip": private_ip,
        "node-external-ip": public_ip,
        # Agents and pods find the API server where it says it is: k3s would name the public address, which is closed.
        "advertise-address": private_ip,
        "tls-san": [public_ip, private_ip],
        "write-kubeconfig-mode": "0600",
        "data-dir": f"{DATA_MOUNT}/k3s",
        "default-local-storage-path": f"{DATA_MOUNT}/volumes",
        "secrets-encryption": True,
        "protect-kernel-defaults": True,
        "kube-apiserver-arg": [
            f"audit-policy-file={AUDIT_POLICY}",
            f"audit-log-path={K3S_AUDIT_LOG}",
            *(f"audit-log-{name}={value}" for name, value in _AUDIT_LOG.items()),
        ],
        "kube-controller-manager-arg": [f"terminated-pod-gc-threshold={_FINISHED_PODS}"],
        "token": token,
        "agent-token": agent_token,
        "node-label": [f"{ROLE_LABEL}={node.role}"],
        "kubelet-arg": kubelet_arguments(node),
    }
    return yaml.safe_dump(config, sort_keys=False)


def render_agent_config(node: NodePlan, *, name: str, private_ip: str, server_private_ip: str, token: str) -> str:
    """The YAML text of a Celery server: the taint keeps everything away that does not ask for it."""
    config: dict[str, Any] = {
        "node-name": name,
        "node-ip": private_ip,
        "server": f"https://{server_private_ip}:{_API_PORT}",
        "token": token,
        "protect-kernel-defaults": True,
        "node-label": [f"{ROLE_LABEL}={node.role}"],
        "node-taint": [f"{ROLE_LABEL}={node.role}:NoSchedule"],
        "kubelet-arg": kubelet_arguments(node),
    }
    return yaml.safe_dump(config, sort_keys=False)


def kubelet_arguments(node: NodePlan) -> list[str]:
    """The plan's reservations; k3s itself switches memory eviction off, so that it must be named (domain 3.2).

    No `imagefs.available`: images lie on the data volume, and when that is full no pod that is evicted makes room on
    it, but the shop is gone (ADR 0016).  Unused images are removed from 85 % on, which is the kubelet's default.
    """
    kube, system = node.kube_reserved, node.system_reserved
    return [
        f"kube-reserved=cpu={kube.cpu},memory={kube.memory},ephemeral-storage=2Gi",
        f"system-reserved=cpu={system.cpu},memory={system.memory},ephemeral-storage=1Gi",
        f"eviction-hard=memory.available<{node.eviction},nodefs.available<8%",
        f"max-pods={node.max_pods}",
        f"pod-max-pids={POD_MAX_PIDS}",
    ]
