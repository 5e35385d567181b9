"""Celery servers come, change and go on the real engine; workers move with them, nothing is left behind."""

import os

import pytest

from tests.engine.deployment import Deployment
from tests.waiting import wait

pytestmark = pytest.mark.engine

FIRST, SECOND = "shop-celery-1", "shop-celery-2"


@pytest.fixture(scope="module")
def deployment():
    """Stage 4: workers on the server."""
    made = Deployment(f"celery-{os.getpid()}", "hetzner")
    made.configure(stage=4)
    made.up()
    yield made
    made.close()


def nodes(deployment):
    return {node["metadata"]["name"]: node for node in deployment.api().items("/api/v1/nodes")}


def allocatable(node):
    amounts = node["status"]["allocatable"]
    return amounts["cpu"], int(amounts["memory"]) // 2**20


def placed(deployment):
    """Names of Deployments and DaemonSets by node, once every pod runs and none is ending."""
    api, looks = deployment.api(), []

    def settled():
        looks.append(api.items("/api/v1/pods"))
        ending = [pod for pod in looks[-1] if pod["metadata"].get("deletionTimestamp")]
        return not ending and {pod["status"]["phase"] for pod in looks[-1]} <= {"Running", "Succeeded"}

    wait(settled, lambda: f"pods that run, none that ends: {[pod['metadata']['name'] for pod in looks[-1]]}")
    found = {}
    for pod in looks[-1]:
        name = pod["metadata"]["labels"]["app.kubernetes.io/name"]
        found.setdefault(pod["spec"]["nodeName"], set()).add(name)
    return found


def update(deployment, **changes):
    """A changed stack file is built, and is then what there is."""
    deployment.configure(**changes)
    deployment.lab.journal.clear()
    deployment.up()
    assert deployment.preview() == []


def deleted(deployment):
    return [entry.name for entry in deployment.lab.journal.entries("delete")]


class TestThere:
    def test_stage_5_has_one(self, deployment):
        """Labelled, tainted and sized by the config that its script wrote: 4 vCPU and 8 GiB less an agent's part."""
        update(deployment, stage=5)
        made = nodes(deployment)
        assert set(made) == {"shop", FIRST}
        agent = made[FIRST]
        assert agent["metadata"]["labels"]["stagecoach.dev/role"] == "celery"
        assert "node-role.kubernetes.io/control-plane" not in agent["metadata"]["labels"]
        taint = {"key": "stagecoach.dev/role", "value": "celery", "effect": "NoSchedule"}
        assert agent["spec"]["taints"] == [taint]
        assert allocatable(agent) == ("3700m", 6826)

    def test_workers_are_there_and_nothing_else(self, deployment):
        where = placed(deployment)
        assert where[FIRST] == {"celery-worker", "celery-worker-slow", "node-exporter"}
        assert {"django", "celery-beat", "queue-exporter", "postgres", "prometheus"} <= where["shop"]
        assert not {"celery-worker", "celery-worker-slow"} & where["shop"]

    def test_two_of_them_ask_for_pgbouncer(self, deployment):
        """124 connections at every maximum; it stays on the server, beside Postgres."""
        update(deployment, celery_servers={"count": 2})
        where = placed(deployment)
        assert set(nodes(deployment)) == {"shop", FIRST, SECOND}
        assert "pgbouncer" in where["shop"]
        assert "pgbouncer" not in where[FIRST] | where.get(SECOND, set())

    def test_a_restarted_lab_has_them(self, deployment):
        """As after `make down` and `make up`."""
        deployment.lab.machines.stop_all()
        deployment.lab.machines.resume()
        assert set(nodes(deployment)) == {"shop", FIRST, SECOND}
        assert nodes(deployment)[FIRST]["spec"]["taints"][0]["value"] == "celery"
        assert deployment.preview() == []


class TestChange:
    def test_a_larger_type_is_a_resize(self, deployment):
        """In place, with the reservations of that size."""
        deployment.configure(celery_servers={"count": 2, "instance_type": "cx43"})
        changed = [step.op for step in deployment.preview() if step.type == "hcloud:index/server:Server"]
        assert changed == ["update", "update"]
        update(deployment)
        assert allocatable(nodes(deployment)[FIRST]) == ("7600m", 14353)  # of the 93.1 % that a server shows

    def test_one_that_was_lost_comes_back(self, deployment):
        """Deleted at the provider by hand: the old node and its password go before the new one joins."""
        cloud = deployment.lab.server.packages["hcloud"].cloud
        (lost,) = cloud.users("server", "name", SECOND)
        cloud.delete("server", lost)
        conditions = nodes(deployment)[SECOND]["status"]["conditions"]
        assert [one["status"] for one in conditions if one["type"] == "Ready"] == ["Unknown"]
        done = deployment.pulumi("refresh", "--yes")
        assert done.returncode == 0, done.stdout[-2000:]
        update(deployment)
        conditions = nodes(deployment)[SECOND]["status"]["conditions"]
        assert [one["status"] for one in conditions if one["type"] == "Ready"] == ["True"]
        assert deleted(deployment).index("k3s-agents-2-node") < deleted(deployment).index("k3s-agents-2-install")


class TestGone:
    def test_a_smaller_count(self, deployment):
        """The last one goes: its pods move, its node goes, then its VPS; the first one is not touched."""
        update(deployment, celery_servers={"count": 1})
        assert set(nodes(deployment)) == {"shop", FIRST}
        ends = ("k3s-agents-2-node", "k3s-agents-2-install", "celery-servers-2-server")
        order = [name for name in deleted(deployment) if name in ends]
        assert order == list(ends)
        where = placed(deployment)
        assert {"celery-worker", "celery-worker-slow"} <= where[FIRST]
        assert allocatable(nodes(deployment)[FIRST])[0] == "7600m"  # no pin any more: a running server keeps its type

    def test_back_to_stage_4(self, deployment):
        """Workers are on the server before the last Celery server is emptied; nothing of them is left."""
        update(deployment, stage=4, celery_servers=None)
        assert set(nodes(deployment)) == {"shop"}
        where = placed(deployment)
        assert set(where) == {"shop"}
        assert "celery-worker" in where["shop"]
        assert not {"pgbouncer", "celery-worker-slow"} & where["shop"]
        assert [urn for urn in deployment.resources() if "celery-server" in urn or "k3s-agents" in urn] == []
        assert len(deployment.lab.machines._servers) == 1


class TestDestroyed:
    def test_with_its_celery_servers(self, deployment):
        """The documented way, at stage 5: nodes are removed while the cluster still answers."""
        update(deployment, stage=5, delete_protection=False)
        for words in (("state", "unprotect", "--all", "--yes"), ("destroy", "--yes")):
            done = deployment.pulumi(*words)
            assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
        assert deployment.lab.machines._servers == {}
        cloud = deployment.lab.server.packages["hcloud"].cloud
        assert {kind: cloud.store.all(kind) for kind in ("server", "network", "firewall", "primaryIp", "volume")} == {
            kind: {} for kind in ("server", "network", "firewall", "primaryIp", "volume")
        }
