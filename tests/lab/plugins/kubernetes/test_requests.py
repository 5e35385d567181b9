"""Who owns a field decides: conflicts, what is taken over and what is forced, on a real API server."""

import re

import pytest

from lab.nodes.simulated.api import MERGE_PATCH
from lab.plugins.package import InitFailedError, PluginError
from tests.lab.plugins.kubernetes.objects import (
    ROLLOUT,
    SHORT,
    call,
    claim,
    config_map,
    deployment,
    made,
    stateful_set,
)
from tests.waiting import wait

pytestmark = pytest.mark.cluster

FORCE = {"pulumi.com/patchForce": "true"}
SCALED = (
    'Apply failed with 1 conflict: conflict with "kube-controller-manager" with subresource "scale" '
    "using apps/v1: .spec.replicas"
)


def path(name, kind="deployments", group="apis/apps"):
    return f"/{group}/v1/namespaces/default/{kind}/{name}"


def edit(api, name, manager, **data):
    api.request(
        "PATCH", path(name, "configmaps", "api"), {"data": data}, content_type=MERGE_PATCH, fieldManager=manager
    )


def autoscale(api, name, replicas):
    """What the autoscaler's controller does."""
    api.request(
        "PATCH",
        f"{path(name)}/scale",
        {"spec": {"replicas": replicas}},
        content_type=MERGE_PATCH,
        fieldManager="kube-controller-manager",
    )


def owners(api, where):
    managed = api.get(where)["metadata"]["managedFields"]
    return {(one["manager"], one["operation"]) for one in managed if not one.get("subresource")}


class TestNames:
    def test_creation_and_updates(self, package, api):
        """Posted under one name, applied under the object's own, which the state keeps."""
        state = made(package, config_map("named", a="1"))
        where = path("named", "configmaps", "api")
        assert owners(api, where) == {("pulumi-kubernetes", "Update")}
        after = package.update(call(config_map("named", a="2"), **state))
        own = after["__fieldManager"]
        assert owners(api, where) == {(own, "Apply")}
        package.update(call(config_map("named", a="3"), **{**state, "olds": after}))
        assert owners(api, where) == {(own, "Apply")}


class TestEditedField:
    """`kubectl edit`, a desktop client, an operator: somebody else's value of a field that the program names."""

    @pytest.fixture
    def edited(self, package, api, request):
        """After one update, so that the object is applied under its own name."""
        name = "edited-" + re.sub(r"[^a-z]+", "-", request.node.name.lower()).strip("-")
        state = made(package, config_map(name, a="1", b="1"))
        state["olds"] = package.update(call(config_map(name, a="1", b="2"), **state))
        return name, state

    @pytest.mark.parametrize("preview", [True, False])
    def test_ends_the_update_and_its_preview(self, package, api, edited, preview):
        name, state = edited
        edit(api, name, "node-fetch", a="by hand")
        with pytest.raises(InitFailedError) as caught:
            package.update(call(config_map(name, a="1", b="3"), preview=preview, **state))
        assert 'Apply failed with 1 conflict: conflict with "node-fetch" using v1: .data.a' in str(caught.value)
        assert f'field manager "{state["olds"]["__fieldManager"]}" had an apply conflict' in str(caught.value)
        assert api.get(path(name, "configmaps", "api"))["data"] == {"a": "by hand", "b": "2"}

    def test_a_field_that_the_program_does_not_name_is_no_conflict(self, package, api, edited):
        name, state = edited
        edit(api, name, "node-fetch", theirs="x")
        package.update(call(config_map(name, a="2", b="2"), **state))
        assert api.get(path(name, "configmaps", "api"))["data"] == {"a": "2", "b": "2", "theirs": "x"}

    def test_kubectl_is_taken_over_by_the_update_and_refused_by_the_preview(self, package, api, edited):
        """The provider takes kubectl's fields before it applies, which a dry run can't."""
        name, state = edited
        edit(api, name, "kubectl-edit", a="by hand", theirs="x")
        with pytest.raises(InitFailedError, match='conflict with "kubectl-edit"'):
            package.update(call(config_map(name, a="1", b="2"), preview=True, **state))
        package.update(call(config_map(name, a="1", b="2"), **state))
        assert api.get(path(name, "configmaps", "api"))["data"] == {"a": "1", "b": "2"}

    def test_force_on_the_provider(self, configured, api, edited):
        """For one run, by PULUMI_K8S_ENABLE_PATCH_FORCE."""
        name, state = edited
        edit(api, name, "node-fetch", a="by hand")
        forcing = configured(enablePatchForce="true")
        forcing.update(call(config_map(name, a="1", b="2"), preview=True, **state))
        forcing.update(call(config_map(name, a="1", b="2"), **state))
        assert api.get(path(name, "configmaps", "api"))["data"]["a"] == "1"

    def test_the_preview_after_a_creation_does_not_see_it(self, package, api):
        """The creation's name still owns fields there: the preview forces, the update does not."""
        state = made(package, config_map("unseen", a="1"))
        edit(api, "unseen", "node-fetch", a="by hand")
        package.update(call(config_map("unseen", a="2"), preview=True, **state))
        with pytest.raises(InitFailedError, match="conflict with"):
            package.update(call(config_map("unseen", a="2"), **state))

    def test_what_was_refused_is_a_difference_for_the_next_update(self, package, api):
        """The state has the new inputs and the live object."""
        before, after = deployment("refused", replicas=1), deployment("refused", replicas=2)
        state = made(package, before)
        autoscale(api, "refused", 3)
        with pytest.raises(InitFailedError) as caught:
            package.update(call(after, **state))
        found = package.diff(call(after, id=state["id"], old_inputs=after, olds=caught.value.outputs))
        assert found.changes == {"spec.replicas": "UPDATE"}


class TestAutoscaled:
    """The count of a Deployment goes from the program to its autoscaler and back."""

    @staticmethod
    def scaled(package, api, name):
        """Made without a count, at 3 by its autoscaler, and updated since."""
        state = made(package, deployment(name, replicas=None))
        autoscale(api, name, 3)
        state["olds"] = package.update(call(deployment(name, cpu="11m", replicas=None), timeout=ROLLOUT, **state))
        return state

    def test_handed_to_the_program_is_a_conflict(self, package, api):
        state = self.scaled(package, api, "handed")
        for preview in (True, False):
            with pytest.raises(InitFailedError) as caught:
                package.update(call(deployment("handed", cpu="11m", replicas=2), preview=preview, **state))
            assert SCALED in str(caught.value)
        assert api.get(path("handed"))["spec"]["replicas"] == 3

    def test_handed_to_the_program_by_force(self, package, api):
        state = self.scaled(package, api, "forced")
        wanted = deployment("forced", cpu="11m", replicas=2, **FORCE)
        package.update(call(wanted, preview=True, **state))
        assert api.get(path("forced"))["spec"]["replicas"] == 3
        package.update(call(wanted, timeout=ROLLOUT, **state))
        assert api.get(path("forced"))["spec"]["replicas"] == 2

    def test_a_count_that_nobody_owned_is_not_the_autoscalers(self, package, api):
        """The API server notes who scales only where somebody owned the count before."""
        state = made(package, deployment("nobodys", replicas=None))
        state["olds"] = package.update(call(deployment("nobodys", cpu="11m", replicas=None), timeout=ROLLOUT, **state))
        autoscale(api, "nobodys", 3)
        package.update(call(deployment("nobodys", cpu="11m", replicas=2), timeout=ROLLOUT, **state))
        assert api.get(path("nobodys"))["spec"]["replicas"] == 2

    def test_given_up_by_the_program_falls_to_one(self, package, api):
        """Nobody else owns it yet: the API server takes the default."""
        state = made(package, deployment("dropped", replicas=2))
        package.update(call(deployment("dropped", replicas=None), timeout=ROLLOUT, **state))
        assert api.get(path("dropped"))["spec"]["replicas"] == 1

    def test_ignored_by_the_program_stays(self, package, api):
        """`ignore_changes`: the engine keeps the old input, the provider the live count, the autoscaler its own."""
        state = made(package, deployment("kept", replicas=2))
        ignoring = {**state, "ignored": ("spec.replicas",)}
        state["olds"] = package.update(call(deployment("kept", cpu="11m", replicas=2), timeout=ROLLOUT, **ignoring))
        assert api.get(path("kept"))["spec"]["replicas"] == 2
        autoscale(api, "kept", 3)
        package.update(call(deployment("kept", cpu="12m", replicas=2), timeout=ROLLOUT, **{**ignoring, **state}))
        assert api.get(path("kept"))["spec"]["replicas"] == 3


class TestExisting:
    """What a killed update has made and the state does not know."""

    def test_a_change_that_was_not_recorded_is_applied_again(self, package, api):
        """Under the name that the state has had since the creation."""
        state = made(package, config_map("repeated", a="1", b="1"))
        package.update(call(config_map("repeated", a="2"), **state))
        package.update(call(config_map("repeated", a="3"), **state))
        assert api.get(path("repeated", "configmaps", "api"))["data"] == {"a": "3"}

    def test_is_refused_with_the_ways_out(self, package):
        made(package, config_map("taken", a="1"))
        with pytest.raises(PluginError, match='configmaps "taken" already exists') as caught:
            package.create(call(config_map("taken", a="2")))
        assert "set upsertExistingObjects on the provider" in str(caught.value)

    def test_a_preview_says_nothing(self, package):
        made(package, config_map("taken-unseen", a="1"))
        package.create(call(config_map("taken-unseen", a="2"), preview=True))

    def test_upsert_alone_stops_at_a_stateful_set(self, package, configured):
        """Applied under another name than the creation's, a list that the API server has completed is a conflict."""
        made(package, stateful_set("half"))
        with pytest.raises(PluginError) as caught:
            configured(upsertExistingObjects="true").create(call(stateful_set("half"), timeout=ROLLOUT))
        assert 'conflict with "pulumi-kubernetes" using apps/v1: .spec.volumeClaimTemplates' in str(caught.value)

    def test_upsert_with_force_adopts_it(self, package, configured, api):
        made(package, stateful_set("adopted"))
        before = api.get(path("adopted", "statefulsets"))["metadata"]["uid"]
        adopting = configured(upsertExistingObjects="true", enablePatchForce="true")
        adopting.create(call(stateful_set("adopted"), preview=True))
        adopting.create(call(stateful_set("adopted"), timeout=ROLLOUT))
        assert api.get(path("adopted", "statefulsets"))["metadata"]["uid"] == before

    def test_a_bound_claim_is_waited_for_in_vain(self, package, configured, api):
        """A new one of this class is pending; this one is bound for long."""
        self._bound(package, api, "claimed")
        adopting = configured(upsertExistingObjects="true", enablePatchForce="true")
        with pytest.raises(InitFailedError, match="Timeout occurred polling for 'data-claimed-0'"):
            adopting.create(call(claim("data-claimed-0"), timeout=SHORT))

    def test_a_bound_claim_that_skips_the_wait(self, package, configured, api):
        self._bound(package, api, "skipped")
        adopting = configured(upsertExistingObjects="true", enablePatchForce="true")
        adopting.create(call(claim("data-skipped-0", **{"pulumi.com/skipAwait": "true"}), timeout=SHORT))

    @staticmethod
    def _bound(package, api, name):
        made(package, stateful_set(name))
        where = path(f"data-{name}-0", "persistentvolumeclaims", "api")
        wait(lambda: api.get(where)["status"].get("phase") == "Bound", "the claim")
