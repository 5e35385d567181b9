"""Tasks that end their process are counted, and put aside when that has happened too often.

Such a task is delivered again each time (acks_late, reject_on_worker_lost), for ever.  A run that begins after another
one of the same task did not end is counted in the broker's Redis; a task with too many of them is not started again,
and its message is kept.  An ending worker takes its runs out of the count: a deploy says nothing against a task.

    python /opt/stagecoach/stagecoach_aside.py               lists what was put aside
    python /opt/stagecoach/stagecoach_aside.py return ID     sends it again, with a new count
    python /opt/stagecoach/stagecoach_aside.py drop ID       forgets it
    python /opt/stagecoach/stagecoach_aside.py return NAME   all of one task, by its name; drop likewise
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable

from celery import signals
from stagecoach_say import say

RUNS, ASIDE = "stagecoach:runs", "stagecoach:aside"  # hashes by task id
# Of the same ids: a scrape must not read every message that was put aside.
NAMES = "stagecoach:aside-names"
MOST_RUNS = 5  # that did not end, before a task is put aside
_KEPT = 7 * 86_400  # seconds after which a count without a further run is dropped
# Scripts only, so that a key prefix of the app's transport options is treated alike in all of them.
_COUNT = """
local known = redis.call('hget', KEYS[1], ARGV[1])
local runs = known and cjson.decode(known).runs + 1 or 2
redis.call('hset', KEYS[1], ARGV[1], cjson.encode({name = ARGV[2], runs = runs, at = tonumber(ARGV[3])}))
return runs
"""
_GET = "return redis.call('hget', KEYS[1], ARGV[1])"
_SET = "return redis.call('hset', KEYS[1], ARGV[1], ARGV[2])"
_DELETE = "return redis.call('hdel', KEYS[1], unpack(ARGV))"
_VALUES = "return redis.call('hvals', KEYS[1])"
_ALL = "return redis.call('hgetall', KEYS[1])"


class Store:
    """The hashes, by one client of Redis."""

    def __init__(self, client) -> None:
        self.client = client

    def count(self, task_id: str, name: str) -> int:
        """Adds a run that begins after another one did not end; how many runs that makes."""
        return int(self.client.eval(_COUNT, 1, RUNS, task_id, name, int(time.time())))

    def runs(self, task_id: str) -> int:
        """How many runs of a task began and did not end; the first alone is not counted."""
        found = self.client.eval(_GET, 1, RUNS, task_id)
        return int(json.loads(found)["runs"]) if found else 0

    def forget(self, key: str, *task_ids: str) -> None:
        """Takes tasks out of a hash."""
        if task_ids:
            self.client.eval(_DELETE, 1, key, *task_ids)

    def put_aside(self, task_id: str, **what: object) -> None:
        """Keeps a message."""
        self.client.eval(_SET, 1, NAMES, task_id, str(what["name"]))
        self.client.eval(_SET, 1, ASIDE, task_id, json.dumps({**what, "at": int(time.time())}))
        self.forget(RUNS, task_id)

    def all(self, key: str) -> dict[str, dict]:
        """Everything in a hash, by task id."""
        flat = [one.decode() if isinstance(one, bytes) else one for one in self.client.eval(_ALL, 1, key)]
        return {task_id: json.loads(text) for task_id, text in zip(flat[::2], flat[1::2], strict=True)}

    def numbers(self) -> tuple[Counter, Counter]:
        """By name: tasks of which two runs or more did not end, and tasks that were put aside; drops old counts."""
        runs, now = self.all(RUNS), time.time()
        old = [task_id for task_id, one in runs.items() if one["at"] < now - _KEPT]
        self.forget(RUNS, *old[:1000])
        again = Counter(one["name"] for task_id, one in runs.items() if one["runs"] > 2 and task_id not in old)  # noqa: PLR2004  the third run
        names = self.client.eval(_VALUES, 1, NAMES)
        return again, Counter(one.decode() if isinstance(one, bytes) else one for one in names)


class Watch:
    """What a worker and its children do at each of Celery's signals."""

    def __init__(self, app, channel_of) -> None:
        self.app, self.channel_of = app, channel_of
        self.channels: dict[int, object] = {}
        self.aside: set[str] = set()

    def do(self, action: Callable[[Store], object]) -> None:
        """With this process' own connection: a child must not write into its parent's."""
        try:
            if os.getpid() not in self.channels:
                self.channels[os.getpid()] = self.channel_of(self.app)
            action(Store(self.channels[os.getpid()].client))
        except Exception as error:  # noqa: BLE001  a task runs whatever the count says
            say(f"runs of tasks are not counted ({type(error).__name__})")

    def on_received(self, sender, request, **_: object) -> None:
        """In the parent, before a child gets it."""
        if request.delivery_info.get("redelivered"):
            self.do(lambda store: _judge(store, sender, request, self.aside))

    def on_prerun(self, task_id, task, **_: object) -> None:
        """In the child."""
        if (task.request.delivery_info or {}).get("redelivered"):
            self.do(lambda store: store.count(task_id, task.name))

    def on_postrun(self, task_id, task, **_: object) -> None:
        """In the child: the run ended, with whatever result."""
        if (task.request.delivery_info or {}).get("redelivered"):
            self.do(lambda store: store.forget(RUNS, task_id))

    def on_revoked(self, request, **_: object) -> None:
        """The message that was put aside is acknowledged by now, and may be sent again under its id."""
        if request.id in self.aside:
            from celery.worker import state

            self.aside.discard(request.id)
            state.revoked.discard(request.id)

    def on_shutdown(self, **_: object) -> None:
        """In a thread: this is a signal handler, which may have interrupted a call of the same client."""
        from celery.worker import state

        running = [request.id for request in list(state.active_requests)]
        if running:
            threading.Thread(target=self._forget, args=running, name="runs", daemon=True).start()

    def _forget(self, *task_ids: str) -> None:
        fresh = Watch(self.app, self.channel_of)  # with a connection of its own
        fresh.do(lambda store: store.forget(RUNS, *task_ids))


def watch_runs(app, channel_of) -> None:
    """Connects the signals; `channel_of` makes a channel on the broker."""
    watch = Watch(app, channel_of)
    # Celery keeps weak references to receivers.
    signals.task_received.connect(watch.on_received, weak=False)
    signals.task_prerun.connect(watch.on_prerun, weak=False)
    signals.task_postrun.connect(watch.on_postrun, weak=False)
    signals.task_revoked.connect(watch.on_revoked, weak=False)
    signals.worker_shutting_down.connect(watch.on_shutdown, weak=False)


def _judge(store: Store, consumer, request, aside: set[str]) -> None:
    """A task that Celery takes for revoked is acknowledged and not started; its message is kept before that."""
    runs = store.runs(request.id)
    if runs < MOST_RUNS:
        return
    message = request.message
    info = request.delivery_info
    raw = getattr(message, "_raw", None)
    store.put_aside(
        request.id, name=request.name, exchange=info["exchange"], routing_key=info["routing_key"], message=raw
    )
    aside.add(request.id)
    consumer.controller.state.revoked.add(request.id)
    say(
        f"{request.name} [{request.id}] did not end {runs} times (its process was killed, or its pod was lost): it is "
        "put aside. docs/runbooks/TaskPutAside.md says what to do"
    )


def main(arguments: list[str]) -> int:
    """The three commands; exit code 2 for another one or an id that is not there."""
    from stagecoach_celery import app
    from stagecoach_probes import broker_channel

    channel = broker_channel(app)
    store = Store(channel.client)
    kept = store.all(ASIDE)
    match arguments:
        case []:
            for task_id, one in kept.items():
                at = time.strftime("%Y-%m-%d %H:%M", time.gmtime(one["at"]))
                print(f"{task_id}  {at} UTC  {one['name']}")  # noqa: T201  its answer
            return 0
        case ["return" | "drop" as what, which] if found := _chosen(kept, which):
            for task_id in found:
                if what == "return" and not _send(channel, kept[task_id]):
                    say("its queue has no binding in the broker yet: start a worker that consumes it, then try again")
                    return 2
                store.forget(ASIDE, task_id)
                store.forget(NAMES, task_id)
            return 0
    say(f"no task {arguments[-1]} was put aside" if len(arguments) == 2 else (__doc__ or "").partition("\n\n")[2])  # noqa: PLR2004  a command and an id
    return 2


def _chosen(kept: dict[str, dict], which: str) -> list[str]:
    """One task's id, or the ids of all tasks with that name."""
    return [which] if which in kept else [task_id for task_id, one in kept.items() if one["name"] == which]


def _send(channel, kept: dict) -> bool:
    """Back to the queues where it came from, as new; False where there is none."""
    message = kept["message"]
    for one in (message["headers"], message["properties"]["delivery_info"]):  # both, as kombu marks them
        one.pop("redelivered", None)
    queues = channel._lookup(kept["exchange"], kept["routing_key"])  # noqa: SLF001  as kombu restores a message
    for queue in queues:
        channel._put(queue, message)  # noqa: SLF001  as above
    return bool(queues)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
