"""The command that looks after certificates."""

from tests.graphs import exported, run, waits_for

NAME = "certificates-watch"
WITH = {"domain": "shop.example", "acme_email": "a@shop.example"}


def test_knows_names_and_address():
    variables = exported(run(1, **WITH).inputs(NAME)["create"])
    assert variables["DOMAINS"] == "shop.example"
    assert variables["PUBLIC_IP"] == "198.51.100.7"


def test_without_a_domain_the_service_is_removed():
    """A stack that had one gets rid of it by an update."""
    made = run(1)
    assert exported(made.inputs(NAME)["create"])["DOMAINS"] == ""
    assert "certificates" not in made.stack_outputs


def test_comes_after_the_ingress():
    """Before, traefik knows no name to order for."""
    assert "ingress-ingress" in waits_for(run(1, **WITH), NAME)


def test_an_output_says_how_it_stands():
    assert "certificates" in run(1, **WITH).stack_outputs
