"""What a load test measured."""

import pytest

from infra.operate.loadtest.result import modelled_rate, quantile, read_result
from tests.plans import stage_plan


def test_quantiles_are_the_nearest_rank():
    values = [float(number) for number in range(1, 101)]
    assert [quantile(values, percent) for percent in (50, 95, 100)] == [50.0, 95.0, 100.0]
    assert quantile([3.0], 50) == 3.0
    assert quantile([], 95) == 0.0


def test_the_pods_lines():
    progress = {"queued": 4, "done": 3, "failed": 1}
    measured = {"waits": [0.4, 0.1, 0.2], "runs": [0.1, 0.2], "seconds": 2.0}
    result = read_result(progress, measured)
    assert (result.rate, result.wait_p50, result.wait_max, result.failed) == (1.5, 0.2, 0.4, 1)
    assert result.run_mean == pytest.approx(0.15)
    assert result.to_json()["tasks_per_second"] == 1.5


def test_nothing_ended():
    result = read_result({"queued": 2, "done": 0, "failed": 0}, {"waits": [], "runs": [], "seconds": 0.0})
    assert (result.rate, result.wait_max, result.run_mean) == (0.0, 0.0, 0.0)


def test_the_models_rate_is_processes_by_task_seconds():
    """Stage 1: one pod of 2; stage 3: two pods of 4."""
    assert modelled_rate(stage_plan(1), 0.1) == 20.0
    assert modelled_rate(stage_plan(3), 0.1) == 80.0
    assert modelled_rate(stage_plan(1), 0.0) == 0.0
