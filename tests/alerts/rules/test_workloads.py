"""Alerts of pods and their limits."""

import pytest

from infra.alerts.rules.workloads import workload_alerts
from tests.alerts.promtool import Case, holds, is_silent, rules_of
from tests.plans import stage_plan

pytestmark = pytest.mark.promtool

CADVISOR = {'up{job="cadvisor",instance="shop"}': "1x60"}
WEB = 'namespace="app",pod="django-{}",container="django"'
WEB_LABELS = {"namespace": "app", "pod": "django-1-a", "container": "django"}
DATABASE = 'namespace="app",pod="postgres-0",container="postgres"'
SLOW = 'namespace="app",pod="celery-worker-slow-6b-x1",container="worker"'


def web_pods(**values):
    return {
        f"container_memory_working_set_bytes{{{WEB.format(name.replace('_', '-'))}}}": value
        for name, value in values.items()
    } | CADVISOR


def memory_of(container, metric, used):
    return {f"{metric}{{{container}}}": used, f"container_spec_memory_limit_bytes{{{container}}}": "100x60"}


def database(resident):
    return memory_of(DATABASE, "container_memory_rss", resident) | {
        f"container_memory_mapped_file{{{DATABASE}}}": "45x60",
        # Full of page cache, as a healthy one is.
        f"container_memory_working_set_bytes{{{DATABASE}}}": "99x60",
    }


def slow_worker(per_minute):
    """A limit of 0.8 of a core are 48 seconds a minute."""
    return {
        f"container_cpu_usage_seconds_total{{{SLOW}}}": f"0+{per_minute}x60",
        f"container_spec_cpu_quota{{{SLOW}}}": "80000x60",
        f"container_spec_cpu_period{{{SLOW}}}": "100000x60",
    }


CASES = [
    # Stage 5 has at least 3 web pods.  Five evaluations after the first one.
    Case(
        alert="PodsMissing",
        hot=web_pods(a_1="1x60", b_2="1x60"),
        cool=web_pods(a_1="1x60", b_2="1x60", c_3="1x60"),
        at=5,
        labels={"workload": "django"},
    ),
    Case(
        alert="WorkloadDown",
        hot=CADVISOR,
        cool=web_pods(a_1="1x60"),
        at=2,
        labels={"workload": "django"},
    ),
    Case(
        alert="ContainerMemoryHigh",
        hot=memory_of(WEB.format("1-a"), "container_memory_working_set_bytes", "95x60"),
        cool=memory_of(WEB.format("1-a"), "container_memory_working_set_bytes", "85x60"),
        at=5,
        labels=WEB_LABELS,
    ),
    Case(
        alert="PostgresMemoryHigh",
        hot=database("50x60"),
        cool=database("40x60"),
        at=5,
        labels={"namespace": "app", "pod": "postgres-0", "container": "postgres"},
    ),
    Case(
        alert="ContainerOOMKilled",
        hot={f"container_oom_events_total{{{WEB.format('1-a')}}}": "0 0 0 1x20"},
        cool={f"container_oom_events_total{{{WEB.format('1-a')}}}": "1x23"},
        at=3,
        labels=WEB_LABELS,
    ),
    Case(
        alert="WorkerCpuHigh",
        hot=slow_worker(40),
        cool=slow_worker(37),
        at=15,
        labels={"pool": "slow", "namespace": "app", "pod": "celery-worker-slow-6b-x1"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_fires(case, tmp_path):
    holds(case, tmp_path)


def test_every_alert_has_a_case():
    assert {alert.name for alert in workload_alerts(stage_plan(5))} == {case.alert for case in CASES}


def test_a_crash_loop_is_a_missing_pod(tmp_path):
    """It runs for one minute in five: the median says that it does not run."""
    looping = " ".join(["1 stale _ _ _"] * 12)
    healthy = {"a_1": "1x60", "b_2": "1x60"}
    case = Case(
        alert="PodsMissing",
        hot=web_pods(**healthy, c_3=f"1x14 {looping}"),
        cool=web_pods(**healthy, c_3="1x60"),
        at=29,
        labels={"workload": "django"},
    )
    holds(case, tmp_path)


ROLLOUT = "1x20 stale _ _ 1x30"  # three minutes without a pod, as one that is recreated takes
SLEEP = "1x20 stale _ _ _ _ _ _ _ _ _ 1x30"


@pytest.mark.parametrize("alert", ["PodsMissing", "WorkloadDown"])
class TestNoAlarm:
    def test_for_a_rollout(self, alert, tmp_path):
        series = web_pods(**dict.fromkeys(("a_1", "b_2", "c_3"), ROLLOUT))
        is_silent(alert, {"workload": "django"}, series, range(50), tmp_path)

    def test_when_prometheus_was_away(self, alert, tmp_path):
        """Ten minutes without any sample say nothing about the shop."""
        series = dict.fromkeys(web_pods(a_1="", b_2="", c_3=""), SLEEP)
        is_silent(alert, {"workload": "django"}, series, range(50), tmp_path)

    def test_when_prometheus_is_new(self, alert, tmp_path):
        is_silent(alert, {"workload": "django"}, web_pods(a_1="1x60", b_2="1x60", c_3="1x60"), range(20), tmp_path)


def test_without_cadvisor_nothing_is_missing(tmp_path):
    """One alert says so (TargetMissing), not one for each workload."""
    case = Case(
        alert="WorkloadDown",
        hot=CADVISOR,
        cool={'up{job="cadvisor",instance="shop"}': "0x60"},
        at=2,
        labels={"workload": "celery-beat"},
    )
    holds(case, tmp_path)


@pytest.mark.parametrize("stage", [1, 2, 3, 4, 5])
def test_every_lasting_workload_is_counted(stage):
    """Jobs come and go; the node exporter runs on every server."""
    plan = stage_plan(stage)
    lasting = {one.name: one for one in plan.workloads if one.kind not in ("Job", "CronJob")}
    counted = {rule["labels"]["workload"]: rule["expr"] for rule in rules_of(stage) if rule["alert"] == "PodsMissing"}
    assert counted.keys() == lasting.keys()
    least = {1: 2, 2: 2, 3: 2, 4: 2, 5: 3}
    assert f"[15m:1m]) < {least[stage]}" in counted["django"]
    nodes = sum(node.count for node in plan.nodes)
    assert f"[15m:1m]) < {nodes}" in counted["node-exporter"]


@pytest.mark.parametrize("stage", [1, 2, 3, 4, 5])
def test_workers_of_every_pool(stage):
    """One rule for each pool, and no pool counts another's pods."""
    rules = {rule["labels"]["pool"]: rule["expr"] for rule in rules_of(stage) if rule["alert"] == "WorkerCpuHigh"}
    assert list(rules) == [worker.pool for worker in stage_plan(stage).workers]
    first = stage_plan(stage).workers[0].pool
    assert 'pod=~"celery-worker-[^-]+-[^-]+"' in rules[first]
