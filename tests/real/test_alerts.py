"""The guide's alerts on a real server: each fires and is mailed when its condition is made true, and stops after.

Durations are a sixtieth (`monitoring.alert_speed`); amounts are the rules' own.
"""

from contextlib import ExitStack

import pytest

from tests.plans import stage_plan
from tests.real import troubles

pytestmark = pytest.mark.vps

# Alert -> labels that say of what.  The guide's list is the first, memory and CPU, its signs to scale up the next two.
ALERTS = {
    "CeleryQueueBacklog": {"queue_name": "celery"},
    "ScaleUpQueue": {"queue_name": "celery"},
    "ScaleUpQueueWait": {"queue_name": "celery"},
    "QueueStuck": {"queue_name": "celery"},
    "NodeMemoryHigh": {"instance": "shop"},
    "DiskFull": {"mountpoint": "/"},
    "PostgresConnectionsHigh": {},
    "PostgresIdleTransaction": {},
    "PodsMissing": {"workload": "django"},
    "WorkloadDown": {"workload": "celery-beat"},
    "BeatDown": {},
}
CPU = {"NodeCpuHigh": {"instance": "shop"}}


@pytest.fixture(scope="module")
def trouble(rehearsal):
    """All but CPU at once: an hour of bad luck in a minute.  `close` ends it."""
    shop = rehearsal.shop
    connections = stage_plan(1).postgres.max_connections * 85 // 100
    with ExitStack() as stack:
        stack.enter_context(troubles.open_connections(shop, connections))
        stack.enter_context(troubles.load(shop, 1000))
        stack.enter_context(troubles.full_disk(shop, left=12))
        stack.enter_context(troubles.scaled(shop, "deployment/django", 1))
        stack.enter_context(troubles.scaled(shop, "deployment/celery-beat", 0))
        stack.enter_context(troubles.full_memory(shop, (9.3, troubles.KUBELET)))
        yield stack


@pytest.fixture(scope="module")
def burning(rehearsal):
    """Every vCPU is busy.  `close` ends it."""
    with ExitStack() as stack:
        stack.enter_context(troubles.busy_cpu(rehearsal.shop))
        yield stack


class TestOne:
    """The one that `make test` has: a workload that is gone."""

    def test_fires_and_stops(self, rehearsal):
        alert, labels = "WorkloadDown", {"workload": "celery-beat"}
        with troubles.scaled(rehearsal.shop, "deployment/celery-beat", 0):
            rehearsal.must_fire(alert, labels)
        rehearsal.must_stop(alert, labels)


class TestTrouble:
    @pytest.mark.parametrize(("alert", "labels"), ALERTS.items(), ids=ALERTS)
    def test_fires(self, rehearsal, trouble, alert, labels):
        rehearsal.must_fire(alert, labels)

    @pytest.mark.parametrize(("alert", "labels"), ALERTS.items(), ids=ALERTS)
    def test_stops(self, rehearsal, trouble, alert, labels):
        trouble.close()
        rehearsal.must_stop(alert, labels)

    def test_nobody_was_evicted(self, rehearsal):
        """Alerts come before the kubelet has to act."""
        assert "Evicted" not in [pod["status"].get("reason") for pod in rehearsal.shop.pods()]


class TestBurning:
    """Apart: nothing else would come in time."""

    @pytest.mark.parametrize(("alert", "labels"), CPU.items(), ids=CPU)
    def test_fires(self, rehearsal, burning, alert, labels):
        rehearsal.must_fire(alert, labels)

    @pytest.mark.parametrize(("alert", "labels"), CPU.items(), ids=CPU)
    def test_stops(self, rehearsal, burning, alert, labels):
        burning.close()
        rehearsal.must_stop(alert, labels)
