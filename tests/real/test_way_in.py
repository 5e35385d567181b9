"""A shop with a name: redirect, certificate, HSTS, and the name that is set after the update."""

import re
import subprocess

import pytest

from lab.nodes.real.vps.names import Names, lead_here
from lab.nodes.real.vps.network import Network
from tests.real.shop import Shop
from tests.waiting import PATIENCE, patience, wait

pytestmark = pytest.mark.vps
HOST, WWW = "shop.example.test", "www.shop.example.test"


@pytest.fixture(scope="module")
def named(shop):
    """With a domain whose record is not there yet; without it again afterwards."""
    shop.configure(domain=HOST, acme_email="a@example.test")
    done = shop.update()
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    yield shop
    shop.configure(domain=None, domains=None, acme_email=None)
    assert shop.update().returncode == 0
    for name in (HOST, WWW):
        Names(shop.lab.root, Network(shop.lab.root)).forget(name)


def curl(shop: Shop, url, *options, host=HOST):
    """From this machine, under a name of the shop's; the answer with its head."""
    address = shop.lab.outputs()["public_ip"]
    ports = [word for port in (80, 443) for word in ("--resolve", f"{host}:{port}:{address}")]
    command = ["curl", "-si", "-m", "20", *ports, *options, url]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=patience(60))


def issuer(shop, host=HOST):
    found = re.search(r"issuer: (.*)", curl(shop, f"https://{host}/healthz", "-kv", host=host).stderr)
    return found[1] if found else ""


@pytest.fixture
def authority(named, tmp_path):
    """What signed the lab's certificates."""
    root = tmp_path / "root.pem"
    root.write_text(Names(named.lab.root, Network(named.lab.root)).root_certificate())
    return str(root)


def data_pods(shop):
    """What an update of names must leave alone."""
    pods = {one["metadata"]["name"]: one["metadata"]["uid"] for one in shop.api.items("/api/v1/namespaces/app/pods")}
    return {name: pods[name] for name in ("postgres-0", "redis-broker-0", "redis-cache-0")}


def test_the_update_says_what_is_missing(named):
    """It ends well: the record can only be made once the address is known."""
    outputs = named.lab.outputs()
    assert outputs["certificates"].startswith(f"{HOST} leads nowhere yet: set its A record to {outputs['public_ip']}.")
    assert "TRAEFIK DEFAULT CERT" in issuer(named)


def test_the_certificate_comes_by_itself_once_the_name_is_set(named, authority):
    lead_here(named.lab.root, [HOST], str(named.lab.outputs()["public_ip"]))
    wait(lambda: "Pebble" in issuer(named), "the certificate", PATIENCE)
    checked = curl(named, f"https://{HOST}/products/silver-ring/", "--cacert", authority)
    assert checked.stdout.startswith("HTTP/2 200"), checked.stderr
    assert "strict-transport-security: max-age=2592000" in checked.stdout


def test_plain_http_leads_to_https(named):
    answer = curl(named, f"http://{HOST}/products/silver-ring/").stdout
    assert answer.split()[1] in ("301", "308")
    assert f"Location: https://{HOST}/products/silver-ring/" in answer


def test_prometheus_knows_the_certificate(named):
    """The alert of a missing one goes by it."""
    series = f'traefik_tls_certs_not_after{{sans="{HOST}"}}'
    assert wait(lambda: named.query(series), series, PATIENCE)
    alerts = {one["labels"]["alertname"] for one in named.alerts() if one["state"] == "firing"}
    assert "TlsCertificateMissing" not in alerts


def test_a_second_name_comes_by_an_update(named, authority):
    """A running stack with `domain` takes `domains`: www leads to its address by a certificate of its own."""
    outputs, before = named.lab.outputs(), data_pods(named)
    lead_here(named.lab.root, [HOST, WWW], str(outputs["public_ip"]))
    named.configure(domain=None, domains=[HOST, WWW])
    done = named.update()
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert data_pods(named) == before
    said = named.lab.outputs()["certificates"]
    assert f"{HOST} has its certificate" in said
    assert "in a circle" not in said
    wait(lambda: "Pebble" in issuer(named, WWW), "its certificate", PATIENCE)
    answer = curl(named, f"https://{WWW}/products/silver-ring/?from=www", "--cacert", authority, host=WWW)
    assert answer.stdout.startswith("HTTP/2 301"), answer.stderr
    assert f"location: https://{HOST}/products/silver-ring/?from=www" in answer.stdout
    page = curl(named, f"https://{HOST}/products/silver-ring/", "--cacert", authority)
    assert page.stdout.startswith("HTTP/2 200"), page.stderr
