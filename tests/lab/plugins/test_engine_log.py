"""Warnings reach the engine that attached, beside their resource."""

from concurrent import futures

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2

from lab.plugins.engine_log import EngineLog
from lab.plugins.faults import Faults
from lab.plugins.journal import Journal
from lab.plugins.package import Call
from lab.plugins.packages.random import RandomPackage
from lab.plugins.servicer import Servicer

CALL = Call(urn="urn::one", type="random:index/randomPassword:RandomPassword", name="one")


class Engine(engine_pb2_grpc.EngineServicer):
    """Notes what it is to show."""

    def __init__(self):
        self.told = []

    def Log(self, request, _context):  # noqa: N802  the protocol's name
        self.told.append((request.severity, request.urn, request.message))
        return empty_pb2.Empty()


@pytest.fixture
def engine():
    """An engine that listens; `address` says where."""
    made, server = Engine(), grpc.server(futures.ThreadPoolExecutor(max_workers=1))
    engine_pb2_grpc.add_EngineServicer_to_server(made, server)
    made.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    yield made
    server.stop(grace=None).wait()


def test_a_warning_of_a_package(engine):
    package = RandomPackage()
    Servicer(package, Journal(), Faults()).Attach(plugin_pb2.PluginAttach(address=engine.address), None)
    package.warn(CALL, "look here")
    assert engine.told == [(engine_pb2.WARNING, "urn::one", "look here")]


def test_without_an_engine_nobody_is_told():
    RandomPackage().warn(CALL, "look here")


def test_an_engine_that_is_gone_does_no_harm():
    EngineLog("127.0.0.1:1").warn("urn::one", "look here")
