"""How long an update waits for a workload."""

import pytest

from infra.program.rollout import migration_seconds
from tests.graphs import EVERYTHING, pods, run

KINDS = {"Deployment", "StatefulSet", "DaemonSet", "Job"}


@pytest.mark.parametrize(("more", "time"), [({}, "5m"), ({"rollout_minutes": 45}, "45m")])
def test_every_workload_is_waited_for_and_nothing_else(more, time):
    """Those of monitoring and the pooler, too; a server has timeouts of its own, a Secret the provider's."""
    made = run(2, **EVERYTHING, **more)
    found = {name: request.customTimeouts for name, request in made.requests.items()}
    waited = {name for name, one in found.items() if (one.create, one.update, one.delete) == (time, time, time)}
    assert {"pgbouncer-deployment", "prometheus-stateful-set", "migrate-job"} <= waited
    assert waited == {name for name in pods(made) if made.inputs(name)["kind"] in KINDS}


@pytest.mark.parametrize(("minutes", "seconds"), [(2, 60), (5, 240)])
def test_the_migration_ends_before_the_update(minutes, seconds):
    assert migration_seconds(minutes) == seconds
