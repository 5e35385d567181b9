"""Which address traefik sees of a customer: a real kube-proxy between the load balancer's rules and a pod, without k3s.

tests/lab/nodes/real/k3s/test_way_in.py has the whole server.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from infra.components.traefik import render_chart_config
from lab.nodes.real.k3s.guest.servicelb import daemon_set
from lab.nodes.real.k3s.guest.traefik.chart import chart, given_values
from lab.nodes.real.vps.links import Links
from lab.nodes.real.vps.network import Network, ip_batch
from lab.nodes.real.vps.possible import why_not
from lab.paths import REPOSITORY
from lab.toolchain.build import ensure
from lab.toolchain.programs import ETCD, KUBE
from tests.plans import stage_plan
from tests.waiting import patience, wait

pytestmark = pytest.mark.vps
CUSTOMERS, PRIVATE = ("100.64.0.251", "100.64.0.252"), "10.20.1.2"
BRIDGE, POD, BALANCER = "10.42.0.1", "10.42.0.5", "10.42.0.6"
(PLAN,) = [one.container("traefik") for one in stage_plan().system if one.name == "traefik"]
# In traefik's place: says whom it sees.
APP = """
import http.server

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = self.client_address[0].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
"""
ENDPOINTS = {
    "apiVersion": "discovery.k8s.io/v1",
    "kind": "EndpointSlice",
    "metadata": {
        "name": "traefik-1",
        "namespace": "kube-system",
        "labels": {"kubernetes.io/service-name": "traefik"},
    },
    "addressType": "IPv4",
    "ports": [{"name": "web", "port": 8000, "protocol": "TCP"}],
    "endpoints": [{"addresses": [POD], "nodeName": "shop", "conditions": {"ready": True}}],
}


class Node:
    """A network as a server's, with the pods' bridge, a pod, and one of the load balancer's."""

    def __init__(self, root):
        self.root, self.network, self.started = root, Network(root), []
        self.links = Links(self.network, "1")
        self.names = [f"{self.links.name}-{one}" for one in ("pod", "balancer")]

    def open(self):
        self.network.ensure()
        self.links.create()
        self.links.anchored()
        self.links.join(PRIVATE, "10.20.1.0/24")
        ip_batch(self.network.name, *(f"addr add {one}/24 dev public" for one in CUSTOMERS))
        ip_batch(self.links.name, "link add cni0 type bridge", f"addr add {BRIDGE}/24 dev cni0", "link set cni0 up")
        self.inside("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.bridge.bridge-nf-call-iptables=1")
        for number, (name, address) in enumerate(zip(self.names, (POD, BALANCER), strict=True)):
            self.pod(number, name, address)
        self.start(self.names[0], sys.executable, "-c", APP)
        self.plane = self.start(self.links.name, sys.executable, "-m", "tests.servers.kube_proxy", self.root)
        assert self.plane.stdout.readline() == "both run\n", self.plane.stderr.read()
        # What the kubelet has of portmap for a port of the host.
        local = ["-m", "addrtype", "--dst-type", "LOCAL", "-p", "tcp", "--dport", "80"]
        to = ["-j", "DNAT", "--to-destination", f"{BALANCER}:80"]
        self.inside("iptables", "-t", "nat", "-A", "PREROUTING", *local, *to)
        self.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "shop"}})

    def pod(self, number, name, address):
        """A network of its own on the pods' bridge."""
        self.run("ip", "netns", "add", name)
        link = f"link add v{number} type veth peer name eth0 netns {name}"
        ip_batch(self.links.name, link, f"link set v{number} master cni0 up")
        ip_batch(name, "link set lo up", f"addr add {address}/24 dev eth0", "link set eth0 up")
        ip_batch(name, f"route add default via {BRIDGE}")

    def start(self, name, *command, **variables):
        through = ["nsenter", f"--net=/run/netns/{name}", "--"]
        pipe = subprocess.PIPE
        child = subprocess.Popen(
            [*through, *map(str, command)],
            cwd=REPOSITORY,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
            env={**os.environ, **variables},
            start_new_session=True,
        )
        self.started.append(child)
        return child

    def run(self, *command, stdin=None):
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=patience(60))
        assert done.returncode == 0, done.stderr
        return done.stdout

    def inside(self, *command, stdin=None):
        return self.run("nsenter", f"--net={self.links.path}", "--", *command, stdin=stdin)

    def kubectl(self, *words, stdin=None):
        program = str(Path(sys.executable).with_name("kubectl"))
        return self.inside(program, f"--kubeconfig={self.root / 'kubeconfig'}", *words, stdin=stdin)

    def apply(self, *objects):
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        self.kubectl("apply", "--server-side", "--force-conflicts", "--filename=-", stdin=text)

    def serve(self, policy, *addresses):
        """traefik's Service by the stack's values, the policy named; the load balancer's pod and status as k3s's."""
        values = yaml.safe_load(render_chart_config(PLAN, None, read_timeout=600))
        given = [*given_values([values]), {"service": {"spec": {"externalTrafficPolicy": policy}} if policy else {}}]
        (service,) = [one for one in chart("image:1", *given) if one["kind"] == "Service"]
        self.apply(service, ENDPOINTS)
        status = {"status": {"loadBalancer": {"ingress": [{"ip": one} for one in addresses]}}}
        names = ("service", "traefik", "--namespace=kube-system")
        self.kubectl("patch", *names, "--subresource=status", "--type=merge", "--patch", json.dumps(status))
        made = daemon_set(json.loads(self.kubectl("get", *names, "--output=json")))
        web = made["spec"]["template"]["spec"]["containers"][0]
        variables = {one["name"]: one.get("value", PRIVATE) for one in web["env"]}  # the host's address is a reference
        forget = "echo 1 >/proc/sys/net/ipv4/ip_forward; iptables -t nat -F"
        self.run("nsenter", f"--net=/run/netns/{self.names[1]}", "--", "sh", "-c", forget)
        self.start(self.names[1], "sh", REPOSITORY / "lab/images/service_lb/rules.sh", **variables)

    def seen(self, to, expected):
        """Whom the app sees of each customer, once that is what is expected; rules follow a change after a moment."""
        said = []

        def ask():
            said[:] = [self.asked(to, one) for one in CUSTOMERS]
            return said == expected

        wait(ask, lambda: f"{said} in place of {expected}")
        return said

    def asked(self, to, customer):
        through = ["nsenter", f"--net={self.network.path}", "--"]
        command = [*through, "curl", "-s", "-m", "3", "--interface", customer, f"http://{to}/"]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=patience(20)).stdout

    def close(self):
        if hasattr(self, "plane"):
            self.plane.stdin.close()
            self.plane.wait(timeout=patience(30))
        for child in self.started:
            self.kill(child)
        for name in self.names:
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)
        self.links.remove()
        self.network.remove()

    def kill(self, child):
        """With what it started: the load balancer's script sleeps by a program."""
        try:
            os.killpg(child.pid, 9)
        except ProcessLookupError:
            return
        child.wait(timeout=patience(10))


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    if reason := why_not():
        pytest.skip(reason)
    for program in (KUBE, ETCD):
        ensure(program)
    made = Node(tmp_path_factory.mktemp("node"))
    try:
        made.open()
        yield made
    finally:
        made.close()


def test_the_stacks_values_keep_them(node):
    node.serve("", node.links.address)
    assert node.seen(node.links.address, list(CUSTOMERS)) == list(CUSTOMERS)


def test_the_charts_own_policy_gives_everybody_the_clusters(node):
    """What W3 was: the bridge's address, whoever asks."""
    node.serve("Cluster", node.links.address)
    assert node.seen(node.links.address, [BRIDGE, BRIDGE]) == [BRIDGE, BRIDGE]


def test_an_address_that_the_node_does_not_name_is_masqueraded(node):
    """A reserved address arrives under such a one: base.sh names it (write_arriving_addresses)."""
    node.serve("Local", node.links.address)
    assert node.seen(node.links.anchor, [BALANCER, BALANCER]) == [BALANCER, BALANCER]
    node.serve("Local", node.links.address, node.links.anchor)
    assert node.seen(node.links.anchor, list(CUSTOMERS)) == list(CUSTOMERS)
