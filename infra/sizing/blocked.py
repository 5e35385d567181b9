"""Find out whether pods of several sizes can be placed so badly on equal nodes that another pod finds no node.

The scheduler takes pods in any order and may choose any node that has room. Every pod is certain to find a node only if
no arrangement of the others leaves it without one. If there is such an arrangement, this module finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from infra.sizing.pod import Pod
from infra.sizing.workload import Amounts

Counts = tuple[int, ...]


def find_blocked(
    room: Amounts, slots: int, nodes: int, pods: Mapping[Pod, int]
) -> tuple[Pod, tuple[tuple[Pod, ...], ...]] | None:
    """Return a pod that can be left without a node, or None if every pod always finds one.

    Args:
        room: CPU and memory that each node leaves to these pods.
        slots: How many of these pods each node may run.
        nodes: The number of nodes.
        pods: The number of pods of each kind.

    Returns:
        The pod, and the other pods node by node.
    """
    kinds = tuple(pods)
    for victim in kinds:
        others = tuple(pods[kind] - (kind == victim) for kind in kinds)
        full = _smallest(_full_nodes(room, slots, kinds, others, victim))
        rows = _choose(full, nodes, others)
        if rows is not None:
            return victim, tuple(
                tuple(kind for kind, count in zip(kinds, row, strict=True) for _ in range(count)) for row in rows
            )
    return None


def _full_nodes(room: Amounts, slots: int, kinds: tuple[Pod, ...], others: Counts, victim: Pod) -> Iterator[Counts]:
    """Yield every set of pods that fits on one node and leaves no room for the victim."""
    for counts in _fitting(room, slots, kinds, others):
        left = room
        for kind, count in zip(kinds, counts, strict=True):
            left = left - kind.requests * count
        if sum(counts) >= slots or not left.holds(victim.requests):
            yield counts


def _fitting(room: Amounts, slots: int, kinds: tuple[Pod, ...], most: Counts) -> Iterator[Counts]:
    if not kinds:
        yield ()
        return
    left = room
    for count in range(min(most[0], slots) + 1):
        if count:
            if not left.holds(kinds[0].requests):
                return
            left = left - kinds[0].requests
        for rest in _fitting(left, slots - count, kinds[1:], most[1:]):
            yield (count, *rest)


def _smallest(rows: Iterator[Counts]) -> tuple[Counts, ...]:
    """Return the sets that contain no other set, because extra pods on one node never help to fill the next."""
    kept: list[Counts] = []
    for row in sorted(rows, key=sum):
        if not any(all(less <= more for less, more in zip(one, row, strict=True)) for one in kept):
            kept.append(row)
    return tuple(kept)


def _choose(full: tuple[Counts, ...], nodes: int, others: Counts) -> tuple[Counts, ...] | None:
    """Choose a full set for each node from the pods that exist, following every reachable remainder node by node."""
    reached: dict[Counts, tuple[Counts, ...]] = {others: ()}
    for _ in range(nodes):
        following: dict[Counts, tuple[Counts, ...]] = {}
        for left, rows in reached.items():
            for row in full:
                rest = tuple(have - need for have, need in zip(left, row, strict=True))
                if min(rest) >= 0:
                    following.setdefault(rest, (*rows, row))
        reached = {left: following[left] for left in _largest(following)}
    return next(iter(reached.values()), None)


def _largest(lefts: Iterable[Counts]) -> tuple[Counts, ...]:
    """Return the remainders that no other one contains, because a larger one can fill whatever a smaller can."""
    kept: list[Counts] = []
    for left in sorted(lefts, key=sum, reverse=True):
        if not any(all(more >= less for more, less in zip(one, left, strict=True)) for one in kept):
            kept.append(left)
    return tuple(kept)
