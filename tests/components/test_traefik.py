"""The ingress controller's chart values."""

import yaml

from infra.components.traefik import render_chart_config
from tests.graphs import exported, run, waits_for
from tests.plans import stage_plan

NAME = "traefik-config"
TRAEFIK = next(one for one in stage_plan(1).system if one.name == "traefik").container("traefik")


def values(acme_email=None, hosts=()):
    document = yaml.safe_load(render_chart_config(TRAEFIK, acme_email, read_timeout=600, hosts=hosts))
    assert (document["kind"], document["metadata"]["name"]) == ("HelmChartConfig", "traefik")
    return yaml.safe_load(document["spec"]["valuesContent"])


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
        """Text in YAML in text: as the chart has it."""
        made = values("a@shop.example", ("shop.example", "www.shop.example"))["providers"]["file"]
        assert (made["enabled"], made["watch"]) == (True, True)
        assert "to-shop_example" in yaml.safe_load(made["content"])["http"]["middlewares"]
        names = ["shop.example", "www.shop.example"]
        assert "to-shop_example" in run(1, domains=names, acme_email="a@shop.example").inputs(NAME)["stdin"]

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
