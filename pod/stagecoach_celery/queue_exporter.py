"""Prometheus metrics of Celery's queues and tasks; runs in the shop's own image.

Queues, their lengths and beat's lock are read from Redis at each scrape, the age of the backups from their folder;
task counts, wait and run times come from Celery's events.
Metric names are celery-exporter's (danihodovic) where they mean the same.
"""

from __future__ import annotations

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from stagecoach_aside import Store
from stagecoach_broker import FoundQueues
from stagecoach_celery import app
from stagecoach_consumers import Consumers
from stagecoach_events import EVENTS, Events, Held, Histogram
from stagecoach_probes import LOCK_KEY, broker_channel


class Exporter:
    """The page that Prometheus reads."""

    def __init__(self, events: Events, consumers: Consumers, pools: dict[str, dict], backups: Path) -> None:
        self.events = events
        self.consumers = consumers
        self.backups = backups
        self.pools = pools
        self.found = FoundQueues(app, list(dict.fromkeys(queue for pool in pools.values() for queue in pool["queues"])))
        self.lock = threading.Lock()
        self.channel = None

    def page(self) -> str:
        """Text format 0.0.4; the broker's state is asked for now."""
        with self.lock:
            if self.channel is None:
                self.channel = broker_channel(app)
            totals, left_out = self.found.look(self.channel)
            broker = [*self._queues(self.channel, totals), *_beat(self.channel), *_runs(self.channel)]
        broker += _family("celery_queues_left_out", "gauge", (), {(): left_out})
        return "\n".join([*broker, *self._workers(totals), *self._tasks(), *_backups(self.backups)]) + "\n"

    def _queues(self, channel, totals: dict[str, int]) -> list[str]:
        lengths = {(queue,): length for queue, length in totals.items()}
        ages = {(queue,): self._oldest(channel, queue, length) for queue, length in totals.items()}
        unacked = channel.client.hlen(channel.unacked_key)
        return [
            *_family("celery_queue_length", "gauge", ("queue_name",), lengths),
            *_family("celery_queue_oldest_message_age_seconds", "gauge", ("queue_name",), ages),
            *_family("celery_queue_unacked", "gauge", (), {(): unacked}),
        ]

    def _oldest(self, channel, queue: str, total: int) -> float:
        """Of all its priorities; an empty queue is asked no more."""
        names = [channel._q_for_pri(queue, step) for step in channel.priority_steps]  # noqa: SLF001  kombu's only name for it
        return max(self._age(channel, name, queue, channel.client.llen(name) if total else 0) for name in names)

    def _age(self, channel, name: str, queue: str, length: int) -> float:
        """Kombu pushes left and pops right."""
        if not length:
            self.events.samples[name].clear()
            return 0.0
        key = f"{channel.global_keyprefix or ''}{name}"  # LINDEX is not among the commands that kombu prefixes
        newest, oldest = (_headers(channel.client.lindex(key, end)) for end in (0, -1))
        return round(self.events.oldest(name, queue, newest, oldest), 3)

    def _workers(self, totals: dict[str, int]) -> list[str]:
        workers = sorted(self.events.running().items())
        counts = dict.fromkeys(((queue,) for queue in totals), 0)
        processes = dict(counts)
        for name, (up, _) in workers:
            pool = self.pools.get(name.partition("@")[0])  # a worker's name starts with its pool's
            planned = pool["queues"] if pool else []
            for queue in {*planned, *self.consumers.queues.get(name, ())}.intersection(totals) if up else ():
                counts[queue,] += 1
                processes[queue,] += pool["concurrency"] if pool else 1  # one at least: the plan has no number
        held = {name: self.events.held[name] for name, (up, _) in workers if up and name in self.events.held}
        return [
            *_held(held, totals),
            *_family("celery_worker_up", "gauge", ("hostname",), {(name,): int(up) for name, (up, _) in workers}),
            *_family(
                "celery_worker_tasks_active",
                "gauge",
                ("hostname",),
                {(name,): active if up else 0 for name, (up, active) in workers},
            ),
            *_family("celery_active_worker_count", "gauge", ("queue_name",), counts),
            *_family("celery_active_process_count", "gauge", ("queue_name",), processes),
            *_family("celery_last_event_timestamp_seconds", "gauge", (), {(): self.events.last}),
        ]

    def _tasks(self) -> list[str]:
        lines = []
        with self.events.lock:
            for what in EVENTS:
                rows = {
                    key: count
                    for (kind, *key), count in self.events.totals.items()
                    if kind == what
                    for key in [tuple(key)]
                }
                lines += _family(f"celery_task_{what}_total", "counter", ("name", "queue_name"), rows)
            lines += _histogram("celery_task_runtime", self.events.runtime)
            lines += _histogram("celery_task_queue_wait_time", self.events.wait)
        return lines


def _held(workers: dict[str, Held], totals: dict[str, int]) -> list[str]:
    """Tasks that the workers have taken and no process has begun: no queue shows them."""
    scheduled, waiting = (
        {(queue,): sum(one.get(queue, 0) for one in of_each) for queue in totals}
        for of_each in ([one.scheduled for one in workers.values()], [one.waiting for one in workers.values()])
    )
    each = {(name,): sum(one.scheduled.values()) for name, one in workers.items()}
    limits = {(name,): one.limit for name, one in workers.items() if one.limit}
    return [
        *_family("celery_queue_scheduled", "gauge", ("queue_name",), scheduled),
        *_family("celery_queue_prefetched", "gauge", ("queue_name",), waiting),
        *_family("celery_worker_tasks_scheduled", "gauge", ("hostname",), each),
        *_family("celery_worker_eta_task_limit", "gauge", ("hostname",), limits),
    ]


def _beat(channel) -> list[str]:
    """Beat holds its lock as long as it schedules; the key is never prefixed (stagecoach_probes.py)."""
    return _family("celery_beat_up", "gauge", (), {(): channel.client.exists(LOCK_KEY)})


def _runs(channel) -> list[str]:
    """Tasks that end their process (stagecoach_aside.py)."""
    again, aside = ({(name,): count for name, count in counts.items()} for counts in Store(channel.client).numbers())
    return [
        *_family("celery_tasks_run_again", "gauge", ("name",), again),
        *_family("celery_tasks_put_aside", "gauge", ("name",), aside),
    ]


def _backups(folder: Path) -> list[str]:
    """The database's dumps as they lie there; 0 where there is none yet."""
    found = [path.stat() for path in folder.glob("*.dump")]
    newest = max(found, key=lambda one: one.st_mtime, default=None)
    rows = {
        "newest_timestamp_seconds": int(newest.st_mtime) if newest else 0,
        "newest_size_bytes": newest.st_size if newest else 0,
        "files": len(found),
    }
    return [
        line for name, value in rows.items() for line in _family(f"stagecoach_backup_{name}", "gauge", (), {(): value})
    ]


def _headers(raw: bytes | None) -> dict:
    """A message's headers; {} for what Celery did not write."""
    try:
        headers = json.loads(raw or b"{}").get("headers")
    except (ValueError, AttributeError):
        return {}
    return headers if isinstance(headers, dict) else {}


def _family(metric: str, kind: str, names: tuple[str, ...], rows: dict[tuple, float]) -> list[str]:
    return [f"# TYPE {metric} {kind}", *(f"{metric}{_labels(names, key)} {rows[key]}" for key in sorted(rows))]


def _labels(names: tuple[str, ...], values: tuple) -> str:
    escaped = (str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for value in values)
    text = ",".join(f'{name}="{value}"' for name, value in zip(names, escaped, strict=True))
    return f"{{{text}}}" if text else ""


def _histogram(metric: str, histogram: Histogram) -> list[str]:
    names = ("name", "queue_name")
    bounds = [*(f"{bound:g}" for bound in histogram.buckets), "+Inf"]
    lines = [f"# TYPE {metric} histogram"]
    for key, row in sorted(histogram.counts.items()):
        lines += [
            f"{metric}_bucket{_labels((*names, 'le'), (*key, at))} {n}" for at, n in zip(bounds, row, strict=True)
        ]
        lines.append(f"{metric}_sum{_labels(names, key)} {histogram.sums[key]:.6f}")
        lines.append(f"{metric}_count{_labels(names, key)} {row[-1]}")
    return lines


def serve(exporter: Exporter, port: int) -> None:
    """/metrics and /healthz; the latter answers without the broker, whose restart a kill would not mend."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = (200, "ok\n") if self.path in ("/healthz", "/metrics") else (404, "see /metrics\n")
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
    events = Events(float(os.environ["EXPORTER_TIME_LIMIT"]))
    threading.Thread(target=events.run, name="events", daemon=True).start()
    consumers = Consumers(lambda: [name for name, (up, _) in events.running().items() if up])
    threading.Thread(target=consumers.run, name="consumers", daemon=True).start()
    pools, backups = json.loads(os.environ["EXPORTER_POOLS"]), Path(os.environ["EXPORTER_BACKUPS"])
    serve(Exporter(events, consumers, pools, backups), int(os.environ["EXPORTER_PORT"]))


if __name__ == "__main__":
    main()
