"""Prometheus metrics of Celery's queues and tasks; runs in the shop's own image.

Queue lengths are read from Redis at each scrape; task counts, wait and run times come from Celery's events.
Metric names are celery-exporter's (danihodovic) where they mean the same.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from stagecoach_celery import app

PRIORITY_SEPARATOR = "\x06\x16"  # kombu's: queue, queue\x06\x163, ...
PRIORITY_STEPS = (0, 3, 6, 9)  # kombu's default
EVENTS = ("sent", "received", "started", "succeeded", "failed", "rejected", "revoked", "retried")
_BUCKETS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
_WORKER_TIMEOUT = 30  # seconds without a heartbeat (sent every 2 s) until a worker counts as down
_TRACKED = 50_000  # tasks whose start is remembered


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
        self.sent: dict[str, tuple[float, str, str]] = {}
        self.workers: dict[str, tuple[float, int]] = {}

    def on_event(self, event: dict) -> None:
        """One event of a task or a worker."""
        kind, _, what = event["type"].partition("-")
        with self.lock:
            if kind == "worker":
                self._worker(what, event)
            elif kind == "task" and what in EVENTS:
                self._task(what, event)

    def _worker(self, what: str, event: dict) -> None:
        if what == "offline":
            self.workers[event["hostname"]] = (0.0, 0)
        else:
            self.workers[event["hostname"]] = (time.time(), int(event.get("active") or 0))

    def _task(self, what: str, event: dict) -> None:
        task = event["uuid"]
        if what == "sent" or (what == "received" and task not in self.sent):
            queue = event.get("queue") or event.get("routing_key") or "celery"
            self.sent[task] = (event["timestamp"], event.get("name") or "unknown", queue)
            while len(self.sent) > _TRACKED:
                self.sent.pop(next(iter(self.sent)))
        since, name, queue = self.sent.get(task, (event["timestamp"], event.get("name") or "unknown", "celery"))
        self.totals[what, name, queue] += 1
        if what == "started":
            self.wait.observe((name, queue), max(event["timestamp"] - since, 0.0))
        if what == "succeeded":
            self.runtime.observe((name, queue), float(event.get("runtime") or 0.0))
        if what in ("succeeded", "failed", "rejected", "revoked"):
            self.sent.pop(task, None)

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


class Exporter:
    """The page that Prometheus reads."""

    def __init__(self, events: Events, queues: list[str]) -> None:
        self.events = events
        self.queues = queues
        self.redis = app.connection_for_read().default_channel.client

    def page(self) -> str:
        """Text format 0.0.4; the broker's state is asked for now."""
        return "\n".join([*self._queues(), *self._workers(), *self._tasks()]) + "\n"

    def _queues(self) -> list[str]:
        lines = ["# TYPE celery_queue_length gauge", "# TYPE celery_queue_oldest_message_age_seconds gauge"]
        for queue in self.queues:
            names = [queue, *(f"{queue}{PRIORITY_SEPARATOR}{step}" for step in PRIORITY_STEPS[1:])]
            length = sum(self.redis.llen(name) for name in names)
            lines.append(f'celery_queue_length{{queue_name="{queue}"}} {length}')
            age = max((self._age(name) for name in names), default=0.0)
            lines.append(f'celery_queue_oldest_message_age_seconds{{queue_name="{queue}"}} {age:.3f}')
        lines += ["# TYPE celery_queue_unacked gauge", f"celery_queue_unacked {self.redis.hlen('unacked')}"]
        return lines

    def _age(self, name: str) -> float:
        """Of the next message to be taken: kombu pushes left and pops right.  0 if the queue is empty."""
        raw = self.redis.lindex(name, -1)
        if raw is None:
            return 0.0
        task = json.loads(raw).get("headers", {}).get("id")
        with self.events.lock:
            known = self.events.sent.get(task)
        return max(time.time() - known[0], 0.0) if known else 0.0

    def _workers(self) -> list[str]:
        lines = ["# TYPE celery_worker_up gauge", "# TYPE celery_worker_tasks_active gauge"]
        now = time.time()
        with self.events.lock:
            workers = sorted(self.events.workers.items())
        for name, (seen, active) in workers:
            up = now - seen < _WORKER_TIMEOUT
            lines.append(f'celery_worker_up{{hostname="{name}"}} {int(up)}')
            lines.append(f'celery_worker_tasks_active{{hostname="{name}"}} {active if up else 0}')
        counts = self._consumers()
        lines.append("# TYPE celery_active_worker_count gauge")
        lines += [f'celery_active_worker_count{{queue_name="{queue}"}} {counts[queue]}' for queue in self.queues]
        return lines

    def _consumers(self) -> dict[str, int]:
        """Workers that are up, by queue: a pool's name stands before the @ of its workers."""
        pools = json.loads(os.environ.get("EXPORTER_POOLS", "{}"))
        now = time.time()
        counts: dict[str, int] = defaultdict(int)
        with self.events.lock:
            up = [name for name, (seen, _) in self.events.workers.items() if now - seen < _WORKER_TIMEOUT]
        for name in up:
            for queue in pools.get(name.partition("@")[0], self.queues):
                counts[queue] += 1
        return counts

    def _tasks(self) -> list[str]:
        lines = []
        with self.events.lock:
            for what in EVENTS:
                lines.append(f"# TYPE celery_task_{what}_total counter")
                lines += [
                    f'celery_task_{what}_total{{name="{name}",queue_name="{queue}"}} {count}'
                    for (kind, name, queue), count in sorted(self.events.totals.items())
                    if kind == what
                ]
            lines += _histogram("celery_task_runtime", self.events.runtime)
            lines += _histogram("celery_task_queue_wait_time", self.events.wait)
        return lines


def _histogram(metric: str, histogram: Histogram) -> list[str]:
    lines = [f"# TYPE {metric} histogram"]
    for (name, queue), row in sorted(histogram.counts.items()):
        labels = f'name="{name}",queue_name="{queue}"'
        bounds = [*(f"{bound:g}" for bound in histogram.buckets), "+Inf"]
        lines += [f'{metric}_bucket{{{labels},le="{bound}"}} {count}' for bound, count in zip(bounds, row, strict=True)]
        lines.append(f"{metric}_sum{{{labels}}} {histogram.sums[name, queue]:.6f}")
        lines.append(f"{metric}_count{{{labels}}} {row[-1]}")
    return lines


def serve(exporter: Exporter, port: int) -> None:
    """/metrics and /healthz; the latter answers without the broker, whose restart a kill would not mend."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = 200, "ok\n"
            if self.path == "/metrics":
                try:
                    text = exporter.page()
                except Exception as error:  # noqa: BLE001  Prometheus shows the scrape as failed
                    status, text = 503, f"{type(error).__name__}\n"
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Scrapes are no news."""

    ThreadingHTTPServer(("", port), Handler).serve_forever()


def main() -> None:
    """Runs until it is killed."""
    events = Events(float(os.environ.get("EXPORTER_TIME_LIMIT", "600")))
    threading.Thread(target=events.run, name="events", daemon=True).start()
    serve(Exporter(events, os.environ["EXPORTER_QUEUES"].split(",")), int(os.environ.get("EXPORTER_PORT", "9808")))


if __name__ == "__main__":
    main()
