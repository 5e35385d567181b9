"""One lab for the module's servers; what a test leaves behind fails it."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lab.nodes.real.vps.network import Network
from lab.nodes.real.vps.possible import why_not
from lab.nodes.real.vps.server import Size, Vps
from lab.nodes.real.vps.sweep import sweep

from .keys import Keys

SMALL = Size(vcpu=2, memory_mib=4096, disk_gb=20)


@dataclass
class Lab:
    """Servers by name, volumes by number."""

    root: Path
    network: Network
    keys: Keys
    servers: dict[str, Vps] = field(default_factory=dict)

    def address(self, name):
        return f"127.64.251.{10 + list(self.servers).index(name)}"

    def server(self, name, size=SMALL):
        vps = Vps(self.root / "servers" / name, self.network)
        self.servers[name] = vps
        vps.create(name=name, size=size, public_ip=self.address(name), user_data=self.keys.user_data(name))
        return vps

    def ssh(self, name, command, stdin=None):
        address = self.servers[name].record.public_ip
        self.keys.answers(address)
        return self.keys.ssh(address, command, stdin)

    def said(self, name, command, stdin=None):
        done = self.ssh(name, command, stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def volume(self, number, gib=1):
        image = self.root / f"volume-{number}.img"
        with image.open("wb") as handle:
            os.truncate(handle.fileno(), gib << 30)
        return image


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    reason = why_not()
    if reason:
        pytest.skip(reason)
    root = tmp_path_factory.mktemp("lab")
    keys = root / "keys"
    keys.mkdir()
    made = Lab(root=root, network=Network(root), keys=Keys(keys).make())
    yield made
    for vps in made.servers.values():
        vps.destroy()
    made.network.remove()
    assert sweep(root) == 0
