"""Grafana, where the stack file asks for it."""

import kubernetes_validate
import pytest
import yaml

from infra.components.monitoring.grafana import render_provisioning
from tests.graphs import container, environment, pods, run

NAME = "grafana-deployment"


@pytest.fixture(scope="module")
def made():
    return run(2, monitoring={"grafana": True})


class TestFlag:
    def test_off_by_default(self):
        assert [name for name in run(2).requests if name.startswith("grafana")] == []
        assert "grafana" not in run(2).stack_outputs

    def test_takes_nothing_with_it_when_it_goes(self, made):
        """Nothing of it is protected: the password is made either way (credentials.py)."""
        own = [request for name, request in made.requests.items() if name.startswith("grafana")]
        assert len(own) == 4
        assert [request for request in own if request.protect] == []

    def test_says_how_to_reach_it(self, made):
        text = made.stack_outputs["grafana"]
        assert text.startswith("kubectl -n monitoring port-forward deployment/grafana 3000")
        assert "generated-password" not in text


class TestPod:
    def test_memory_is_the_plans(self, made):
        """Its documented minimum of 512 MB is the limit."""
        assert container(made, NAME)["resources"] == {
            "requests": {"cpu": "50m", "memory": "256Mi", "ephemeral-storage": "64Mi"},
            "limits": {"memory": "512Mi", "ephemeral-storage": "832Mi"},
        }

    def test_nobody_comes_in_without_a_password(self, made):
        values = environment(container(made, NAME))
        assert values["GF_AUTH_ANONYMOUS_ENABLED"] == "false"
        assert values["GF_USERS_ALLOW_SIGN_UP"] == "false"
        assert values["GF_SECURITY_ADMIN_PASSWORD"] == ("grafana-admin-autonamed", "password")
        assert made.inputs("grafana-admin")["stringData"] == {"password": "generated-password"}

    def test_calls_nobody(self, made):
        """Its policy lets it reach Prometheus only; a plugin that it can't fetch must not stop it."""
        values = environment(container(made, NAME))
        for key in ("ANALYTICS_REPORTING_ENABLED", "ANALYTICS_CHECK_FOR_UPDATES", "NEWS_NEWS_FEED_ENABLED"):
            assert values[f"GF_{key}"] == "false"
        assert values["GF_PLUGINS_PREINSTALL_DISABLED"] == "true"

    def test_no_door_to_the_world(self, made):
        """Reached by port-forward: neither Service nor Ingress."""
        kinds = {one["kind"] for one in made.kubernetes().values() if "grafana" in str(one["metadata"])}
        assert kinds == {"Deployment", "Secret", "ConfigMap", "NetworkPolicy"}

    def test_is_hardened_and_valid(self, made):
        for name, manifest in made.kubernetes().items():
            if name.startswith("grafana"):
                kubernetes_validate.validate(manifest, "1.33", strict=True)
        context = container(made, NAME)["securityContext"]
        assert (context["readOnlyRootFilesystem"], context["runAsNonRoot"]) == (True, True)
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert pods(made)[NAME]["automountServiceAccountToken"] is False

    def test_never_two_at_once(self, made):
        """The plan has room for one."""
        assert made.inputs(NAME)["spec"]["strategy"] == {"type": "Recreate"}

    def test_every_mount_has_its_volume(self, made):
        pod = pods(made)[NAME]
        mounts = {one["name"] for one in container(made, NAME)["volumeMounts"]}
        assert mounts == {one["name"] for one in pod["volumes"]} == {"provisioning", "dashboards", "data", "tmp"}


class TestProvisioning:
    def test_the_data_source(self):
        (source,) = yaml.safe_load(render_provisioning()["datasources.yaml"])["datasources"]
        assert (source["url"], source["uid"], source["isDefault"]) == ("http://prometheus:9090", "prometheus", True)

    def test_the_url_is_the_services(self, made):
        service = made.inputs("prometheus-service")
        assert service["metadata"]["name"] == "prometheus"
        assert 9090 in [one["port"] for one in service["spec"]["ports"]]

    def test_files_lie_where_grafana_looks(self, made):
        """One folder for each kind, and the dashboards where their provider says."""
        volumes = {one["name"]: one for one in pods(made)[NAME]["volumes"]}
        paths = {one["key"]: one["path"] for one in volumes["provisioning"]["configMap"]["items"]}
        assert paths == {
            "datasources.yaml": "datasources/stagecoach.yaml",
            "dashboards.yaml": "dashboards/stagecoach.yaml",
        }
        (provider,) = yaml.safe_load(render_provisioning()["dashboards.yaml"])["providers"]
        mounts = {one["name"]: one["mountPath"] for one in container(made, NAME)["volumeMounts"]}
        assert provider["options"]["path"] == mounts["dashboards"]
        assert environment(container(made, NAME))["GF_PATHS_PROVISIONING"] == mounts["provisioning"]
        assert volumes["dashboards"]["configMap"]["name"] == "dashboards-config-autonamed"
