"""Puts one lab together: machines, emulated clouds, provider packages, the plugin server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lab.clouds.digitalocean import DigitalOceanCloud
from lab.clouds.hetzner import HetznerCloud
from lab.clouds.vultr import VultrCloud
from lab.kind import REAL, kind_of
from lab.machines import Machines, Scripts
from lab.nodes.simulated.machines import SimulatedMachines
from lab.nodes.simulated.scripts import PlayedScripts
from lab.plugins.faults import Faults
from lab.plugins.journal import Journal
from lab.plugins.kubernetes.package import KubernetesPackage
from lab.plugins.packages.command import CommandPackage
from lab.plugins.packages.digitalocean import DigitalOceanPackage
from lab.plugins.packages.hetzner import HetznerPackage
from lab.plugins.packages.random import RandomPackage
from lab.plugins.packages.tls import TlsPackage
from lab.plugins.packages.vultr import VultrPackage
from lab.plugins.server import PluginServer


class LabMachines(Machines, Protocol):
    """Machines that the lab's process starts again and stops."""

    def resume(self) -> None:
        """Starts what ran when the lab's process ended."""

    def stop_all(self) -> None:
        """Stops everything; what is stored stays."""


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """The parts of a running lab."""

    machines: LabMachines
    server: PluginServer
    journal: Journal
    faults: Faults


def assemble(root: Path, programs: Path) -> Assembly:
    """A lab whose state lies in `root`; nothing runs yet."""
    machines, scripts = _machines(root, programs)
    journal, faults = Journal(), Faults()
    packages = [
        DigitalOceanPackage(DigitalOceanCloud(root, machines)),
        HetznerPackage(HetznerCloud(root, machines)),
        VultrPackage(VultrCloud(root, machines)),
        CommandPackage(root, scripts),
        KubernetesPackage(),
        RandomPackage(),
        TlsPackage(),
    ]
    server = PluginServer(packages, journal, faults)
    return Assembly(machines=machines, server=server, journal=journal, faults=faults)


def _machines(root: Path, programs: Path) -> tuple[LabMachines, Scripts]:
    if kind_of(root) == REAL:
        # Not loaded where nodes are simulated: SSH's library alone takes a tenth of a second.
        from lab.nodes.real.vps.machines import RealMachines  # noqa: PLC0415
        from lab.nodes.real.vps.ssh import SshScripts  # noqa: PLC0415

        real = RealMachines(root)
        return real, SshScripts(real.behind)
    simulated = SimulatedMachines(root, programs)
    return simulated, PlayedScripts(simulated)
