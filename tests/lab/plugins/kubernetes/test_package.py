"""The package's own calls on a real API server."""

import pytest

from lab.nodes.simulated.api import MERGE_PATCH
from lab.plugins.kubernetes.package import KubernetesPackage
from lab.plugins.package import InitFailedError, PluginError
from tests.lab.plugins.kubernetes.conftest import Lines
from tests.lab.plugins.kubernetes.objects import call, config_map, deployment, job, made, service
from tests.waiting import wait

pytestmark = pytest.mark.cluster


class TestCreate:
    def test_what_never_becomes_ready_says_why(self, package):
        """The scheduler's own words; the engine keeps the object."""
        with pytest.raises(InitFailedError) as caught:
            package.create(call(deployment("large", cpu="64"), timeout=5))
        assert caught.value.resource_id == "default/large"
        assert "Insufficient cpu" in str(caught.value)

    def test_waits_for_a_namespace_that_comes_later(self, package, api):
        """Six tries in a minute; the first finds none."""
        body = config_map("early", a="1")
        body["metadata"]["namespace"] = "later"

        def make_it(_seconds):
            api.request("POST", "/api/v1/namespaces", {"metadata": {"name": "later"}})

        package.retry_seconds = (0.1,)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("lab.plugins.kubernetes.requests.time.sleep", make_it)
            assert package.create(call(body))[0] == "later/early"

    def test_a_service_waits_for_its_pods_to_settle(self, package, api):
        """Without pods that match nothing is unready, and the wait ends."""
        made(package, service("settled"))
        where = "/api/v1/namespaces/default/endpoints/settled"
        assert api.get(where) is not None

    def test_unknown_kinds(self, package):
        with pytest.raises(PluginError, match="no matches for kind 'Thing'"):
            package.create(call({"apiVersion": "v1", "kind": "Thing", "metadata": {"name": "x"}}))


class TestDiff:
    @pytest.mark.parametrize(("cpu", "replaced"), [("64", True), ("10m", False)])
    def test_a_job_that_asks_for_it_is_made_anew_until_it_succeeds(self, package, cpu, replaced):
        """`pulumi.com/replaceUnready`: under the same name, so that the old one goes first."""
        body = job(f"again-{cpu}", cpu)
        try:
            package.create(call(body, timeout=5))
        except InitFailedError:
            assert replaced
        found = package.diff(call(body, old_inputs=body))
        assert (bool(found.replaces), found.delete_before_replace) == (replaced, replaced)


class TestPreview:
    """Dry runs: the API server's answer, and nothing stays."""

    def test_of_a_new_object(self, package):
        package.create(call(config_map("previewed"), preview=True))
        assert package.read(call({}, old_inputs=config_map("previewed")))[0] == ""

    def test_of_a_wrong_object(self, package):
        wrong = deployment("wrong")
        wrong["spec"]["template"]["metadata"]["labels"] = {"app": "other"}
        with pytest.raises(PluginError, match="selector"):
            package.create(call(wrong, preview=True))

    def test_of_an_update(self, package):
        """The selector of a Deployment can't change in place."""
        package.create(call(deployment("fixed")))
        changed = deployment("fixed")
        changed["spec"]["selector"]["matchLabels"]["more"] = "x"
        changed["spec"]["template"]["metadata"]["labels"]["more"] = "x"
        with pytest.raises(PluginError, match="immutable"):
            package.update(call(changed, id="default/fixed", preview=True))
        assert package.update(call(deployment("fixed", replicas=2), id="default/fixed", preview=True))
        assert package.read(call({}, old_inputs=deployment("fixed")))[1]["spec"]["replicas"] == 1


class TestUpdateReadDelete:
    def test_a_change_by_hand_is_read(self, package):
        inputs = deployment("drifted", cpu="1000m")
        package.create(call(inputs, timeout=20))
        path = "/apis/apps/v1/namespaces/default/deployments/drifted"
        assert package.read(call({}, old_inputs=inputs))[2] == inputs
        package._paths.api.request("PATCH", path, {"spec": {"replicas": 0}}, content_type=MERGE_PATCH)
        wait(lambda: not package._paths.api.get(path)["status"].get("replicas"), "the pod's end")
        found = package.read(call({}, old_inputs=inputs))[2]
        assert found["spec"]["replicas"] == 0

    def test_what_is_not_ready_is_read_with_its_reason(self, package):
        """The engine keeps the reason, and the next update tries the object again."""
        inputs = deployment("unready", cpu="64")
        with pytest.raises(InitFailedError):
            package.create(call(inputs, timeout=2))
        with pytest.raises(InitFailedError, match="0 of 1 replicas are available") as caught:
            package.read(call({}, old_inputs=inputs))
        assert (caught.value.resource_id, caught.value.inputs) == ("default/unready", inputs)

    def test_an_object_is_imported_by_its_id(self, package):
        made(package, config_map("imported", a="1"))
        found, outputs, inputs = package.read(call({}, type="kubernetes:core/v1:ConfigMap", id="default/imported"))
        assert (found, outputs["data"], inputs["data"]) == ("default/imported", {"a": "1"}, {"a": "1"})
        assert set(inputs["metadata"]) == {"name", "namespace"}

    @pytest.mark.parametrize("preview", [True, False])
    def test_what_is_gone_is_not_updated(self, package, preview):
        with pytest.raises(PluginError, match='configmaps "never" not found'):
            package.update(call(config_map("never"), id="default/never", preview=preview))

    def test_what_is_no_longer_named_goes(self, package):
        """The first update after the creation, and later ones; what others wrote stays."""
        state = made(package, config_map("shrinking", first="1", second="2", third="3"))
        path = "/api/v1/namespaces/default/configmaps/shrinking"
        package._paths.api.request("PATCH", path, {"data": {"theirs": "x"}}, content_type=MERGE_PATCH)
        package.update(call(config_map("shrinking", first="1", second="2"), **state))
        assert package._paths.api.get(path)["data"] == {"first": "1", "second": "2", "theirs": "x"}
        package.update(call(config_map("shrinking", first="1"), **state))
        assert package._paths.api.get(path)["data"] == {"first": "1", "theirs": "x"}

    def test_delete_waits_and_is_no_error_twice(self, package):
        inputs = deployment("gone")
        package.create(call(inputs, timeout=20))
        package.delete(call({}, olds=inputs, timeout=20))
        assert package.read(call({}, old_inputs=inputs)) == ("", {}, {})
        package.delete(call({}, olds=inputs, timeout=20))


class TestWithoutCluster:
    def test_a_preview_before_the_first_update(self):
        """No kubeconfig yet: nothing can be asked, nothing fails."""
        package = KubernetesPackage()
        package.configure({})
        assert package.create(call(config_map("new"), preview=True))[0] == ""

    def test_an_update_needs_it(self):
        with pytest.raises(PluginError, match="unreachable: no kubeconfig"):
            KubernetesPackage().create(call(config_map("new")))


class TestClusterAway:
    """The server is gone or off: decided once, when the engine configures the provider."""

    @pytest.fixture
    def away(self, kubeconfig):
        def configured(**settings):
            package = KubernetesPackage()
            package.configure({"kubeconfig": kubeconfig.replace(":6443", ":6449"), **settings})
            package.host = Lines()
            return package

        return configured

    def test_previews_say_nothing_but_what_they_skip(self, away):
        package, body = away(), job("skipped", "10m")
        package.create(call(body, preview=True))
        package.update(call(body, id="default/skipped", olds=body, preview=True))
        assert package.diff(call(body, old_inputs=body, olds=body)).changes == {}
        assert package.host.said == [("warning", "urn", "Cluster is unreachable, skipping replaceUnready check")]

    def test_nothing_is_created_or_updated(self, away):
        for operation in (away().create, away().update):
            with pytest.raises(PluginError, match="configured Kubernetes cluster is unreachable: unable to load"):
                operation(call(config_map("new")))

    def test_a_refresh_and_a_deletion_end_with_the_way_to_forget(self, away):
        package, body = away(), config_map("lost")
        for operation in (package.read, package.delete):
            with pytest.raises(PluginError, match="PULUMI_K8S_DELETE_UNREACHABLE"):
                operation(call({}, id="default/lost", old_inputs=body, olds=body))
        assert [kind for kind, _, _ in package.host.said] == ["warning", "warning"]

    def test_that_way_takes_everything_from_the_state(self, away):
        package, body = away(deleteUnreachable="true"), config_map("lost")
        assert package.read(call({}, id="default/lost", old_inputs=body, olds=body)) == ("", {}, {})
        package.delete(call({}, olds=body))

    def test_a_refresh_that_skips_it_keeps_the_state(self, away):
        package, body = away(skipUpdateUnreachable="true"), config_map("lost")
        found = package.read(call({}, id="default/lost", old_inputs=body, olds={**body, "x": 1}))
        assert found == ("default/lost", {**body, "x": 1}, body)
        with pytest.raises(PluginError, match="unreachable"):
            package.delete(call({}, olds=body))
