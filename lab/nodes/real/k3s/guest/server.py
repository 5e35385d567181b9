"""`k3s server`."""

from __future__ import annotations

from lab.nodes.real.k3s.guest import files, kubeconfig, log, network, node_password, notify
from lab.nodes.real.k3s.guest.api import Api, ApiError
from lab.nodes.real.k3s.guest.config import SERVER
from lab.nodes.real.k3s.guest.containerd import cni_folder
from lab.nodes.real.k3s.guest.control_plane import api_server, controller_manager, etcd, scheduler
from lab.nodes.real.k3s.guest.deploy import Deployer
from lab.nodes.real.k3s.guest.encryption import keep_encryption
from lab.nodes.real.k3s.guest.layout import API_PORT, KUBECONFIG, NODE_PASSWORD
from lab.nodes.real.k3s.guest.node import Node
from lab.nodes.real.k3s.guest.pki import Pki
from lab.nodes.real.k3s.guest.refusal import RefusalError
from lab.nodes.real.k3s.guest.role import AGAIN_SECONDS, Role
from lab.nodes.real.k3s.guest.servicelb import ServiceLb
from lab.nodes.real.k3s.guest.supervisor import Supervisor
from lab.nodes.real.k3s.guest.tokens import keep_tokens

_URL = f"https://127.0.0.1:{API_PORT}"


class Server(Role):
    """Everything that is kept lies under the data-dir."""

    KIND = SERVER

    def work(self) -> None:
        """The control plane first, then its own node."""
        config, layout = self.config, self.layout
        node = Node(config, layout, self.children, self.lifecycle)
        pki = Pki.of(layout)
        tokens = keep_tokens(layout, pki.servers.certificate, config.token, config.agent_token)
        encryption = keep_encryption(layout, wanted=config.secrets_encryption)
        self.children.start("etcd", etcd(layout))
        pki.issue(config)
        self.children.start("kube-apiserver", api_server(config, layout, encryption))
        network.write_first_cni(cni_folder(layout), config.cluster_cidr)
        node.start_runtime()
        self._write_kubeconfigs(pki)
        pki.issue_node(layout.agent, config.node_name, [config.node_ip, *config.node_external_ips])
        for authority in (pki.servers, pki.clients):
            files.write(layout.agent / authority.certificate.name, authority.certificate.read_bytes(), 0o644)
        api = Api(_URL, pki.servers.certificate, pki.tls / "client-supervisor")
        self.lifecycle.wait(lambda: _ready(api))
        log.info("Kube API server is now running")
        self.children.start("kube-controller-manager", controller_manager(config, layout))
        self.children.start("kube-scheduler", scheduler(config, layout))
        Supervisor(config, pki, tokens, api).start()
        self._admit(api)
        self.lifecycle.repeat("deploy", Deployer(config, layout, layout.credentials / "admin.kubeconfig").look)
        self.lifecycle.repeat("servicelb", ServiceLb(api, config).look)
        node.join(_URL, api)
        log.info("k3s is up and running")
        notify.ready()
        self.lifecycle.forever()

    def _write_kubeconfigs(self, pki: Pki) -> None:
        for name, client in (("admin", "admin"), ("controller", "controller"), ("scheduler", "scheduler")):
            path = self.layout.credentials / f"{name}.kubeconfig"
            kubeconfig.write(path, _URL, pki.servers.certificate, pki.tls / f"client-{client}")
        admin = pki.tls / "client-admin"
        kubeconfig.write(KUBECONFIG, _URL, pki.servers.certificate, admin, self.config.kubeconfig_mode)

    def _admit(self, api: Api) -> None:
        """The server's own node shows its password, too; refused, the API server goes on alone, as k3s's does."""
        password = node_password.read_or_make(NODE_PASSWORD)
        while True:
            try:
                node_password.verify(api, self.config.node_name, password)
            except (RefusalError, ApiError, OSError) as error:
                log.error(f"Waiting to retrieve agent configuration; server is not ready: {error}")
                notify.ready()
                self.lifecycle.pause(AGAIN_SECONDS)
            else:
                return


def _ready(api: Api) -> bool:
    try:
        return api.text("GET", "/readyz") == "ok"
    except (ApiError, OSError):
        return False
