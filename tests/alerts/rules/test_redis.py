"""Alerts of broker and cache."""

import pytest

from infra.alerts.rules.redis import redis_alerts
from tests.alerts.promtool import Case, holds

pytestmark = pytest.mark.promtool

BROKER, CACHE = 'workload="redis-broker"', 'workload="redis-cache"'
ON_BROKER = {"workload": "redis-broker"}
ERRORS = 'redis_errors_total{{workload="redis-broker",err="{}"}}'


def memory(used, which=BROKER):
    return {f"redis_memory_used_bytes{{{which}}}": used, f"redis_memory_max_bytes{{{which}}}": "100x30"}


CASES = [
    Case(
        alert="RedisDown",
        hot={f"redis_up{{{BROKER}}}": "0x30", f"redis_up{{{CACHE}}}": "1x30"},
        cool={f"redis_up{{{BROKER}}}": "1x30", f"redis_up{{{CACHE}}}": "0x30"},
        at=2,
        labels=ON_BROKER | {"component": "redis-broker"},
    ),
    # A full cache is at work.
    Case(alert="RedisBrokerMemoryHigh", hot=memory("81x30"), cool=memory("99x30", CACHE), at=5, labels=ON_BROKER),
    # The very first one counts: Redis shows the counter from then on.
    Case(
        alert="RedisBrokerRefusesWrites",
        hot={ERRORS.format("OOM"): "_ _ _ 1x20"},
        cool={ERRORS.format("WRONGTYPE"): "_ _ _ 1x20"},
        at=3,
        labels=ON_BROKER,
    ),
    Case(
        alert="RedisBrokerNotDurable",
        hot={f"redis_aof_last_write_status{{{BROKER}}}": "0x30"},
        cool={
            f"redis_aof_last_write_status{{{BROKER}}}": "1x30",
            f"redis_aof_last_bgrewrite_status{{{BROKER}}}": "1x30",
        },
        at=1,
        labels=ON_BROKER,
    ),
    Case(
        alert="RedisCacheEvicting",
        hot={f"redis_evicted_keys_total{{{CACHE}}}": "0+1x90"},
        cool={f"redis_evicted_keys_total{{{CACHE}}}": "5x90"},
        at=61,
        labels={"workload": "redis-cache"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_fires(case, tmp_path):
    holds(case, tmp_path)


def test_every_alert_has_a_case():
    assert {alert.name for alert in redis_alerts()} == {case.alert for case in CASES}


def test_old_refusals_are_forgotten(tmp_path):
    """The counter stays, the alert goes after ten minutes; a new refusal brings it back."""
    case = Case(
        alert="RedisBrokerRefusesWrites",
        hot={ERRORS.format("MISCONF"): "1x20 2x20"},
        cool={ERRORS.format("MISCONF"): "1x40"},
        at=21,
        labels=ON_BROKER,
    )
    holds(case, tmp_path)


def test_a_rewrite_that_fails(tmp_path):
    status = f"redis_aof_last_bgrewrite_status{{{BROKER}}}"
    case = Case(alert="RedisBrokerNotDurable", hot={status: "0x9"}, cool={status: "1x9"}, at=1, labels=ON_BROKER)
    holds(case, tmp_path)
