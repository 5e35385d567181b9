"""What the app asks of time that the plan can't give: said by the task's name, once in each process.

Redis hands a task to a second worker when the first has held it for longer than the visibility timeout, whether it runs
or waits for its ETA.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from celery import signals
from stagecoach_say import say

_SWEEP = 100  # seconds that kombu's sweep for lost tasks takes at most
_PREFORK = "celery.concurrency.prefork"
_PAGE = "docs/how-to/long-delays.md"
_MOST = 1000  # names that are remembered; an app that makes up names can't fill the memory


class Limits:
    """Compares tasks with the plan's limits, which are in the app's configuration by now."""

    def __init__(self, app) -> None:
        self.app = app
        self.said: set[tuple[str, str]] = set()

    def visibility(self) -> int:
        """Seconds that a worker may hold a task."""
        return int((self.app.conf.broker_transport_options or {}).get("visibility_timeout") or 3600)

    def most(self) -> float:
        """Seconds within which a task that a worker has got must have ended; never all of it, for the sweep."""
        return max(self.visibility() - _SWEEP, self.visibility() * 0.9)

    def at_start(self, pool: object) -> Iterator[str]:
        """Of the worker's pool and of every task that the app has."""
        module = type(pool).__module__
        if module != _PREFORK:
            kept = "no soft time limit" if module.endswith("gevent") else "no time limit"
            yield (
                f"worker_pool is {module.rpartition('.')[2]!r}, which keeps {kept} and no bound on memory: a task that "
                f"hangs holds its place for ever (the plan ends it after {self.app.conf.task_time_limit} s). "
                "Remove worker_pool from the app's settings, and the worker has processes"
            )
        for name in sorted(self.app.tasks):
            task = self.app.tasks[name]
            yield from self._own_limit(name, task.time_limit, late=task.acks_late)

    def _own_limit(self, name: str, own: float | None, *, late: bool = True) -> Iterator[str]:
        planned = self.app.conf.task_time_limit
        if not own or not planned or own <= planned:
            return
        then = ""
        if late and own > self.most():
            then = (
                f". When it runs for longer than {self.visibility()} s, a second worker runs it as well: raise "
                f"stagecoach:overrides.visibility_timeout above {int(own) + _SWEEP}"
            )
        yield (
            f"{name} has a time limit of its own, {own:g} s, where the plan has {planned} s{then}. Lower it, or name "
            "it in stagecoach:overrides.pools.NAME.longest_time_limit"
        )

    def _delay(self, name: str, seconds: float) -> Iterator[str]:
        if seconds > self.most():
            yield (
                f"{name} is to run {seconds:.0f} s from now, beyond the visibility timeout of {self.visibility()} s: "
                f"it will run more than once. {_PAGE} says what to do"
            )

    def look(self, name: str, eta: datetime | None, own: float | None) -> None:
        """At a task that is sent or received; says what is wrong with it unless that was said before."""
        found = {"limit": self._own_limit(name, own), "delay": self._delay(name, _seconds_until(eta))}
        for kind, lines in found.items():
            for line in lines:
                if (kind, name) not in self.said and len(self.said) < _MOST:
                    self.said.add((kind, name))
                    say(line)


def _seconds_until(eta: datetime | None) -> float:
    if eta is None:
        return 0.0
    return (eta if eta.tzinfo else eta.replace(tzinfo=UTC)).timestamp() - time.time()  # Celery's times are UTC's


def watch(app) -> None:
    """Connects the signals: a worker's start, what it receives, and what any process with this module sends."""
    limits = Limits(app)

    def on_ready(sender, **_: object) -> None:
        for line in limits.at_start(sender.pool):
            say(line)

    def on_received(request, **_: object) -> None:
        limits.look(request.name, request.eta, (request.time_limits or (None,))[0])

    def on_publish(sender, headers, **_: object) -> None:
        headers = headers or {}
        eta = headers.get("eta")
        eta = datetime.fromisoformat(eta) if isinstance(eta, str) else eta
        limits.look(str(sender), eta, (headers.get("timelimit") or (None,))[0])

    signals.worker_ready.connect(on_ready, weak=False)
    signals.task_received.connect(on_received, weak=False)
    signals.before_task_publish.connect(on_publish, weak=False)
