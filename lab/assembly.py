"""Puts one lab together: machines, emulated clouds, provider packages, the plugin server."""

from __future__ import annotations

from dataclasses import dataclass

from lab.cluster.machines import SimulatedMachines
from lab.plugins.faults import Faults
from lab.plugins.journal import Journal
from lab.plugins.server import PluginServer


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """The parts of a running lab."""

    machines: SimulatedMachines
    server: PluginServer
    journal: Journal
    faults: Faults
