"""Puts one lab together: machines, emulated clouds, provider packages, the plugin server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lab.clouds.digitalocean import DigitalOceanCloud
from lab.clouds.hetzner import HetznerCloud
from lab.clouds.vultr import VultrCloud
from lab.cluster.machines import SimulatedMachines
from lab.cluster.scripts import PlayedScripts
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


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """The parts of a running lab."""

    machines: SimulatedMachines
    server: PluginServer
    journal: Journal
    faults: Faults


def assemble(root: Path, programs: Path) -> Assembly:
    """A lab whose state lies in `root`; nothing runs yet."""
    machines = SimulatedMachines(root, programs)
    journal, faults = Journal(), Faults()
    packages = [
        DigitalOceanPackage(DigitalOceanCloud(root, machines)),
        HetznerPackage(HetznerCloud(root, machines)),
        VultrPackage(VultrCloud(root, machines)),
        CommandPackage(root, PlayedScripts(machines)),
        KubernetesPackage(),
        RandomPackage(),
        TlsPackage(),
    ]
    server = PluginServer(packages, journal, faults)
    return Assembly(machines=machines, server=server, journal=journal, faults=faults)
