"""Admission bounds of the app's namespace."""

from infra.sizing.build import JOB, container, workload
from infra.sizing.namespace import size_namespace
from infra.sizing.plan import Amounts, ReplicasPlan
from infra.units import Cpu, Memory

WEB = workload(
    "web",
    "Deployment",
    container("web", 100, 100, 200),
    replicas=ReplicasPlan(min=2, planned=2, max=3, surge=1),
)
MIGRATE = workload("migrate", "Job", container("migrate", 50, 50, 300), replicas=JOB)
SYSTEM = workload("coredns", "Deployment", container("coredns", 100, 70, 999), namespace="kube-system")


class TestQuota:
    def test_counts_what_ends_as_well(self):
        """3 web pods, one of a rollout, one that is ending; a job and the one before it."""
        plan = size_namespace([WEB, MIGRATE])
        assert plan.quota_pods == 5 + 2
        assert plan.quota_requests == Amounts(cpu=Cpu(5 * 100 + 2 * 50), memory=Memory.mib(5 * 100 + 2 * 50))
        assert plan.quota_memory_limits == Memory.mib(5 * 200 + 2 * 300)

    def test_of_the_root_disk(self):
        """64 MiB for the log of each container."""
        assert size_namespace([WEB, MIGRATE]).quota_disk == Memory.mib((5 + 2) * 64)

    def test_only_its_own(self):
        """Another namespace's pods count elsewhere."""
        assert size_namespace([WEB, SYSTEM]) == size_namespace([WEB])


class TestLimitRange:
    def test_the_largest_container(self):
        """Not the largest request: limits are what it bounds."""
        assert size_namespace([WEB, MIGRATE]).limit_range_max == Amounts(cpu=Cpu(0), memory=Memory.mib(300))
