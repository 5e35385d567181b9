"""Which certificates a server issues, under k3s's names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lab.nodes.real.k3s.guest.certificates import Authority, service_accounts
from lab.nodes.real.k3s.guest.config import Config
from lab.nodes.real.k3s.guest.layout import Layout

ADMIN, NODES = "system:masters", "system:nodes"
CONTROLLER = "system:k3s-controller"  # what a node may ask beside its kubelet: other nodes' networks
_API_NAMES = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost", "127.0.0.1")


@dataclass(frozen=True)
class Pki:
    """The three authorities of a cluster."""

    tls: Path
    servers: Authority
    clients: Authority
    proxies: Authority  # of the API server towards aggregated APIs

    @classmethod
    def of(cls, layout: Layout) -> Pki:
        """Read from the data-dir, made where there is none yet."""
        tls = layout.tls
        return cls(tls, Authority(tls, "server-ca"), Authority(tls, "client-ca"), Authority(tls, "request-header-ca"))

    def issue(self, config: Config) -> None:
        """Everything that the control plane needs."""
        clients = {
            "client-admin": ("system:admin", ADMIN),
            "client-supervisor": ("system:k3s-supervisor", ADMIN),
            "client-controller": ("system:kube-controller-manager", ""),
            "client-scheduler": ("system:kube-scheduler", ""),
            "client-kube-apiserver": ("system:apiserver", ADMIN),  # towards kubelets
        }
        for name, (user, group) in clients.items():
            self.clients.client(self.tls / name, user, group)
        self.proxies.client(self.tls / "client-auth-proxy", "system:auth-proxy")
        self.servers.server(self.tls / "serving-kube-apiserver", "kube-apiserver", api_names(config))
        service_accounts(self.tls / "service.key")

    def issue_node(self, folder: Path, name: str, addresses: list[str]) -> None:
        """What one node needs, in a folder of its own."""
        self.clients.client(folder / "client-kubelet", f"system:node:{name}", NODES)
        self.clients.client(folder / "client-kube-proxy", "system:kube-proxy")
        self.clients.client(folder / "client-k3s-controller", CONTROLLER)
        self.servers.server(folder / "serving-kubelet", name, [name, "localhost", "127.0.0.1", *addresses])


def api_names(config: Config) -> list[str]:
    """Names and addresses of the API server."""
    own = [config.node_name, config.node_ip, *config.node_external_ips, config.advertise_address, config.api_service]
    names = [*_API_NAMES, f"kubernetes.default.svc.{config.cluster_domain}", *own, *config.tls_sans]
    return [one for one in dict.fromkeys(names) if one]
