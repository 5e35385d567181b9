"""The node's part on server and agent alike: containerd, kubelet, kube-proxy, network policies, the pods' network."""

from __future__ import annotations

from http import HTTPStatus

from lab.nodes.real.k3s.guest import kernel_log, kubeconfig, machine, netpol, network
from lab.nodes.real.k3s.guest.api import Api, ApiError
from lab.nodes.real.k3s.guest.children import Children
from lab.nodes.real.k3s.guest.config import Config
from lab.nodes.real.k3s.guest.containerd import containerd, listens
from lab.nodes.real.k3s.guest.kubelet import kube_proxy, kubelet
from lab.nodes.real.k3s.guest.layout import Layout
from lab.nodes.real.k3s.guest.lifecycle import Lifecycle
from lab.nodes.real.k3s.guest.nodes import Nodes

# containerd listens a moment before its CRI part can be asked; a kubelet that asks too early ends with these words.
_NO_RUNTIME_YET = "validate CRI v1 runtime API"


class Node:
    """Started in two steps: containerd needs no cluster, the rest does."""

    def __init__(self, config: Config, layout: Layout, children: Children, lifecycle: Lifecycle) -> None:
        self.config = config
        self.layout = layout
        self.children = children
        self.lifecycle = lifecycle

    def start_runtime(self) -> None:
        """containerd, and the pods' network."""
        machine.share_mounts()
        network.prepare(self.config.cluster_cidr)
        self.children.start("containerd", containerd(self.layout))

    def join(self, url: str, api: Api) -> None:
        """Starts the kubelet with the certificates in the agent's folder, and waits for the node object."""
        agent = self.layout.agent
        for name, client in (("kubelet", "client-kubelet"), ("kubeproxy", "client-kube-proxy")):
            kubeconfig.write(agent / f"{name}.kubeconfig", url, agent / "server-ca.crt", agent / client)
        kernel_log.start()
        self.lifecycle.wait(listens)
        self.children.start("kubelet", kubelet(self.config, self.layout), _NO_RUNTIME_YET)
        self.children.start("kube-proxy", kube_proxy(self.config, self.layout))
        netpol.start(url, self.config, self.layout, self.children)
        self.lifecycle.repeat("nodes", Nodes(api, self.config, self.layout).look)
        self.lifecycle.wait(lambda: self._exists(api))

    def _exists(self, api: Api) -> bool:
        try:
            return api.get(f"/api/v1/nodes/{self.config.node_name}") is not None
        except ApiError as error:
            if error.status == HTTPStatus.FORBIDDEN:  # the roles are applied a moment after the first start
                return False
            raise
        except OSError:
            return False
