"""Messages from a provider to the engine, which shows them beside the resource."""

from __future__ import annotations

from contextlib import suppress

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

_SECONDS = 10  # an engine that has ended must not hold up the lab


class EngineLog:
    """The log of one run of the engine, at the address that it names when it attaches."""

    def __init__(self, address: str) -> None:
        self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))

    def warn(self, urn: str, message: str) -> None:
        """Shows a warning; an engine that is gone reads none."""
        request = engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=message, urn=urn)
        with suppress(grpc.RpcError):
            self._engine.Log(request, timeout=_SECONDS)
