"""Network policies are enforced by the controller that k3s embeds, on both nodes, as late as it does."""

import sys

import pytest

from infra.components.monitoring.node_exporter import UID
from lab.nodes.real.vps.network import ip_batch
from tests.lab.nodes.real.k3s.kube import VOLUME_IMAGE, pod, service, until

pytestmark = pytest.mark.vps
SERVER, AGENT = "127.64.253.30", "127.64.253.31"
NAME = "shop-celery-1"
METADATA = "169.254.169.254"
SERVE = "mkdir -p /tmp/w; echo hello >/tmp/w/index.html; exec httpd -f -p 8080 -h /tmp/w"
FETCH = "wget -q -O- -T 5 http://web.default.svc:8080"
# The first connection by address, because a name costs a moment; errors are no part of a log that is compared.
FIRST = (
    "exec 2>/dev/null; wget -q -O /dev/null -T 5 http://$WEB_SERVICE_HOST:8080 && echo open || echo refused; "
    f"until {FETCH}; do sleep 0.2; done"
)
ANYWHERE = [{"operator": "Exists"}]


def policy(name, spec):
    kind = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
    return {**kind, "metadata": {"name": name, "namespace": "default"}, "spec": spec}


def labelled(name, label, command="exec sleep 1000", **spec):
    made = pod(name, command, tolerations=ANYWHERE, **spec)
    made["metadata"]["labels"]["role"] = label
    return made


# What the shop's own policies are made of: one that closes, and one that opens by label.
CLOSED = policy("closed", {"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Ingress"]})
OPENED = policy(
    "opened",
    {
        "podSelector": {"matchLabels": {"app": "web"}},
        "policyTypes": ["Ingress"],
        "ingress": [
            {
                "from": [{"podSelector": {"matchLabels": {"role": "friend"}}}],
                "ports": [{"port": 8080, "protocol": "TCP"}],
            }
        ],
    },
)
SILENT = policy("silent", {"podSelector": {"matchLabels": {"role": "silent"}}, "policyTypes": ["Egress"]})


@pytest.fixture(scope="module")
def nodes(cluster):
    cluster.create("shop", SERVER, "10.20.1.2")
    cluster.mount("shop", cluster.volume(VOLUME_IMAGE), new=True)
    cluster.create(NAME, AGENT, "10.20.1.3")
    for done in (cluster.install_server(), cluster.install_agent()):
        assert done.returncode == 0, done.stderr + cluster.logs()
    account = ("get", "serviceaccount", "default")  # a controller makes it, and no pod is taken before
    until("the account", lambda: cluster.kubectl(*account, check=False).returncode == 0)
    cluster.apply(service("web", 8080), pod("web", SERVE, nodeName="shop"), CLOSED, OPENED, SILENT)
    for node, where in (("shop", "near"), (NAME, "far")):
        cluster.apply(*(labelled(f"{where}-{one}", one, nodeName=node) for one in ("friend", "stranger", "silent")))
    cluster.run_until_ready(
        "web", *(f"{one}-{two}" for one in ("near", "far") for two in ("friend", "stranger", "silent"))
    )
    until("coredns", cluster.settled)
    return cluster


def fetch(nodes, name):
    """What a pod's request said, its error after its output."""
    done = nodes.kubectl("exec", name, "--", "sh", "-c", f"{FETCH} 2>&1", check=False)
    return done.stdout


@pytest.mark.parametrize("where", ["near", "far"])
def test_what_is_allowed_works(nodes, where):
    until("the page", lambda: fetch(nodes, f"{where}-friend") == "hello\n", 30)


@pytest.mark.parametrize("name", ["near-stranger", "far-stranger"])
def test_what_is_forbidden_is_refused_at_once(nodes, name):
    """REJECT, as kube-router has it: a client need not wait for a timeout."""
    until("the refusal", lambda: "Connection refused" in fetch(nodes, name), 30)


@pytest.mark.parametrize("where", ["near", "far"])
def test_a_pod_that_may_call_nobody(nodes, where):
    """Its own node stops it: not even a name is told, so it asks by address."""
    address = nodes.object("service", "web")["spec"]["clusterIP"]

    def said():
        command = ["wget", "-q", "-O-", "-T", "5", f"http://{address}:8080"]
        return nodes.kubectl("exec", f"{where}-silent", "--", *command, check=False).stderr

    until("the refusal", lambda: "Connection refused" in said(), 30)


def test_a_new_pod_is_refused_until_its_address_is_known(nodes):
    """The fault of a job whose first act is a connection; the controller is stopped, so that it is late for sure."""
    vps = nodes.servers["shop"]
    vps.run("pkill", "-STOP", "-x", "netpol")
    try:
        nodes.apply(labelled("new", "friend", FIRST, nodeName="shop", restartPolicy="Never"))
        until("the refusal", lambda: nodes.kubectl("logs", "new", check=False).stdout.split() == ["refused"], 60)
    finally:
        vps.run("pkill", "-CONT", "-x", "netpol")
    until("its end", lambda: nodes.object("pod", "new")["status"]["phase"] == "Succeeded", 60)
    assert nodes.kubectl("logs", "new").split() == ["refused", "hello"]


def test_a_probe_of_the_kubelet_is_let_in(nodes):
    """From the pod's own node everything is: probes, and port-forwards by the API server."""
    address = nodes.object("pod", "web")["status"]["podIP"]
    done = nodes.servers["shop"].run("curl", "-s", "-m", "5", f"http://{address}:8080")
    assert done.stdout == "hello\n"


def test_its_end_is_k3ss_end(nodes):
    """As of every other part; and with k3s it is back."""
    vps = nodes.servers[NAME]
    vps.run("sh", "-c", "kill -9 $(pgrep -o netpol)")
    until("the message", lambda: "netpol ended with -9" in vps.run("journalctl", "-u", "k3s-agent").stdout, 30)
    until("the node", lambda: nodes.ready(NAME), 60)
    until("the controller", lambda: vps.run("pgrep", "-o", "netpol").stdout, 60)
    until("the refusal", lambda: "Connection refused" in fetch(nodes, "far-stranger"), 60)
    assert fetch(nodes, "far-friend") == "hello\n"


class TestTheServerItself:
    """What the install scripts close before k3s starts: it holds for pods that no policy selects."""

    def test_answers_pods_under_its_private_address(self, nodes):
        """The API server, kubelet and node-exporter are asked there."""
        assert open_ports(nodes, "near-friend", "10.20.1.2", 6443, 10250) == [6443, 10250]

    @pytest.mark.parametrize(("node", "where"), [("shop", "near"), (NAME, "far")])
    def test_and_under_no_other(self, nodes, node, where):
        """Its public ones, and the bridge's; of a Celery server the policies know none."""
        vps = nodes.servers[node]
        public = vps.run("ip", "-o", "-4", "address", "show", "dev", "eth0").stdout.split()[3].partition("/")[0]
        bridge = vps.run("ip", "-o", "-4", "address", "show", "dev", "cni0").stdout.split()[3].partition("/")[0]
        assert vps.run("bash", "-c", f"</dev/tcp/{public}/22").returncode == 0
        for address in (public, bridge):
            assert open_ports(nodes, f"{where}-friend", address, 22, 6443, 10250) == []

    def test_and_under_no_link_local_one(self, nodes):
        """A pod makes one for itself, and policies know IPv4 alone."""
        vps = nodes.servers["shop"]
        said = vps.run("ip", "-o", "-6", "address", "show", "dev", "cni0").stdout.split()
        if not said:
            pytest.skip("this machine has no IPv6")
        address = f"{said[3].partition('/')[0]}%eth0"
        assert open_ports(nodes, "near-friend", address, 22, 6443) == []


class TestMetadataService:
    @pytest.fixture(scope="class")
    def service(self, nodes):
        """As a provider plays it: one address for all of its servers."""
        ip_batch(nodes.network.name, f"addr replace {METADATA}/32 dev public")
        served = nodes.network.popen([sys.executable, "-m", "http.server", "80", "--bind", METADATA])
        until("its answer", lambda: ask(nodes.servers["shop"], 0))
        yield nodes
        served.kill()
        served.wait()

    @pytest.mark.parametrize("user", [0, 100, 999])
    def test_is_open_to_the_system(self, service, user):
        """cloud-init at each boot, and the providers' agents."""
        assert ask(service.servers["shop"], user)

    @pytest.mark.parametrize("node", ["shop", NAME])
    @pytest.mark.parametrize("user", [1000, UID, 65534])
    def test_is_closed_to_programs_of_the_hosts_network(self, service, node, user):
        assert not ask(service.servers[node], user)

    def test_is_closed_to_a_pod_of_the_hosts_network(self, service):
        """As node-exporter is; its user data holds the host key."""
        command = f"wget -q -O- -T 5 http://{METADATA}/ && echo read || echo refused"
        context = {"securityContext": {"runAsUser": UID, "runAsNonRoot": True}}
        service.apply(pod("host", command, hostNetwork=True, nodeName="shop", restartPolicy="Never", container=context))
        until("its end", lambda: service.object("pod", "host")["status"]["phase"] == "Succeeded", 60)
        assert service.kubectl("logs", "host").split()[-1] == "refused"

    def test_is_closed_to_other_pods(self, service):
        assert open_ports(service, "near-friend", METADATA, 80) == []


def ask(vps, user):
    """Whether that user of the server gets an answer."""
    switch = ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups")
    return vps.run(*switch, "curl", "-s", "-m", "5", "-o", "/dev/null", f"http://{METADATA}/").returncode == 0


def open_ports(nodes, name, address, *ports):
    """Those that a pod can connect to."""
    command = "; ".join(f"nc -w 3 {address} {port} </dev/null >/dev/null 2>&1 && echo {port}" for port in ports)
    return [int(one) for one in nodes.kubectl("exec", name, "--", "sh", "-c", f"{command}; true").split()]
