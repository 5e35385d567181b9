"""One cluster for each test."""

import pytest

from tests.operate.fake_cluster import FakeCluster, workloads


@pytest.fixture(scope="session")
def shop_workloads():
    """Job and Deployment."""
    return workloads()


@pytest.fixture
def cluster(tmp_path, shop_workloads):
    made = FakeCluster(tmp_path, *shop_workloads)
    yield made
    made.close()
