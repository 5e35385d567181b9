"""What emulated clouds and the command provider need of whatever plays the servers."""

from __future__ import annotations

from typing import Any, Protocol


class Machines(Protocol):
    """Servers by public address; memory in MiB, nominal."""

    def server_created(self, address: str, name: str, vcpu: int, memory_mib: int) -> None:
        """A server was bought; nothing runs on it yet."""

    def server_resized(self, address: str, vcpu: int, memory_mib: int) -> None:
        """Powered off, another size, powered on."""

    def server_deleted(self, address: str) -> None:
        """Gone, with all that ran on it."""

    def network_joined(self, address: str, private_ip: str) -> None:
        """The server got a private address; SSH by way of another server names it by that."""

    def address_changed(self, old: str, new: str) -> None:
        """From now on the server is reached under another public address, with all that runs on it."""

    def install_k3s(self, address: str, config: dict[str, Any]) -> None:
        """k3s was installed, or its config.yaml changed."""

    def behind(self, proxy: str, private_ip: str) -> str:
        """The public address of the server that SSH by way of `proxy` reaches under a private one."""

    def join_k3s(self, proxy: str, address: str, config: dict[str, Any]) -> None:
        """k3s was installed as an agent, or its config.yaml changed; `proxy` is the server that it names."""

    def require_node(self, address: str, name: str) -> None:
        """Something on the server waits until the node of that name is ready."""

    def remove_node(self, address: str, name: str) -> None:
        """The node was drained and removed on the server."""

    def kubeconfig(self, address: str) -> str:
        """What k3s writes to /etc/rancher/k3s/k3s.yaml on that server."""

    def write_manifest(self, address: str, name: str, text: str) -> None:
        """A file was put into k3s's manifests folder."""
