"""The package's own calls on a real API server."""

import pytest

from lab.clouds.addresses import pool
from lab.cluster.api import MERGE_PATCH, Api
from lab.cluster.machines import SimulatedMachines
from lab.machines import Size
from lab.paths import bin_dir
from lab.plugins.kubernetes.package import KubernetesPackage
from lab.plugins.package import Call, InitFailedError, PluginError
from lab.toolchain.build import ensure
from lab.toolchain.programs import ETCD, KUBE
from tests.lab.cluster.test_control_plane import CONFIG
from tests.waiting import wait

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def kubeconfig(tmp_path_factory):
    for program in (KUBE, ETCD):
        ensure(program)
    root = tmp_path_factory.mktemp("package")
    address = pool(root)[0]
    machines = SimulatedMachines(root, bin_dir())
    machines.server_created(address, "shop", Size(vcpu=2, memory_mib=4096, disk_gb=40), "")
    machines.install_k3s(address, CONFIG)
    made = machines.kubeconfig(address).replace("127.0.0.1", address)
    wait(lambda: Api(made).get("/api/v1/namespaces/default/serviceaccounts/default"), "the service account")
    yield made
    machines.stop_all()


@pytest.fixture
def package(kubeconfig):
    made = KubernetesPackage()
    made.configure({"kubeconfig": kubeconfig})
    return made


def config_map(name, **data):
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": "default"},
        "data": data,
    }


def deployment(name, cpu="10m", replicas=1):
    container = {"name": "c", "image": "x", "resources": {"requests": {"cpu": cpu}}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}},
        },
    }


def job(name, cpu):
    container = {"name": "c", "image": "x", "resources": {"requests": {"cpu": cpu}}}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            "namespace": "default",
            "annotations": {"pulumi.com/replaceUnready": "true"},
        },
        "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [container]}}},
    }


def call(inputs, **more):
    return Call(urn="urn", type="kubernetes", name="one", inputs=inputs, **more)


class TestCreate:
    def test_a_taken_name_is_refused(self, package):
        """As pulumi-kubernetes does since 4.29: adopting what is there could delete it later."""
        package.create(call(config_map("taken", a="1")))
        with pytest.raises(PluginError, match="already exists"):
            package.create(call(config_map("taken", a="2")))

    def test_a_taken_name_is_adopted_on_demand(self, package, kubeconfig):
        """After a killed update, for one run of the CLI."""
        package.create(call(config_map("adopted", a="1")))
        package.configure({"kubeconfig": kubeconfig, "upsertExistingObjects": "true"})
        resource_id, outputs = package.create(call(config_map("adopted", a="2")))
        assert (resource_id, outputs["data"]) == ("default/adopted", {"a": "2"})
        package.configure({"kubeconfig": kubeconfig})
        with pytest.raises(PluginError, match="already exists"):
            package.create(call(config_map("adopted", a="3")))

    def test_what_never_becomes_ready_says_why(self, package):
        """The scheduler's own words; the engine keeps the object."""
        with pytest.raises(InitFailedError) as caught:
            package.create(call(deployment("large", cpu="64"), timeout=5))
        assert caught.value.resource_id == "default/large"
        assert "Insufficient cpu" in str(caught.value)

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
        """And the next update takes it back, whoever owns the field by then."""
        inputs = deployment("drifted", cpu="1000m")
        package.create(call(inputs, timeout=20))
        path = "/apis/apps/v1/namespaces/default/deployments/drifted"
        assert package.read(call({}, old_inputs=inputs))[2] == inputs
        package._paths.api.request("PATCH", path, {"spec": {"replicas": 0}}, content_type=MERGE_PATCH)
        found = package.read(call({}, old_inputs=inputs))[2]
        assert found["spec"]["replicas"] == 0
        assert package.update(call(inputs, id="default/drifted", timeout=20))["spec"]["replicas"] == 1

    def test_what_is_no_longer_named_goes(self, package):
        """The first update after the creation, and later ones; what others wrote stays."""
        package.create(call(config_map("shrinking", first="1", second="2", third="3")))
        path = "/api/v1/namespaces/default/configmaps/shrinking"
        package._paths.api.request("PATCH", path, {"data": {"theirs": "x"}}, content_type=MERGE_PATCH)
        package.update(call(config_map("shrinking", first="1", second="2"), id="default/shrinking"))
        assert package._paths.api.get(path)["data"] == {"first": "1", "second": "2", "theirs": "x"}
        package.update(call(config_map("shrinking", first="1"), id="default/shrinking"))
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
