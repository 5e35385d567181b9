"""Emulated servers: a control plane and a simulated node for each on which k3s was installed."""

from __future__ import annotations

import json
import shutil
import threading
import uuid
from pathlib import Path
from typing import Any

from lab.machines import Size
from lab.nodes.simulated import agents, bundled, node
from lab.nodes.simulated.api import Api
from lab.nodes.simulated.boots import Boots
from lab.nodes.simulated.control_plane import ControlPlane
from lab.nodes.simulated.kubelet import SimulatedKubelet
from lab.plugins.package import PluginError

Server = dict[str, Any]


class SimulatedMachines:
    """Implements lab.machines.Machines; survives a restart of the lab's process."""

    def __init__(self, root: Path, programs: Path) -> None:
        self.root = root
        self.programs = programs
        self._file = root / "machines.json"
        self._lock = threading.RLock()
        self._servers: dict[str, Server] = json.loads(self._file.read_text()) if self._file.exists() else {}
        self._planes: dict[str, ControlPlane] = {}
        self._kubelets: dict[str, SimulatedKubelet] = {}
        self.boots = Boots()

    def server_created(self, address: str, name: str, size: Size, _user_data: str) -> None:
        """Remembers the server; nothing runs on it yet."""
        self.boots.began(address)
        with self._lock:
            self._servers[address] = {
                "name": name,
                "vcpu": size.vcpu,
                "memory_mib": size.memory_mib,
                "config": None,
            }
            self._save()

    def server_resized(self, address: str, size: Size) -> None:
        """The node shows the new size."""
        self.boots.began(address)
        with self._lock:
            self._servers[address] |= {"vcpu": size.vcpu, "memory_mib": size.memory_mib}
            self._save()
            if self._servers[address]["config"] and self._api_of(address):
                self._register(address)

    def answers(self, address: str) -> bool:
        """After its boot."""
        return self.boots.left(address) == 0

    def server_deleted(self, address: str) -> None:
        """Ends its control plane and forgets what it stored; a cluster that it had joined only misses it."""
        with self._lock:
            api, gone = self._api_of(address), self._servers.pop(address, None)
            self._save()
            if api and gone and gone.get("joined"):
                node.lost(api, gone["config"]["node-name"])
            self._stop(address)
            shutil.rmtree(self._folder(address), ignore_errors=True)

    def network_joined(self, address: str, private_ip: str, _subnet: str) -> None:
        """Remembers the private address beside the public one."""
        with self._lock:
            self._servers[address]["private_ip"] = private_ip
            self._save()

    def address_changed(self, old: str, new: str) -> None:
        """Moves all that is known of the server; a control plane that runs listens at the new address."""
        self.boots.moved(old, new)
        with self._lock:
            self._servers[new] = self._servers.pop(old)
            for server in self._servers.values():
                if server.get("joined") == old:
                    server["joined"] = new
            self._save()
            self._stop(old)
            if self._folder(old).exists():
                shutil.rmtree(self._folder(new), ignore_errors=True)
                self._folder(old).rename(self._folder(new))
                # The server's certificate names the address.
                (self._folder(new) / "pki" / "server.crt").unlink(missing_ok=True)
            if self._servers[new]["config"]:
                self._start(new)

    def volume_attached(self, address: str, volume: str, _size_gib: int, device: str) -> None:
        """A simulated node has no disk; its device is known, because a script that mounts it looks for it."""
        with self._lock:
            self._servers[address].setdefault("devices", {})[volume] = device
            self._save()

    def volume_detached(self, volume: str) -> None:
        """Its device is gone."""
        with self._lock:
            for server in self._servers.values():
                server.get("devices", {}).pop(volume, None)
            self._save()

    def volume_grown(self, volume: str, size_gib: int) -> None:
        """A simulated node has no disk."""

    def volume_deleted(self, volume: str) -> None:
        """As above."""

    def install_k3s(self, address: str, config: dict[str, Any]) -> None:
        """Starts the control plane on first call; each call registers the node with the config's reservations."""
        with self._lock:
            # Tokens are of no use here and would stand in a file.
            self._server(address)["config"] = {key: config[key] for key in config if not key.endswith("token")}
            self._save()
            self._start(address)

    def behind(self, proxy: str, private_ip: str) -> str:
        """As SSH by way of `proxy`: it must exist, and one server must have the address."""
        with self._lock:
            self._server(proxy)
            found = [address for address, server in self._servers.items() if server.get("private_ip") == private_ip]
        if len(found) != 1:
            why = "no route to host" if not found else "two servers have this address, which the lab can't tell apart"
            raise PluginError(f"dial tcp {private_ip}:22: connect: {why}")
        return found[0]

    def join_k3s(self, proxy: str, address: str, config: dict[str, Any]) -> None:
        """Registers the node with the config's labels, taints and reservations at the server that it names."""
        with self._lock:
            server, name = self._server(proxy), config["node-name"]
            if config["server"] != f"https://{server['private_ip']}:6443" or proxy not in self._planes:
                raise PluginError(f"k3s-agent.service did not start: no k3s answers at {config['server']}")
            agent = self._server(address)
            password = agent.setdefault("password", uuid.uuid4().hex)
            if server.setdefault("passwords", {}).setdefault(name, password) != password:
                raise PluginError(f"k3s-agent.service did not start: Node password rejected, duplicate hostname {name}")
            agent.update(config={key: config[key] for key in config if not key.endswith("token")}, joined=proxy)
            self._save()
            self._register(address)

    def require_node(self, address: str, name: str) -> None:
        """Asks the server's API server."""
        with self._lock:
            agents.require_node(self._api(address), name)

    def remove_node(self, address: str, name: str) -> None:
        """Moves its pods, deletes it, and forgets its password."""
        with self._lock:
            agents.remove(self._api(address), name)
            self._server(address).get("passwords", {}).pop(name, None)
            self._save()

    def kubeconfig(self, address: str) -> str:
        """As k3s writes it: the API server at 127.0.0.1; the program puts the stable address in."""
        with self._lock:
            plane = self._planes.get(address)
            if plane is None:
                raise PluginError(f"cat: /etc/rancher/k3s/k3s.yaml: No such file or directory (on {address})")
            return plane.kubeconfig().replace(plane.url, "https://127.0.0.1:6443")

    def require_device(self, address: str, device: str) -> None:
        """As data_volume.sh looks for it."""
        with self._lock:
            if device not in self._server(address).get("devices", {}).values():
                raise PluginError(f"{address}: exited with status 1\n{device} is not attached. Nothing was done.")

    def write_manifest(self, address: str, name: str, text: str) -> None:
        """Applies what k3s would apply; `name` is the file's."""
        with self._lock:
            folder = self._folder(address) / "manifests"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
            if address in self._planes:
                bundled.apply_manifest(self._api(address), text)

    def resume(self) -> None:
        """Starts again what ran when the lab's process ended."""
        with self._lock:
            for address, server in self._servers.items():
                if server["config"] and not server.get("joined"):
                    self._start(address)

    def stop_all(self) -> None:
        """Ends every process; what they stored stays."""
        with self._lock:
            for address in list(self._planes):
                self._stop(address)

    def _start(self, address: str) -> None:
        fresh = address not in self._planes
        if fresh:
            plane = ControlPlane(self._folder(address), address, self.programs)
            plane.start()
            self._planes[address] = plane
        api = self._register(address)
        if fresh:
            bundled.deploy(api, self._servers[address]["config"].get("disable", []))
            for manifest in sorted((self._folder(address) / "manifests").glob("*.yaml")):
                bundled.apply_manifest(api, manifest.read_text())
            kubelet = SimulatedKubelet(api)
            kubelet.start()
            self._kubelets[address] = kubelet

    def _register(self, address: str) -> Api:
        server = self._servers[address]
        api = self._api(server.get("joined", address))
        name = str(server["config"].get("node-name", server["name"]))
        node.register(api, name, (server["vcpu"], server["memory_mib"]), server["config"])
        return api

    def _api_of(self, address: str) -> Api | None:
        """Of the cluster that the server is a node of; None where none runs."""
        server = self._servers.get(address, {}).get("joined", address)
        return self._api(server) if server in self._planes else None

    def _api(self, address: str) -> Api:
        return Api(self._planes[address].kubeconfig())

    def _stop(self, address: str) -> None:
        if address in self._kubelets:
            self._kubelets.pop(address).stop()
        if address in self._planes:
            self._planes.pop(address).stop()

    def _server(self, address: str) -> Server:
        server = self._servers.get(address)
        if server is None:
            raise PluginError(f"dial tcp {address}:22: connect: no route to host (no emulated server has this address)")
        return server

    def _folder(self, address: str) -> Path:
        return self.root / "nodes" / address

    def _save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._file.with_suffix(".tmp")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(self._servers, indent=1))
        temporary.replace(self._file)
