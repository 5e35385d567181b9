"""What k3s deploys has the names, labels and requests that the stack counts on."""

import pytest
import yaml

from infra.components.traefik import render_chart_config
from infra.sizing.system import size_system
from lab.k3s.guest.bundled import render, traefik_resources, with_resources
from tests.lab.k3s.guest.configs import server_config
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
        expected = {"rolebindings", "helm-crds", "coredns", "local-storage", "metrics-server", "servicelb", "traefik"}
        assert set(render(config, {})) == {f"{name}.yaml" for name in expected}

    def test_every_placeholder_is_filled(self, config):
        texts = render(config, {})
        assert not [name for name, text in texts.items() if "%{" in text]
        assert named(texts, "Service", "kube-dns")["spec"]["clusterIP"] == "10.43.0.10"
        config_map = named(texts, "ConfigMap", "local-path-config")
        assert '"/var/lib/stagecoach/volumes"' in config_map["data"]["config.json"]

    @pytest.mark.parametrize("name", ["coredns", "metrics-server", "local-path-provisioner"])
    def test_requests_are_those_of_the_plan(self, config, name):
        """infra/sizing/system.py counts them; traefik's come from the stack."""
        container = named(render(config, {}), "Deployment", name)["spec"]["template"]["spec"]["containers"][0]
        (planned,) = [one for one in size_system() if one.name == name]
        wanted = planned.container(name).requests
        resources = container.get("resources", {}).get("requests", {"cpu": "0m", "memory": "0Mi"})
        assert (resources["cpu"], resources["memory"]) == (str(wanted.cpu), str(wanted.memory))

    def test_every_image_is_the_labs(self, config):
        for one in objects(render(config, {})):
            spec = one.get("spec", {}).get("template", {}).get("spec", {})
            for container in spec.get("containers", []):
                assert container["image"].startswith("lab.stagecoach.dev/lab/")

    def test_what_prometheus_looks_for(self, config):
        """infra/components/monitoring/scrape.py finds traefik by its label and its port's name."""
        template = named(render(config, {}), "Deployment", "traefik")["spec"]["template"]
        assert template["metadata"]["labels"]["app.kubernetes.io/name"] == "traefik"
        ports = {one["name"]: one["containerPort"] for one in template["spec"]["containers"][0]["ports"]}
        assert ports["metrics"] == 9100

    def test_default_storage_class(self, config):
        storage = named(render(config, {}), "StorageClass", "local-path")
        assert storage["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"] == "true"


class TestDisabled:
    def test_left_out(self, tmp_path):
        texts = render(server_config(tmp_path, disabled=("metrics-server",)), {})
        assert "metrics-server.yaml" not in texts

    def test_no_load_balancer_without_traefik(self, tmp_path):
        texts = render(server_config(tmp_path, disabled=("traefik",)), {})
        assert not {"traefik.yaml", "servicelb.yaml"} & set(texts)


class TestTraefiksResources:
    def test_the_stacks_chart_config(self, config):
        """What infra/components/traefik.py writes arrives at the container."""
        (plan,) = [one for one in stage_plan().system if one.name == "traefik"]
        resources = traefik_resources([render_chart_config(plan.container("traefik"), None)])
        assert resources == {"requests": {"cpu": "50m", "memory": "96Mi"}, "limits": {"memory": "192Mi"}}
        container = named(render(config, resources), "Deployment", "traefik")["spec"]["template"]["spec"]["containers"][
            0
        ]
        assert container["resources"] == resources

    @pytest.mark.parametrize("text", ["", "[", "kind: HelmChartConfig", "kind: ConfigMap\nmetadata: {name: traefik}"])
    def test_nothing_said(self, text):
        assert traefik_resources([text]) == {}

    def test_only_the_deployment_changes(self, config):
        text = render(config, {})["traefik.yaml"]
        before, after = list(yaml.safe_load_all(text)), list(yaml.safe_load_all(with_resources(text, {"limits": {}})))
        assert [one["kind"] for one in before] == [one["kind"] for one in after]
        assert [a["kind"] for a, b in zip(before, after, strict=True) if a != b] == ["Deployment"]
