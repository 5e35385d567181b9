"""The real traefik with the stack's own arguments, the ACME server and the DNS server, without a cluster around them.

A file in place of the Ingress says what traefik makes of one; tests/lab/k3s/test_way_in.py has the cluster.
"""

import json
import re
import subprocess
import sys

import pytest
import yaml

from infra.components.traefik import CERTIFICATE_RESOLVER, render_chart_config
from lab.k3s.guest.traefik.arguments import arguments
from lab.k3s.guest.traefik.authority import with_authority
from lab.k3s.guest.traefik.chart import chart, given_values
from lab.k3s.guest.traefik.values import chart_values
from lab.toolchain.build import ensure
from lab.toolchain.programs import CHALLTESTSRV, PEBBLE, TRAEFIK
from lab.vps.names import ACME_ENVIRONMENT, Names, acme_command, dns_command
from lab.vps.network import Network, ip_batch
from lab.vps.possible import why_not
from tests.plans import stage_plan
from tests.servers.way_in import APP, UPLOAD, WEBSOCKET
from tests.waiting import patience, wait

pytestmark = pytest.mark.vps
SHOP, LATE, AWAY = "shop.example.test", "late.example.test", "away.example.test"
OWN, CUSTOMERS = "100.64.0.9", ("100.64.0.251", "100.64.0.252")
(PLAN,) = [one.container("traefik") for one in stage_plan().system if one.name == "traefik"]


class WayIn:
    """A network with traefik, an app, an ACME server and a DNS server."""

    def __init__(self, root):
        self.root, self.network, self.started = root, Network(root), {}
        self.names = Names(root, self.network)
        (root / "dynamic").mkdir()

    def open(self):
        for program in (TRAEFIK, PEBBLE, CHALLTESTSRV):
            ensure(program)
        self.network.ensure()
        ip_batch(self.network.name, *(f"addr add {one}/24 dev public" for one in (OWN, *CUSTOMERS)))
        self.start("dns", *dns_command())
        self.start("acme", "env", *ACME_ENVIRONMENT, *acme_command(self.root / "gateway"))
        self.start("app", sys.executable, "-u", "-c", APP)
        self.names.put(SHOP, OWN)
        (self.root / "root.pem").write_text(self.names.root_certificate())

    def start(self, name, *command):
        with (self.root / f"{name}.log").open("wb") as log:
            self.started[name] = self.network.popen([str(word) for word in command], log)

    def stop(self, name):
        child = self.started.pop(name)
        child.kill()
        child.wait()

    def close(self):
        for name in list(self.started):
            self.stop(name)
        self.network.remove()

    def serve(self, *hosts, read_timeout=600, email="a@example.test"):
        """Starts traefik anew with what the stack gives k3s."""
        if "traefik" in self.started:
            self.stop("traefik")
        (self.root / "acme.json").unlink(missing_ok=True)
        self.route(*hosts)
        document = yaml.safe_load(render_chart_config(PLAN, email, read_timeout=read_timeout))
        self.start("traefik", ensure(TRAEFIK), *self.arguments(given_values([document])))
        wait(lambda: self.curl(f"https://{SHOP}/", "-k").returncode == 0, (self.root / "traefik.log").read_text)

    def arguments(self, given):
        """The chart's own, on this network's ports and folders, without a cluster to ask."""
        objects = with_authority(chart("image:1", *given), "")
        (made,) = [one for one in objects if one["kind"] == "Deployment"]
        words = made["spec"]["template"]["spec"]["containers"][0]["args"]
        assert set(arguments(chart_values(*given), "kube-system/traefik")) <= set(words)
        changed = {
            ":8000/tcp": f"{OWN}:80/tcp",
            ":8443/tcp": f"{OWN}:443/tcp",
            ":8080/tcp": f"{OWN}:8080/tcp",
            "/data/acme.json": str(self.root / "acme.json"),
            "/stagecoach-lab/authority.pem": str(ensure(PEBBLE).resolve().parent / "pebble.minica.pem"),
            "https://pebble:14000": "https://100.64.0.1:14000",
        }
        words = [word for word in words if "providers.kubernetes" not in word]
        for old, new in changed.items():
            words = [word.replace(old, new) for word in words]
        # The certificate of the ACME server's own HTTPS is for another name.
        more = [f"--certificatesresolvers.{CERTIFICATE_RESOLVER}.acme.caServerName=pebble"]
        file = [f"--providers.file.directory={self.root / 'dynamic'}", "--providers.file.watch=true"]
        return [*words, *(more if any("caServer" in word for word in words) else []), *file]

    def route(self, *hosts, **middlewares):
        """What traefik makes of an Ingress for each name; another middleware is another configuration."""
        routers = {
            host.partition(".")[0]: {
                "rule": f"Host(`{host}`) && PathPrefix(`/`)",
                "service": "web",
                "tls": {"certResolver": CERTIFICATE_RESOLVER},
            }
            for host in hosts
        }
        services = {"web": {"loadBalancer": {"servers": [{"url": "http://127.0.0.1:8000"}]}}}
        text = yaml.safe_dump({"http": {"routers": routers, "services": services, "middlewares": middlewares or None}})
        (self.root / "dynamic" / "routes.yml").write_text(text)

    def curl(self, url, *options, host=SHOP, source=None):
        resolve = [word for port in (80, 443) for word in ("--resolve", f"{host}:{port}:{OWN}")]
        command = ["curl", "-s", "-m", "20", *resolve, *(["--interface", source] if source else []), *options, url]
        return self.inside(*command)

    def inside(self, *command):
        through = ["nsenter", f"--net={self.network.path}", "--"]
        return subprocess.run([*through, *command], capture_output=True, text=True, check=False, timeout=patience(60))

    def asked(self, *options, source=None):
        done = self.curl(f"https://{SHOP}/", "--cacert", str(self.root / "root.pem"), *options, source=source)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def by_hand(self, program, pause):
        return self.inside(sys.executable, "-c", program, SHOP, OWN, str(self.root / "root.pem"), pause).stdout

    def issuer(self, host):
        said = self.curl(f"https://{host}/", "-kv", "-o", "/dev/null", host=host).stderr
        found = re.search(r"issuer: (.*)", said)
        return found[1] if found else said

    def has_certificate(self, host):
        return "Pebble" in self.issuer(host)

    def failures(self, host):
        """How often traefik has said that it could not have the certificate."""
        lines = (self.root / "traefik.log").read_text().splitlines()
        return sum("Unable to obtain ACME certificate" in line and host in line for line in lines)


@pytest.fixture(scope="module")
def way_in(tmp_path_factory):
    if reason := why_not():
        pytest.skip(reason)
    made = WayIn(tmp_path_factory.mktemp("way-in"))
    try:
        made.open()
        made.serve(SHOP)
        wait(lambda: made.has_certificate(SHOP), (made.root / "traefik.log").read_text)
        yield made
    finally:
        made.close()


class TestRedirect:
    def test_plain_requests_go_to_https_for_good(self, way_in):
        done = way_in.curl(f"http://{SHOP}/products/?page=2", "-i")
        assert done.stdout.splitlines()[0].split()[1] in ("301", "308")
        assert f"Location: https://{SHOP}/products/?page=2" in done.stdout

    def test_so_does_a_form(self, way_in):
        """With its body: the browser sends it again."""
        done = way_in.curl(f"http://{SHOP}/order", "-i", "-d", "quantity=1")
        assert done.stdout.split()[1] == "308"

    def test_by_https_the_app_answers(self, way_in):
        seen = way_in.asked()
        assert (seen["host"], seen["x-forwarded-proto"]) == (SHOP, "https")


class TestAddresses:
    def test_two_customers_have_two(self, way_in):
        assert [way_in.asked(source=one)["x-forwarded-for"] for one in CUSTOMERS] == list(CUSTOMERS)

    def test_one_that_is_made_up_is_replaced(self, way_in):
        seen = way_in.asked("-H", "X-Forwarded-For: 192.0.2.1", source=CUSTOMERS[0])
        assert seen["x-forwarded-for"] == CUSTOMERS[0]


def test_a_websocket(way_in):
    assert way_in.by_hand(WEBSOCKET, "0").split("\n")[:3] == ["HTTP/1.1 101 Switching Protocols", "first", "second"]


class TestCertificates:
    def test_an_order_that_failed_is_tried_again_after_a_change_alone(self, way_in):
        """The reason of certificates.sh: a middleware that no route uses is such a change."""
        way_in.route(SHOP, LATE)
        wait(lambda: way_in.failures(LATE) == 1, "the first failure")
        way_in.names.put(LATE, OWN)
        assert "TRAEFIK DEFAULT CERT" in way_in.issuer(LATE)
        way_in.route(SHOP, LATE, nudge={"headers": {"customResponseHeaders": {"X-Stagecoach-Ordered": "1"}}})
        wait(lambda: way_in.has_certificate(LATE), "the certificate")
        assert way_in.failures(LATE) == 1

    def test_an_issuer_that_was_away(self, way_in):
        way_in.names.put(AWAY, OWN)
        way_in.stop("acme")
        way_in.route(SHOP, AWAY)
        wait(lambda: way_in.failures(AWAY) == 1, "the first failure")
        way_in.start("acme", "env", *ACME_ENVIRONMENT, *acme_command(way_in.root / "gateway"))
        # The account is unknown to a new server: traefik keeps it in its file, and only a start makes another.
        (way_in.root / "root.pem").write_text(way_in.names.root_certificate())
        way_in.serve(SHOP, AWAY)
        wait(lambda: way_in.has_certificate(AWAY), "the certificate")


class TestReadTimeout:
    def test_a_body_that_takes_longer_is_cut(self, way_in):
        way_in.serve(SHOP, read_timeout=2)
        wait(lambda: way_in.has_certificate(SHOP), "the certificate")
        assert '"length": 2000' not in way_in.by_hand(UPLOAD, "5")

    def test_one_within_it_arrives(self, way_in):
        way_in.serve(SHOP, read_timeout=60)
        wait(lambda: way_in.has_certificate(SHOP), "the certificate")
        assert '"length": 2000' in way_in.by_hand(UPLOAD, "5")


def test_without_a_domain_plain_http_is_answered(way_in):
    """Nothing is redirected where nothing is encrypted."""
    way_in.stop("traefik")
    document = yaml.safe_load(render_chart_config(PLAN, None, read_timeout=600))
    services = {"web": {"loadBalancer": {"servers": [{"url": "http://127.0.0.1:8000"}]}}}
    routers = {"web": {"rule": "PathPrefix(`/`)", "service": "web"}}
    text = yaml.safe_dump({"http": {"routers": routers, "services": services}})
    (way_in.root / "dynamic" / "routes.yml").write_text(text)
    way_in.start("traefik", ensure(TRAEFIK), *way_in.arguments(given_values([document])))
    wait(lambda: way_in.curl(f"http://{SHOP}/").returncode == 0, (way_in.root / "traefik.log").read_text)
    wait(lambda: way_in.curl(f"http://{SHOP}/", "-o", "/dev/null", "-w", "%{http_code}").stdout == "200", "the app")
