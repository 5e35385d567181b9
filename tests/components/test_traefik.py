"""The ingress controller's chart values."""

import pytest
import yaml

from infra.components.traefik import render_chart_config
from tests.graphs import exported, run, waits_for
from tests.plans import stage_plan

NAME = "traefik-config"
TRAEFIK = next(one for one in stage_plan(1).system if one.name == "traefik").container("traefik")
NAMES = ("shop.example", "www.shop.example")
# Values that have the same place and kind in traefik-helm-chart v37.1.0 (k3s 1.33), v38.0.2, v39.0.7, v40.1.0 (k3s
# 1.36) and v41.3.0 (the line of k3s 1.37), read from values.yaml and templates/_podtemplate.tpl at those tags on
# 2026-11-30.  Not among them: `providers.file.content` (text, a mapping from v41 on), `ports.web.redirections` (below
# `http` from v39 on), `logs` (`log` and `accessLog` from v41 on).
LASTING = {
    "resources": dict,
    "service.spec": dict,
    "ports.web.transport.respondingTimeouts.readTimeout": str,
    "ports.websecure.transport.respondingTimeouts.readTimeout": str,
    "volumes": list,
    "additionalArguments": list,
    "persistence.enabled": bool,
    "persistence.size": str,
    "certificatesResolvers": dict,
}


def documents(acme_email=None, hosts=()):
    """By kind."""
    text = render_chart_config(TRAEFIK, acme_email, read_timeout=600, hosts=hosts)
    return {one["kind"]: one for one in yaml.safe_load_all(text)}


def values(acme_email=None, hosts=()):
    document = documents(acme_email, hosts)["HelmChartConfig"]
    assert document["metadata"]["name"] == "traefik"
    return yaml.safe_load(document["spec"]["valuesContent"])


def paths(given, prefix=""):
    """Yields (path, value) down to the paths of LASTING."""
    for key, value in given.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict) and path not in LASTING:
            yield from paths(value, f"{path}.")
        else:
            yield path, value


class TestChartConfig:
    def test_requests_are_the_plans(self):
        """k3s's own traefik asks for nothing, and the scheduler would not see it."""
        assert values()["resources"] == {"requests": {"cpu": "50m", "memory": "96Mi"}, "limits": {"memory": "192Mi"}}

    def test_certificates_survive_a_restart(self):
        """The issuer allows five of the same name a week."""
        made = values("a@shop.example")
        acme = made["certificatesResolvers"]["letsencrypt"]["acme"]
        assert acme == {
            "email": "a@shop.example",
            "storage": "/data/acme.json",
            "httpChallenge": {"entryPoint": "web"},
        }
        assert made["persistence"]["enabled"] is True

    def test_none_without_a_domain(self):
        """An address alone must not ask for a certificate: an e-mail address without a domain asks for none."""
        assert set(values()) == {"resources", "service", "ports"}
        assert "certificatesResolvers" not in run(1, acme_email="a@shop.example").inputs(NAME)["stdin"]

    def test_one_name_changes_nothing(self):
        """Traefik of a running stack stays as it is."""
        assert values("a@shop.example", ("shop.example",)) == values("a@shop.example")

    def test_further_names_bring_their_redirects(self):
        """In a file of its own, which stands there before the pod that mounts it."""
        made = documents("a@shop.example", NAMES)
        assert list(made) == ["ConfigMap", "HelmChartConfig"]
        assert made["ConfigMap"]["metadata"]["namespace"] == "kube-system"
        assert values("a@shop.example", NAMES)["volumes"][0]["name"] == made["ConfigMap"]["metadata"]["name"]
        assert "--providers.file.watch=true" in values("a@shop.example", NAMES)["additionalArguments"]
        assert "to-shop_example" in run(1, domains=list(NAMES), acme_email="a@shop.example").inputs(NAME)["stdin"]

    @pytest.mark.parametrize("hosts", [(), NAMES[:1], NAMES])
    def test_every_value_means_the_same_in_every_chart(self, hosts):
        """An update of k3s brings another chart, whose copy in k3s passes over what it does not know."""
        for path, value in paths(values("a@shop.example" if hosts else None, hosts)):
            assert path in LASTING, f"{path} is no value of every chart"
            assert isinstance(value, LASTING[path]), path

    def test_with_a_domain(self):
        made = run(1, domain="shop.example", acme_email="a@shop.example")
        assert "a@shop.example" in made.inputs(NAME)["stdin"]


class TestRequests:
    def test_plain_ones_are_redirected_for_good_where_there_is_a_domain(self):
        """As arguments: the chart's own key for it moved between the versions that k3s bundles."""
        prefix = "--entrypoints.web.http.redirections.entrypoint"
        expected = [f"{prefix}.to=:443", f"{prefix}.scheme=https", f"{prefix}.permanent=true"]
        assert values("a@shop.example")["additionalArguments"] == expected

    def test_customers_keep_their_addresses(self):
        """k3s's load balancer gives every one of them the cluster's own otherwise."""
        assert values()["service"] == {"spec": {"externalTrafficPolicy": "Local"}}

    def test_a_slow_upload_has_the_plans_time(self):
        timeout = {"transport": {"respondingTimeouts": {"readTimeout": "600s"}}}
        assert values()["ports"] == {"web": timeout, "websecure": timeout}
        longer = yaml.safe_load(run(1, overrides={"django": {"read_timeout": 3600}}).inputs(NAME)["stdin"])
        assert longer["spec"]["valuesContent"].count("readTimeout: 3600s") == 2


class TestFile:
    def test_is_put_where_k3s_looks(self):
        """Under a name of its own: traefik.yaml is k3s's."""
        inputs = run(1).inputs(NAME)
        assert exported(inputs["create"])["MANIFEST"] == "traefik-config.yaml"
        assert inputs["update"] == inputs["create"]

    def test_comes_after_k3s(self):
        assert "k3s-install" in waits_for(run(1), NAME)
