"""Serves provider packages to the engine, each on a port of its own, in threads of one process."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent import futures

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from lab.plugins.faults import Faults
from lab.plugins.journal import Journal
from lab.plugins.package import Package
from lab.plugins.servicer import Servicer

_THREADS = 64  # the engine works on up to 4 x cores resources at once, and each may wait for a rollout
_MESSAGE_LIMIT = 400 << 20  # bytes, as in the SDKs
_OPTIONS = [("grpc.max_receive_message_length", _MESSAGE_LIMIT), ("grpc.max_send_message_length", _MESSAGE_LIMIT)]


class PluginServer:
    """All packages of a lab; in the lab's own process or in a test's.

    A port per package: the protocol's Configure does not say for which package it is.
    """

    def __init__(self, packages: Sequence[Package], journal: Journal, faults: Faults) -> None:
        self.packages = {package.name: package for package in packages}
        self.journal = journal
        self.faults = faults
        self._servers: list[grpc.Server] = []
        self._ports: dict[str, int] = {}

    def start(self) -> None:
        """Listens on loopback, on ports that the kernel chooses."""
        pool = futures.ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="provider")
        for name, package in self.packages.items():
            server = grpc.server(pool, options=_OPTIONS)
            servicer = Servicer(package, self.journal, self.faults)
            provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
            self._ports[name] = server.add_insecure_port("127.0.0.1:0")
            server.start()
            self._servers.append(server)

    def debug_providers(self) -> str:
        """The value of PULUMI_DEBUG_PROVIDERS: the engine attaches instead of starting plugins."""
        return ",".join(f"{name}:{port}" for name, port in self._ports.items())

    def stop(self) -> None:
        """Closes every port; calls in flight are cut off."""
        for server in self._servers:
            server.stop(grace=None).wait()
        self._servers.clear()
