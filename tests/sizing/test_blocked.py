"""Pods of several sizes on several equal nodes."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from infra.sizing.blocked import find_blocked
from infra.sizing.pod import Pod
from infra.sizing.workload import Amounts
from infra.units import Cpu, Memory


def amounts(cpu, mib):
    return Amounts(cpu=Cpu(cpu), memory=Memory.mib(mib))


def pod(name, cpu, mib):
    return Pod(workload=name, role="celery", requests=amounts(cpu, mib))


def stuck_in_some_order(room, slots, nodes, pods):
    """Every choice of the scheduler, tried: whether one ends with a pod that has no node."""
    seen, todo = set(), [(tuple(sorted(pods.items(), key=str)), tuple([((), room)] * nodes))]
    while todo:
        left, rows = todo.pop()
        state = left, tuple(sorted(names for names, _ in rows))
        if state in seen:
            continue
        seen.add(state)
        for kind, count in left:
            if not count:
                continue
            places = [n for n, (names, rest) in enumerate(rows) if len(names) < slots and rest.holds(kind.requests)]
            if not places:
                return True
            fewer = tuple((one, n - (one == kind)) for one, n in left)
            for place in places:
                names, rest = rows[place]
                row = (tuple(sorted((*names, kind.workload))), rest - kind.requests)
                todo.append((fewer, (*rows[:place], row, *rows[place + 1 :])))
    return False


SIZES = st.tuples(st.integers(1, 5), st.integers(1, 5))


class TestFindBlocked:
    def test_enough_room_for_any_order(self):
        """6 x 800m and 3 x 400m on two nodes of 3690m: stage 5 on two Celery servers."""
        pods = {pod("fast", 800, 1024): 6, pod("slow", 400, 512): 3}
        assert find_blocked(amounts(3690, 6958), 50, 2, pods) is None

    def test_the_arrangement_is_shown(self):
        pods = {pod("fast", 900, 100): 1, pod("slow", 500, 100): 2}
        victim, rows = find_blocked(amounts(1000, 1000), 50, 2, pods)
        assert victim.workload == "fast"
        assert [[one.workload for one in row] for row in rows] == [["slow"], ["slow"]]

    @settings(max_examples=150, deadline=None)
    @given(
        first=SIZES,
        second=SIZES,
        counts=st.tuples(st.integers(1, 4), st.integers(1, 4)),
        room=st.tuples(st.integers(5, 12), st.integers(5, 12)),
        slots=st.integers(2, 9),
        nodes=st.integers(2, 3),
    )
    def test_says_what_trying_every_choice_says(self, first, second, counts, room, slots, nodes):
        pods = dict(zip((pod("a", *first), pod("b", *second)), counts, strict=True))
        found = find_blocked(amounts(*room), slots, nodes, pods)
        assert (found is not None) == stuck_in_some_order(amounts(*room), slots, nodes, pods)
        if found:
            victim, rows = found
            there = list(itertools.chain(*rows))
            assert all(there.count(kind) <= pods[kind] - (kind == victim) for kind in pods)
            for row in rows:
                left = amounts(*room) - sum((one.requests for one in row), start=amounts(0, 0))
                assert left.cpu.millicores >= 0
                assert left.memory.bytes >= 0
                assert len(row) == slots or not left.holds(victim.requests)
