"""A real API server, and the package that is configured for it."""

import pytest

from lab.clouds.addresses import pool
from lab.machines import Size
from lab.nodes.simulated.api import Api
from lab.nodes.simulated.machines import SimulatedMachines
from lab.paths import bin_dir
from lab.plugins.kubernetes.package import KubernetesPackage
from lab.toolchain.build import ensure
from lab.toolchain.programs import ETCD, KUBE
from tests.lab.nodes.simulated.test_control_plane import CONFIG
from tests.waiting import wait


@pytest.fixture(scope="package")
def kubeconfig(tmp_path_factory):
    for program in (KUBE, ETCD):
        ensure(program)
    root = tmp_path_factory.mktemp("package")
    address = pool(root)[0]
    machines = SimulatedMachines(root, bin_dir())
    machines.server_created(address, "shop", Size(vcpu=2, memory_mib=4096, disk_gb=40), "")
    machines.install_k3s(address, CONFIG)
    made = machines.kubeconfig(address).replace("127.0.0.1", address)
    wait(lambda: Api(made).get("/api/v1/namespaces/default/serviceaccounts/default"), "the service account")
    yield made
    machines.stop_all()


@pytest.fixture
def api(kubeconfig):
    return Api(kubeconfig)


class Lines:
    """Stands in for the engine: what would be printed beside a resource."""

    def __init__(self):
        self.said = []

    def info(self, urn, message):
        self.said.append(("info", urn, message))

    def warn(self, urn, message):
        self.said.append(("warning", urn, message))


@pytest.fixture
def configured(kubeconfig):
    """A package with settings of the provider."""

    def made(**settings):
        package = KubernetesPackage()
        package.configure({"kubeconfig": kubeconfig, **settings})
        package.host, package.retry_seconds = Lines(), ()
        return package

    return made


@pytest.fixture
def package(configured):
    return configured()
