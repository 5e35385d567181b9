"""Tasks that a worker holds: how many may wait there for their time, and how many its queue no longer shows.

Celery takes a task with an ETA out of its queue at once, asks for one message more instead, and for one less when the
task is due.  Each takes memory of the parent process, and without a bound a worker takes as many as there are.
Celery's own bound (worker_eta_task_limit) does not add up: kombu forgets what it did not add and takes it off all the
same (common.py of 5.7.0, QoS), so that after more ETA tasks than the limit a worker of any size runs one task at a time
until it restarts.
"""

from __future__ import annotations

from collections import Counter

from celery import bootsteps, signals
from kombu.common import QoS

EVENT = "stagecoach-held"


class EtaQoS(QoS):
    """The prefetch count: one for each process, and one for each task that waits for its time, up to a limit."""

    def __init__(self, before: QoS, limit: int) -> None:
        self.waiting, self.limit = 0, limit
        super().__init__(before.callback, before.value)
        self.prev = before.prev

    @property
    def value(self) -> int:
        """What the channel is told; 0 would be no bound at all."""
        return max(self._slots + min(self.waiting, self.limit), 1)

    @value.setter
    def value(self, slots: int) -> None:
        """By Celery after a lost connection, for the processes alone: it knows of no task that waits."""
        self._slots = slots

    def increment_eventually(self, n: int = 1) -> int:
        """One more task waits."""
        with self._mutex:
            self.waiting += max(n, 0)
        return self.value

    def decrement_eventually(self, n: int = 1) -> int:
        """One of them is due."""
        with self._mutex:
            self.waiting -= n
        return self.value


class BoundEtaTasks(bootsteps.StartStopStep):
    """Puts `EtaQoS` in the place of Celery's own, at each connection to the broker."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, consumer) -> None:
        """Leaves a prefetch count alone that is without a bound."""
        limit = consumer.app.conf.get("worker_eta_task_limit")
        if limit and consumer.qos.value:
            consumer.qos = EtaQoS(consumer.qos, limit)


def watch_held(app) -> None:
    """Bounds a worker's ETA tasks, and sends with each heartbeat how many tasks it holds of each queue."""
    app.steps["consumer"].add(BoundEtaTasks)

    def on_heartbeat(sender, **_: object) -> None:
        try:
            scheduled, waiting = _held(app, sender.timer)
            limit = app.conf.get("worker_eta_task_limit") or 0
            sender.eventer.send(EVENT, scheduled=scheduled, waiting=waiting, limit=limit)
        except Exception:  # noqa: BLE001  the broker is away, or a set changed in another thread: the next heartbeat says it
            return

    signals.heartbeat_sent.connect(on_heartbeat, weak=False)


def _held(app, timer) -> tuple[Counter, Counter]:
    """Tasks by queue: those whose time has not come, and those that could run and wait for a process."""
    from celery.worker import state

    names = {(queue.exchange.name, queue.routing_key): name for name, queue in app.amqp.queues.items()}

    def by_queue(requests) -> Counter:
        places = ((one.delivery_info.get("exchange"), one.delivery_info.get("routing_key")) for one in requests)
        return Counter(str(names.get(place, place[1])) for place in places)

    active = set(state.active_requests)
    waiting = [one for one in tuple(state.reserved_requests) if one not in active]
    scheduled = getattr(state, "scheduled_requests", None)
    return by_queue(_of_timer(timer) if scheduled is None else tuple(scheduled)), by_queue(waiting)


def _of_timer(timer) -> list:
    """As `inspect scheduled` finds them, for a Celery that keeps no set of them."""
    from celery.worker.request import Request

    entries = [one.entry for one in timer.schedule.queue]
    return [one.args[0] for one in entries if not one.canceled and one.args and isinstance(one.args[0], Request)]
