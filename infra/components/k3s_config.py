"""Write k3s's config.yaml for the main server and the Celery servers, with the plan's reservations."""

from __future__ import annotations

from typing import Any

import yaml

from infra.names import AUDIT_POLICY, DATA_MOUNT, K3S_AUDIT_LOG, ROLE_LABEL
from infra.sizing.plan import NodePlan

_API_PORT = 6443
# Days, files beside the newest, MiB of each file: at most 80 MiB of the data volume.
_AUDIT_LOG = {"maxage": 30, "maxbackup": 3, "maxsize": 20}
_FINISHED_PODS = 100  # from k3s's hardening guide; the controller's own 12,500 would not be a limit on one server
# Processes and threads of a pod: Postgres has one for each of its connections, at most 1000; gunicorn has at most 16 x
# 32 threads.
POD_MAX_PIDS = 4096


def render_k3s_config(
    node: NodePlan, *, deployment: str, public_ip: str, private_ip: str, token: str, agent_token: str
) -> str:
    """Return the main server's config as YAML.

    Node name and private address are constant, so that a resized server stays the same node.

    Args:
        node: the server's plan.
        deployment: the deployment's name, which becomes the node's.
        public_ip: the server's public address.
        private_ip: the server's private address.
        token: the secret that servers join with.
        agent_token: the secret that Celery servers join with.
    """
    config: dict[str, Any] = {
        "node-name": deployment,
        "node-ip": private_ip,
        "node-external-ip": public_ip,
        # Agents and pods connect to the API server at the address that it advertises. k3s would choose the public one,
        # which is closed to them.
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
    """Return a Celery server's config as YAML; its taint keeps pods away that do not tolerate it.

    Args:
        node: the plan of the Celery servers.
        name: the node's name.
        private_ip: the Celery server's private address.
        server_private_ip: the main server's private address, where the API server listens.
        token: the secret that Celery servers join with.
    """
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
    """Return the plan's reservations, with a threshold for evictions by memory.

    k3s passes only `imagefs.available` and `nodefs.available` to the kubelet. Without a threshold for memory, the
    kernel decides which process dies.

    `imagefs.available` is left out: images are on the data volume, and if that is full, evicting pods frees nothing on
    it but takes the shop down (ADR 0016). The kubelet removes unused images from 85 % on, its default.
    """
    kube, system = node.kube_reserved, node.system_reserved
    return [
        f"kube-reserved=cpu={kube.cpu},memory={kube.memory},ephemeral-storage=2Gi",
        f"system-reserved=cpu={system.cpu},memory={system.memory},ephemeral-storage=1Gi",
        f"eviction-hard=memory.available<{node.eviction},nodefs.available<8%",
        f"max-pods={node.max_pods}",
        f"pod-max-pids={POD_MAX_PIDS}",
    ]
