"""Lines that reach the engine."""

from concurrent import futures

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from lab.plugins.host import Host


class Engine(engine_pb2_grpc.EngineServicer):
    """Keeps what it was told."""

    def __init__(self):
        self.lines = []

    def Log(self, request, _context):  # noqa: N802  the protocol's
        self.lines.append((request.severity, request.urn, request.message))
        return empty_pb2.Empty()


@pytest.fixture
def engines():
    """Two engines, as two runs of the CLI; each with its address."""
    servers, made = [], []
    for _ in range(2):
        engine, server = Engine(), grpc.server(futures.ThreadPoolExecutor(max_workers=1))
        engine_pb2_grpc.add_EngineServicer_to_server(engine, server)
        made.append((engine, f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"))
        server.start()
        servers.append(server)
    yield made
    for server in servers:
        server.stop(grace=None)


class TestHost:
    def test_prints_on_the_engine_that_attached_last(self, engines):
        (first, one), (second, two) = engines
        host = Host()
        host.attach(one)
        host.warn("urn", "careful")
        host.attach(two)
        host.info("urn", "done")
        assert first.lines == [(engine_pb2.WARNING, "urn", "careful")]
        assert second.lines == [(engine_pb2.INFO, "urn", "done")]

    def test_is_silent_without_one(self):
        Host().warn("urn", "careful")

    def test_an_engine_that_has_ended_is_no_error(self):
        host = Host()
        host.attach("127.0.0.1:9")
        host.warn("urn", "careful")
