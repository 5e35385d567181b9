"""Alerts of monitoring itself."""

import pytest

from infra.alerts.rules.watch import watch_alerts
from tests.alerts.promtool import Case, holds, is_silent, rules_of
from tests.plans import stage_plan

pytestmark = pytest.mark.promtool

FAILED = 'alertmanager_notifications_failed_total{integration="email"}'
RULES = 'prometheus_rule_evaluation_failures_total{rule_group="/etc/prometheus/rules.yml;node"}'
JOBS = ("cadvisor", "node-exporter", "traefik", "alertmanager")
PODS = ("postgres", "redis-broker", "redis-cache", "queue-exporter")


def targets(without=None):
    made = {f'up{{job="{job}"}}': "1x30" for job in JOBS if job != without}
    return made | {f'up{{job="pods",workload="{name}"}}': "1x30" for name in PODS if name != without}


CASES = [
    Case(
        alert="TargetDown",
        hot={'up{job="pods",workload="postgres",instance="10.42.0.9:9187"}': "0x30"},
        cool={'up{job="pods",workload="postgres",instance="10.42.0.9:9187"}': "1x30"},
        at=5,
        labels={"job": "pods", "workload": "postgres", "instance": "10.42.0.9:9187"},
    ),
    Case(
        alert="TargetMissing",
        hot=targets("queue-exporter"),
        cool=targets(),
        at=10,
        labels={"job": "pods", "workload": "queue-exporter"},
    ),
    Case(
        alert="AlertsNotDelivered",
        hot={FAILED: "0 0 0 1x20"},
        cool={FAILED: "1x23"},
        at=3,
        labels={"integration": "email"},
    ),
    Case(
        alert="RuleFailing",
        hot={RULES: "0 0 0 1x20"},
        cool={RULES: "1x23"},
        at=3,
        labels={"rule_group": "/etc/prometheus/rules.yml;node"},
    ),
    # Nothing after the third minute's sample: two minutes of absence, one of patience.
    Case(
        alert="PrometheusNotIngestingSamples",
        hot={'up{job="prometheus"}': "1x2 _x20"},
        cool={'up{job="prometheus"}': "1x30"},
        at=6,
        labels={"job": "prometheus"},
    ),
    # Stage 1: 144 MiB less 25, 256 series in each.
    Case(
        alert="PrometheusSeriesHigh",
        hot={"prometheus_tsdb_head_series": "30465x40"},
        cool={"prometheus_tsdb_head_series": "30464x40"},
        at=30,
        stage=1,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_fires(case, tmp_path):
    holds(case, tmp_path)


def test_every_alert_has_a_case():
    """But one, which is always there."""
    alerts = {alert.name for alert in watch_alerts(stage_plan(5).monitoring)}
    assert alerts - {"Watchdog"} == {case.alert for case in CASES}


@pytest.mark.parametrize("missing", [*JOBS, *PODS])
def test_each_target_is_missed(missing, tmp_path):
    labels = {"job": missing} if missing in JOBS else {"job": "pods", "workload": missing}
    holds(Case(alert="TargetMissing", hot=targets(missing), cool=targets(), at=10, labels=labels), tmp_path)


@pytest.mark.parametrize("name", PODS)
def test_reads_that_are_refused_at_first_are_no_alert(name, tmp_path):
    """Exporters refuse a new Prometheus until network policies know its address: two minutes are far more than that."""
    labels = {"job": "pods", "workload": name}
    series = {f'up{{job="pods",workload="{name}"}}': "0 0 1x20"}
    is_silent("TargetDown", labels, series, range(20), tmp_path)
    is_silent("TargetMissing", labels, targets(name) | series, range(20), tmp_path)


def test_the_watchdog_needs_no_condition():
    (rule,) = [rule for rule in rules_of(1) if rule["alert"] == "Watchdog"]
    assert (rule["expr"], rule["for"], rule["labels"]["severity"]) == ("vector(1)", "0m", "none")
