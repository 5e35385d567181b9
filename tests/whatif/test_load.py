"""Rates by hand."""

import pytest

from infra.whatif.load import Load


def test_rates():
    """900 x 40 / 86,400 = 0.4167 a second, three times that at the peak; 900 x 50 pages likewise."""
    load = Load(customers=900, tasks_per_customer_day=40, task_seconds=0.3)
    assert load.tasks_average == pytest.approx(36_000 / 86_400)
    assert load.tasks_peak == pytest.approx(1.25)
    assert load.requests_peak == pytest.approx(1.5625)


def test_of_others():
    load = Load(customers=900, tasks_per_customer_day=40, task_seconds=0.3, peak_factor=6)
    assert load.of(450).tasks_peak == pytest.approx(1.25)
