"""An update deletes pods that would keep it waiting, and nothing else."""

import threading

import pytest

from infra.cluster_api import Cluster
from infra.program.repair import watch
from tests.program.test_stuck_pods import pod, stateful_set
from tests.waiting import wait


class Played:
    """A cluster whose lists are given look by look; the last one stays."""

    def __init__(self, *looks):
        self.looks, self.count, self.deleted = looks, 0, []

    def items(self, path):
        if path.endswith("/apis/apps/v1/namespaces/app/statefulsets"):
            self.count += 1
            return [stateful_set()]
        pods = self.looks[min(self.count, len(self.looks)) - 1]
        if isinstance(pods, Exception):
            raise pods
        return pods if "/app/" in path else []

    def delete(self, path, uid):
        self.deleted.append((path, uid))


def run(cluster, looks):
    """Until the cluster was looked at so often; what was said."""
    stop, said = threading.Event(), []
    thread = threading.Thread(target=watch, args=(cluster, said.append, stop, 0.001))
    thread.start()
    wait(lambda: cluster.count >= looks, "looks at the cluster")
    stop.set()
    thread.join()
    return said


def test_one_that_is_stuck_in_two_looks_is_deleted():
    """By its identifier: its successor has the same name."""
    cluster = Played([pod()], [pod()], [])
    said = run(cluster, 4)
    assert cluster.deleted == [("/api/v1/namespaces/app/pods/postgres-0", "pod")]
    assert said == ["deleted postgres-0: it was not ready, and its StatefulSet would never have replaced it"]


@pytest.mark.parametrize(
    "looks",
    [
        ([pod()], [pod(ready="True")]),
        ([pod()], OSError("the server restarts"), [pod()], []),
        ([pod(revision="postgres-new")],),
    ],
)
def test_one_that_was_seen_once_is_left_alone(looks):
    cluster = Played(*looks)
    assert run(cluster, 6) == []
    assert cluster.deleted == []


def test_a_cluster_that_is_away_ends_nothing():
    cluster = Played(OSError("no route"), OSError("no route"), [pod()], [pod()], [])
    run(cluster, 6)
    assert len(cluster.deleted) == 1


@pytest.mark.parametrize(
    "text", ["", "server: https://127.0.0.1:6443", "clusters: []", "{", "clusters: [{cluster: {}}]"]
)
def test_what_is_no_kubeconfig(text):
    """Under mocks, and in `render`."""
    with pytest.raises(ValueError, match="no kubeconfig with a client certificate"):
        Cluster(text)
