"""The two namespaces and what may be admitted to them."""

import pytest

from tests.graphs import BUILT, pods, run, waits_for
from tests.plans import stage_plan


def levels(name):
    labels = run(1).inputs(name)["metadata"]["labels"]
    return {key.rsplit("/", 1)[-1]: value for key, value in labels.items() if key.startswith("pod-security")}


class TestPodSecurity:
    def test_the_app_is_restricted(self):
        assert levels("namespaces-app") == dict.fromkeys(("enforce", "warn", "audit"), "restricted")

    def test_monitoring_looks_at_the_host(self):
        """The only reason for the second namespace."""
        assert levels("namespaces-monitoring") == dict.fromkeys(("enforce", "warn", "audit"), "privileged")


@pytest.mark.parametrize(("stage", "provider"), BUILT)
class TestBounds:
    def test_no_default_cpu_limit(self, stage, provider):
        """ADR 0002: a maximum would become the default limit of every container."""
        (item,) = run(stage, provider).inputs("namespaces-limits")["spec"]["limits"]
        assert "cpu" not in item["max"]
        assert "cpu" not in item["default"]

    def test_every_container_is_admitted(self, stage, provider):
        """The maximum is the largest container's."""
        made = run(stage, provider)
        (item,) = made.inputs("namespaces-limits")["spec"]["limits"]
        assert item["max"]["memory"] == str(stage_plan(stage, provider).namespace.limit_range_max.memory)

    def test_the_quota_is_the_plans(self, stage, provider):
        plan = stage_plan(stage, provider).namespace
        assert run(stage, provider).inputs("namespaces-quota")["spec"]["hard"] == {
            "requests.cpu": str(plan.quota_requests.cpu),
            "requests.memory": str(plan.quota_requests.memory),
            "limits.memory": str(plan.quota_memory_limits),
            "pods": str(plan.quota_pods),
        }


class TestOrder:
    def test_bounds_come_before_every_pod(self):
        """They act at admission only."""
        made = run(1)
        bounds = {"namespaces-limits", "namespaces-quota", "namespaces-policies-default-deny"}
        assert [name for name in pods(made) if not bounds <= waits_for(made, name)] == []
