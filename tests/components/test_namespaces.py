"""The two namespaces and what may be admitted to them."""

import pytest

from tests.graphs import BUILT, pods, run, waits_for
from tests.mocks import graph
from tests.plans import stage_plan
from tests.preflight.past import named, past
from tests.programs import CONFIG, program

QUOTA = "kubernetes:core/v1:ResourceQuota"
DISK = "requests.ephemeral-storage"
_KEYS = ("requests-cpu", "requests-memory", "limits-memory", "requests-ephemeral-storage")
QUOTAS = {"quota", *(f"quota-{one}" for one in _KEYS)}
BOUNDS = {"namespaces-limits", *(f"namespaces-{name}" for name in QUOTAS)}
POLICY = "namespaces-policies-default-deny"


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
        """One object for each key: an update changes an object once, and keys may move in opposite directions."""
        plan, made = stage_plan(stage, provider).namespace, run(stage, provider)
        assert {made.inputs(name)["metadata"]["name"]: hard(made, name) for name in made.of_type(QUOTA)} == {
            "quota": {"pods": str(plan.quota_pods)},
            "quota-requests-cpu": {"requests.cpu": str(plan.quota_requests.cpu)},
            "quota-requests-memory": {"requests.memory": str(plan.quota_requests.memory)},
            "quota-limits-memory": {"limits.memory": str(plan.quota_memory_limits)},
            "quota-requests-ephemeral-storage": {DISK: str(plan.quota_disk)},
        }


class TestOrder:
    """Bounds act at admission: none may forbid a pod that an update renews (ADR 0022)."""

    def test_a_new_deployment_has_them_before_every_pod(self):
        assert first(run(1)) == BOUNDS

    def test_they_rise_before_every_pod(self):
        made = moved(1, 5)
        assert first(made) == BOUNDS
        assert last(made) == set()

    def test_they_fall_after_every_pod(self):
        """Jobs and the migration, too: the old quota has room for both, the new one only for the new pods."""
        made = moved(5, 1)
        assert first(made) == set()
        assert last(made) == BOUNDS

    def test_what_stays_comes_first(self):
        """Stages 2 and 3 have the same bounds."""
        assert first(moved(2, 3)) == first(moved(3, 2)) == BOUNDS

    def test_each_goes_its_own_way(self):
        """An override asks for more CPU and less memory than stage 4 has; both keys in one update."""
        more = {"overrides": {"namespace": {"quota_cpu": "9000m", "quota_memory": "13Gi"}}}
        made = moved(4, 4, **more)
        assert last(made) == {"namespaces-quota-requests-memory"}
        assert first(made) == BOUNDS - last(made)

    def test_values_and_names_are_the_same_either_way(self):
        """The order is all that differs from a deployment that is built at that stage."""
        made = moved(5, 1)
        for name in BOUNDS:
            assert made.inputs(name) == run(1).inputs(name)
            assert made.requests[name].parent == run(1).requests[name].parent

    def test_the_policies_always_come_first(self):
        for made in (run(1), moved(5, 1)):
            assert [name for name in app_pods(made) if POLICY not in waits_for(made, name)] == []

    def test_an_older_quota_with_every_key_gives_them_up_first(self):
        """Up from a version that had one quota: it would forbid what rises."""
        made = moved(1, 5, one_quota=True)
        assert first(made) == BOUNDS

    def test_an_older_quota_falls_last(self):
        made = moved(5, 1, one_quota=True)
        assert last(made) == BOUNDS


def hard(made, name):
    return made.inputs(name)["spec"]["hard"]


def moved(before, after, *, one_quota=False, **more):
    """The program for a stage on top of the state that another one has left."""
    state = past(run(before), one_quota=one_quota)
    return graph(program, config={**CONFIG, "stagecoach:stage": after, **named(more)}, state=state)


def app_pods(made):
    return [name for name in pods(made) if made.inputs(name)["metadata"]["namespace"] == "app"]


def first(made):
    """Bounds that every pod of the app waits for."""
    return {bound for bound in BOUNDS if all(bound in waits_for(made, name) for name in app_pods(made))}


def last(made):
    """Bounds that wait for every pod of the app."""
    return {bound for bound in BOUNDS if set(app_pods(made)) <= waits_for(made, bound)}
