"""Watch the monitoring itself."""

from __future__ import annotations

from infra.alerts.rules.alert import Alert
from infra.names import NODE_EXPORTER, POSTGRES, QUEUE_EXPORTER, REDIS_BROKER, REDIS_CACHE
from infra.sizing.plan import MonitoringPlan

WATCHDOG = "Watchdog"
# Prometheus needs 25 MiB and 4 KiB for each series: measured as 41 MiB at 4,700 and 145 MiB at 31,700 series
# (docs/explanation/guide.md).
_BASE_MIB, _SERIES_PER_MIB = 25, 256


def watch_alerts(plan: MonitoringPlan) -> list[Alert]:
    """Return an alert for each failure that would otherwise look as if all were well."""
    return [
        Alert(
            name=WATCHDOG,
            expression="vector(1)",
            minutes=0,
            component="watchdog",
            severity="none",
            summary="Always there: where it stops arriving, monitoring is down",
        ),
        Alert(
            name="TargetDown",
            expression="up == 0",
            minutes=5,
            component="target",
            summary="{{ $labels.job }} {{ $labels.workload }} on {{ $labels.instance }} can't be read",
        ),
        Alert(
            name="TargetMissing",
            expression=_none_of_the_targets(),
            minutes=10,
            component="target",
            summary="{{ $labels.job }} {{ $labels.workload }} is not there to be read",
        ),
        Alert(
            name="AlertsNotDelivered",
            expression="sum by (integration) (increase(alertmanager_notifications_failed_total[15m])) > 0",
            minutes=0,
            component="alertmanager",
            summary="Alerts by {{ $labels.integration }} don't arrive",
        ),
        *_of_prometheus(plan),
    ]


def _of_prometheus(plan: MonitoringPlan) -> list[Alert]:
    """Return the alerts that Prometheus raises about itself."""
    request = plan.prometheus.container("prometheus").requests.memory
    series = (request.whole_mib - _BASE_MIB) * _SERIES_PER_MIB
    return [
        Alert(
            name="RuleFailing",
            expression="sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total[15m])) > 0",
            minutes=0,
            component="prometheus",
            summary="Rules of {{ $labels.rule_group }} can't be evaluated",
        ),
        # Prometheus evaluates this from memory, so it fires even if nothing can be stored. RuleFailing counts stored
        # samples, so it would not.
        Alert(
            name="PrometheusNotIngestingSamples",
            expression='absent_over_time(up{job="prometheus"}[2m])',
            minutes=1,
            component="prometheus",
            summary="Prometheus has stored nothing for minutes: other alerts may not come",
        ),
        Alert(
            name="PrometheusSeriesHigh",
            expression=f"prometheus_tsdb_head_series > {series}",
            minutes=30,
            component="prometheus",
            summary=f"Prometheus holds more than the {series} series that its memory was planned for",
        ),
    ]


def _none_of_the_targets() -> str:
    """Return one expression whose result has the labels of each missing target."""
    pods = (POSTGRES, REDIS_BROKER, REDIS_CACHE, QUEUE_EXPORTER)
    targets = [f'job="{job}"' for job in ("cadvisor", NODE_EXPORTER, "traefik", "alertmanager")]
    targets += [f'job="pods",workload="{name}"' for name in pods]
    return " or ".join(f"absent(up{{{target}}})" for target in targets)
