"""A shop with a name: redirect, certificate, HSTS, and the name that is set after the update."""

import re
import subprocess

import pytest

from lab.vps.names import Names, lead_here
from lab.vps.network import Network
from tests.real.shop import Shop
from tests.waiting import PATIENCE, patience, wait

pytestmark = pytest.mark.vps
HOST = "shop.example.test"


@pytest.fixture(scope="module")
def named(shop):
    """With a domain whose record is not there yet; without it again afterwards."""
    shop.configure(domain=HOST, acme_email="a@example.test")
    done = shop.update()
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    yield shop
    shop.configure(domain=None, acme_email=None)
    assert shop.update().returncode == 0
    Names(shop.lab.root, Network(shop.lab.root)).forget(HOST)


def curl(shop: Shop, url, *options):
    """From this machine, under the shop's name; the answer with its head."""
    address = shop.lab.outputs()["public_ip"]
    ports = [word for port in (80, 443) for word in ("--resolve", f"{HOST}:{port}:{address}")]
    command = ["curl", "-si", "-m", "20", *ports, *options, url]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=patience(60))


def issuer(shop):
    found = re.search(r"issuer: (.*)", curl(shop, f"https://{HOST}/healthz", "-kv").stderr)
    return found[1] if found else ""


def test_the_update_says_what_is_missing(named):
    """It ends well: the record can only be made once the address is known."""
    outputs = named.lab.outputs()
    assert outputs["certificates"].startswith(f"{HOST} leads nowhere yet: set its A record to {outputs['public_ip']}.")
    assert "TRAEFIK DEFAULT CERT" in issuer(named)


def test_the_certificate_comes_by_itself_once_the_name_is_set(named, tmp_path):
    lead_here(named.lab.root, [HOST], str(named.lab.outputs()["public_ip"]))
    wait(lambda: "Pebble" in issuer(named), "the certificate", PATIENCE)
    root = tmp_path / "root.pem"
    root.write_text(Names(named.lab.root, Network(named.lab.root)).root_certificate())
    checked = curl(named, f"https://{HOST}/products/silver-ring/", "--cacert", str(root))
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
