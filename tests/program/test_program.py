"""The whole program under mocks, for each stage, in updates and previews."""

import kubernetes_validate
import pytest
import yaml

from infra.names import DEPLOYMENT_LABEL
from tests.mocks import graph
from tests.programs import CONFIG, program, run

PROTECTED_TYPES = (
    "hcloud:index/server:Server",
    "hcloud:index/volume:Volume",
    "hcloud:index/primaryIp:PrimaryIp",
    "hcloud:index/network:Network",
    "pulumi:providers:kubernetes",
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:apps/v1:StatefulSet",
    "random:index/randomPassword:RandomPassword",
)


STAGES = (1, 2, 3, 4)


@pytest.mark.parametrize("stage", STAGES)
class TestEveryStage:
    def test_manifests_are_valid(self, stage):
        """kubernetes-validate's strict schemas take every object."""
        for manifest in run(stage).kubernetes().values():
            kubernetes_validate.validate(manifest, "1.36", strict=True)

    def test_kubernetes_objects_use_the_provider(self, stage):
        """A forgotten provider would talk to whatever kubectl talks to."""
        made = run(stage)
        assert [name for name in made.kubernetes() if "k3s-cluster" not in made.requests[name].provider] == []

    def test_what_must_stay_is_protected(self, stage):
        """Server, volume, address, network, provider, namespaces, claims, StatefulSets, generated secrets."""
        made = run(stage)
        for type_ in PROTECTED_TYPES:
            names = made.of_type(type_)
            assert names, type_
            assert [name for name in names if not made.requests[name].protect] == []

    def test_pods_request_what_the_plan_says(self, stage):
        """The sum of the manifests is the plan's."""
        made = run(stage)
        deployments = [one for one in made.kubernetes().values() if one["kind"] == "Deployment"]
        worker = next(one for one in deployments if one["metadata"]["name"] == "celery-worker")
        requests = worker["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]
        expected = {1: ("400m", "512Mi"), 2: ("600m", "768Mi"), 3: ("600m", "768Mi"), 4: ("800m", "1024Mi")}
        assert (requests["cpu"], requests["memory"]) == expected[stage]

    def test_preview_of_a_new_stack(self, stage):
        """Nothing is registered inside an apply: a preview has every resource of the update."""
        assert run(stage, preview=True).requests.keys() == run(stage).requests.keys()

    def test_components_register_their_outputs(self, stage):
        """Each component ends with register_outputs."""
        made = run(stage)
        components = {name for name, request in made.requests.items() if request.type.startswith("stagecoach:")}
        assert components - made.component_outputs == set()

    def test_children_belong_to_components(self, stage):
        """No resource hangs below the stack itself, or below another resource."""
        made = run(stage)
        components = {name for name, request in made.requests.items() if request.type.startswith("stagecoach:")}
        children = {name: one for name, one in made.requests.items() if name not in components and one.parent}
        assert {one.parent.rsplit("::", 1)[-1] for one in children.values()} - components == set()


class TestPods:
    @pytest.fixture
    def pods(self):
        found = {}
        for name, manifest in run(1).kubernetes().items():
            spec = manifest.get("spec", {})
            template = spec.get("template") or spec.get("jobTemplate", {}).get("spec", {}).get("template")
            if template:
                found[name] = template["spec"]
        return found

    def test_every_container_is_hardened(self, pods):
        """No privileges, no capabilities, a read-only root file system."""
        for pod in pods.values():
            for container in pod["containers"]:
                context = container["securityContext"]
                assert context["allowPrivilegeEscalation"] is False
                assert context["readOnlyRootFilesystem"] is True
                assert context["capabilities"] == {"drop": ["ALL"]}
                assert context["runAsNonRoot"] is True

    def test_every_container_has_requests_and_limits_of_memory_and_disk(self, pods):
        """An unbounded container makes the plan a guess."""
        for pod in pods.values():
            for container in pod["containers"]:
                assert set(container["resources"]["requests"]) == {"cpu", "memory", "ephemeral-storage"}
                assert {"memory", "ephemeral-storage"} <= set(container["resources"]["limits"])

    def test_only_prometheus_has_a_token(self, pods):
        """Nothing else talks to the API server."""
        assert [name for name, pod in pods.items() if pod.get("automountServiceAccountToken") is not False] == [
            "prometheus-stateful-set",
        ]

    def test_data_goes_last(self, pods):
        """Postgres and Redis have the highest class."""
        data = {name for name, pod in pods.items() if pod["priorityClassName"] == "stagecoach-data"}
        assert data == {
            "postgres-stateful-set",
            "postgres-backup-cron-job",
            "redis-broker-stateful-set",
            "redis-cache-stateful-set",
        }


class TestSecrets:
    def test_config_maps_hold_none(self):
        """Generated passwords stand in Secrets only."""
        for manifest in run(1).kubernetes().values():
            if manifest["kind"] != "Secret":
                assert "generated-password" not in str(manifest)

    def test_user_data_holds_only_the_host_key(self):
        """No token and no password reaches the metadata service."""
        text = run(1).inputs("server-server")["userData"]
        assert "generated-password" not in text
        assert yaml.safe_load(text)["ssh_keys"]["ed25519_private"] == "PRIVATE"

    def test_kubeconfig_names_the_stable_address(self):
        """k3s writes 127.0.0.1."""
        assert run(1).inputs("k3s-cluster")["kubeconfig"] == "server: https://198.51.100.7:6443"

    def test_kubeconfig_output_is_secret(self):
        """The command's output is marked, too."""
        assert "stdout" in run(1).requests["k3s-kubeconfig"].additionalSecretOutputs


class TestMove:
    def test_the_server_changes_its_type_only(self):
        """From stage 1 to 2 nothing that replaces differs."""
        before, after = run(1).inputs("server-server"), run(2).inputs("server-server")
        assert {key for key in before if before[key] != after[key]} == {"serverType"}

    def test_ignored_inputs(self):
        """Each of these would replace the server."""
        ignored = set(run(1).requests["server-server"].ignoreChanges)
        assert ignored == {"userData", "sshKeys", "image", "location"}

    def test_stage_2_and_3_share_the_data_services(self):
        """The move between them restarts neither Postgres nor Redis."""
        for name in ("postgres-stateful-set", "redis-broker-stateful-set", "redis-cache-stateful-set"):
            assert run(2).inputs(name) == run(3).inputs(name)

    def test_claim_templates_never_change(self):
        """A change would replace the StatefulSet."""
        for name in run(1).of_type("kubernetes:apps/v1:StatefulSet"):
            templates = [run(stage).inputs(name)["spec"].get("volumeClaimTemplates") for stage in STAGES]
            assert templates == [templates[0]] * len(STAGES)

    def test_names_carry_neither_stack_nor_stage(self):
        """Two stack files of one deployment mean the same things."""
        for name, request in run(2).requests.items():
            if request.type.startswith("hcloud:") and "name" in run(2).inputs(name):
                assert run(2).inputs(name)["name"] == "shop"
                assert run(2).inputs(name)["labels"] == {DEPLOYMENT_LABEL: "shop"}

    def test_cluster_identifier_is_constant(self):
        """A changed kubeconfig must not replace the provider."""
        assert run(1).inputs("k3s-cluster")["clusterIdentifier"] == "shop"


class TestAutoscaling:
    def test_none_at_stage_1(self):
        """The maximum is the minimum: the Deployment names its count."""
        assert run(1).of_type("kubernetes:autoscaling/v2:HorizontalPodAutoscaler") == []
        assert run(1).inputs("django-deployment")["spec"]["replicas"] == 2

    def test_autoscaled_deployments_name_no_count(self):
        """Each update would take it from the autoscaler."""
        assert len(run(2).of_type("kubernetes:autoscaling/v2:HorizontalPodAutoscaler")) == 2
        assert "replicas" not in run(2).inputs("django-deployment")["spec"]
        assert "replicas" not in run(2).inputs("celery-worker-deployment")["spec"]

    def test_bounds_are_the_plans(self):
        """The maximum is what fits."""
        spec = run(2).inputs("celery-worker-autoscaler-hpa")["spec"]
        assert (spec["minReplicas"], spec["maxReplicas"]) == (1, 3)


class TestFirewall:
    def test_admin_ports_are_closed_to_the_world(self):
        """22 and 6443 only from admin_cidrs."""
        rules = {rule["port"]: rule["sourceIps"] for rule in run(1).inputs("server-firewall")["rules"]}
        everyone = ["0.0.0.0/0", "::/0"]
        admins = ["203.0.113.0/24"]
        assert rules == {"80": everyone, "443": everyone, "22": admins, "6443": admins}


class TestDeleteProtection:
    """The cloud's own, beside the engine's `protect`."""

    NAMES = ("server-server", "server-data", "server-address", "server-network")

    def test_is_on(self):
        """Server, volume, address and network; a rebuild would lose the root disk as well."""
        assert [run(1).inputs(name)["deleteProtection"] for name in self.NAMES] == [True] * 4
        assert run(1).inputs("server-server")["rebuildProtection"] is True

    def test_goes_on_purpose(self):
        """The first step of docs/how-to/destroy.md; the engine's own stays until the second."""
        config = {**CONFIG, "stagecoach:stage": 1, "stagecoach:delete_protection": False}
        made = graph(program, config=config)
        assert [made.inputs(name)["deleteProtection"] for name in self.NAMES] == [False] * 4
        assert made.inputs("server-server")["rebuildProtection"] is False
        assert [name for name in self.NAMES if not made.requests[name].protect] == []
