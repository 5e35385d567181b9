"""The guide's alerts on a real server: each fires and is mailed when its condition is made true, and stops after.

Durations are a sixtieth (`monitoring.alert_speed`); amounts are the rules' own.
"""

from contextlib import ExitStack

import pytest

from tests.plans import stage_plan
from tests.real import troubles
from tests.real.rehearsal import Rehearsal
from tests.real.shop import wait

pytestmark = pytest.mark.vps

FIRES_SECONDS, STOPS_SECONDS = 180, 180
# Alert -> labels that say of what.  The first three are the guide's list, the next two its signs to scale up.
ALERTS = {
    "NodeCpuHigh": {"instance": "shop"},
    "NodeMemoryHigh": {"instance": "shop"},
    "CeleryQueueBacklog": {"queue_name": "celery"},
    "ScaleUpQueue": {"queue_name": "celery"},
    "ScaleUpQueueWait": {"queue_name": "celery"},
    "QueueStuck": {"queue_name": "celery"},
    "DiskFull": {"mountpoint": "/"},
    "PostgresConnectionsHigh": {},
    "PostgresIdleTransaction": {},
    "PodsMissing": {"workload": "django"},
    "WorkloadDown": {"workload": "celery-beat"},
    "BeatDown": {},
}


@pytest.fixture(scope="module")
def rehearsal(shop):
    made = Rehearsal(shop)
    made.begin()
    return made


@pytest.fixture(scope="module")
def trouble(rehearsal):
    """All of it at once: an hour of bad luck in a minute.  `close` ends it."""
    shop = rehearsal.shop
    connections = stage_plan(1).postgres.max_connections * 85 // 100
    with ExitStack() as stack:
        stack.enter_context(troubles.open_connections(shop, connections))
        stack.enter_context(troubles.load(shop, 1000))
        stack.enter_context(troubles.full_disk(shop, left=12))
        stack.enter_context(troubles.scaled(shop, "deployment/django", 1))
        stack.enter_context(troubles.scaled(shop, "deployment/celery-beat", 0))
        stack.enter_context(troubles.full_memory(shop, left=9.3))
        stack.enter_context(troubles.busy_cpu(shop))
        yield stack


@pytest.mark.parametrize(("alert", "labels"), ALERTS.items(), ids=ALERTS)
def test_fires(rehearsal, trouble, alert, labels):
    """In Prometheus, and by mail."""
    wait(lambda: rehearsal.fired(alert, labels), alert, FIRES_SECONDS)
    wait(lambda: rehearsal.mailed(alert, "FIRING"), f"the mail of {alert}", FIRES_SECONDS)


@pytest.mark.parametrize(("alert", "labels"), ALERTS.items(), ids=ALERTS)
def test_stops(rehearsal, trouble, alert, labels):
    """Once its condition is gone, and says so."""
    trouble.close()
    wait(lambda: not rehearsal.firing(alert, labels), f"the end of {alert}", STOPS_SECONDS)
    wait(lambda: rehearsal.mailed(alert, "RESOLVED"), f"the mail that {alert} is over", STOPS_SECONDS)


def test_nobody_was_evicted(rehearsal):
    """Alerts come before the kubelet has to act."""
    reasons = [pod["status"].get("reason") for pod in rehearsal.shop.pods()]
    assert "Evicted" not in reasons
