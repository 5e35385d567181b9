"""Watch Celery: queues, workers, beat, and the exporter that measures them."""

from __future__ import annotations

from collections.abc import Iterator

from infra.alerts.promql import QUEUE_LENGTH, container_selector, pool_queues
from infra.alerts.rules.alert import Alert
from infra.alerts.speed import LEAST_WINDOW, faster_seconds
from infra.sizing.plan import StackPlan, WorkerPlan

_STUCK_FACTOR = 2  # times the pool's longest task: an older message is stuck
_STALE_SECONDS = 300
_NEAR_PERCENT = 90  # of the ETA tasks that a worker may hold


def queue_alerts(plan: StackPlan) -> list[Alert]:
    """Return the alerts for the tier guide's backlog, and for the reasons why a queue may stop."""
    waiting = "celery_queue_length > 0 and on (queue_name) celery_active_worker_count == 0"
    failed, done = (f"sum by (name) (increase(celery_task_{what}_total[15m]))" for what in ("failed", "succeeded"))
    return [
        Alert(
            name="CeleryQueueBacklog",
            expression=f"{QUEUE_LENGTH} > 50",
            minutes=15,
            component="queue",
            summary="{{ $labels.queue_name }}: more than 50 tasks wait for 15 minutes",
        ),
        Alert(
            name="QueueNoConsumer",
            expression=f"sum by (queue_name) ({waiting})",
            minutes=5,
            component="queue",
            severity="critical",
            summary="{{ $labels.queue_name }}: tasks wait and no worker consumes the queue",
        ),
        Alert(
            name="TasksFailing",
            expression=f"{failed} > 5 and {failed} > ({done} or 0 * {failed})",
            minutes=5,
            component="tasks",
            summary="{{ $labels.name }}: more runs fail than succeed",
        ),
        Alert(
            name="BeatDown",
            expression="celery_beat_up == 0",
            minutes=5,
            component="beat",
            severity="critical",
            summary="No beat holds the lock: nothing is scheduled",
        ),
        Alert(
            name="EtaTasksAtLimit",
            expression=f"100 * celery_worker_tasks_scheduled / celery_worker_eta_task_limit > {_NEAR_PERCENT}",
            minutes=5,
            component="eta-tasks",
            summary="{{ $labels.hostname }}: holds nearly as many tasks with an ETA as it may; then it takes no task",
        ),
        *_ending_their_process(),
        _stale(plan),
        *(alert for worker in plan.workers for alert in _pool(worker, plan.monitoring.alert_speed)),
    ]


def _ending_their_process() -> Iterator[Alert]:
    """Warn of tasks that are delivered again and again; the worker counts and limits them (stagecoach_aside.py)."""
    yield Alert(
        name="TaskPutAside",
        expression="sum by (name) (celery_tasks_put_aside) > 0",
        minutes=1,
        component="tasks",
        summary="{{ $labels.name }}: tasks ended their process again and again and are put aside",
    )
    yield Alert(
        name="TaskRunsAgain",
        expression="sum by (name) (celery_tasks_run_again) > 0",
        minutes=5,
        component="tasks",
        summary="{{ $labels.name }}: the same task runs for the third time, because its runs do not end",
    )


def _pool(worker: WorkerPlan, speed: int) -> Iterator[Alert]:
    labels = {"pool": worker.pool}
    seconds = faster_seconds(_STUCK_FACTOR * worker.time_limit, speed)
    age = f'celery_queue_oldest_message_age_seconds{{queue_name=~"{pool_queues(worker)}"}}'
    yield Alert(
        name="QueueStuck",
        expression=f"max by (queue_name) ({age}) > {seconds}",
        minutes=5,
        component="queue",
        labels=labels,
        summary=f"{{{{ $labels.queue_name }}}}: the oldest task waits for more than {seconds} seconds",
    )
    yield Alert(
        name="WorkerDown",
        # A worker's node name starts with its pool's name (celery_worker.py).
        expression=f'absent(celery_worker_up{{hostname=~"{worker.pool}@.*"}} == 1)',
        minutes=5,
        component="worker",
        severity="critical",
        labels=labels,
        summary=f"Pool {worker.pool}: no worker has sent a heartbeat",
    )


def _stale(plan: StackPlan) -> Alert:
    """Warn if the exporter hears nothing; running workers send a heartbeat every 2 s, so it must be at fault."""
    alive = " or ".join(f"container_memory_working_set_bytes{{{container_selector(w.workload)}}}" for w in plan.workers)
    silent = faster_seconds(_STALE_SECONDS, plan.monitoring.alert_speed, least=LEAST_WINDOW)
    return Alert(
        name="QueueExporterStale",
        expression=f"time() - max(celery_last_event_timestamp_seconds) > {silent} and on () count({alive}) > 0",
        minutes=5,
        component="exporter",
        summary="The queue exporter hears no events although workers run",
    )
