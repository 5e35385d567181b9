"""Network policies are enforced by the controller that k3s embeds, on both nodes, as late as it does."""

import pytest

from tests.lab.k3s.kube import VOLUME_IMAGE, pod, service, until

pytestmark = pytest.mark.vps
SERVER, AGENT = "127.64.253.30", "127.64.253.31"
NAME = "shop-celery-1"
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
