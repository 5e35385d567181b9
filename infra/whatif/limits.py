"""Calculate how many customers each part of a plan holds while everything else stays the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from infra.sizing.connections import OTHERS
from infra.sizing.pack import pack
from infra.sizing.plan import StackPlan, WorkerPlan
from infra.whatif.load import Load
from infra.whatif.queueing import Queue

SHARE = 0.95
MOST_WAIT = 30.0  # seconds; the tier guide (docs/explanation/guide.md) says: "If high-priority tasks wait > 30 seconds"
MOST_RESPONSE = 2.0  # seconds; above it the alert ShopSlow fires
_SLOW = 10.0  # seconds; the tier guide calls a longer task slow
_MOST_CUSTOMERS = 10**9  # no part of a plan holds more


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A limit says how many customers one part of the stack holds at this load, and why not more."""

    name: str
    customers: int
    why: str


def pool_of(plan: StackPlan, task_seconds: float) -> WorkerPlan:
    """Return the pool that takes such tasks: the one with the queue `slow` if they are slow, else the default one.

    Args:
        plan: The plan.
        task_seconds: The length of a task in seconds.
    """
    slow = (pool for pool in plan.workers if "slow" in pool.queues)
    return next(slow, plan.workers[0]) if task_seconds > _SLOW else plan.workers[0]


def worker_queue(plan: StackPlan, load: Load, pods: int) -> Queue:
    """Return the queue of the pool that takes the tasks.

    Args:
        plan: The plan.
        load: The load.
        pods: The number of worker pods.
    """
    pool = pool_of(plan, load.task_seconds)
    return Queue(arrivals=load.tasks_peak, seconds=load.task_seconds, servers=pods * pool.concurrency)


def web_queue(plan: StackPlan, load: Load) -> Queue:
    """Return the queue of the planned web pods.

    Each process counts as one server, because it computes one page at a time; its other threads only help with pages
    that wait for something else.

    Args:
        plan: The plan.
        load: The load.
    """
    django = plan.django
    processes = django.workload.replicas.planned * django.processes
    return Queue(arrivals=load.requests_peak, seconds=load.request_seconds, servers=processes)


def connections_used(load: Load) -> float:
    """Estimate how many database connections are busy at once; the number is exceeded 2 % of the time.

    Little's law gives the mean, and the number follows a Poisson distribution: the estimate is two standard deviations
    above the mean.

    Args:
        load: The load.
    """
    mean = load.tasks_peak * load.task_seconds + load.requests_peak * load.request_seconds
    return mean + 2 * math.sqrt(mean)


def find_limits(plan: StackPlan, load: Load) -> tuple[Limit, ...]:
    """Return the limit of every part, sorted so that the first is reached first.

    Args:
        plan: The plan.
        load: The load, of which only the number of customers varies.
    """
    limits = [_server(plan, load), _workers(plan, load), _connections(plan, load), _web(plan, load)]
    return tuple(sorted(limits, key=lambda limit: limit.customers))


def _workers(plan: StackPlan, load: Load) -> Limit:
    pool = pool_of(plan, load.task_seconds)
    pods = pool.workload.replicas.planned
    return Limit(
        name="workers",
        customers=_most(lambda one: _waits(plan, one, pods) <= MOST_WAIT, load),
        why=f"{pods} x {pool.concurrency} processes as planned: above that 5 % of the tasks wait more than "
        f"{MOST_WAIT:g} s",
    )


def _server(plan: StackPlan, load: Load) -> Limit:
    """Return the limit of the most pods that the autoscaler may start, and why it may not start one more."""
    pool = pool_of(plan, load.task_seconds)
    pods, requests = pool.workload.replicas.max, pool.workload.pod_requests
    left = [
        amounts for name, amounts in pack(plan.nodes, plan.workloads).left if name.startswith(pool.workload.node_role)
    ]
    most = max(amounts.memory for amounts in left)
    if most < requests.memory:
        name, short = "memory", f"{requests.memory.whole_mib}Mi more for the next, {most.whole_mib}Mi are left"
    elif all(amounts.cpu < requests.cpu for amounts in left if amounts.memory >= requests.memory):
        name, short = "cpu", f"{requests.cpu} more for the next, and no node has them left"
    else:
        name, short = "replicas", "the stage's ceiling"
    return Limit(
        name=name,
        customers=_most(lambda one: _waits(plan, one, pods) <= MOST_WAIT, load),
        why=f"{pods} x {pool.concurrency} processes at most: {short}",
    )


def _connections(plan: StackPlan, load: Load) -> Limit:
    pooled = plan.pgbouncer
    most = pooled.default_pool_size if pooled else plan.postgres.max_connections - OTHERS
    where = "PgBouncer's pool" if pooled else f"max_connections less {OTHERS} for others"
    return Limit(
        name="database connections",
        customers=_most(lambda one: connections_used(one) <= most, load),
        why=f"{most} at once: {where}",
    )


def _web(plan: StackPlan, load: Load) -> Limit:
    django = plan.django
    return Limit(
        name="web p95",
        customers=_most(lambda one: web_queue(plan, one).response_quantile(SHARE) <= MOST_RESPONSE, load),
        why=f"{django.workload.replicas.planned} x {django.processes} processes: above that 5 % of the pages take "
        f"more than {MOST_RESPONSE:g} s",
    )


def _waits(plan: StackPlan, load: Load, pods: int) -> float:
    return worker_queue(plan, load, pods).wait_quantile(SHARE)


def _most(holds: Callable[[Load], bool], load: Load) -> int:
    """Find by bisection the largest number of customers that is held; fewer are never harder to hold."""
    low, high = 0, _MOST_CUSTOMERS
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(load.of(middle)) else (low, middle - 1)
    return low
