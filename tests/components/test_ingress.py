"""The shop's way in."""

from tests.graphs import run

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

    def test_every_path_goes_to_the_web_pods(self):
        (rule,) = run(1).inputs(NAME)["spec"]["rules"]
        backend = {"service": {"name": "django", "port": {"number": 80}}}
        assert rule["http"]["paths"] == [{"path": "/", "pathType": "Prefix", "backend": backend}]

    def test_no_wait_for_a_load_balancer(self):
        """k3s's own gives the Ingress no address that Pulumi could wait for behind a firewall."""
        assert run(1).inputs(NAME)["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"
