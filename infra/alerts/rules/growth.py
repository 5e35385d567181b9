"""Say when to move to the next stage, and when a smaller one would do (indicators of docs/explanation/guide.md)."""

from __future__ import annotations

from collections.abc import Iterator

from infra.alerts.promql import (
    NODE_MEMORY,
    PATIENT_QUEUES,
    QUEUE_LENGTH,
    cpu_of_request,
    pool_queues,
    queue_wait,
    running_pods,
)
from infra.alerts.rules.alert import Alert
from infra.sizing.plan import StackPlan, WorkerPlan, WorkloadPlan

# Waiting tasks of all kinds, even those with an ETA: a pool that has any is not idle.
_HELD = "celery_queue_(length|prefetched|scheduled)"
_MIN_RUNS = 10  # in 15 minutes; the mean of fewer runs says nothing


def growth_alerts(plan: StackPlan) -> list[Alert]:
    """Return an alert for each threshold of the tier guide, except those that the operator can't act on."""
    wait = queue_wait(f'queue_name!~"{PATIENT_QUEUES}"')
    alerts = [
        Alert(
            name="ScaleUpQueue",
            expression=f"{QUEUE_LENGTH} > 100",
            minutes=5,
            component="queue",
            summary="{{ $labels.queue_name }}: more than 100 tasks wait for 5 minutes: advance the stage",
        ),
        Alert(
            name="ScaleUpQueueWait",
            expression=f"{wait} > 30",
            minutes=5,
            component="queue",
            summary="{{ $labels.queue_name }}: tasks wait longer than 30 seconds: advance the stage",
        ),
    ]
    scaled = [plan.django.workload, *(worker.workload for worker in plan.workers)]
    alerts += [_at_maximum(one) for one in scaled if one.replicas.autoscaled]
    alerts += [_worker_cpu(worker) for worker in plan.workers]
    if len(plan.nodes) == 1:
        alerts.append(_separate_server())
    if plan.stage > 1:
        alerts += _idle(plan)
    return alerts


def weekly_alerts() -> list[Alert]:
    """Return the alerts that compare with a week; they are evaluated only every few minutes."""
    mean = "sum by (name) ({0}(celery_task_runtime_sum{1})) / sum by (name) ({0}(celery_task_runtime_count{1}))"
    now, usual = mean.format("increase", "[15m]"), mean.format("increase", "[7d] offset 1d")
    often = f"sum by (name) (increase(celery_task_runtime_count[15m])) > {_MIN_RUNS}"
    return [
        Alert(
            name="ScaleUpTaskSlow",
            expression=f"({now}) > 2 * ({usual}) and {often}",
            minutes=15,
            component="tasks",
            summary="{{ $labels.name }}: takes more than twice its mean of the week before",
        )
    ]


def _at_maximum(workload: WorkloadPlan) -> Alert:
    used, most = cpu_of_request(workload), workload.replicas.max
    return Alert(
        name="AutoscalerAtMaximum",
        expression=f"{used} > 70 and on () {running_pods(workload)} >= {most}",
        minutes=30,
        component="autoscaler",
        labels={"workload": workload.name},
        summary=f"{workload.name}: all {most} pods run and use more than 70 % of their request: advance the stage",
    )


def _worker_cpu(worker: WorkerPlan) -> Alert:
    return Alert(
        name="ScaleUpWorkerCpu",
        expression=f"{cpu_of_request(worker.workload)} > 70",
        minutes=15,
        component="worker-cpu",
        labels={"pool": worker.pool},
        summary=f"Pool {worker.pool}: workers use more than 70 % of their request for 15 minutes",
    )


def _separate_server() -> Alert:
    return Alert(
        name="SeparateCeleryServer",
        expression=f"avg_over_time(({NODE_MEMORY})[1h:1m]) > 80",
        minutes=60,
        component="node-memory",
        summary="Memory above 80 % for an hour: the guide's sign for a Celery server of its own",
    )


def _idle(plan: StackPlan) -> Iterator[Alert]:
    """Yield one alert for each idle pool; stage 1 has none because there is no smaller stage."""
    for worker in plan.workers:
        length = f'sum({{__name__=~"{_HELD}",queue_name=~"{pool_queues(worker)}"}})'
        # Soon after a start, the maximum of the last hour covers only a few minutes. So the alert waits another hour.
        idle = f"max_over_time(({cpu_of_request(worker.workload)})[1h:1m]) < 30"
        yield Alert(
            name="ScaleDownCandidate",
            expression=f"{idle} and on () max_over_time({length}[1h:1m]) == 0",
            minutes=60,
            component="worker-idle",
            severity="info",
            labels={"pool": worker.pool},
            summary=f"Pool {worker.pool}: workers below 30 % and queues empty for an hour",
        )
