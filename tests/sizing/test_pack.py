"""The packing of pods on nodes."""

import dataclasses

from infra.clouds import CLOUDS
from infra.names import CELERY_ROLE
from infra.sizing.build import JOB, container, workload
from infra.sizing.node import size_node
from infra.sizing.pack import pack, peak_pods
from infra.sizing.plan import Amounts, ReplicasPlan
from infra.units import Cpu, Memory


def node(cpu, mib, *, role="server", count=1):
    """A node that leaves exactly this to pods."""
    row = CLOUDS["hetzner"].catalog.instance_types[0]
    sized = size_node(row, role=role, count=count, agent=False)
    return dataclasses.replace(sized, allocatable=Amounts(cpu=Cpu(cpu), memory=Memory.mib(mib)))


def pods(name, cpu, mib, maximum=1, *, kind="Deployment", role="server"):
    replicas = ReplicasPlan(min=1, planned=1, max=maximum, surge=0)
    return workload(name, kind, container(name, cpu, mib, mib), replicas=replicas, node_role=role)


class TestPeak:
    def test_counts_maximum_and_surge(self):
        replicas = ReplicasPlan(min=2, planned=2, max=4, surge=1)
        web = workload("web", "Deployment", container("web", 100, 100, 100), replicas=replicas)
        assert len(peak_pods([web])) == 5

    def test_every_job_at_once(self):
        """A migration may run while the nightly dump does."""
        assert len(peak_pods([workload("job", "Job", container("job", 50, 64, 64), replicas=JOB)])) == 1

    def test_daemon_sets_apart(self):
        """They are on each node already."""
        assert peak_pods([pods("exporter", 10, 10, kind="DaemonSet")]) == ()


class TestPack:
    def test_to_the_last_byte(self):
        packing = pack((node(1000, 1000),), (pods("one", 600, 400), pods("two", 400, 600)))
        assert packing.unplaced == ()
        assert packing.left == (("server-1", Amounts(cpu=Cpu(0), memory=Memory(0))),)

    def test_sums_are_not_enough(self):
        """Two nodes of 1000m have room for 1800m in all, but not for three pods of 600m."""
        packing = pack((node(1000, 4000, count=2),), (pods("worker", 600, 100, 3),))
        assert [pod.workload for pod in packing.unplaced] == ["worker"]

    def test_one_order_that_works_is_not_enough(self):
        """Pods of 500m on both nodes leave none to one of 900m: the scheduler spreads them, whatever a plan hopes."""
        parts = (pods("large", 900, 100), pods("small", 500, 100, 2))
        packing = pack((node(1000, 4000, count=2),), parts)
        assert [pod.workload for pod in packing.unplaced] == ["large"]
        assert {left.cpu for _, left in packing.left} == {Cpu(500)}
        assert sorted((name, pod.workload) for name, pod in packing.placed) == [
            ("server-1", "small"),
            ("server-2", "small"),
        ]

    def test_a_kubelet_takes_so_many_pods(self):
        """60, four of which are in no plan: the 57th pod is Pending however little it asks for."""
        assert pack((node(4000, 4000),), (pods("web", 1, 1, 56),)).unplaced == ()
        assert [pod.workload for pod in pack((node(4000, 4000),), (pods("web", 1, 1, 57),)).unplaced] == ["web"]

    def test_daemon_sets_take_their_share_of_each_node(self):
        nodes = (node(1000, 1000, count=2),)
        packing = pack(nodes, (pods("exporter", 100, 100, kind="DaemonSet"),))
        assert {left.cpu for _, left in packing.left} == {Cpu(900)}

    def test_roles_do_not_mix(self):
        """A worker does not run beside the database because there is room."""
        nodes = (node(4000, 4000), node(500, 500, role=CELERY_ROLE))
        packing = pack(nodes, (pods("worker", 600, 100, role=CELERY_ROLE),))
        assert [pod.role for pod in packing.unplaced] == [CELERY_ROLE]
