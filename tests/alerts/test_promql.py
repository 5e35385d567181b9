"""Expressions that rules and dashboards share."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.alerts import promql
from infra.units import Cpu
from tests.alerts.metrics import names_in, used
from tests.plans import stage_plan


def pods(name):
    plan = stage_plan(5)
    return re.compile(promql.pods(next(one for one in plan.workloads if one.name == name)))


class TestPods:
    @pytest.mark.parametrize(
        ("workload", "pod"),
        [
            ("celery-worker", "celery-worker-7d4b9c6f5-x2x4z"),
            ("celery-worker-slow", "celery-worker-slow-7d4b9c6f5-x2x4z"),
            ("postgres", "postgres-0"),
            ("redis-broker", "redis-broker-0"),
            ("node-exporter", "node-exporter-x2x4z"),
        ],
    )
    def test_are_found(self, workload, pod):
        assert pods(workload).fullmatch(pod)

    @pytest.mark.parametrize(
        ("workload", "pod"),
        [
            ("celery-worker", "celery-worker-slow-7d4b9c6f5-x2x4z"),
            ("postgres", "postgres-backup-29384756-x2x4z"),
            ("django", "django-migrate-x2x4z-x2x4z"),
        ],
    )
    def test_of_others_are_not(self, workload, pod):
        """A pool's name may be the start of another's, a job's the database's."""
        assert not pods(workload).fullmatch(pod)


def test_requests_are_literals_in_cores():
    assert [promql.cores(Cpu(one)) for one in (400, 1000, 25)] == ["0.4", "1", "0.025"]


def test_cpu_is_of_the_pools_own_request():
    slow = stage_plan(5).workers[1].workload
    assert "/ (0.4 * count(" in promql.cpu_of_request(slow)


class TestNames:
    """The parser that the tests of metrics stand on."""

    def test_finds_metrics_only(self):
        text = 'sum by (le,queue_name) (rate(a_total{b="c_d"}[5m] offset 1d)) / on (pod) max(e:f) > 0.5 and vector(1)'
        assert names_in(text) == {"a_total", "e:f"}

    def test_finds_something_everywhere(self):
        assert len(used("")) > 60


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_literal_matches_itself_alone(text, other):
    """Read as PromQL reads it: first the string between the quotes, then the expression."""
    written = promql.literal(text)
    assert not re.search(r'(?<!\\)(\\\\)*"', written)  # no quote ends the string
    expression = json.loads(f'"{written}"', strict=False)
    assert re.fullmatch(expression, text)
    assert bool(re.fullmatch(expression, other)) == (other == text)
