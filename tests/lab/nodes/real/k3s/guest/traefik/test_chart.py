"""The objects that Helm would install."""

import kubernetes_validate
import pytest
import yaml

from infra.components.traefik import render_chart_config
from lab.nodes.real.k3s.guest.traefik.chart import chart, given_values
from lab.nodes.real.k3s.guest.traefik.values import ChartError
from tests.plans import stage_plan

PLAN = next(one for one in stage_plan().system if one.name == "traefik").container("traefik")


def objects(*given):
    return {one["kind"]: one for one in chart("image:1", *given)}


def pod(*given):
    return objects(*given)["Deployment"]["spec"]["template"]["spec"]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"volumes": [{"name": "a.b", "mountPath": "/a", "type": "configMap"}]},
        {"persistence": {"enabled": True}, "providers": {"file": {"enabled": True, "content": "http: {}"}}},
        {
            "service": {"spec": {"externalTrafficPolicy": "Local"}},
            "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
        },
    ],
)
def test_every_object_is_valid(given):
    """By kubernetes-validate's strict schemas."""
    for one in chart("image:1", given):
        kubernetes_validate.validate(one, "1.33", strict=True)


class TestPlain:
    def test_service_and_deployment_alone(self):
        made = objects()
        assert set(made) == {"Service", "Deployment"}
        ports = {one["name"]: (one["port"], one["targetPort"]) for one in made["Service"]["spec"]["ports"]}
        assert ports == {"web": (80, "web"), "websecure": (443, "websecure")}
        assert made["Service"]["spec"]["type"] == "LoadBalancer"
        assert "externalTrafficPolicy" not in made["Service"]["spec"]

    def test_what_prometheus_looks_for(self):
        """infra/alerts/scrape.py finds traefik by its label and its port's name."""
        template = objects()["Deployment"]["spec"]["template"]
        assert template["metadata"]["labels"]["app.kubernetes.io/name"] == "traefik"
        ports = {one["name"]: one["containerPort"] for one in template["spec"]["containers"][0]["ports"]}
        assert ports == {"metrics": 9100, "traefik": 8080, "web": 8000, "websecure": 8443}

    def test_a_new_pod_stands_before_the_old_one_goes(self):
        strategy = objects()["Deployment"]["spec"]["strategy"]
        assert strategy == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}


class TestValues:
    def test_the_stacks_own_are_taken(self):
        """Whatever infra/components/traefik.py writes is known to the chart."""
        names = ("shop.example", "www.shop.example")
        for email, hosts in ((None, ()), ("a@shop.example", names[:1]), ("a@shop.example", names)):
            text = render_chart_config(PLAN, email, read_timeout=600, hosts=hosts)
            given = given_values(list(yaml.safe_load_all(text)))
            assert pod(*given)["containers"][0]["resources"]["requests"]["memory"] == str(PLAN.requests.memory)

    def test_source_addresses_are_kept(self):
        made = objects({"service": {"spec": {"externalTrafficPolicy": "Local"}}})["Service"]
        assert (made["spec"]["externalTrafficPolicy"], made["spec"]["type"]) == ("Local", "LoadBalancer")

    def test_persistence_is_a_claim_that_outlives_the_chart(self):
        made = objects({"persistence": {"enabled": True, "size": "1Gi"}})
        claim = made["PersistentVolumeClaim"]
        assert claim["spec"]["resources"]["requests"] == {"storage": "1Gi"}
        assert claim["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}
        volume = made["Deployment"]["spec"]["template"]["spec"]["volumes"][0]
        assert volume == {"name": "data", "persistentVolumeClaim": {"claimName": "traefik"}}
        assert pod()["volumes"][0] == {"name": "data", "emptyDir": {}}

    def test_a_claim_of_somebody_else(self):
        made = objects({"persistence": {"enabled": True, "existingClaim": "mine"}})
        assert "PersistentVolumeClaim" not in made

    def test_file_provider(self):
        text = "http:\n  middlewares: {}\n"
        made = objects({"providers": {"file": {"enabled": True, "content": text}}})
        assert made["ConfigMap"]["data"] == {"config.yml": text}
        spec = made["Deployment"]["spec"]["template"]["spec"]
        assert spec["containers"][0]["volumeMounts"][-1]["mountPath"] == "/etc/traefik/dynamic"
        assert spec["volumes"][-1]["configMap"] == {"name": made["ConfigMap"]["metadata"]["name"]}

    def test_a_mapping_is_for_a_later_chart(self):
        with pytest.raises(ChartError, match=r"providers\.file\.content is text in this chart"):
            objects({"providers": {"file": {"enabled": True, "content": {"http": {}}}}})

    def test_volumes_are_mounted_read_only(self):
        """A ConfigMap or a Secret of that name."""
        one = {"name": "a.b", "mountPath": "/etc/a", "type": "configMap"}
        made = pod({"volumes": [one, {**one, "name": "s", "type": "secret"}]})
        assert made["volumes"][-2:] == [
            {"name": "a-b", "configMap": {"name": "a.b"}},
            {"name": "s", "secret": {"secretName": "s"}},
        ]
        mount = {"name": "a-b", "mountPath": "/etc/a", "readOnly": True}
        assert mount in made["containers"][0]["volumeMounts"]

    @pytest.mark.parametrize("one", ["a", {}, {"name": "a", "type": "configMap"}, {"mountPath": "/a"}])
    def test_a_volume_that_helm_refuses(self, one):
        with pytest.raises(ChartError, match=r"volumes: .* has no name or no mountPath"):
            objects({"volumes": [one]})

    @pytest.mark.parametrize(("limit", "text"), [("192Mi", "172MiB"), ("1Gi", "921MiB"), ("200M", "171MiB")])
    def test_go_knows_the_limit(self, limit, text):
        environment = pod({"resources": {"limits": {"memory": limit}}})["containers"][0]["env"]
        assert {"name": "GOMEMLIMIT", "value": text} in environment

    def test_no_limit(self):
        assert not [one for one in pod()["containers"][0]["env"] if one["name"] == "GOMEMLIMIT"]

    def test_a_port_of_the_host(self):
        (web,) = [
            one for one in pod({"ports": {"web": {"hostPort": 80}}})["containers"][0]["ports"] if one["name"] == "web"
        ]
        assert web["hostPort"] == 80

    def test_nothing_to_reach(self):
        closed = {name: {"expose": {"default": False}} for name in ("web", "websecure")}
        with pytest.raises(ChartError, match="without ports"):
            objects({"ports": closed})


class TestGiven:
    def test_only_traefiks(self):
        mine = {"kind": "HelmChartConfig", "metadata": {"name": "traefik"}, "spec": {"valuesContent": "a: 1"}}
        other = {"kind": "HelmChartConfig", "metadata": {"name": "other"}, "spec": {"valuesContent": "b: 1"}}
        assert given_values([mine, other, {"kind": "ConfigMap"}]) == [{"a": 1}]

    @pytest.mark.parametrize("spec", [{}, None, {"valuesContent": ""}])
    def test_nothing_said(self, spec):
        assert given_values([{"kind": "HelmChartConfig", "metadata": {"name": "traefik"}, "spec": spec}]) == [{}]

    @pytest.mark.parametrize(("text", "words"), [("a: [", "is no YAML"), ("- a", "holds no mapping")])
    def test_wrong(self, text, words):
        document = {"kind": "HelmChartConfig", "metadata": {"name": "traefik"}, "spec": {"valuesContent": text}}
        with pytest.raises(ChartError, match=words):
            given_values([document])
