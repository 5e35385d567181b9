"""config.yaml as k3s reads it, with its drop-ins; a key that is not played is refused."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lab.nodes.real.k3s.guest.refusal import RefusalError

CONFIG = Path("/etc/rancher/k3s/config.yaml")
SERVER, AGENT = "server", "agent"
_DATA_DIR = "/var/lib/rancher/k3s"

# k3s's names; what a Celery server's config may hold, and what only the server's may.
_TEXTS = {"node-name", "node-ip", "data-dir", "token", "token-file", "flannel-iface"}
_LISTS = {"node-external-ip", "node-label", "node-taint", "kubelet-arg", "kube-proxy-arg"}
_AGENT_TEXTS = {"server"}
_SERVER_TEXTS = {
    "advertise-address",
    "agent-token",
    "cluster-cidr",
    "cluster-domain",
    "default-local-storage-path",
    "service-cidr",
    "write-kubeconfig-mode",
}
_SERVER_LISTS = {"tls-san", "disable", "kube-apiserver-arg", "kube-controller-manager-arg", "kube-scheduler-arg"}
_FLAGS = {"protect-kernel-defaults"}
_SERVER_FLAGS = {"disable-network-policy", "secrets-encryption"}
_BUNDLED = {"coredns", "local-storage", "metrics-server", "servicelb", "traefik"}


@dataclass(frozen=True, kw_only=True)
class Config:
    """What the config files ask for; lists are as k3s takes them, `key=value`."""

    role: str
    node_name: str
    node_ip: str
    data_dir: Path
    token: str
    flannel_iface: str
    node_external_ips: tuple[str, ...] = ()
    server: str = ""
    node_labels: tuple[str, ...] = ()
    node_taints: tuple[str, ...] = ()
    kubelet_args: tuple[str, ...] = ()
    kube_proxy_args: tuple[str, ...] = ()
    advertise_address: str = ""
    agent_token: str = ""
    cluster_cidr: str = "10.42.0.0/16"
    service_cidr: str = "10.43.0.0/16"
    cluster_domain: str = "cluster.local"
    local_storage_path: str = ""
    kubeconfig_mode: int = 0o600
    tls_sans: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    apiserver_args: tuple[str, ...] = ()
    controller_manager_args: tuple[str, ...] = ()
    scheduler_args: tuple[str, ...] = ()
    secrets_encryption: bool = False
    protect_kernel_defaults: bool = False
    disable_network_policy: bool = False  # an agent learns its server's

    @property
    def cluster_dns(self) -> str:
        """The tenth address of the services' network, as k3s chooses it."""
        return str(ipaddress.ip_network(self.service_cidr)[10])

    @property
    def api_service(self) -> str:
        """The first address of the services' network: `kubernetes.default`."""
        return str(ipaddress.ip_network(self.service_cidr)[1])


def read_config(role: str, path: Path = CONFIG) -> Config:
    """The merged config of `server` or `agent`.

    Raises:
        RefusalError: a key is not played, a value has the wrong type, or one that is needed is missing.
    """
    merged: dict[str, Any] = {}
    for one in [path, *sorted(path.with_name(f"{path.name}.d").glob("*.yaml"))]:
        if one.exists():
            _merge(merged, _load(one))
    _check(role, merged)
    return _build(role, merged)


def _load(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text()) or {}
    except yaml.YAMLError as error:
        raise RefusalError(f"{path} is no YAML: {error}") from error
    if not isinstance(content, dict):
        raise RefusalError(f"{path} holds no mapping")
    return content


def _merge(merged: dict[str, Any], content: dict[str, Any]) -> None:
    """A later file's value replaces an earlier one; `key+` appends to a list."""
    for key, value in content.items():
        if key.endswith("+"):
            merged[key[:-1]] = [*_as_list(merged.get(key[:-1], [])), *_as_list(value)]
        else:
            merged[key] = value


def _check(role: str, merged: dict[str, Any]) -> None:
    server = role == SERVER
    texts = _TEXTS | (_SERVER_TEXTS if server else _AGENT_TEXTS)
    lists = _LISTS | (_SERVER_LISTS if server else set())
    flags = _FLAGS | (_SERVER_FLAGS if server else set())
    wrong = [f"flag provided but not defined: -{key}" for key in merged if key not in texts | lists | flags]
    wrong += [f"{key} is no text: {merged[key]!r}" for key in texts & merged.keys() if not _is_scalar(merged[key])]
    wrong += [f"{key} is not true or false" for key in flags & merged.keys() if not isinstance(merged[key], bool)]
    wrong += [f"{key} holds more than texts" for key in lists & merged.keys() if not _is_list_of_texts(merged[key])]
    wrong += [f"disable={one} is nothing that k3s bundles" for one in set(_as_list(merged.get("disable"))) - _BUNDLED]
    if not server:
        wrong += [f"--{key} is required" for key in ("server",) if not merged.get(key)]
        wrong += ["--token is required"] if not (merged.get("token") or merged.get("token-file")) else []
    if wrong:
        raise RefusalError(f"config of k3s {role}: " + "; ".join(sorted(wrong)))


def _build(role: str, merged: dict[str, Any]) -> Config:
    def text(key: str, default: str = "") -> str:
        return str(merged.get(key, default))

    def texts(key: str) -> tuple[str, ...]:
        return tuple(str(one) for one in _as_list(merged.get(key)))

    data_dir = Path(text("data-dir", _DATA_DIR))
    node_ip, external = text("node-ip") or _default_address(), texts("node-external-ip")
    return Config(
        role=role,
        node_name=text("node-name") or socket.gethostname().lower(),
        node_ip=node_ip,
        node_external_ips=external,
        data_dir=data_dir,
        token=_token(merged),
        flannel_iface=text("flannel-iface"),
        server=text("server").rstrip("/"),
        node_labels=texts("node-label"),
        node_taints=texts("node-taint"),
        kubelet_args=texts("kubelet-arg"),
        kube_proxy_args=texts("kube-proxy-arg"),
        advertise_address=text("advertise-address") or next(iter(external), "") or node_ip,
        agent_token=text("agent-token"),
        cluster_cidr=text("cluster-cidr", Config.cluster_cidr),
        service_cidr=text("service-cidr", Config.service_cidr),
        cluster_domain=text("cluster-domain", Config.cluster_domain),
        local_storage_path=text("default-local-storage-path") or str(data_dir / "storage"),
        kubeconfig_mode=int(text("write-kubeconfig-mode", "0600"), 8),
        tls_sans=texts("tls-san"),
        disabled=texts("disable"),
        apiserver_args=texts("kube-apiserver-arg"),
        controller_manager_args=texts("kube-controller-manager-arg"),
        scheduler_args=texts("kube-scheduler-arg"),
        secrets_encryption=merged.get("secrets-encryption", False),
        protect_kernel_defaults=merged.get("protect-kernel-defaults", False),
        disable_network_policy=merged.get("disable-network-policy", False),
    )


def _token(merged: dict[str, Any]) -> str:
    if merged.get("token-file"):
        return Path(merged["token-file"]).read_text().strip()
    return str(merged.get("token", ""))


def _default_address() -> str:
    """The source address of the default route; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("100.64.0.1", 9))
        except OSError as error:
            raise RefusalError("node-ip is not given, and there is no default route") from error
        return str(probe.getsockname()[0])


def _as_list(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _is_list_of_texts(value: object) -> bool:
    return all(_is_scalar(one) for one in _as_list(value))
