"""`k3s agent`."""

from __future__ import annotations

import dataclasses
from typing import Any

from lab.nodes.real.k3s.guest import log, node_password, notify
from lab.nodes.real.k3s.guest.api import Api
from lab.nodes.real.k3s.guest.config import AGENT
from lab.nodes.real.k3s.guest.join import fetch
from lab.nodes.real.k3s.guest.layout import NODE_PASSWORD
from lab.nodes.real.k3s.guest.node import Node
from lab.nodes.real.k3s.guest.refusal import RefusalError
from lab.nodes.real.k3s.guest.role import AGAIN_SECONDS, Role


class Agent(Role):
    """It asks until the server lets it in, and systemd's time limit ends that."""

    KIND = AGENT

    def work(self) -> None:
        """Joins, then waits."""
        cluster = self._fetch()
        config = dataclasses.replace(
            self.config,
            cluster_cidr=cluster["cluster_cidr"],
            service_cidr=cluster["service_cidr"],
            cluster_domain=cluster["cluster_domain"],
            disable_network_policy=cluster["disable_network_policy"],
        )
        node = Node(config, self.layout, self.children, self.lifecycle)
        node.start_runtime()
        agent = self.layout.agent
        node.join(config.server, Api(config.server, agent / "server-ca.crt", agent / "client-k3s-controller"))
        log.info("k3s agent is up and running")
        notify.ready()
        self.lifecycle.forever()

    def _fetch(self) -> dict[str, Any]:
        password = node_password.read_or_make(NODE_PASSWORD)
        while True:
            try:
                return fetch(self.config, self.layout, password)
            except RefusalError as error:
                log.error(f"Waiting to retrieve agent configuration; server is not ready: {error}")
                self.lifecycle.pause(AGAIN_SECONDS)
