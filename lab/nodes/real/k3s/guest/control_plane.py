"""Command lines of etcd, the API server, the controller manager and the scheduler, with k3s's flags."""

from __future__ import annotations

from pathlib import Path

from lab.nodes.real.k3s.guest.config import Config
from lab.nodes.real.k3s.guest.layout import API_PORT, PROGRAMS, Layout

_ETCD, _PEER = "http://127.0.0.1:2379", "http://127.0.0.1:2380"  # pods can't reach the machine's loopback
_ISSUER = "https://kubernetes.default.svc"


def etcd(layout: Layout) -> list[str]:
    """With fsync: a power cut must find what was acknowledged."""
    return [
        str(PROGRAMS / "etcd"),
        f"--data-dir={layout.server / 'db' / 'etcd'}",
        f"--listen-client-urls={_ETCD}",
        f"--advertise-client-urls={_ETCD}",
        f"--listen-peer-urls={_PEER}",
        f"--initial-advertise-peer-urls={_PEER}",
        f"--initial-cluster=default={_PEER}",
        "--log-level=warn",
    ]


def api_server(config: Config, layout: Layout, encryption: Path | None) -> list[str]:
    """On all addresses, as k3s's own port."""
    tls = layout.tls
    issuer = f"{_ISSUER}.{config.cluster_domain}"
    return [
        str(PROGRAMS / "kube-apiserver"),
        "--bind-address=0.0.0.0",
        f"--secure-port={API_PORT}",
        f"--advertise-address={config.advertise_address}",
        f"--etcd-servers={_ETCD}",
        f"--client-ca-file={tls / 'client-ca.crt'}",
        f"--tls-cert-file={tls / 'serving-kube-apiserver.crt'}",
        f"--tls-private-key-file={tls / 'serving-kube-apiserver.key'}",
        f"--service-cluster-ip-range={config.service_cidr}",
        f"--service-account-key-file={tls / 'service.key'}",
        f"--service-account-signing-key-file={tls / 'service.key'}",
        f"--service-account-issuer={issuer}",
        f"--api-audiences={issuer},k3s",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--anonymous-auth=false",
        "--allow-privileged=true",
        "--profiling=false",
        f"--kubelet-certificate-authority={tls / 'server-ca.crt'}",
        f"--kubelet-client-certificate={tls / 'client-kube-apiserver.crt'}",
        f"--kubelet-client-key={tls / 'client-kube-apiserver.key'}",
        "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
        f"--requestheader-client-ca-file={tls / 'request-header-ca.crt'}",
        "--requestheader-allowed-names=system:auth-proxy",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-username-headers=X-Remote-User",
        f"--proxy-client-cert-file={tls / 'client-auth-proxy.crt'}",
        f"--proxy-client-key-file={tls / 'client-auth-proxy.key'}",
        *([f"--encryption-provider-config={encryption}"] if encryption else []),
        *flags(config.apiserver_args),
    ]


def controller_manager(config: Config, layout: Layout) -> list[str]:
    """Gives each node its pods' network."""
    tls = layout.tls
    return [
        str(PROGRAMS / "kube-controller-manager"),
        *_client(layout.credentials / "controller.kubeconfig"),
        "--bind-address=127.0.0.1",
        "--allocate-node-cidrs=true",
        f"--cluster-cidr={config.cluster_cidr}",
        f"--service-cluster-ip-range={config.service_cidr}",
        f"--root-ca-file={tls / 'server-ca.crt'}",
        f"--service-account-private-key-file={tls / 'service.key'}",
        f"--cluster-signing-cert-file={tls / 'client-ca.crt'}",
        f"--cluster-signing-key-file={tls / 'client-ca.key'}",
        "--use-service-account-credentials=true",
        "--profiling=false",
        *flags(config.controller_manager_args),
    ]


def scheduler(config: Config, layout: Layout) -> list[str]:
    """One server: nothing to elect."""
    return [
        str(PROGRAMS / "kube-scheduler"),
        *_client(layout.credentials / "scheduler.kubeconfig"),
        "--bind-address=127.0.0.1",
        "--profiling=false",
        *flags(config.scheduler_args),
    ]


def flags(arguments: tuple[str, ...]) -> list[str]:
    """k3s's `key=value` as flags; they come last and win."""
    return [f"--{one.removeprefix('--')}" for one in arguments]


def _client(kubeconfig: Path) -> list[str]:
    names = ("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig")
    return [*(f"--{name}={kubeconfig}" for name in names), "--leader-elect=false"]
