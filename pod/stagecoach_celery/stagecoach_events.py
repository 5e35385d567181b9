"""What Celery's events say of tasks and workers: counts, times, who is up."""

from __future__ import annotations

import sys
import threading
import time
from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from stagecoach_celery import app
from stagecoach_held import EVENT as HELD

EVENTS = ("sent", "received", "started", "succeeded", "failed", "rejected", "revoked", "retried")
_ENDS = ("succeeded", "failed", "rejected", "revoked")
_BUCKETS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
_WORKER_TIMEOUT = 30  # seconds without a heartbeat (sent every 2 s) until a worker counts as down
_WORKER_FORGOTTEN = 600  # seconds, as celery-exporter; each rollout brings new names
_TRACKED = 50_000  # queued tasks that are remembered, about 15 MB
_SAMPLES = 1000  # per list
_STALE = 86_400  # seconds after which a task that never ended makes room


class Task(NamedTuple):
    """What is known of a task; `since` is when it could first have run, None if nobody said."""

    name: str
    queue: str
    since: float | None
    seen: float


class Held(NamedTuple):
    """What a worker holds by queue, and how many of them may wait for their time (stagecoach_held.py)."""

    scheduled: dict[str, int]
    waiting: dict[str, int]
    limit: int


class Histogram:
    """Cumulative buckets by label values."""

    def __init__(self, buckets: tuple[float, ...]) -> None:
        self.buckets = buckets
        self.counts: dict[tuple, list[int]] = defaultdict(lambda: [0] * (len(buckets) + 1))
        self.sums: dict[tuple, float] = defaultdict(float)

    def observe(self, labels: tuple, value: float) -> None:
        """Adds one value in seconds."""
        row = self.counts[labels]
        for index, bound in enumerate(self.buckets):
            row[index] += value <= bound
        row[-1] += 1
        self.sums[labels] += value


class Events:
    """What Celery's events say: counts, times, workers."""

    def __init__(self, time_limit: float) -> None:
        self.lock = threading.Lock()
        buckets = (*(bound for bound in _BUCKETS if bound < time_limit), time_limit)
        self.totals: dict[tuple, int] = defaultdict(int)
        self.runtime = Histogram(buckets)
        self.wait = Histogram(buckets)
        self.tasks: dict[str, Task] = {}
        self.samples: dict[str, dict[str, float]] = defaultdict(dict)
        self.workers: dict[str, tuple[float, int]] = {}
        self.held: dict[str, Held] = {}
        self.last = int(time.time())  # when the last event came; the start counts as one

    def on_event(self, event: dict) -> None:
        """One event of a task or a worker."""
        kind, _, what = event["type"].partition("-")
        with self.lock:
            self.last = int(time.time())
            if kind == "worker":
                seen = time.time() - (_WORKER_TIMEOUT if what == "offline" else 0)
                self.workers[event["hostname"]] = seen, int(event.get("active") or 0)
            elif event["type"] == HELD:
                self.held[event["hostname"]] = Held(event["scheduled"], event["waiting"], event["limit"])
            elif kind == "task" and what in EVENTS:
                self._task(what, event)

    def _task(self, what: str, event: dict) -> None:
        uuid, at = event["uuid"], event["timestamp"]
        task = self.tasks.get(uuid)
        if what == "sent":
            task = Task(sys.intern(event["name"]), sys.intern(event["queue"]), _earliest(event), time.time())
            self._remember(uuid, task)
        elif task is None:
            name = sys.intern(event.get("name") or "unknown")
            task = Task(name, _queue_of(name), None, time.time())
            if what == "received":
                self.tasks[uuid] = task
        self.totals[what, task.name, task.queue] += 1
        if what == "received":
            for sampled in self.samples.values():
                sampled.pop(uuid, None)
        if what == "started" and task.since is not None:
            self.wait.observe((task.name, task.queue), max(at - task.since, 0.0))
            self.tasks[uuid] = task._replace(since=None)  # a second start of the same task waited from elsewhere on
        if what == "succeeded":
            self.runtime.observe((task.name, task.queue), float(event.get("runtime") or 0.0))
        if what in _ENDS:
            self.tasks.pop(uuid, None)

    def _remember(self, uuid: str, task: Task) -> None:
        """Keeps the first in the queue when there are too many: they are the next to start."""
        if len(self.tasks) >= _TRACKED:
            oldest = next(iter(self.tasks))
            if task.seen - self.tasks[oldest].seen < _STALE:
                return
            del self.tasks[oldest]
        self.tasks[uuid] = task

    def oldest(self, list_name: str, queue: str, newest_message: dict, oldest_message: dict) -> float:
        """Seconds that a list's oldest message has waited, at least.

        Web pods whose app does not send `task-sent` leave no time. So the newest message is remembered at each
        scrape; what stands before the earliest of these that no worker has received yet is older still.
        """
        now = time.time()
        with self.lock:
            sampled = self.samples[list_name]
            uuid = newest_message.get("id")
            if uuid and uuid not in sampled and len(sampled) < _SAMPLES:
                task = self.tasks.get(uuid)
                sampled[uuid] = task.since if task and task.since else now
                if task is None:
                    name = newest_message.get("task") or "unknown"
                    self._remember(uuid, Task(sys.intern(name), queue, now, now))
            known = self.tasks.get(oldest_message.get("id", ""))
            if known and known.since:
                return max(now - known.since, 0.0)
            return max((now - at for at in sampled.values()), default=0.0)

    def running(self) -> dict[str, tuple[bool, int]]:
        """Workers by name: whether each is up, and its active tasks."""
        now = time.time()
        with self.lock:
            for name in [name for name, (seen, _) in self.workers.items() if seen < now - _WORKER_FORGOTTEN]:
                del self.workers[name]
                self.held.pop(name, None)
            return {name: (now - seen < _WORKER_TIMEOUT, active) for name, (seen, active) in self.workers.items()}

    def run(self) -> None:
        """Receives for ever; a broker that restarts is waited for."""
        while True:
            try:
                with app.connection_for_read() as connection:
                    receiver = app.events.Receiver(connection, handlers={"*": self.on_event})
                    receiver.capture(limit=None, timeout=None, wakeup=True)
            except Exception as error:  # noqa: BLE001  whatever the broker does, metrics of the queues go on
                sys.stderr.write(f"events: {type(error).__name__}: connecting again\n")
                time.sleep(2)


def _earliest(event: dict) -> float:
    """When a sent task may run: at once, or at its ETA."""
    eta = event.get("eta")
    return max(event["timestamp"], datetime.fromisoformat(eta).timestamp()) if eta else event["timestamp"]


def _queue_of(name: str) -> str:
    """Where the app's own routes send a task; only `task-sent` names the queue itself."""
    route = app.amqp.router.route({}, name)
    return sys.intern(getattr(route.get("queue"), "name", None) or app.conf.task_default_queue)
