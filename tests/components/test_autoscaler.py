"""Who owns a Deployment's replica count."""

import pytest

from tests.graphs import BUILT, run
from tests.mocks import graph
from tests.plans import stage_plan
from tests.preflight.past import autoscaler, deployment
from tests.preflight.test_recorded import state
from tests.programs import CONFIG, program

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
    for name in made.of_type("kubernetes:apps/v1:Deployment"):
        inputs = made.inputs(name)
        assert ("replicas" in inputs["spec"]) == (inputs["metadata"]["name"] not in bounds)


class TestOwnership:
    """Who owns the count when a stage is left (ADR 0023)."""

    FORCE = "pulumi.com/patchForce"

    @staticmethod
    def moved(stage, *more):
        """The program at a stage on its own type of server, and a state with more resources than the servers."""
        past = {
            **state(server={"serverType": stage_plan(stage).server.instance_type}),
            **{str(index): one for index, one in enumerate(more)},
        }
        return graph(program, config={**CONFIG, "stagecoach:stage": stage}, state=past)

    def forced(self, made):
        """Logical names of the objects with the annotation."""
        objects = made.kubernetes()
        return {
            name
            for name, body in objects.items()
            if (body.get("metadata", {}).get("annotations") or {}).get(self.FORCE) == "true"
        }

    def test_a_move_down_takes_it_back_by_force(self):
        made = self.moved(1, autoscaler("django"), autoscaler("celery-worker"))
        assert self.forced(made) == {"django-deployment", "celery-worker-deployment"}
        assert made.inputs("django-deployment")["spec"]["replicas"] == 2

    def test_only_where_there_was_an_autoscaler(self):
        assert self.forced(self.moved(1, autoscaler("celery-worker"))) == {"celery-worker-deployment"}
        assert self.forced(self.moved(1, deployment("django"), deployment("celery-worker"))) == set()

    def test_a_new_stack_forces_nothing(self):
        for stage, provider in BUILT:
            assert self.forced(run(stage, provider)) == set()

    def test_the_next_update_changes_nothing(self):
        """The annotation stays until the workload is autoscaled again."""
        first = self.moved(1, autoscaler("django"))
        again = self.moved(1, deployment("django", **{self.FORCE: "true"}))
        assert again.inputs("django-deployment") == first.inputs("django-deployment")

    def test_a_move_up_gives_it_away(self):
        made = self.moved(2, deployment("django", **{self.FORCE: "true"}), autoscaler("celery-worker"))
        assert self.forced(made) == set()

    @pytest.mark.parametrize(("stage", "provider"), BUILT)
    def test_what_is_given_away_stays_until_the_autoscaler_changes_it(self, stage, provider):
        """Not applied any more, it would fall to 1 until the autoscaler looks again."""
        made = run(stage, provider)
        for name in made.of_type("kubernetes:apps/v1:Deployment"):
            ignored = list(made.requests[name].ignoreChanges)
            assert ignored == ([] if "replicas" in made.inputs(name)["spec"] else ["spec.replicas"])


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
