"""No pod waits for a probe's next turn to be ready: an update waits for every pod, and so do customers of a restart."""

import pytest

from tests.graphs import BUILT, pods, run

SOON = 5  # seconds


@pytest.mark.parametrize(("stage", "provider"), BUILT)
def test_a_slow_readiness_probe_has_a_quick_startup_probe(stage, provider):
    """The first look often comes before the program listens; the next one comes a whole period later."""
    slow = {}
    for name, pod in pods(run(stage, provider)).items():
        for one in pod["containers"]:
            ready, start = one.get("readinessProbe"), one.get("startupProbe", {})
            if ready and ready.get("periodSeconds", 10) > SOON and start.get("periodSeconds", 10) > 2:
                slow[name, one["name"]] = ready
    assert slow == {}
