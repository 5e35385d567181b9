"""The shop's way in."""

from tests.graphs import run, waits_for

NAME = "ingress-ingress"
DOMAIN = {"domain": "shop.example", "acme_email": "a@shop.example"}


def annotations(made):
    return {key for key in made.inputs(NAME)["metadata"]["annotations"] if key.startswith("traefik")}


class TestIngress:
    def test_with_a_domain_it_asks_for_a_certificate(self):
        """By the resolver that traefik's chart values define."""
        made = run(1, **DOMAIN)
        found = made.inputs(NAME)["metadata"]["annotations"]
        assert found["traefik.ingress.kubernetes.io/router.tls"] == "true"
        assert found["traefik.ingress.kubernetes.io/router.tls.certresolver"] == "letsencrypt"
        assert made.inputs(NAME)["spec"]["rules"][0]["host"] == "shop.example"

    def test_without_one_it_answers_under_the_address(self):
        """No certificate is asked for a bare address."""
        assert annotations(run(1)) == set()
        assert "host" not in run(1).inputs(NAME)["spec"]["rules"][0]

    def test_further_names_are_redirected(self):
        """By a middleware of the chart's values, with a certificate each: another rule is another router."""
        made = run(1, domains=["shop.example", "www.shop.example", "shop.example.org"], acme_email="a@shop.example")
        (rule,) = made.inputs(NAME)["spec"]["rules"]
        assert rule["host"] == "shop.example"
        assert "traefik.ingress.kubernetes.io/router.middlewares" not in annotations(made)
        other = made.inputs("ingress-redirects")
        assert [one["host"] for one in other["spec"]["rules"]] == ["www.shop.example", "shop.example.org"]
        found = other["metadata"]["annotations"]
        assert found["traefik.ingress.kubernetes.io/router.middlewares"] == "not-kept@file,to-shop_example@file"
        assert found["traefik.ingress.kubernetes.io/router.tls.certresolver"] == "letsencrypt"
        assert other["metadata"]["name"] != made.inputs(NAME)["metadata"]["name"]

    def test_one_name_under_either_key(self):
        """A stack that changes its key sees no change."""
        one = run(1, domains=["shop.example"], acme_email="a@shop.example").kubernetes()
        assert one == run(1, **DOMAIN).kubernetes()
        assert "ingress-redirects" not in one

    def test_changes_after_the_pods(self):
        """A name leads to pods that allow it: any other is a 400."""
        assert "django-deployment" in waits_for(run(1, **DOMAIN), NAME)

    def test_every_path_goes_to_the_web_pods(self):
        (rule,) = run(1).inputs(NAME)["spec"]["rules"]
        backend = {"service": {"name": "django", "port": {"number": 80}}}
        assert rule["http"]["paths"] == [{"path": "/", "pathType": "Prefix", "backend": backend}]

    def test_no_wait_for_a_load_balancer(self):
        """k3s's own gives the Ingress no address that Pulumi could wait for behind a firewall."""
        assert run(1).inputs(NAME)["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"
