"""The engine that a provider was attached by: takes lines that it prints beside a resource."""

from __future__ import annotations

import threading

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

_SECONDS = 5  # for one line; an engine that does not take it has ended


class Host:
    """Prints on the engine that attached last; silent before one did, as in a package's own tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._address = ""
        self._channel: grpc.Channel | None = None

    def attach(self, address: str) -> None:
        """Takes the engine's address, for example `127.0.0.1:4711`; each run of the CLI has its own."""
        with self._lock:
            if address == self._address:
                return
            if self._channel is not None:
                self._channel.close()
            self._address = address
            self._channel = grpc.insecure_channel(address) if address else None

    def info(self, urn: str, message: str) -> None:
        """Prints a line beside a resource."""
        self._log(engine_pb2.INFO, urn, message)

    def warn(self, urn: str, message: str) -> None:
        """Prints a warning beside a resource."""
        self._log(engine_pb2.WARNING, urn, message)

    def _log(self, severity: engine_pb2.LogSeverity.ValueType, urn: str, message: str) -> None:
        channel = self._channel
        if channel is None:
            return
        request = engine_pb2.LogRequest(severity=severity, urn=urn, message=message)
        try:
            engine_pb2_grpc.EngineStub(channel).Log(request, timeout=_SECONDS)
        except (grpc.RpcError, ValueError):  # ValueError: the next engine attached and closed this channel
            return
