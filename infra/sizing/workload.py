"""Define amounts, containers and replicas, from which the plan of every workload is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from infra.sizing.reason import Reasons
from infra.units import Cpu, Memory


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """Amounts are CPU and memory together, which a scheduler adds up."""

    cpu: Cpu
    memory: Memory

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(cpu=self.cpu + other.cpu, memory=self.memory + other.memory)

    def __sub__(self, other: Amounts) -> Amounts:
        return Amounts(cpu=self.cpu - other.cpu, memory=self.memory - other.memory)

    def __mul__(self, count: int) -> Amounts:
        return Amounts(cpu=self.cpu * count, memory=self.memory * count)

    def holds(self, other: Amounts) -> bool:
        """Return whether both amounts of the other are at most these.

        Args:
            other: The amounts to hold.
        """
        return other.cpu <= self.cpu and other.memory <= self.memory


@dataclass(frozen=True, kw_only=True)
class Limits:
    """These limits bound a container; None means that it has no such limit."""

    cpu: Cpu | None
    memory: Memory | None


@dataclass(frozen=True, kw_only=True)
class Disk:
    """A container's share of the root disk holds its logs, its writable layer and its folders without a volume."""

    request: Memory
    limit: Memory
    scratch: Memory  # size limit of these folders alone


@dataclass(frozen=True, kw_only=True)
class ContainerPlan:
    """A container plan holds the requests and limits of one container."""

    name: str
    requests: Amounts
    limits: Limits
    disk: Disk | None = None  # None: k3s's own pods, whose manifests the stack does not write
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class ReplicasPlan:
    """A replicas plan has the autoscaler's bounds, the count at the planned load, and a rollout's extra pods."""

    min: int
    planned: int
    max: int
    surge: int
    reasons: Reasons = field(default=(), compare=False, repr=False)

    @property
    def autoscaled(self) -> bool:
        """Return whether a HorizontalPodAutoscaler sets the count."""
        return self.max > self.min


@dataclass(frozen=True, kw_only=True)
class WorkloadPlan:
    """A workload plan sizes one workload; a job has 0 planned replicas and surge 1."""

    name: str
    kind: str  # Deployment, StatefulSet, DaemonSet, Job or CronJob
    namespace: str
    node_role: str  # "server" or "celery"
    replicas: ReplicasPlan
    containers: tuple[ContainerPlan, ...]

    @cached_property
    def pod_requests(self) -> Amounts:
        """Return the CPU and memory that the scheduler reserves for one pod."""
        total = Amounts(cpu=Cpu(0), memory=Memory(0))
        for container in self.containers:
            total = total + container.requests
        return total

    @cached_property
    def disk_request(self) -> Memory:
        """Return the part of the root disk that the scheduler reserves for one pod."""
        return Memory(sum(one.disk.request.bytes for one in self.containers if one.disk))

    @cached_property
    def disk_limit(self) -> Memory:
        """Return the use of the root disk above which the kubelet evicts one pod."""
        return Memory(sum(one.disk.limit.bytes for one in self.containers if one.disk))

    def container(self, name: str) -> ContainerPlan:
        """Return the container of that name.

        Args:
            name: The container's name.

        Raises:
            KeyError: The workload has no such container.
        """
        for container in self.containers:
            if container.name == name:
                return container
        raise KeyError(name)
