"""The scheduler's verdict on drawn stacks is the plan's: all pods find a node, whatever the order, or one can't.

A plan that fits gets its pods in a shuffled order, each free to go where the scheduler likes: all must find a node.  A
plan that does not fit on one server gets them in the same way: one must stay Pending.  On several servers an order may
be lucky where another is not, so the pods go where the plan's own counterexample puts them, if the scheduler lets
them, and the next one must stay Pending.
"""

import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from infra.names import ROLE_LABEL
from infra.sizing.pack import UNCOUNTED_PODS, pack
from lab.nodes.simulated import node as simulated
from tests.drawn_stacks import drawn_plans
from tests.lab.nodes.simulated.packing import PLAN_LABEL, control_plane, nodes_of, pod

pytestmark = pytest.mark.cluster

SEED = int(os.environ.get("STAGECOACH_SEED", "1"))
BATCH = 60  # stacks at once on the API server
WRITERS = 4


class Stack:
    """A drawn stack on the cluster."""

    def __init__(self, number, keys, plan):
        self.name, self.keys, self.plan = f"drawn{number}", keys, plan
        self.packing = pack(plan.nodes, plan.workloads)
        self.several = any(node.count > 1 for node in plan.nodes)
        self.random = random.Random(number)  # noqa: S311  no secret
        self.made = 0

    @property
    def hosts(self):
        return [host for host, _, _ in nodes_of(self.plan, self.name)]

    def _pod(self, selector, amounts):
        self.made += 1
        return pod(f"{self.name}-{self.made}", {PLAN_LABEL: self.name, **selector}, amounts)

    def _of(self, workload, selector):
        return self._pod(selector, [(str(one.requests.cpu), str(one.requests.memory)) for one in workload.containers])

    def on_every_node(self):
        """DaemonSets, and what k3s runs besides."""
        for host in self.hosts:
            on_it = {"kubernetes.io/hostname": host}
            yield from (self._of(one, on_it) for one in self.plan.workloads if one.kind == "DaemonSet")
            yield from (self._pod(on_it, [("0m", "0")]) for _ in range(UNCOUNTED_PODS))

    def pinned(self):
        """Where the plan's counterexample puts them; nothing where one order is as good as another."""
        if self.plan.fits or not self.several:
            return []
        by_name = {one.name: one for one in self.plan.workloads}
        return [
            self._of(by_name[placed.workload], {"kubernetes.io/hostname": f"{self.name}-{node}"})
            for node, placed in self.packing.placed
        ]

    def free(self):
        """All others, in any order."""
        there = Counter(placed.workload for _, placed in self.packing.placed) if self.pinned_ones else Counter()
        pods = [
            self._of(one, {ROLE_LABEL: one.node_role})
            for one in self.plan.workloads
            if one.kind != "DaemonSet"
            for _ in range(one.replicas.max + one.replicas.surge - there[one.name])
        ]
        self.random.shuffle(pods)
        return pods


def verdicts(cluster, stacks):
    """What the scheduler says of each stack: None, or the message of a pod without a node."""

    def put(pods):
        with ThreadPoolExecutor(WRITERS) as writers:
            list(writers.map(cluster.add, pods))

    for stack in stacks:
        for host, size, config in nodes_of(stack.plan, stack.name):
            simulated.register(cluster.api, host, size, config)
    put([one for stack in stacks for one in stack.on_every_node()])
    for stack in stacks:
        assert cluster.waiting(stack.name, stack.made) == [], stack.keys  # every node is known to the scheduler
        stack.pinned_ones = stack.pinned()
    put([one for stack in stacks for one in stack.pinned_ones])
    for stack in stacks:
        assert cluster.waiting(stack.name, stack.made) == [], stack.keys  # the counterexample is one
    put([one for stack in stacks for one in stack.free()])
    return [cluster.waiting(stack.name, stack.made) for stack in stacks]


def agree(cluster, count, seed):
    drawn = drawn_plans(count, seed)
    seen = Counter()
    for start in range(0, count, BATCH):
        stacks = [Stack(start + n, keys, plan) for n, (keys, plan) in enumerate(drawn[start : start + BATCH])]
        for stack, waiting in zip(stacks, verdicts(cluster, stacks), strict=True):
            assert (not waiting) == stack.plan.fits, (stack.keys, stack.plan.missing, waiting)
            assert all("Insufficient" in message or "Too many pods" in message for message in waiting), waiting
            seen[stack.plan.fits, stack.several] += 1
        cluster.clear(stack.name for stack in stacks)
    # A draw of which all fit would show nothing.
    assert seen[False, False] + seen[False, True] >= count // 8, seen
    assert seen[True, True], seen
    return seen


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with control_plane(tmp_path_factory.mktemp("drawn")) as made:
        yield made


def test_sixty_drawn_stacks(cluster):
    agree(cluster, 60, SEED)


def test_five_hundred_drawn_stacks(cluster):
    """Others than the sixty."""
    print(agree(cluster, 500, SEED + 1))
