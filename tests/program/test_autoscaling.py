"""Autoscalers of a move: what falls is set before anything rolls, what rises after its Deployment (ADR 0022)."""

import pytest

from infra.preflight import live_bounds
from tests.graphs import pods, run, waits_for
from tests.mocks import graph
from tests.preflight.past import past
from tests.programs import CONFIG, program

HPA = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
DJANGO, WORKER = "django-autoscaler-hpa", "celery-worker-autoscaler-hpa"


def moved(before, after):
    """The program for a stage on top of the state that another one has left."""
    return graph(program, config={**CONFIG, "stagecoach:stage": after}, state=past(run(before)))


def bounds(made, name):
    spec = made.inputs(name)["spec"]
    return spec["minReplicas"], spec["maxReplicas"]


def app_pods(made):
    return {name for name in pods(made) if made.inputs(name)["metadata"]["namespace"] == "app"}


class TestDown:
    @pytest.mark.parametrize("before", [4, 5])
    def test_one_that_the_stage_has_no_room_for_is_kept(self, before):
        """Deleted, it would go at the end of the update, and ask for the old minimum until then."""
        made = moved(before, 1)
        assert {name: bounds(made, name) for name in made.of_type(HPA)} == {DJANGO: (2, 2), WORKER: (1, 1)}
        assert made.inputs("celery-worker-deployment")["spec"]["replicas"] == 1

    def test_it_falls_before_everything_that_has_pods(self):
        made = moved(5, 1)
        for name in app_pods(made):
            assert {DJANGO, WORKER} <= waits_for(made, name)

    def test_a_lower_maximum_is_enough(self):
        """Pods above it are of the old size and in the way: stage 4 has up to 5 web pods, stage 3 up to 3."""
        made = moved(4, 3)
        assert DJANGO in waits_for(made, "postgres-stateful-set")

    def test_it_stays_for_good(self):
        """A second update has the same resources, and nothing to change."""
        first = moved(5, 1)
        again = graph(program, config={**CONFIG, "stagecoach:stage": 1}, state=past(first))
        assert again.requests.keys() == first.requests.keys()
        assert {name: bounds(again, name) for name in again.of_type(HPA)} == {DJANGO: (2, 2), WORKER: (1, 1)}

    def test_a_pool_that_goes_takes_its_own_along(self):
        """Its Deployment goes at the end of the update, too."""
        assert [name for name in moved(5, 4).of_type(HPA) if "slow" in name] == []


class TestAfterAKill:
    """A move up was killed after the API server had taken the autoscaler and before the engine wrote it down."""

    @pytest.fixture
    def back(self, monkeypatch):
        """Stage 1 again, on a cluster that has what its state does not know."""
        known = {"labels": {"app.kubernetes.io/part-of": "stagecoach"}, "name": "django"}
        unknown = {"metadata": known, "spec": {"minReplicas": 3, "maxReplicas": 6}}
        objects = {**{kind: [] for kind in live_bounds._PATHS}, HPA: [unknown]}
        monkeypatch.setattr(live_bounds, "ask_cluster", lambda _kubeconfig: objects)
        return moved(1, 1)

    def test_it_is_taken_and_falls_first(self, back):
        """Nobody would ever take it away, and it asks for three web pods where two have room."""
        assert {name: bounds(back, name) for name in back.of_type(HPA)} == {DJANGO: (2, 2)}
        for name in app_pods(back):
            assert DJANGO in waits_for(back, name)

    def test_its_deployment_takes_the_count_back(self, back):
        """Else the API server refuses the count (ADR 0023)."""
        annotations = back.inputs("django-deployment")["metadata"]["annotations"]
        assert annotations["pulumi.com/patchForce"] == "true"
        assert "patchForce" not in str(back.inputs("celery-worker-deployment")["metadata"])


class TestUp:
    def test_it_rises_after_its_deployment(self):
        """More pods than the old plan had room for come when the new one holds."""
        made = moved(2, 5)
        assert "django-deployment" in waits_for(made, DJANGO)
        assert DJANGO not in waits_for(made, "django-deployment")

    def test_a_new_one_comes_after_its_deployment(self):
        assert "django-deployment" in waits_for(moved(1, 2), DJANGO)

    def test_one_that_was_kept_rises(self):
        made = graph(program, config={**CONFIG, "stagecoach:stage": 2}, state=past(moved(5, 1)))
        assert bounds(made, DJANGO) == (2, 3)
        assert "django-deployment" in waits_for(made, DJANGO)


def test_a_deployment_that_never_had_one_gets_none():
    assert moved(1, 1).of_type(HPA) == []
