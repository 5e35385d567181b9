"""Alerts of queues, workers, beat and their exporter."""

import pytest

from infra.alerts.rules.queues import queue_alerts
from tests.alerts.promtool import Case, holds, rules_of
from tests.plans import stage_plan

pytestmark = pytest.mark.promtool

FAST = {"queue_name": "fast"}
LENGTH = 'celery_queue_length{queue_name="fast"}'
AGE = 'celery_queue_oldest_message_age_seconds{queue_name="slow"}'
WORKER_POD = 'container_memory_working_set_bytes{namespace="app",pod="celery-worker-slow-6b-x1",container="worker"}'
DONE, FAILED = 'celery_task_succeeded_total{name="pay"}', 'celery_task_failed_total{name="pay"}'


def consumers(count):
    return {LENGTH: "1x40", 'celery_active_worker_count{queue_name="fast"}': f"{count}x40"}


def up(pool, value):
    return {f'celery_worker_up{{hostname="{pool}@celery-worker-6b-x1"}}': f"{value}x40"}


def eta_tasks(count):
    labels = '{hostname="fast@celery-worker-6b-x1"}'
    return {
        f"celery_worker_tasks_scheduled{labels}": f"{count}x40",
        f"celery_worker_eta_task_limit{labels}": "2000x40",
    }


PREFETCHED = 'celery_queue_prefetched{queue_name="fast"}'

CASES = [
    Case(alert="CeleryQueueBacklog", hot={LENGTH: "51x40"}, cool={LENGTH: "50x40"}, at=15, labels=FAST),
    Case(alert="QueueNoConsumer", hot=consumers(0), cool=consumers(1), at=5, labels=FAST),
    Case(
        alert="TasksFailing",
        hot={FAILED: "0+2x40", DONE: "0+1x40"},
        cool={FAILED: "0+2x40", DONE: "0+3x40"},
        at=8,
        labels={"name": "pay"},
    ),
    Case(
        alert="TaskPutAside",
        hot={'celery_tasks_put_aside{name="pay"}': "1x40"},
        cool={'celery_tasks_put_aside{name="pay"}': "0x40"},
        at=1,
        labels={"name": "pay"},
    ),
    Case(
        alert="TaskRunsAgain",
        hot={'celery_tasks_run_again{name="pay"}': "1x40"},
        cool={'celery_tasks_run_again{name="pay"}': "0x40"},
        at=5,
        labels={"name": "pay"},
    ),
    Case(
        alert="EtaTasksAtLimit",
        hot=eta_tasks(1801),
        cool=eta_tasks(1800),
        at=5,
        labels={"hostname": "fast@celery-worker-6b-x1"},
    ),
    Case(alert="BeatDown", hot={"celery_beat_up": "0x40"}, cool={"celery_beat_up": "1x40"}, at=5),
    # The last event at the start; 300 seconds are over in minute 6.
    Case(
        alert="QueueExporterStale",
        hot={"celery_last_event_timestamp_seconds": "0x40", WORKER_POD: "1x40"},
        cool={"celery_last_event_timestamp_seconds": "0+60x40", WORKER_POD: "1x40"},
        at=11,
    ),
    Case(
        alert="QueueStuck",
        hot={AGE: "1201x40"},
        cool={AGE: "1199x40"},
        at=5,
        labels={"pool": "slow", "queue_name": "slow"},
    ),
    # The other pool's worker is no comfort.
    Case(
        alert="WorkerDown",
        hot=up("slow", 0) | up("fast", 1),
        cool=up("slow", 1) | up("fast", 0),
        at=5,
        labels={"pool": "slow"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_fires(case, tmp_path):
    holds(case, tmp_path)


def test_every_alert_has_a_case():
    assert {alert.name for alert in queue_alerts(stage_plan(5))} == {case.alert for case in CASES}


def test_what_workers_have_taken_waits_as_well(tmp_path):
    """Thousands of tasks that are due at the same time leave the queue empty."""
    hot = {LENGTH: "0x40", PREFETCHED: "51x40"}
    cool = {LENGTH: "0x40", PREFETCHED: "2x40", 'celery_queue_scheduled{queue_name="fast"}': "900x40"}
    holds(Case(alert="CeleryQueueBacklog", hot=hot, cool=cool, at=15, labels=FAST), tmp_path)


def test_no_workers_no_staleness(tmp_path):
    """Silence is then the workers' own, and another alert's."""
    case = Case(
        alert="QueueExporterStale",
        hot={"celery_last_event_timestamp_seconds": "0x40", WORKER_POD: "1x40"},
        cool={"celery_last_event_timestamp_seconds": "0x40"},
        at=11,
    )
    holds(case, tmp_path)


def test_tasks_that_never_succeed(tmp_path):
    """Their counter of successes is not there."""
    case = Case(alert="TasksFailing", hot={FAILED: "0+2x40"}, cool={FAILED: "0x40"}, at=8, labels={"name": "pay"})
    holds(case, tmp_path)


@pytest.mark.parametrize("stage", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("alert", ["WorkerDown", "QueueStuck"])
def test_for_every_pool(alert, stage):
    pools = [rule["labels"]["pool"] for rule in rules_of(stage) if rule["alert"] == alert]
    assert pools == [worker.pool for worker in stage_plan(stage).workers]
