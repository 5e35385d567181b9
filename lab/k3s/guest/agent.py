"""`k3s agent`."""

from __future__ import annotations

import dataclasses

from lab.k3s.guest import log, machine, node_password, notify
from lab.k3s.guest.api import Api
from lab.k3s.guest.children import Children
from lab.k3s.guest.config import AGENT, Config, read_config
from lab.k3s.guest.join import fetch
from lab.k3s.guest.layout import LOGS, NODE_PASSWORD, Layout
from lab.k3s.guest.lifecycle import Lifecycle
from lab.k3s.guest.node import Node
from lab.k3s.guest.refusal import RefusalError

_AGAIN = 5  # seconds until a refused node asks again, as k3s does


class Agent:
    """One run; it asks until the server lets it in, and systemd's time limit ends that."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.layout = Layout(config.data_dir)
        self.children = Children(LOGS, machine.environment())
        self.lifecycle = Lifecycle(self.children)

    def run(self) -> None:
        """Until a signal.

        Raises:
            StoppedError: the signal came.
            RefusalError: a child ended.
        """
        try:
            self._run()
        finally:
            self.children.stop()

    def _run(self) -> None:
        cluster = self._fetch()
        config = dataclasses.replace(
            self.config,
            cluster_cidr=cluster["cluster_cidr"],
            service_cidr=cluster["service_cidr"],
            cluster_domain=cluster["cluster_domain"],
        )
        node = Node(config, self.layout, self.children, self.lifecycle)
        node.start_runtime()
        agent = self.layout.agent
        node.join(config.server, Api(config.server, agent / "server-ca.crt", agent / "client-k3s-controller"))
        log.info("k3s agent is up and running")
        notify.ready()
        self.lifecycle.forever()

    def _fetch(self) -> dict[str, str]:
        password = node_password.read_or_make(NODE_PASSWORD)
        while True:
            try:
                return fetch(self.config, self.layout, password)
            except RefusalError as error:
                log.error(f"Waiting to retrieve agent configuration; server is not ready: {error}")
                self.lifecycle.pause(_AGAIN)


def main() -> None:
    """Reads the config and runs."""
    config = read_config(AGENT)
    config.data_dir.mkdir(parents=True, exist_ok=True)
    log.info(f"Starting k3s agent on {config.node_name}; the lab's stand-in, not Rancher's k3s")
    machine.require_programs()
    Agent(config).run()
