"""One cluster for the module's tests."""

import pytest

from lab.k3s.bundle import ensure_guest_bin
from lab.k3s.images import ensure_cluster_images
from lab.vps.network import Network
from lab.vps.possible import why_not
from lab.vps.sweep import sweep
from tests.lab.k3s.kube import Cluster
from tests.lab.vps.keys import Keys


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
