"""Who owns a Deployment's replica count."""

import pytest

from tests.graphs import BUILT, run
from tests.plans import stage_plan

HPA = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"


@pytest.mark.parametrize(("stage", "provider"), BUILT)
def test_exactly_where_the_plan_says(stage, provider):
    """Bounds are the plan's; a Deployment without an autoscaler names its count, one with an autoscaler does not."""
    made, plan = run(stage, provider), stage_plan(stage, provider)
    bounds = {}
    for name in made.of_type(HPA):
        spec = made.inputs(name)["spec"]
        bounds[spec["scaleTargetRef"]["name"]] = spec["minReplicas"], spec["maxReplicas"]
    scaled = {one.name: one.replicas for one in plan.workloads if one.kind == "Deployment"}
    expected = {name: (one.min, one.max) for name, one in scaled.items() if one.autoscaled}
    assert bounds == expected
    for deployment in made.of_type("kubernetes:apps/v1:Deployment"):
        inputs = made.inputs(deployment)
        assert ("replicas" in inputs["spec"]) == (inputs["metadata"]["name"] not in bounds)


class TestRules:
    @pytest.fixture
    def spec(self):
        return run(2).inputs("celery-worker-autoscaler-hpa")["spec"]

    def test_at_70_percent_of_the_cpu_request(self, spec):
        """The guide's threshold."""
        (metric,) = spec["metrics"]
        target = {"type": "Utilization", "averageUtilization": 70}
        assert metric == {"type": "Resource", "resource": {"name": "cpu", "target": target}}

    def test_one_pod_at_a_time_both_ways(self, spec):
        """Down only after the guide's hour, which is the API's maximum."""
        up, down = spec["behavior"]["scaleUp"], spec["behavior"]["scaleDown"]
        assert up["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": 120}]
        assert down["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": 600}]
        assert (up["stabilizationWindowSeconds"], down["stabilizationWindowSeconds"]) == (60, 3600)

    def test_names_the_deployment(self, spec):
        assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "celery-worker"}
