"""The way in of a real server: traefik with the stack's own values, certificates, customers' addresses, slow uploads.

The app behind it is a small one of ours that answers what it was asked.
"""

import json
import re
import subprocess
import sys

import pytest

from infra.components.traefik import CERTIFICATE_RESOLVER, render_chart_config
from infra.scripts import load
from lab.images import ensure_images
from lab.nodes.real.vps.names import ACME_ENVIRONMENT, Names, acme_command, dns_command
from lab.nodes.real.vps.network import ip_batch
from lab.toolchain.build import ensure
from lab.toolchain.programs import CHALLTESTSRV
from tests.graphs import run
from tests.lab.nodes.real.k3s.kube import pod, service, until
from tests.plans import stage_plan
from tests.servers.way_in import APP, UPLOAD, WEBSOCKET
from tests.waiting import patience

pytestmark = pytest.mark.vps
ADDRESS, RESERVED, PRIVATE = "127.64.253.20", "127.64.253.21", "10.20.1.2"
SHOP, LATE, AWAY = "shop.example.test", "late.example.test", "away.example.test"
WWW, CIRCLE = "www.shop.example.test", "circle.example.test"
CUSTOMERS = ("100.64.0.251", "100.64.0.252")
PYTHON = "lab.stagecoach.dev/lab/python:3.13"
PLAN = stage_plan()


@pytest.fixture(scope="module")
def server(cluster):
    """A server with the app behind two names of the shop, as the stack makes an Ingress."""
    ensure_images([PYTHON])
    ensure(CHALLTESTSRV)  # ensure_guest_bin has the others
    cluster.names = Names(cluster.root, cluster.network)
    cluster.create("shop", ADDRESS, PRIVATE)
    started = _names_and_certificates(cluster)
    ip_batch(cluster.network.name, *(f"addr add {one}/24 dev public" for one in CUSTOMERS))
    cluster.mount("shop", cluster.volume("volume-in"), new=True)
    done = cluster.install_server()
    assert done.returncode == 0, done.stderr + cluster.logs()
    until("the bundled pods", cluster.settled)
    app = {"image": PYTHON, "command": ["python3", "-u", "-c", APP], "ports": [{"containerPort": 8000}]}
    web = [pod("web", "", container=app), service("web", 8000)]
    cluster.apply(*web, *(ingress(one) for one in (SHOP, LATE, AWAY, CIRCLE)), redirects())
    cluster.run_until_ready("web")
    yield cluster
    for one in started:
        one.kill()
        one.wait()


def _names_and_certificates(cluster):
    """What lab/nodes/real/vps/gateway.py starts."""
    commands = {"dns": dns_command(), "acme": ["env", *ACME_ENVIRONMENT, *acme_command(cluster.root / "gateway")]}
    started = []
    for name, command in commands.items():
        with (cluster.root / f"{name}.log").open("wb") as log:
            started.append(cluster.network.popen(command, log))
    return started


def ingress(host):
    """As infra/components/ingress.py makes it."""
    router = "traefik.ingress.kubernetes.io/router"
    path = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 8000}}}}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {
            "name": host.partition(".")[0],
            "namespace": "default",
            "annotations": {f"{router}.tls": "true", f"{router}.tls.certresolver": CERTIFICATE_RESOLVER},
        },
        "spec": {"ingressClassName": "traefik", "rules": [{"host": host, "http": {"paths": [path]}}]},
    }


def redirects():
    """The program's own Ingress of further names, in front of that app."""
    made = run(1, domains=[SHOP, WWW], acme_email="a@example.test").inputs("ingress-redirects")
    rules = ingress(WWW)["spec"]["rules"]
    return {**made, "metadata": {**made["metadata"], "namespace": "default"}, "spec": {**made["spec"], "rules": rules}}


def own_address(cluster):
    vps = cluster.servers["shop"]
    return vps.links.arriving(vps.record)


def configure(cluster, text):
    """As infra/components/traefik.py does it; returns when the pod with the new arguments is alone."""
    script = "export MANIFEST=traefik-config.yaml\n" + load("manifest.sh")
    done = cluster.keys.ssh(cluster.servers["shop"].record.public_ip, script, text)
    assert done.returncode == 0, done.stderr
    words = ("certificatesresolvers", "readtimeout", "redirections", "providers.file.directory")
    wanted = [word for word in words if word in text.lower()]

    def rolled():
        deployment = cluster.object("deployment", "traefik", "-n", "kube-system")
        status, arguments = deployment["status"], deployment["spec"]["template"]["spec"]["containers"][0]["args"]
        current = status.get("observedGeneration") == deployment["metadata"]["generation"]
        alone = status.get("replicas") == status.get("updatedReplicas") == status.get("readyReplicas") == 1
        return current and alone and all(word in " ".join(arguments).lower() for word in wanted)

    until("traefik's new pod", rolled)


@pytest.fixture(scope="module")
def shop(server):
    """With the stack's values, its name known, its certificate there."""
    for name in (SHOP, WWW, AWAY):
        server.names.put(name, own_address(server))
    (plan,) = [one.container("traefik") for one in PLAN.system if one.name == "traefik"]
    timeout = PLAN.django.read_timeout
    configure(server, render_chart_config(plan, "a@example.test", read_timeout=timeout, hosts=(SHOP, WWW)))
    (server.root / "authority.pem").write_text(server.names.root_certificate())
    watch(server, SHOP)
    until("the certificate", lambda: "Pebble" in issuer(server, SHOP))
    return server


def watch(cluster, *hosts, wait=0):
    """As infra/components/certificates.py does it; what it says."""
    address = cluster.servers["shop"].record.public_ip
    head = f"export DOMAINS='{' '.join(hosts)}' PUBLIC_IP={address} WAIT_SECONDS={wait}\n"
    done = cluster.keys.ssh(address, head + load("base.sh", "certificates.sh"))
    assert done.returncode == 0, done.stderr
    return done.stdout


def curl(cluster, url, *options, host=SHOP, source=None):
    """From the lab's network, as somebody on the internet."""
    to = own_address(cluster)
    resolve = [word for port in (80, 443) for word in ("--resolve", f"{host}:{port}:{to}")]
    command = ["curl", "-s", "-m", "20", *resolve, *(["--interface", source] if source else []), *options, url]
    through = ["nsenter", f"--net={cluster.network.path}", "--"]
    return subprocess.run([*through, *command], capture_output=True, text=True, check=False, timeout=patience(60))


def asked(cluster, *options, source=None):
    """What the app saw of a request over https whose certificate was checked."""
    authority = str(cluster.root / "authority.pem")
    done = curl(cluster, f"https://{SHOP}/", "--cacert", authority, *options, source=source)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def addresses(cluster):
    """What the app is told of two customers."""
    return [asked(cluster, source=one)["x-forwarded-for"] for one in CUSTOMERS]


def issuer(cluster, host):
    said = curl(cluster, f"https://{host}/", "-kv", "-o", "/dev/null", host=host).stderr
    found = re.search(r"issuer: (.*)", said)
    return found[1] if found else said


def by_hand(cluster, program, pause):
    command = [sys.executable, "-c", program, SHOP, own_address(cluster), str(cluster.root / "authority.pem"), pause]
    through = ["nsenter", f"--net={cluster.network.path}", "--"]
    return subprocess.run([*through, *command], capture_output=True, text=True, check=False, timeout=patience(180))


class TestRedirect:
    def test_plain_requests_go_to_https_for_good(self, shop):
        done = curl(shop, f"http://{SHOP}/products/?page=2", "-i")
        assert done.stdout.splitlines()[0].split()[1] in ("301", "308")
        assert f"Location: https://{SHOP}/products/?page=2" in done.stdout

    def test_also_for_a_name_that_nobody_knows(self, shop):
        assert curl(shop, "http://unknown.example.test/", "-i", host="unknown.example.test").stdout.split()[1] == "301"

    def test_by_https_the_app_answers(self, shop):
        seen = asked(shop)
        assert (seen["host"], seen["x-forwarded-proto"]) == (SHOP, "https")


class TestFurtherNames:
    def test_www_leads_to_the_address_by_its_own_certificate(self, shop):
        """The program's Ingress and file, the chart's volume, traefik's two providers: all of it together."""
        until("its certificate", lambda: "Pebble" in issuer(shop, WWW))
        checked = ("--cacert", str(shop.root / "authority.pem"))
        form = ("-o", "/dev/null", "-w", "%{http_code} %{redirect_url} %header{cache-control}")
        done = curl(shop, f"https://{WWW}/cart/?coupon=may", *checked, *form, host=WWW)
        assert done.stdout == f"301 https://{SHOP}/cart/?coupon=may no-store", done.stderr


class TestAddresses:
    def test_two_customers_have_two(self, shop):
        assert addresses(shop) == list(CUSTOMERS)

    def test_one_that_is_made_up_is_replaced(self, shop):
        seen = asked(shop, "-H", "X-Forwarded-For: 192.0.2.1", source=CUSTOMERS[0])
        assert seen["x-forwarded-for"] == CUSTOMERS[0]

    def test_after_a_reboot(self, shop):
        shop.cut_power("shop")
        until("the app", lambda: curl(shop, f"https://{SHOP}/", "-k", "-f").returncode == 0)
        until("the pods", shop.settled)
        assert addresses(shop) == list(CUSTOMERS)


class TestSlow:
    def test_an_upload_of_more_than_a_minute_arrives(self, shop):
        """traefik's own limit is 60 s."""
        done = by_hand(shop, UPLOAD, "65")
        assert '"length": 2000' in done.stdout, done.stdout + done.stderr

    def test_a_websocket_stays_open(self, shop):
        """Longer than any time that a request may take."""
        done = by_hand(shop, WEBSOCKET, "35")
        assert done.stdout.split("\n")[:3] == ["HTTP/1.1 101 Switching Protocols", "first", "second"], done.stderr


class TestCertificates:
    def test_a_name_that_is_set_late_gets_its_own_without_a_hand(self, shop):
        """By itself traefik tries once."""
        said = watch(shop, SHOP, LATE)
        assert re.search(rf"{SHOP} has its certificate, issued by .*Pebble", said)
        assert f"{LATE} leads nowhere yet: set its A record to {ADDRESS}" in said
        assert "TRAEFIK DEFAULT CERT" in issuer(shop, LATE)
        shop.names.put(LATE, own_address(shop))
        until("its certificate", lambda: "Pebble" in issuer(shop, LATE), 90)

    def test_an_update_waits_for_it(self, shop):
        assert re.search(rf"{AWAY} has its certificate, issued by .*Pebble", watch(shop, SHOP, AWAY, wait=90))


def test_an_app_that_redirects_in_a_circle_is_told_of(shop):
    """The kubelet takes it for health; any other shop is not told of."""
    assert f"{CIRCLE} redirects in a circle" in watch(shop, CIRCLE)
    assert "in a circle" not in watch(shop, SHOP)


def test_a_reserved_address_keeps_them_as_well(shop):
    """As DigitalOcean delivers them: under an address of the interface that is not the public one."""
    vps = shop.servers["shop"]
    vps.readdress(RESERVED)
    shop.keys.answers(RESERVED)
    assert own_address(shop) != vps.links.address
    done = shop.install_server()
    assert done.returncode == 0, done.stderr
    service = ("service", "traefik", "-n", "kube-system")
    until("the load balancer's status", lambda: own_address(shop) in json.dumps(shop.object(*service)["status"]))
    until("the pods", shop.settled)
    # kube-proxy follows the status a moment later.
    until("customers' own addresses", lambda: addresses(shop) == list(CUSTOMERS))
