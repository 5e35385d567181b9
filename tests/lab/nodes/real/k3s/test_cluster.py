"""A real server: the stack's own script installs the stand-in, and what the stack relies on is there."""

import json
import time

import pytest
from kubernetes.utils.quantity import parse_quantity

from infra.components.traefik import render_chart_config
from infra.scripts import load
from tests.lab.nodes.real.k3s.kube import BUSYBOX, VOLUME_IMAGE, pod, service, until
from tests.plans import spare_bytes, stage_plan

pytestmark = pytest.mark.vps
ADDRESS, PRIVATE = "127.64.253.10", "10.20.1.2"
SERVE = "mkdir -p /tmp/w; echo hello >/tmp/w/index.html; exec httpd -f -v -p 8080 -h /tmp/w"


@pytest.fixture(scope="module")
def server(cluster):
    cluster.create("shop", ADDRESS, PRIVATE)
    cluster.mount("shop", cluster.volume(VOLUME_IMAGE), new=True)
    done = cluster.install_server()
    assert done.returncode == 0, done.stderr + cluster.logs()
    until("the bundled pods", cluster.settled)
    return cluster


@pytest.fixture(scope="module")
def web(server):
    """A pod behind a Service and an Ingress, with a port of the host."""
    ports = {"ports": [{"containerPort": 8080, "hostPort": 8080}]}
    path = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 8080}}}}
    ingress = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"ingressClassName": "traefik", "rules": [{"http": {"paths": [path]}}]},
    }
    server.apply(pod("web", SERVE, container=ports), service("web", 8080), ingress)
    server.run_until_ready("web")
    until("coredns", server.settled)  # a name that is asked for too early costs its pod seconds
    return server


class TestNode:
    def test_size_is_the_instance_types_less_the_plans_reservations(self, server):
        """What is seen of 4096, less 700, 300 and 150 MiB: the plan's, and what is seen above its bound."""
        (node,) = server.objects("nodes")
        allocatable, planned = node["status"]["allocatable"], stage_plan().server.allocatable
        assert (allocatable["cpu"], allocatable["pods"]) == ("1700m", "60")
        mib = int(allocatable["memory"].removesuffix("Ki")) // 1024
        assert mib == (planned.memory.bytes + spare_bytes(4096)) >> 20

    def test_the_root_disk_is_what_pods_share(self, server):
        """The kubelet's folder is there, not on the volume of 10 GiB: 20 GB less file system, threshold and 3 GiB."""
        (node,) = server.objects("nodes")
        shown = int(parse_quantity(node["status"]["allocatable"]["ephemeral-storage"]))
        assert 20 * 10**9 * 80 // 100 - (3 << 30) <= shown <= 20 * 10**9 - (3 << 30)

    def test_labels_and_addresses(self, server):
        (node,) = server.objects("nodes")
        labels = node["metadata"]["labels"]
        assert labels["stagecoach.dev/role"] == "server"
        assert labels["node-role.kubernetes.io/control-plane"] == "true"
        assert {"type": "InternalIP", "address": PRIVATE} in node["status"]["addresses"]

    def test_a_second_run_restarts_nothing(self, server):
        """The install script is run again by every update of the stack."""
        before = server.servers["shop"].run("pgrep", "-o", "etcd").stdout
        assert server.install_server().returncode == 0
        assert server.servers["shop"].run("pgrep", "-o", "etcd").stdout == before

    def test_secrets_are_encrypted_on_the_disk(self, server):
        server.kubectl("create", "secret", "generic", "hidden", "--from-literal=key=plaintext-of-a-secret")
        server.kubectl("create", "configmap", "open", "--from-literal=key=plaintext-of-a-configmap")
        found = "grep -rlc {} /var/lib/stagecoach/k3s/server/db | wc -l"
        count = {
            word: server.servers["shop"].run("sh", "-c", found.format(f"plaintext-of-a-{word}")).stdout.strip()
            for word in ("secret", "configmap")
        }
        assert count["configmap"] != "0"
        assert count["secret"] == "0"


class TestRootDisk:
    def test_a_pod_that_fills_its_folder_is_evicted_alone(self, server):
        """As the stack bounds /tmp; the kubelet measures folders once a minute."""
        command = "head -c 16777216 /dev/zero >/tmp/full; exec sleep 1000"
        container = {"volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}]}  # noqa: S108  a mount in the container
        bounded = [{"name": "tmp", "emptyDir": {"sizeLimit": "8Mi"}}]
        server.apply(pod("full", command, container=container, volumes=bounded, restartPolicy="Never"))
        server.apply(pod("beside", "exec sleep 1000"))
        server.run_until_ready("beside")
        until("the eviction", lambda: server.object("pod", "full")["status"].get("reason") == "Evicted", 180)
        assert "exceeds the limit" in server.object("pod", "full")["status"]["message"]
        assert server.object("pod", "beside")["status"]["phase"] == "Running"
        server.kubectl("delete", "pod", "full", "beside", "--now")  # an evicted pod is never ready again


class TestHardening:
    """docs/explanation/hardening.md, on a real kubelet and API server."""

    SETTINGS = "/etc/sysctl.d/90-stagecoach-kubelet.conf"

    def test_the_audit_log_has_who_and_what_and_no_body(self, server):
        server.kubectl("create", "secret", "generic", "audited", "--from-literal=key=plaintext-in-the-log")
        log = "/var/lib/stagecoach/k3s/server/logs/audit.log"
        vps = server.servers["shop"]
        until("the line", lambda: vps.run("grep", "-c", '"name":"audited"', log).stdout.strip() not in ("", "0"), 30)
        (line, *_) = vps.run("grep", '"name":"audited"', log).stdout.splitlines()
        event = json.loads(line)
        assert (event["verb"], event["level"], event["objectRef"]["resource"]) == ("create", "Metadata", "secrets")
        assert vps.run("grep", "-rl", "plaintext-in-the-log", "/var/lib/stagecoach/k3s/server/logs").stdout == ""

    def test_a_pod_has_a_bound_of_processes(self, server):
        server.apply(pod("bounded", "exec sleep 1000"))
        server.run_until_ready("bounded")
        uid = server.object("pod", "bounded")["metadata"]["uid"]
        find = f"for one in $(find /sys/fs/cgroup -name 'pod{uid}' -type d); do cat $one/pids.max 2>/dev/null; done"
        assert "4096" in server.servers["shop"].run("sh", "-c", find).stdout.split()

    def test_a_kernel_that_is_set_otherwise_is_refused(self, server):
        """By the kubelet, and k3s with it; pods go on, and the settings back mean k3s back."""
        vps = server.servers["shop"]
        before = vps.run("pgrep", "-o", "coredns").stdout
        vps.run("sh", "-c", f"cp {self.SETTINGS} /root/kept; echo kernel.panic = 5 >>{self.SETTINGS}")
        vps.run("sh", "-c", "systemctl restart k3s.service &")
        refused = "invalid kernel flag: kernel/panic, expected value: 10, actual value: 5"
        until("the refusal", lambda: refused in vps.run("sh", "-c", "cat /var/log/k3s/*kubelet*").stdout, 60)
        assert vps.run("pgrep", "-o", "coredns").stdout == before
        vps.run("sh", "-c", f"cp /root/kept {self.SETTINGS}; systemctl restart k3s.service")
        until("the node", lambda: server.ready("shop"), 120)

    def test_nothing_of_them_is_this_machines(self, server):
        """They are the server's own copies."""
        said = server.servers["shop"].run("sysctl", "-n", "vm.overcommit_memory", "kernel.panic").stdout
        assert said.split() == ["1", "10"]


class TestPods:
    def test_service_name_ingress_host_port_exec_and_logs(self, web):
        inside = web.kubectl("exec", "web", "--", "wget", "-q", "-O-", "-T", "5", "http://web.default.svc:8080")
        assert inside == "hello\n"
        assert web.fetch(f"http://{ADDRESS}/") == "hello\n"
        assert web.servers["shop"].run("curl", "-s", "-m", "5", "http://127.0.0.1:8080").stdout == "hello\n"
        assert web.kubectl("exec", "-i", "web", "--", "cat", stdin="typed") == "typed"
        assert web.kubectl("logs", "web").count("response:200") >= 3

    def test_the_ingress_counts_requests_under_traefiks_names(self, web):
        web.fetch(f"http://{ADDRESS}/")
        (traefik,) = web.objects("pods", "-n", "kube-system", "-l", "app.kubernetes.io/name=traefik")
        address = f"http://{traefik['status']['podIP']}:9100/metrics"
        metrics = web.servers["shop"].run("curl", "-s", "-m", "5", address).stdout
        assert (
            'traefik_service_requests_total{code="200",method="GET",protocol="http",service="default-web-8080'
            in metrics
        )

    def test_a_claim_is_bound_and_lies_on_the_volume(self, server):
        claim = {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "data", "namespace": "default"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        }
        mount = {"volumeMounts": [{"name": "data", "mountPath": "/data"}]}
        volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
        command = "echo kept >>/data/file; sync; exec sleep 1000"
        server.apply(claim, pod("writer", command, volumes=volumes, container=mount))
        server.run_until_ready("writer")
        find = "cat /var/lib/stagecoach/volumes/*/file"
        assert server.servers["shop"].run("sh", "-c", find).stdout == "kept\n"

    def test_an_image_that_does_not_exist(self, server):
        server.apply(pod("missing", "true", container={"image": "docker.io/library/nothing:1"}))

        def reason():
            (status,) = server.object("pod", "missing")["status"].get("containerStatuses", [{}])
            return status.get("state", {}).get("waiting", {}).get("reason")

        until("the refusal", lambda: reason() in ("ErrImagePull", "ImagePullBackOff"), 30)
        server.kubectl("delete", "pod", "missing", "--wait=false")

    def test_mounts_of_the_host_are_seen_later(self, server):
        """node-exporter asks for it (infra/components/monitoring/node_exporter.py)."""
        mount = {"volumeMounts": [{"name": "host", "mountPath": "/host", "mountPropagation": "HostToContainer"}]}
        volumes = [{"name": "host", "hostPath": {"path": "/"}}]
        server.apply(pod("host", "exec sleep 1000", volumes=volumes, container=mount))
        server.run_until_ready("host")
        server.servers["shop"].run("sh", "-c", "mkdir -p /mnt/late && mount -t tmpfs late /mnt/late")
        assert "/host/mnt/late" in server.kubectl("exec", "host", "--", "cat", "/proc/mounts")


class TestMetrics:
    def test_top_and_autoscaler(self, server):
        """metrics-server asks the kubelet, the autoscaler asks metrics-server."""
        command = ["sh", "-c", "while :; do :; done"]
        resources = {"requests": {"cpu": "50m"}, "limits": {"cpu": "200m"}}
        container = {"name": "main", "image": BUSYBOX, "command": command, "resources": resources}
        spec = {"terminationGracePeriodSeconds": 1, "containers": [container]}
        template = {"metadata": {"labels": {"app": "busy"}}, "spec": spec}
        busy = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "busy", "namespace": "default"},
            "spec": {"selector": {"matchLabels": {"app": "busy"}}, "template": template},
        }
        server.apply(busy)
        server.kubectl("autoscale", "deployment", "busy", "--cpu=50%", "--min=1", "--max=2")
        until("usage of the node", lambda: server.kubectl("top", "nodes", check=False).returncode == 0, 90)
        until("a second pod", lambda: len(server.objects("pods", "-l", "app=busy")) == 2, 120)
        server.kubectl("delete", "hpa,deployment", "busy")

    def test_a_kill_for_lack_of_memory_is_counted(self, server):
        """The alert goes by container_oom_events_total; the container outlives its child."""
        command = "sleep 12; tail /dev/zero; exec sleep 1000"
        server.apply(pod("greedy", command, container={"resources": {"limits": {"memory": "32Mi"}}}))

        def events():
            text = server.kubectl("get", "--raw", "/api/v1/nodes/shop/proxy/metrics/cadvisor")
            named = 'container_oom_events_total{container="main"'
            return [line for line in text.splitlines() if line.startswith(named) and 'pod="greedy"' in line]

        until("the event", lambda: any(line.split()[-2] == "1" for line in events()), 90)
        server.kubectl("delete", "pod", "greedy", "--wait=false")


class TestManifests:
    def test_traefiks_resources_come_from_the_stacks_file(self, server):
        """infra/components/traefik.py drops it by manifest.sh."""
        (plan,) = [one for one in stage_plan().system if one.name == "traefik"]
        script = "export MANIFEST=traefik-config.yaml\n" + load("manifest.sh")
        done = server.keys.ssh(ADDRESS, script, render_chart_config(plan.container("traefik"), None, read_timeout=600))
        assert done.returncode == 0, done.stderr

        def limits():
            template = server.object("deployment", "traefik", "-n", "kube-system")["spec"]["template"]
            return template["spec"]["containers"][0]["resources"].get("limits")

        until("the new limits", lambda: limits() == {"memory": "192Mi"}, 30)
        until("the new pod", server.settled)
        assert server.objects("helmchartconfigs", "-n", "kube-system")

    def test_a_disabled_part_goes(self, server):
        assert server.install_server(disable=["metrics-server"]).returncode == 0
        gone = ("get", "deployment", "metrics-server", "-n", "kube-system")
        until("its end", lambda: "NotFound" in server.kubectl(*gone, check=False).stderr, 30)
        assert server.install_server().returncode == 0
        until("its return", lambda: server.kubectl(*gone, check=False).returncode == 0, 30)


def test_pods_survive_a_restart_of_k3s(web):
    before = web.object("pod", "web")["status"]["containerStatuses"][0]
    assert web.servers["shop"].run("systemctl", "restart", "k3s").returncode == 0
    assert web.fetch(f"http://{ADDRESS}/") == "hello\n"
    until("the node", lambda: web.ready("shop"))
    time.sleep(5)  # a kubelet that did not find its pods again would start them now
    after = web.object("pod", "web")["status"]["containerStatuses"][0]
    assert json.dumps(after) == json.dumps(before)


def test_k3s_ends_with_any_of_its_parts_and_is_started_again(server):
    vps = server.servers["shop"]
    before = vps.run("pgrep", "-of", "k3s server").stdout
    vps.run("sh", "-c", "kill -9 $(pgrep -o etcd)")
    until("the message", lambda: "etcd ended with -9" in vps.run("journalctl", "-u", "k3s").stdout, 30)
    until("the node", lambda: server.ready("shop"), 60)
    assert vps.run("pgrep", "-of", "k3s server").stdout not in ("", before)


def test_a_misspelt_key_does_not_start(server):
    done = server.install_server(**{"kublet-arg": ["max-pods=1"]})
    assert done.returncode != 0
    journal = server.servers["shop"].run("journalctl", "-u", "k3s").stdout
    assert "flag provided but not defined: -kublet-arg" in journal
    assert server.install_server().returncode == 0


def test_an_ending_certificate_is_renewed_by_the_epoch(server):
    """kubeconfig.sh restarts k3s where the epoch changed."""
    short = (
        "import sys; sys.path.insert(0, '/usr/local/bin/k3s')\n"
        "from pathlib import Path\n"
        "from lab.nodes.real.k3s.guest import certificates as c\n"
        "c._DAYS = 30\n"
        "tls = Path('/var/lib/stagecoach/k3s/server/tls')\n"
        "(tls / 'client-admin.crt').unlink()\n"
        "c.Authority(tls, 'client-ca').client(tls / 'client-admin', 'system:admin', 'system:masters')\n"
    )
    vps = server.servers["shop"]
    assert vps.run("python3", "-c", short).returncode == 0
    scripts = [f"export EPOCH={epoch}\n" + load("kubeconfig.sh") for epoch in ("1", "2")]
    first, second = (server.keys.ssh(ADDRESS, script) for script in scripts)
    assert (first.returncode, second.returncode) == (0, 0)
    days = "openssl x509 -noout -checkend $((360 * 86400)) -in /var/lib/stagecoach/k3s/server/tls/client-admin.crt"
    assert vps.run("sh", "-c", days).returncode == 0
    assert first.stdout != second.stdout
    assert "https://127.0.0.1:6443" in second.stdout


def test_a_power_cut_brings_all_back(web):
    """Also what was written before it and brought to the disk."""
    before = web.restarts("web")
    web.cut_power("shop")
    until("the node", lambda: web.ready("shop"), 60)
    # Until the kubelet has looked, the API server tells what was before the cut.
    until("the pod's start", lambda: web.restarts("web") > before, 60)
    until("the pods", lambda: web.settled("default"), 90)
    until("the bundled pods", web.settled, 90)
    assert web.fetch(f"http://{ADDRESS}/") == "hello\n"


def test_without_the_marker_it_does_not_start(server):
    vps = server.servers["shop"]
    marker = "/var/lib/stagecoach/.stagecoach-deployment"
    vps.run("sh", "-c", f"systemctl stop k3s && mv {marker} /root/marker")
    vps.run("systemctl", "start", "k3s")
    assert vps.run("systemctl", "is-active", "k3s").stdout.strip() != "active"
    vps.run("sh", "-c", f"mv /root/marker {marker}")
    assert vps.run("systemctl", "start", "k3s").returncode == 0
    until("the node", lambda: server.ready("shop"))
