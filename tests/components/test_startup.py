"""No pod waits for a probe's next turn to be ready: an update waits for every pod, and so do customers of a restart."""

import pytest

from tests.graphs import BUILT, pods, run

# Seconds.  A kubelet that started less than a period ago begins a probe at a random moment of it (kubernetes,
# pkg/kubelet/prober/worker.go), and a first look that came too early is repeated a whole period later.
STARTUP, READINESS = 2, 10


@pytest.mark.parametrize(("stage", "provider"), BUILT)
class TestEveryContainer:
    def test_is_asked_often_while_it_starts(self, stage, provider):
        """Where it is asked at all: sidecars without a port that anybody waits for are not."""
        slow = {}
        for name, pod in pods(run(stage, provider)).items():
            for one in pod["containers"]:
                if "readinessProbe" in one and one["readinessProbe"]["periodSeconds"] > 5:
                    start = one.get("startupProbe")
                    if not start or start["periodSeconds"] > STARTUP:
                        slow[name, one["name"]] = start
        assert slow == {}

    def test_is_ready_within_ten_seconds_of_its_start(self, stage, provider):
        periods = {
            (name, one["name"]): one["readinessProbe"]["periodSeconds"]
            for name, pod in pods(run(stage, provider)).items()
            for one in pod["containers"]
            if "readinessProbe" in one
        }
        assert periods
        assert {key: period for key, period in periods.items() if period > READINESS} == {}
