"""Scripts for simulated servers: there is no machine to log in to, so what they would do is played."""

from __future__ import annotations

import re
from typing import Any

import yaml

from lab.nodes.simulated.machines import SimulatedMachines
from lab.plugins.package import PluginError

_CONFIG = "/etc/rancher/k3s/config.yaml"
_KUBECONFIG = "cat /etc/rancher/k3s/k3s.yaml"
_MANIFESTS = "/server/manifests"
_NODE = re.compile(r"^export NODE=(\S+)$", re.MULTILINE)
_JOINED, _REMOVED = "k3s kubectl uncordon", "k3s kubectl delete node"
_AGENT = re.compile(r"^export AGENT=(\S+)$", re.MULTILINE)
_DEVICE = re.compile(r"^export DEVICE=(\S+)$", re.MULTILINE)
_AWAITED = "ssh-keyscan"
# pulumi-command opens the way through the proxy once, and tries its handshake again on that same way
# (provider/pkg/provider/remote/connection.go): a server that is not ready then never answers.
_DEAD_TUNNEL = "proxy: after {} failed attempts: ssh: handshake failed: ssh: host key mismatch"


class PlayedScripts:
    """Implements lab.machines.Scripts."""

    def __init__(self, machines: SimulatedMachines) -> None:
        self.machines = machines

    def address(self, connection: dict[str, Any]) -> str:
        """A Celery server is reached through the server, by its private address."""
        host, proxy = str(connection["host"]), _proxy(connection)
        return self.machines.behind(proxy, host) if proxy else host

    def run(self, connection: dict[str, Any], script: str, stdin: str | None) -> str:
        """What the script would do to a server, as far as the lab has such a thing."""
        host, proxy = self.address(connection), _proxy(connection)
        self.machines.boots.wait(proxy or host)
        if proxy:
            if not self.machines.answers(host):
                raise PluginError(_DEAD_TUNNEL.format(connection.get("dialErrorLimit", 10)))
            if _CONFIG in script and stdin:
                self.machines.join_k3s(proxy, host, _k3s_config(stdin))
            return ""
        return self._play(host, script, stdin)

    def _play(self, host: str, script: str, stdin: str | None) -> str:
        agent, node = _AGENT.search(script), _NODE.search(script)
        if agent and _AWAITED in script:
            self.machines.boots.wait(self.machines.behind(host, agent[1]))
        if node and _REMOVED in script:
            self.machines.remove_node(host, node[1])
        elif node and _JOINED in script:
            self.machines.require_node(host, node[1])
        if device := _DEVICE.search(script):
            self.machines.require_device(host, device[1])
        if _KUBECONFIG in script:
            return self.machines.kubeconfig(host)
        if _MANIFESTS in script and stdin:
            self.machines.write_manifest(host, "traefik-config.yaml", stdin)
        if _CONFIG in script and stdin:
            self.machines.install_k3s(host, _k3s_config(stdin))
        return ""


def _proxy(connection: dict[str, Any]) -> str:
    return str((connection.get("proxy") or {}).get("host", ""))


def _k3s_config(text: str) -> dict[str, Any]:
    config = yaml.safe_load(text)
    if not isinstance(config, dict) or "kubelet-arg" not in config:
        raise PluginError("k3s's config.yaml is not a mapping with kubelet-arg")
    return config
