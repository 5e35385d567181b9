"""The queues that the app sends tasks to, compared with those that a worker consumes."""

from __future__ import annotations

import json
import os

from stagecoach_say import say, some

_BUILT_IN = "celery."  # Celery's own tasks, which every app has


def app_queues(app) -> dict[str, list[str]]:
    """The tasks by the queue where the app's settings send them; a queue that is only declared has none.

    Routes that need a task's arguments, and queues that a caller names, can't be known before a task is sent.
    """
    default = app.conf.task_default_queue
    found: dict[str, list[str]] = {default: []}
    for queue in [*app.amqp.queues.values()]:
        if queue.exchange is None or queue.exchange.type != "fanout":
            found.setdefault(queue.name, [])
    for name in sorted(app.tasks):
        options = {"queue": own} if (own := getattr(app.tasks[name], "queue", None)) else {}
        queue = _queue_of(app, name, options)
        if queue:
            found.setdefault(queue, []).append(name)
    for entry in (app.conf.beat_schedule or {}).values():
        options = dict(entry.get("options") or {}) if isinstance(entry, dict) else {}
        queue = _queue_of(app, str(entry["task"]), {"queue": options["queue"]}) if options.get("queue") else None
        if queue and entry["task"] not in found.setdefault(queue, []):
            found[queue].append(entry["task"])
    return found


def _queue_of(app, name: str, options: dict) -> str | None:
    try:
        queue = app.amqp.router.route(options, name).get("queue")
    except Exception:  # noqa: BLE001  a route of the app's own may need what only a call has
        return None
    return getattr(queue, "name", queue)


def pool_queues(app) -> dict[str, list[str]]:
    """Each pool's queues as the plan has them; without a plan those of this worker."""
    text = os.environ.get("STAGECOACH_POOLS")
    return json.loads(text) if text else {"NAME": sorted(app.amqp.queues.consume_from)}


def unconsumed(app, pools: dict[str, list[str]]) -> list[str]:
    """A sentence for each queue that the app uses and no pool consumes."""
    consumed = [queue for queues in pools.values() for queue in queues]
    lines = []
    for queue, names in app_queues(app).items():
        if queue in consumed:
            continue
        own = [name for name in names if not name.startswith(_BUILT_IN)]
        default = queue == app.conf.task_default_queue
        what = some(own) if own else "a task that names no queue" if default else "a task that is sent there"
        lines.append(
            f"no pool consumes the queue {queue!r}: {what} will wait there for ever. Add it to "
            f"stagecoach:overrides.pools.{next(iter(pools))}.queues, or send to one of {some(consumed, 10)}"
        )
    return lines


def say_unconsumed(app) -> None:
    """Says it once; a route that can't be read costs the worker nothing."""
    try:
        lines = unconsumed(app, pool_queues(app))
    except Exception as error:  # noqa: BLE001  the worker works without this word
        lines = [f"the app's queues could not be read ({type(error).__name__}: {error})"]
    for line in lines:
        say(line)
