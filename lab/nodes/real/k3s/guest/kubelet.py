"""The kubelet and kube-proxy: configuration and command lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from lab.nodes.real.k3s.guest import files
from lab.nodes.real.k3s.guest.config import Config
from lab.nodes.real.k3s.guest.control_plane import flags
from lab.nodes.real.k3s.guest.layout import CONTAINERD_SOCKET, PROGRAMS, Layout

# Tables of the kernel, not of the sandbox: kube-proxy may not set them.
_CONNTRACK = ("max-per-core=0", "min=0", "tcp-timeout-established=0s", "tcp-timeout-close-wait=0s")
_GATEWAY = "100.64.0.1"
_RESOLV_CONF = Path("/etc/resolv.conf")


def kubelet(config: Config, layout: Layout, resolv_conf: Path = _RESOLV_CONF) -> list[str]:
    """Writes its configuration; `kubelet-arg` becomes flags, which win over the file."""
    path = layout.etc / "kubelet.yaml"
    text = yaml.safe_dump(configuration(config, layout, name_servers(layout, resolv_conf)), sort_keys=False)
    files.write_if_changed(path, text)
    (layout.agent / "pod-manifests").mkdir(parents=True, exist_ok=True)
    taints = [f"--register-with-taints={','.join(config.node_taints)}"] if config.node_taints else []
    labels = [f"--node-labels={','.join(config.node_labels)}"] if config.node_labels else []
    return [
        str(PROGRAMS / "kubelet"),
        f"--config={path}",
        f"--kubeconfig={layout.agent / 'kubelet.kubeconfig'}",
        # No --root-dir: k3s leaves it at /var/lib/kubelet, on the root disk, whatever its data-dir (k3s#3801).
        f"--hostname-override={config.node_name}",
        f"--node-ip={config.node_ip}",
        f"--containerd={CONTAINERD_SOCKET}",  # cAdvisor's: without it no container has a name
        *labels,
        *taints,
        *flags(config.kubelet_args),
    ]


def configuration(config: Config, layout: Layout, resolv_conf: Path) -> dict[str, Any]:
    """The KubeletConfiguration, with k3s's own departures from the defaults."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(layout.agent / "client-ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "cgroupfs",
        "clusterDNS": [config.cluster_dns],
        "clusterDomain": config.cluster_domain,
        "containerRuntimeEndpoint": f"unix://{CONTAINERD_SOCKET}",
        # k3s names these two only: memory eviction is off unless kubelet-arg says otherwise (domain 3.2).
        "evictionHard": {"imagefs.available": "5%", "nodefs.available": "5%"},
        "evictionMinimumReclaim": {"imagefs.available": "10%", "nodefs.available": "10%"},
        "failCgroupV1": False,
        "failSwapOn": False,
        "allowedUnsafeSysctls": ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"],  # of the load balancer
        "protectKernelDefaults": config.protect_kernel_defaults,
        "resolvConf": str(resolv_conf),
        "serializeImagePulls": False,
        "staticPodPath": str(layout.agent / "pod-manifests"),
        "tlsCertFile": str(layout.agent / "serving-kubelet.crt"),
        "tlsPrivateKeyFile": str(layout.agent / "serving-kubelet.key"),
    }


def name_servers(layout: Layout, found: Path) -> Path:
    """The machine's resolv.conf; where that names no server pods could reach, one that does, as k3s does."""
    words = [line.split() for line in found.read_text().splitlines()] if found.exists() else []
    servers = [pair[1] for pair in words if pair[:1] == ["nameserver"] and len(pair) > 1]
    if servers and not any(one.startswith("127.") or one == "::1" for one in servers):
        return found
    path = layout.etc / "resolv.conf"
    files.write_if_changed(path, f"nameserver {_GATEWAY}\n", 0o644)
    return path


def kube_proxy(config: Config, layout: Layout) -> list[str]:
    """By iptables, as k3s has it: its rules stand before those of a port of the host, whoever came first."""
    return [
        str(PROGRAMS / "kube-proxy"),
        f"--kubeconfig={layout.agent / 'kubeproxy.kubeconfig'}",
        "--proxy-mode=iptables",
        f"--cluster-cidr={config.cluster_cidr}",
        f"--hostname-override={config.node_name}",
        *(f"--conntrack-{one}" for one in _CONNTRACK),
        *flags(config.kube_proxy_args),
    ]
