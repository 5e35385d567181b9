"""Runs parts beside each other, as many as the machine's processors allow, the longest first."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from tests.proof.parts import Proof
from tests.suite.running import Outcome


def run_all(
    proofs: Sequence[Proof], run: Callable[[Proof], Outcome], *, cpus: float | None = None, jobs: int = 3
) -> Iterator[tuple[Proof, Outcome]]:
    """Yield each part with its outcome as it ends.

    Args:
        proofs: In the order in which they start, as far as there is room.
        run: Runs one part.
        cpus: Processors to share out; those of the machine if left out.  A part alone may ask for more.
        jobs: At most so many at once: each has a shop of its own in memory.
    """
    room = cpus if cpus is not None else float(os.cpu_count() or 1)
    waiting, running = list(proofs), dict[Future[Outcome], Proof]()
    with ThreadPoolExecutor(jobs) as pool:
        while waiting or running:
            while (following := _next(waiting, list(running.values()), room)) and len(running) < jobs:
                waiting.remove(following)
                running[pool.submit(run, following)] = following
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(done), done.result()


def _next(waiting: Sequence[Proof], running: Sequence[Proof], room: float) -> Proof | None:
    """The first that has room beside those that run; any if none runs."""
    taken = sum(one.cpus for one in running)
    return next((one for one in waiting if not running or taken + one.cpus <= room), None)
