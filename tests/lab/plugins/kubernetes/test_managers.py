"""Names of owners, what an update takes over, and when it forces: on objects as the API server shows them."""

import pytest

from infra.operate.restart import MANAGER as RESTARTS
from lab.plugins.kubernetes.managers import forces, manager_of, taken_over, without_ignored
from lab.plugins.kubernetes.settings import Settings

REPLICAS = {"f:spec": {"f:replicas": {}}}
IMAGE = {"f:spec": {"f:image": {}}}
OURS = "pulumi-kubernetes-1234abcd"


def entry(manager, operation="Update", fields=REPLICAS, **more):
    return {"manager": manager, "operation": operation, "fieldsV1": fields, **more}


def live(*managed, **spec):
    return {"metadata": {"name": "web", "managedFields": list(managed)}, "spec": spec}


def body(**annotations):
    return {"metadata": {"name": "web", "annotations": annotations}, "spec": {"replicas": 2}}


class TestName:
    def test_is_new_for_each_object(self):
        names = {manager_of(body(), {}) for _ in range(3)}
        assert len(names) == 3
        assert all(name.startswith("pulumi-kubernetes-") for name in names)

    def test_stays_the_states(self):
        assert manager_of(body(), {"__fieldManager": OURS}) == OURS

    def test_is_the_annotations_first(self):
        assert manager_of(body(**{"pulumi.com/patchFieldManager": "shop"}), {"__fieldManager": OURS}) == "shop"

    def test_of_a_state_of_an_older_lab(self):
        """It applied under the name that creations are posted under."""
        assert manager_of(body(), {"metadata": {"name": "web"}}) == "pulumi-kubernetes"


class TestTakenOver:
    @pytest.mark.parametrize("manager", ["pulumi-kubernetes", "kubectl-edit", "kubectl-patch", "before-first-apply"])
    def test_by_the_beginning_of_the_name(self, manager):
        assert taken_over(live(entry(manager)), OURS) == [entry(OURS, "Apply")]

    def test_is_merged_with_what_was_applied(self):
        found = taken_over(live(entry("kubectl-edit", fields=IMAGE), entry(OURS, "Apply")), OURS)
        assert found == [entry(OURS, "Apply", {"f:spec": {"f:image": {}, "f:replicas": {}}})]

    @pytest.mark.parametrize(
        "other",
        [
            entry("node-fetch"),
            entry("kubectl", subresource="scale"),
            entry("kube-controller-manager", subresource="scale"),
            entry("pulumi-kubernetes-other", "Apply"),
        ],
    )
    def test_nothing_else(self, other):
        assert taken_over(live(other), OURS) is None
        assert taken_over(live(other, entry("pulumi-kubernetes")), OURS) == [other, entry(OURS, "Apply")]

    def test_a_restart_is_nobodys_but_its_own(self):
        """Of kubectl's the annotation would be taken over and out: the next update restarts every pod again."""
        stamp = {"f:spec": {"f:template": {"f:metadata": {"f:annotations": {"f:restartedAt": {}}}}}}
        ours = entry(OURS, "Apply")
        assert taken_over(live(ours, entry(RESTARTS, fields=stamp)), OURS) is None
        [after] = taken_over(live(ours, entry("kubectl-rollout", fields=stamp)), OURS)
        assert after["fieldsV1"]["f:spec"]["f:template"] == stamp["f:spec"]["f:template"]


class TestForces:
    def test_only_where_it_is_asked_for(self):
        seen = live(entry(OURS, "Apply"))
        assert not forces(body(), seen, Settings(), preview=False)
        assert forces(body(**{"pulumi.com/patchForce": "true"}), seen, Settings(), preview=False)
        assert forces(body(), seen, Settings(patch_force=True), preview=False)

    def test_in_a_preview_as_long_as_the_creation_owns_fields(self):
        fresh = live(entry("pulumi-kubernetes"))
        assert forces(body(), fresh, Settings(), preview=True)
        assert not forces(body(), fresh, Settings(), preview=False)
        assert not forces(body(), live(entry(OURS, "Apply")), Settings(), preview=True)

    def test_in_the_preview_of_a_creation(self):
        assert forces(body(), None, Settings(), preview=True)
        assert not forces(body(), None, Settings(), preview=False)

    def test_where_nobody_owns_anything(self):
        assert forces(body(), live(), Settings(), preview=False)


class TestIgnored:
    def test_another_owners_field_is_left_out(self):
        seen = live(entry("kube-controller-manager", subresource="scale"), replicas=5)
        assert without_ignored(body(), seen, ("spec.replicas",), OURS)["spec"] == {}

    def test_our_own_keeps_its_live_value(self):
        seen = live(entry(OURS, "Apply"), replicas=5)
        assert without_ignored(body(), seen, ("spec.replicas",), OURS)["spec"] == {"replicas": 5}

    def test_the_inputs_stay_as_they_are(self):
        wanted = body()
        without_ignored(wanted, live(entry(OURS, "Apply"), replicas=5), ("spec.replicas", "spec.none.none"), OURS)
        assert wanted == body()
