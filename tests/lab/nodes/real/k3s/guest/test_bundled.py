"""What k3s deploys has the names, labels and requests that the stack counts on."""

import pytest
import yaml

from infra.components.traefik import render_chart_config
from infra.sizing.system import size_system
from lab.nodes.real.k3s.guest.bundled import TRAEFIK_IMAGE, render, render_traefik, traefik_values, unwanted
from lab.nodes.real.k3s.images import BUNDLED
from tests.lab.nodes.real.k3s.guest.configs import server_config
from tests.plans import stage_plan


def objects(texts):
    return [one for text in texts.values() for one in yaml.safe_load_all(text)]


def named(texts, kind, name):
    (found,) = [one for one in objects(texts) if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


@pytest.fixture
def config(tmp_path):
    return server_config(tmp_path)


class TestRender:
    def test_files_as_k3s_names_them(self, config):
        expected = {"rolebindings", "helm-crds", "coredns", "local-storage", "metrics-server", "servicelb"}
        assert set(render(config)) == {f"{name}.yaml" for name in expected}

    def test_every_placeholder_is_filled(self, config):
        texts = render(config)
        assert not [name for name, text in texts.items() if "%{" in text]
        assert named(texts, "Service", "kube-dns")["spec"]["clusterIP"] == "10.43.0.10"
        config_map = named(texts, "ConfigMap", "local-path-config")
        assert '"/var/lib/stagecoach/volumes"' in config_map["data"]["config.json"]

    @pytest.mark.parametrize("name", ["coredns", "metrics-server", "local-path-provisioner"])
    def test_requests_are_those_of_the_plan(self, config, name):
        """infra/sizing/system.py counts them; traefik's come from the stack."""
        container = named(render(config), "Deployment", name)["spec"]["template"]["spec"]["containers"][0]
        (planned,) = [one for one in size_system() if one.name == name]
        wanted = planned.container(name).requests
        resources = container.get("resources", {}).get("requests", {"cpu": "0m", "memory": "0Mi"})
        assert (resources["cpu"], resources["memory"]) == (str(wanted.cpu), str(wanted.memory))

    def test_every_image_is_the_labs(self, config):
        for one in objects(render(config)):
            spec = one.get("spec", {}).get("template", {}).get("spec", {})
            for container in spec.get("containers", []):
                assert container["image"].startswith("lab.stagecoach.dev/lab/")

    def test_default_storage_class(self, config):
        storage = named(render(config), "StorageClass", "local-path")
        assert storage["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"] == "true"


class TestDisabled:
    def test_left_out(self, tmp_path):
        texts = render(server_config(tmp_path, disabled=("metrics-server",)))
        assert "metrics-server.yaml" not in texts

    def test_with_its_kinds(self, tmp_path):
        assert unwanted(server_config(tmp_path, disabled=("traefik",))) == ("traefik", "traefik-crd", "traefik")


class TestTraefik:
    def test_the_stacks_chart_config(self, config, share):
        """What infra/components/traefik.py writes arrives at the container."""
        (plan,) = [one for one in stage_plan().system if one.name == "traefik"]
        given = traefik_values([render_chart_config(plan.container("traefik"), None, read_timeout=600)])
        texts = render_traefik(config, given, share)
        container = named(texts, "Deployment", "traefik")["spec"]["template"]["spec"]["containers"][0]
        assert container["resources"] == {"requests": {"cpu": "50m", "memory": "96Mi"}, "limits": {"memory": "192Mi"}}

    def test_kinds_and_rights_of_its_module(self, config, share):
        texts = render_traefik(config, [], share)
        assert texts["traefik-crd.yaml"] == (share / "traefik-crd.yaml").read_text()
        assert named(texts, "ClusterRole", "traefik-kube-system")["rules"] == [{"verbs": ["get"]}]
        assert {"ServiceAccount", "ClusterRoleBinding", "IngressClass"} < {one["kind"] for one in objects(texts)}

    def test_the_image_is_the_one_that_is_built(self, config, share):
        container = named(render_traefik(config, [], share), "Deployment", "traefik")["spec"]["template"]["spec"]
        assert container["containers"][0]["image"] == TRAEFIK_IMAGE
        assert TRAEFIK_IMAGE.removeprefix("lab.stagecoach.dev/") in {one.image for one in BUNDLED}

    @pytest.mark.parametrize("text", ["", "[", "HelmChartConfig: [", "kind: ConfigMap\nmetadata: {name: traefik}"])
    def test_nothing_said(self, text):
        assert traefik_values([text]) == []

    def test_disabled(self, tmp_path, share):
        assert render_traefik(server_config(tmp_path, disabled=("traefik",)), [], share) == {}
