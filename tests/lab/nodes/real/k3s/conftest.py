"""One cluster for the module's tests."""

import pytest

from lab.nodes.real.k3s.bundle import ensure_guest_bin
from lab.nodes.real.k3s.images import ensure_cluster_images
from lab.nodes.real.vps.network import Network
from lab.nodes.real.vps.possible import why_not
from lab.nodes.real.vps.sweep import sweep
from tests.lab.nodes.real.k3s.kube import Cluster
from tests.lab.nodes.real.vps.keys import Keys


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    reason = why_not()
    if reason:
        pytest.skip(reason)
    ensure_guest_bin()
    ensure_cluster_images()
    root = tmp_path_factory.mktemp("k3s")
    (root / "keys").mkdir()
    made = Cluster(root=root, network=Network(root), keys=Keys(root / "keys").make())
    made.start_gateway()
    yield made
    made.stop()
    assert sweep(root) == 0
