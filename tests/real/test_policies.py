"""Network policies are enforced: what they forbid is refused, what the shop does works, jobs work at the first try."""

import copy
import time

import pytest

from lab.nodes.real.k3s.guest.containerd import REGISTRY
from tests.real.jobs import backup_spec, migration_spec, run_job
from tests.waiting import patience, wait

pytestmark = pytest.mark.vps

# One process for several addresses: after about six refusals each costs a second, because ICMP is limited.
CONNECT = """
import socket, sys
socket.setdefaulttimeout(float(sys.argv[1]))
for word in sys.argv[2:]:
    host, _, port = word.rpartition(":")
    try:
        socket.create_connection((host, int(port))).close()
        print("open")
    except OSError as error:
        print(type(error).__name__)
"""
REFUSED = "ConnectionRefusedError"
SPECS = {"dump": backup_spec, "migration": migration_spec}


def connections(shop, workload, *addresses):
    """What happens to connections from a workload's pod, by address."""
    command = (
        "exec",
        "-n",
        "app",
        f"deployment/{workload}",
        "--",
        "python",
        "-c",
        CONNECT,
        str(patience(5)),
        *addresses,
    )
    return dict(zip(addresses, shop.kubectl(*command).split(), strict=True))


def mail_server(shop):
    """On the lab's internet."""
    url = shop.kubectl("exec", "-n", "app", "deployment/celery-worker", "--", "printenv", "EMAIL_URL").strip()
    return url.removeprefix("smtp://").rstrip("/")


def api_server(shop):
    """On the server's private address."""
    [node] = shop.api.items("/api/v1/nodes")
    [address] = [one["address"] for one in node["status"]["addresses"] if one["type"] == "InternalIP"]
    return f"{address}:6443"


def own_address(shop):
    """Of eth0, where packets to the server's public address arrive in the lab."""
    said = shop.vps.run("ip", "-o", "-4", "address", "show", "dev", "eth0").stdout
    return said.split()[3].partition("/")[0]


def from_traefik(shop, address):
    """A connection from traefik's network, by the server's own bash."""
    pods = "/api/v1/namespaces/kube-system/pods"
    [pod] = shop.api.request("GET", pods, labelSelector="app.kubernetes.io/name=traefik")["items"]
    host, _, port = address.rpartition(":")
    find = "for one in /proc/[0-9]*; do nsenter -t ${one#/proc/} -n ip -o -4 address 2>/dev/null"
    find += f" | grep -q ' {pod['status']['podIP']}/' && echo ${{one#/proc/}} && break; done"
    return ["bash", "-c", f"exec timeout 5 nsenter -t $({find}) -n bash -c '</dev/tcp/{host}/{port}'"]


class TestAccess:
    def test_what_the_shop_does(self, shop):
        """By name, so that DNS is part of it."""
        addresses = ("postgres:5432", "redis-broker:6379", "redis-cache:6379", mail_server(shop))
        assert connections(shop, "celery-worker", *addresses) == dict.fromkeys(addresses, "open")

    def test_a_worker_reaches_no_other_part(self, shop):
        """Another pod's page, monitoring, the cluster."""
        addresses = ("django:80", "prometheus.monitoring:9090", api_server(shop))
        assert connections(shop, "celery-worker", *addresses) == dict.fromkeys(addresses, REFUSED)

    def test_a_web_pod_reaches_nothing_of_the_servers(self, shop):
        """SSH, API, kubelet and node-exporter on the address that packets to the public one arrive under."""
        addresses = [f"{own_address(shop)}:{port}" for port in (22, 6443, 10250, 9100)]
        assert connections(shop, "django", *addresses) == dict.fromkeys(addresses, REFUSED)

    def test_nor_another_private_network(self, shop):
        """The lab's registry lies in 100.64.0.0/10, where a provider's inner services are; it answers the server."""
        registry = REGISTRY.removeprefix("http://")
        assert shop.vps.run("curl", "-sf", "-m", "5", f"{REGISTRY}/v2/").returncode == 0
        assert connections(shop, "django", registry) == {registry: REFUSED}

    def test_the_server_itself_closes_what_policies_come_too_late_for(self, shop):
        """Without a policy, as a new pod is for a moment: a pod of kube-system, where there are none."""
        private, own = api_server(shop), own_address(shop)
        assert shop.vps.run(*from_traefik(shop, private)).returncode == 0
        for address in (f"{own}:22", f"{own}:6443", f"{own}:10250", "10.42.0.1:22"):
            assert shop.vps.run(*from_traefik(shop, address)).returncode != 0, address

    def test_beat_reaches_no_internet(self, shop):
        address = mail_server(shop)
        assert connections(shop, "celery-beat", "redis-broker:6379", address) == {
            "redis-broker:6379": "open",
            address: REFUSED,
        }

    def test_every_target_is_read(self, shop):
        """Exporters in the shop's namespace, node-exporter on the host's network, kubelet, traefik."""
        wait(lambda: not shop.unread_targets(), "all targets")
        # The first look at a pod may come before it listens: the next one is a minute later.
        wait(lambda: shop.query("up") and not down(shop), lambda: f"an answer of {down(shop)}", seconds=150)
        jobs = {labels["job"] for labels, _ in shop.query("up")}
        assert jobs == {"prometheus", "alertmanager", "cadvisor", "node-exporter", "traefik", "pods"}


def down(shop):
    """What gave no answer when Prometheus looked last."""
    return [labels for labels, value in shop.query("up") if value != 1]


class TestFirstTry:
    """A new pod's connections are refused for a moment; without a wait half of the jobs failed for good."""

    @pytest.mark.parametrize("kind", SPECS)
    def test_three_in_a_row(self, shop, kind):
        assert tries(shop, kind, 3) == [0] * 3

    def test_a_wrong_password_fails_at_once(self, shop):
        """In Postgres' own words: the wait is for an answer, not for success."""
        spec = copy.deepcopy(backup_spec(shop))
        spec["backoffLimit"] = 0
        container = spec["template"]["spec"]["containers"][0]
        container["env"] = [one for one in container["env"] if one["name"] != "PGPASSWORD"]
        container["env"].append({"name": "PGPASSWORD", "value": "wrong"})
        began = time.monotonic()
        ended = run_job(shop, "wrong-password", spec)
        assert not ended.succeeded
        assert 'password authentication failed for user "stagecoach_backup"' in ended.log
        assert "did not answer" not in ended.log
        assert time.monotonic() - began < patience(30), "half of the time that it waits for a server that is away"


class TestTwentyFirstTries:
    @pytest.mark.parametrize("kind", SPECS)
    def test_twenty_in_a_row(self, shop, kind):
        """The nightly dump, and the migration before an update; each a new pod."""
        assert tries(shop, kind, 20) == [0] * 20


def tries(shop, kind, count):
    """How many pods of each job failed, one job after the other."""
    spec = SPECS[kind](shop)
    ended = [run_job(shop, f"{kind}-{number}", spec) for number in range(count)]
    assert [one.log for one in ended if not one.succeeded] == []
    return [one.failed for one in ended]
