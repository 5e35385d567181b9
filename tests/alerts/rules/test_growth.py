"""When to advance the stage."""

import pytest

from infra.alerts.rules.growth import growth_alerts, weekly_alerts
from tests.alerts.promtool import Case, holds, rules_of
from tests.plans import stage_plan

pytestmark = pytest.mark.promtool

FAST = {"queue_name": "fast"}
LENGTH = 'celery_queue_length{queue_name="fast"}'
WAIT = 'celery_task_queue_wait_time_bucket{{queue_name="{}",name="t",le="{}"}}'
RUNTIME = 'celery_task_runtime_{}{{name="report",queue_name="slow"}}'
WEEK = 12 * 24 * 9  # values of nine days, one in five minutes


def worker_cpu(pod, per_minute, values=60):
    selector = f'namespace="app",pod="{pod}",container="worker"'
    return {f"container_cpu_usage_seconds_total{{{selector}}}": f"0+{per_minute}x{values}"}


def running(*names):
    selector = 'namespace="app",pod="celery-worker-slow-6b-{}",container="worker"'
    return {f"container_memory_working_set_bytes{{{selector.format(name)}}}": "1x90" for name in names}


def slow_pool(per_minute, *names):
    """Pods of the pool `slow`, which asks for 0.4 of a core: 24 seconds a minute."""
    made = running(*names)
    for name in names:
        made |= worker_cpu(f"celery-worker-slow-6b-{name}", per_minute, 90)
    return made


def waited(queue):
    """Every task waits between 30 and 60 seconds."""
    return {
        WAIT.format(queue, "30"): "0x40",
        WAIT.format(queue, "60"): "0+10x40",
        WAIT.format(queue, "+Inf"): "0+10x40",
    }


def lasted(now):
    """Ten tasks in five minutes, 10 seconds each for nine days, then `now` seconds each for two hours."""
    return {
        RUNTIME.format("sum"): f"0+100x{WEEK} {100 * WEEK + 10 * now}+{10 * now}x24",
        RUNTIME.format("count"): f"0+10x{WEEK + 25}",
    }


def memory(used):
    return {
        'node_memory_MemAvailable_bytes{instance="shop"}': f"{100 - used}x200",
        'node_memory_MemTotal_bytes{instance="shop"}': "100x200",
    }


def idle(per_minute, length):
    return {**worker_cpu("celery-worker-slow-6b-x1", per_minute, 200), 'celery_queue_length{queue_name="slow"}': length}


CASES = [
    Case(alert="ScaleUpQueue", hot={LENGTH: "101x40"}, cool={LENGTH: "100x40"}, at=5, labels=FAST),
    # Reports may wait: nobody looks at the screen.
    Case(alert="ScaleUpQueueWait", hot=waited("fast"), cool=waited("slow"), at=6, labels=FAST),
    # The window of 15 minutes holds enough slow ones after 10; then 15 of waiting.
    Case(
        alert="ScaleUpTaskSlow",
        hot=lasted(25),
        cool=lasted(19),
        at=5 * WEEK + 30,
        labels={"name": "report"},
        interval=5,
    ),
    # 20 seconds a minute are 83 % of the request; the pool may have 3 pods.
    Case(
        alert="AutoscalerAtMaximum",
        hot=slow_pool(20, "x1", "x2", "x3"),
        cool=slow_pool(20, "x1", "x2"),
        at=35,
        labels={"workload": "celery-worker-slow"},
    ),
    Case(
        alert="ScaleUpWorkerCpu",
        hot=worker_cpu("celery-worker-slow-6b-x1", 17),
        cool=worker_cpu("celery-worker-slow-6b-x1", 16),
        at=20,
        labels={"pool": "slow"},
    ),
    # One value already counts as the mean of the hour: hence the hour of waiting.
    Case(alert="SeparateCeleryServer", hot=memory(85), cool=memory(75), at=60, labels={"instance": "shop"}, stage=1),
    Case(
        alert="ScaleDownCandidate",
        hot=idle(7, "0x200"),
        cool=idle(7, "0x50 1 0x200"),
        at=61,
        labels={"pool": "slow"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_fires(case, tmp_path):
    holds(case, tmp_path)


def test_every_alert_has_a_case():
    alerts = [*growth_alerts(stage_plan(5)), *growth_alerts(stage_plan(1)), *weekly_alerts()]
    assert {alert.name for alert in alerts} == {case.alert for case in CASES}


def test_a_worker_that_holds_tasks_is_not_idle(tmp_path):
    """They wait for their time in its memory, and its queue is empty."""
    held = {'celery_queue_scheduled{queue_name="slow"}': "9x200"}
    case = Case(
        alert="ScaleDownCandidate",
        hot=idle(7, "0x200"),
        cool=idle(7, "0x200") | held,
        at=61,
        labels={"pool": "slow"},
    )
    holds(case, tmp_path)


def test_full_but_idle_pods_are_no_reason(tmp_path):
    """The autoscaler holds its maximum for an hour after a peak."""
    case = Case(
        alert="AutoscalerAtMaximum",
        hot=slow_pool(20, "x1", "x2", "x3"),
        cool=slow_pool(10, "x1", "x2", "x3"),
        at=35,
        labels={"workload": "celery-worker-slow"},
    )
    holds(case, tmp_path)


@pytest.mark.parametrize(
    ("stage", "requests"), [(1, ["0.4"]), (2, ["0.6"]), (3, ["0.6"]), (4, ["0.8"]), (5, ["0.8", "0.4"])]
)
def test_the_request_is_the_plans(stage, requests):
    """Utilisation is relative to the worker's request: one rule for each pool."""
    found = [rule["expr"] for rule in rules_of(stage) if rule["alert"] == "ScaleUpWorkerCpu"]
    assert len(found) == len(requests)
    assert [f"/ ({request} *" in text for request, text in zip(requests, found, strict=True)] == [True] * len(found)


class TestWhatCanBeDone:
    def test_stage_1_is_the_smallest(self):
        alerts = [{rule["alert"] for rule in rules_of(stage)} for stage in (1, 2, 3, 4, 5)]
        assert ["ScaleDownCandidate" in one for one in alerts] == [False, True, True, True, True]

    def test_stage_5_has_its_celery_servers(self):
        alerts = [{rule["alert"] for rule in rules_of(stage)} for stage in (1, 2, 3, 4, 5)]
        assert ["SeparateCeleryServer" in one for one in alerts] == [True, True, True, True, False]

    def test_a_maximum_only_where_there_is_an_autoscaler(self):
        found = [
            [rule["labels"]["workload"] for rule in rules_of(stage) if rule["alert"] == "AutoscalerAtMaximum"]
            for stage in (1, 2, 5)
        ]
        assert found == [[], ["django", "celery-worker"], ["django", "celery-worker", "celery-worker-slow"]]
