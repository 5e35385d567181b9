"""Amounts, containers and replicas: what every workload of a plan is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from infra.sizing.reason import Reasons
from infra.units import Cpu, Memory


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """CPU and memory together, as a scheduler adds them up."""

    cpu: Cpu
    memory: Memory

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(cpu=self.cpu + other.cpu, memory=self.memory + other.memory)

    def __sub__(self, other: Amounts) -> Amounts:
        return Amounts(cpu=self.cpu - other.cpu, memory=self.memory - other.memory)

    def __mul__(self, count: int) -> Amounts:
        return Amounts(cpu=self.cpu * count, memory=self.memory * count)

    def holds(self, other: Amounts) -> bool:
        """Whether both of the other's amounts are no larger than these."""
        return other.cpu <= self.cpu and other.memory <= self.memory


@dataclass(frozen=True, kw_only=True)
class Limits:
    """A container's limits; None means that there is none."""

    cpu: Cpu | None
    memory: Memory | None


@dataclass(frozen=True, kw_only=True)
class Disk:
    """A container's share of its server's root disk: logs, the writable layer, folders that live as long as the pod."""

    request: Memory
    limit: Memory
    scratch: Memory  # of the folders alone, their size limit


@dataclass(frozen=True, kw_only=True)
class ContainerPlan:
    """One container's requests and limits."""

    name: str
    requests: Amounts
    limits: Limits
    disk: Disk | None = None  # None: k3s's own pods, whose manifests are not the stack's
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class ReplicasPlan:
    """How many pods: autoscaler bounds, the count at the stage's planned load, and a rollout's extra pods."""

    min: int
    planned: int
    max: int
    surge: int
    reasons: Reasons = field(default=(), compare=False, repr=False)

    @property
    def autoscaled(self) -> bool:
        """Whether a HorizontalPodAutoscaler owns the count."""
        return self.max > self.min


@dataclass(frozen=True, kw_only=True)
class WorkloadPlan:
    """One workload; jobs have 0 planned replicas and surge 1."""

    name: str
    kind: str  # Deployment, StatefulSet, DaemonSet, Job or CronJob
    namespace: str
    node_role: str  # "server" or "celery"
    replicas: ReplicasPlan
    containers: tuple[ContainerPlan, ...]

    @cached_property
    def pod_requests(self) -> Amounts:
        """What the scheduler reserves for one pod."""
        total = Amounts(cpu=Cpu(0), memory=Memory(0))
        for container in self.containers:
            total = total + container.requests
        return total

    @cached_property
    def disk_request(self) -> Memory:
        """What the scheduler reserves for one pod of its server's root disk."""
        return Memory(sum(one.disk.request.bytes for one in self.containers if one.disk))

    @cached_property
    def disk_limit(self) -> Memory:
        """Above which the kubelet evicts one pod."""
        return Memory(sum(one.disk.limit.bytes for one in self.containers if one.disk))

    def container(self, name: str) -> ContainerPlan:
        """The container of that name; KeyError if there is none."""
        for container in self.containers:
            if container.name == name:
                return container
        raise KeyError(name)
