"""Real servers of one lab: a sandbox for each VPS that the emulated cloud sells."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from typing import Any

from lab.machines import Size
from lab.nodes.real.vps.gateway import Gateway
from lab.nodes.real.vps.network import Network
from lab.nodes.real.vps.server import Vps
from lab.plugins.package import PluginError

_GIB = 2**30
_SSH = 22


class RealMachines:
    """Implements lab.machines.Machines; what it knows survives the lab's process."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.network = Network(root)
        self.gateway = Gateway(root, self.network)
        self._file = root / "machines.json"
        self._lock = threading.RLock()
        known: dict[str, Any] = json.loads(self._file.read_text()) if self._file.exists() else {}
        self._servers: dict[str, dict[str, Any]] = known.get("servers", {})
        self._volumes: dict[str, dict[str, Any]] = known.get("volumes", {})

    def server_created(self, address: str, name: str, size: Size, user_data: str) -> None:
        """Boots it; sshd may need a moment longer."""
        with self._lock:
            self._start_network()
            number = 1 + max((int(one["folder"]) for one in self._servers.values()), default=0)
            self._servers[address] = {"folder": str(number), "name": name}
            self._save()
            self._vps(address).create(name=name, size=size, public_ip=address, user_data=user_data)

    def server_resized(self, address: str, size: Size) -> None:
        """Off, another size, on."""
        with self._lock:
            self._vps(address).resize(size)

    def answers(self, address: str) -> bool:
        """Whether its sshd greets."""
        try:
            with socket.create_connection((address, _SSH), timeout=1) as asked:
                return asked.recv(3) == b"SSH"
        except OSError:
            return False

    def server_deleted(self, address: str) -> None:
        """Its volumes stay."""
        with self._lock:
            if address not in self._servers:
                return
            for volume, record in self._volumes.items():
                if record.get("address") == address:
                    self.volume_detached(volume)
            self._vps(address).destroy()
            del self._servers[address]
            self._save()

    def network_joined(self, address: str, private_ip: str, subnet: str) -> None:
        """A second network card with the private address."""
        with self._lock:
            self._vps(address).join(private_ip, subnet)
            self._servers[address]["private_ip"] = private_ip
            self._save()

    def address_changed(self, old: str, new: str) -> None:
        """The server itself does not notice."""
        with self._lock:
            self._vps(old).readdress(new)
            self._servers[new] = self._servers.pop(old)
            for record in self._volumes.values():
                if record.get("address") == old:
                    record["address"] = new
            self._save()

    def volume_attached(self, address: str, volume: str, size_gib: int, device: str) -> None:
        """Empty, and as large as it was bought, at its first time."""
        with self._lock:
            path = self._image(volume)
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as image:
                    image.truncate(size_gib * _GIB)
            self._vps(address).attach(path, device)
            self._volumes[volume] = {"address": address, "device": device}
            self._save()

    def volume_detached(self, volume: str) -> None:
        """As a cloud does it: without asking the server."""
        with self._lock:
            address = self._volumes.get(volume, {}).get("address")
            if address in self._servers:
                self._vps(address).detach(self._image(volume))
            if volume in self._volumes:
                self._volumes[volume]["address"] = None
                self._save()

    def volume_grown(self, volume: str, size_gib: int) -> None:
        """The file system on it grows by the program's own script."""
        with self._lock:
            path = self._image(volume)
            if not path.exists():
                return
            with path.open("r+b") as image:
                image.truncate(size_gib * _GIB)
            address = self._volumes[volume]["address"]
            if address in self._servers:
                self._vps(address).grew(path)

    def volume_deleted(self, volume: str) -> None:
        """Its file, too."""
        with self._lock:
            self._image(volume).unlink(missing_ok=True)
            self._volumes.pop(volume, None)
            self._save()

    def behind(self, proxy: str, private_ip: str) -> str:
        """The public address of the server that SSH by way of `proxy` reaches under a private one."""
        found = [address for address, one in self._servers.items() if one.get("private_ip") == private_ip]
        if proxy not in self._servers or len(found) != 1:
            raise PluginError(f"dial tcp {private_ip}:22: connect: no route to host")
        return found[0]

    def server(self, address: str) -> Vps:
        """The server behind a public address: for tests and for people who look around."""
        return self._vps(address)

    def addresses(self) -> list[str]:
        """The public addresses of all servers, in the order in which they were bought."""
        return sorted(self._servers, key=lambda one: int(self._servers[one]["folder"]))

    def resume(self) -> None:
        """Powers on what the lab's last `down`, or its end, powered off."""
        with self._lock:
            if not self._servers:
                return
            self._start_network()
            for address in self._servers:
                vps = self._vps(address)
                if not vps.running:
                    vps.power_on()

    def stop_all(self) -> None:
        """Powers everything off in good order; disks and volumes stay."""
        with self._lock:
            for address in reversed(self.addresses()):
                self._vps(address).power_off()
            self.gateway.stop()
            self.network.remove()

    def _start_network(self) -> None:
        self.network.ensure()
        self.gateway.start()

    def _vps(self, address: str) -> Vps:
        record = self._servers.get(address)
        if record is None:
            raise PluginError(f"dial tcp {address}:22: connect: no route to host (no emulated server has this address)")
        return Vps(self.root / "vps" / record["folder"], self.network)

    def _image(self, volume: str) -> Path:
        return self.root / "volumes" / f"{volume}.img"

    def _save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._file.with_suffix(".tmp")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps({"servers": self._servers, "volumes": self._volumes}, indent=1))
        temporary.replace(self._file)
