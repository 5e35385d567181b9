"""A cluster of real servers for the tests: the stack's own scripts install k3s on them."""

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from infra.scripts import load
from lab.nodes.real.k3s.bundle import k3s_file
from lab.nodes.real.vps.network import GATEWAY, Network
from lab.nodes.real.vps.server import Size, Vps
from tests.lab.nodes.real.k3s.guest.configs import agent_text, server_text
from tests.lab.nodes.real.vps.keys import Keys
from tests.waiting import patience, wait

SMALL = Size(vcpu=2, memory_mib=4096, disk_gb=20)
SUBNET = "10.20.1.0/24"
VOLUME = "/dev/disk/by-id/scsi-0HC_Volume_1"
VOLUME_IMAGE = "volume-1"
BUSYBOX = "lab.stagecoach.dev/lab/busybox:1.37"


def until(what, condition, seconds=120):
    """Wait for a condition; its last answer stands in the failure."""
    said = []

    def asked():
        said.append(condition())
        return said[-1]

    return wait(asked, lambda: f"{what}: {said[-1]!r}", seconds)


@dataclass
class Cluster:
    """One lab: its network with the gateway, a server, perhaps an agent."""

    root: Path
    network: Network
    keys: Keys
    servers: dict = field(default_factory=dict)
    gateway: subprocess.Popen | None = None

    def start_gateway(self):
        path, _, _ = k3s_file()
        self.network.ensure()
        command = [sys.executable, "-m", "lab.images.registry", "--listen", f"{GATEWAY}:5000"]
        with (self.root / "gateway.log").open("wb") as log:
            self.gateway = self.network.popen([*command, "--files", str(path.parent), "--files-port", "80"], log)

    def stop(self):
        for vps in self.servers.values():
            vps.destroy()
        if self.gateway:
            self.gateway.kill()
            self.gateway.wait()
        self.network.remove()

    def create(self, name, address, private_ip, size=SMALL):
        vps = Vps(self.root / "servers" / name, self.network)
        self.servers[name] = vps
        vps.create(name=name, size=size, public_ip=address, user_data=self.keys.user_data(name))
        vps.join(private_ip, SUBNET)
        self.keys.answers(address)
        return vps

    def cut_power(self, name):
        """Long after the last change: a server writes back within 30 s, and what was pulled or installed a moment
        before would be empty files (containerd 1.6 and the install scripts leave it to the kernel).
        """
        vps = self.servers[name]
        vps.run("sync")
        vps.cut()
        vps.power_on()
        self.keys.answers(vps.record.public_ip)

    def volume(self, name):
        """Ten GiB, sparse; the one of this name if there is one."""
        image = self.root / f"{name}.img"
        with image.open("ab") as handle:
            os.truncate(handle.fileno(), 10 << 30)
        return image

    def mount(self, name, image, *, new):
        self.servers[name].attach(image, VOLUME)
        address = self.servers[name].record.public_ip
        done = self.keys.data_volume(address, device=VOLUME, new=new, size_gib=10)
        assert done.returncode == 0, done.stderr

    def install(self, name, script, text):
        """As infra/components/k3s.py runs it: variables before the script, the config by standard input."""
        _, digest, version = k3s_file()
        variables = {"SERVER_ID": "1", "K3S_VERSION": version, "K3S_SHA256": digest, "K3S_URL": f"http://{GATEWAY}/k3s"}
        exports = "".join(f"export {key}={shlex.quote(value)}\n" for key, value in variables.items())
        return self.keys.ssh(self.servers[name].record.public_ip, exports + load("base.sh", script), text)

    def install_server(self, name="shop", **changes):
        address = self.servers[name].record.public_ip
        named = {"node-external-ip": address, "tls-san": [address, "10.20.1.2"]}
        return self.install(name, "k3s_install.sh", server_text(**{**named, **changes}))

    def install_agent(self, name="shop-celery-1", **changes):
        return self.install(name, "k3s_agent_install.sh", agent_text(**changes))

    def kubectl(self, *words, stdin=None, name="shop", check=True):
        done = self.servers[name].run("k3s", "kubectl", *words, stdin=stdin)
        assert not check or done.returncode == 0, done.stderr
        return done.stdout if check else done

    def object(self, kind, name, *words):
        return json.loads(self.kubectl("get", kind, name, *words, "-o", "json"))

    def objects(self, *words):
        return json.loads(self.kubectl("get", *words, "-o", "json"))["items"]

    def apply(self, *objects):
        content = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        self.kubectl("apply", "-f", "-", stdin=json.dumps(content))

    def ready(self, name):
        """Whether the node takes pods."""
        done = self.kubectl("get", "node", name, "--no-headers", check=False)
        return " Ready" in done.stdout

    def restarts(self, name):
        return self.object("pod", name)["status"]["containerStatuses"][0]["restartCount"]

    def run_until_ready(self, *names):
        for name in names:
            until(name, lambda one=name: is_ready(self.object("pod", one)), 90)

    def fetch(self, url):
        """From this machine, as a browser does."""
        command = ["curl", "-sf", "-m", "5", "--retry", "30", "--retry-all-errors", "--retry-delay", "1", url]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=patience(90)).stdout

    def settled(self, namespace="kube-system"):
        """Every pod is ready, and there is one."""
        pods = self.objects("pods", "-n", namespace)
        return bool(pods) and all(is_ready(one) for one in pods)

    def logs(self):
        """For a failure's message."""
        said = [
            vps.run("sh", "-c", "journalctl -u k3s -u k3s-agent | tail -30").stdout for vps in self.servers.values()
        ]
        return "\n".join(said)


def is_ready(pod):
    conditions = {one["type"]: one["status"] for one in pod["status"].get("conditions", [])}
    return conditions.get("Ready") == "True" and "deletionTimestamp" not in pod["metadata"]


def pod(name, command, *, namespace="default", **spec):
    """A pod of busybox."""
    container = {"name": "main", "image": BUSYBOX, "command": ["sh", "-c", command], **spec.pop("container", {})}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name}},
        "spec": {"terminationGracePeriodSeconds": 1, "containers": [container], **spec},
    }


def service(name, port, **spec):
    """A Service of the pods labelled so."""
    ports = [{"name": "http", "port": port, "targetPort": port}]
    metadata = {"name": name, "namespace": "default"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {"selector": {"app": name}, "ports": ports},
    }
