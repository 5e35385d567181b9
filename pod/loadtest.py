"""Queues tasks and waits until workers have run them; runs in a pod of the shop's own image, under `python -c`.

Prints a JSON object a line: `queued`, `done` and `failed` so far, at the end `waits` and `runs` in seconds.
Environment: LOADTEST_COUNT, LOADTEST_TASK, LOADTEST_QUEUE (empty: the task's own), LOADTEST_RECIPIENT,
LOADTEST_SECONDS (how long to wait for the last one).
"""

import json
import os
import sys
import threading
import time
import uuid

from stagecoach_celery import app

_SAY_SECONDS = 0.5
_LISTEN_SECONDS = 1.0  # until the broker knows the listener


class Watch:
    """What Celery's events say of our own tasks."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.sent: dict[str, float] = {}
        self.started: dict[str, float] = {}
        self.ended: dict[str, float] = {}
        self.runs: list[float] = []
        self.failed = 0

    def listen(self) -> None:
        """Never returns; a broker that goes away for a moment is asked again."""
        handlers = {
            "task-started": self.on_started,
            "task-succeeded": self.on_succeeded,
            "task-failed": self.on_failed,
        }
        while True:
            try:
                with app.connection_for_read() as connection:
                    app.events.Receiver(connection, handlers=handlers).capture(limit=None, timeout=None, wakeup=False)
            except OSError:
                time.sleep(1)

    def on_started(self, event: dict) -> None:
        """A retried task starts again: the first start counts."""
        with self.lock:
            if event["uuid"] in self.sent:
                self.started.setdefault(event["uuid"], event["timestamp"])

    def on_succeeded(self, event: dict) -> None:
        """Its worker measured how long it ran."""
        if self._end(event):
            self.runs.append(event["runtime"])

    def on_failed(self, event: dict) -> None:
        """For good: a retry is another event."""
        if self._end(event):
            self.failed += 1

    def _end(self, event: dict) -> bool:
        with self.lock:
            if event["uuid"] not in self.sent or event["uuid"] in self.ended:
                return False
            self.ended[event["uuid"]] = event["timestamp"]
            return True


def main() -> int:
    """0 when every task ended in time, 1 otherwise."""
    count, watch = int(os.environ["LOADTEST_COUNT"]), Watch()
    threading.Thread(target=watch.listen, daemon=True).start()
    time.sleep(_LISTEN_SECONDS)
    publisher = threading.Thread(target=publish, args=(watch, count), daemon=True)
    began = time.time()
    publisher.start()
    deadline = time.monotonic() + int(os.environ["LOADTEST_SECONDS"])
    while len(watch.ended) < count and time.monotonic() < deadline:
        say(watch)
        time.sleep(_SAY_SECONDS)
    say(watch)
    with watch.lock:
        waits = [watch.started[one] - watch.sent[one] for one in watch.started]
        last = max(watch.ended.values(), default=began)
        result = {"waits": waits, "runs": watch.runs, "seconds": last - began}
    print(json.dumps(result), flush=True)
    return 0 if len(watch.ended) == count else 1


def publish(watch: Watch, count: int) -> None:
    """The guide's loop, with ids of our own."""
    queue = os.environ["LOADTEST_QUEUE"]
    options = {"queue": queue} if queue else {}
    for number in range(count):
        one = str(uuid.uuid4())
        with watch.lock:
            watch.sent[one] = time.time()
        arguments = {
            "subject": f"Load test {number}",
            "message": f"Test message {number}",
            "recipient": os.environ["LOADTEST_RECIPIENT"],
        }
        app.send_task(os.environ["LOADTEST_TASK"], kwargs=arguments, task_id=one, **options)


def say(watch: Watch) -> None:
    """How far it is."""
    with watch.lock:
        line = {"queued": len(watch.sent), "done": len(watch.ended), "failed": watch.failed}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # the listener's thread waits for the broker
