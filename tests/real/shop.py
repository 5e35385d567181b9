"""A shop that really runs: a lab with a real server, and ways to look into it."""

import json
import os
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path

import urllib3
import yaml

from lab.lifecycle import Lab
from lab.nodes.real.vps.network import Network
from lab.nodes.real.vps.server import Vps
from lab.nodes.simulated.api import Api, ApiError
from tests.waiting import patience

REPOSITORY = Path(__file__).resolve().parents[2]
PROMETHEUS = "/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1"


class Shop:
    """One lab by name."""

    def __init__(self, name, provider="hetzner"):
        self.lab, self.provider = Lab(name), provider

    def make(self, *arguments, timeout=1200, **environment):
        """`python -m lab` on it."""
        command = [sys.executable, "-m", "lab", "--name", self.lab.name, *arguments]
        environment = {**os.environ, "LAB": "real", **environment}
        return subprocess.run(
            command,
            cwd=REPOSITORY,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=patience(timeout),
        )

    def up(self, stack="stage1"):
        done = self.make("up", "--stack", stack, "--provider", self.provider)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
        return done.stdout

    def configure(self, **values):
        """Other values in the lab's copy of the stack file; None takes one out."""
        [path] = self.lab.workspace.folder.glob("Pulumi.stage*.yaml")
        content = yaml.safe_load(path.read_text())
        content["config"] |= {f"stagecoach:{key}": value for key, value in values.items()}
        content["config"] = {key: value for key, value in content["config"].items() if value is not None}
        path.write_text(yaml.safe_dump(content, sort_keys=False))

    def update(self):
        """`pulumi up` with what was configured, whatever its exit code."""
        return self.make("pulumi", "--", "up", "--yes", "--skip-preview")

    @property
    def url(self):
        done = self.make("url")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @property
    def api(self):
        return Api((self.lab.root / "kubeconfig").read_text())

    @property
    def vps(self):
        """Its one machine, as the cloud's console shows it."""
        [folder] = (self.lab.root / "vps").iterdir()
        return Vps(folder, Network(self.lab.root))

    def kubectl(self, *arguments, check=True, timeout=120):
        program = str(Path(sys.executable).with_name("kubectl"))
        command = [program, f"--kubeconfig={self.lab.root / 'kubeconfig'}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=patience(timeout))
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def log(self, name):
        """What the pods of a workload of the app's wrote since they started."""
        return self.kubectl("logs", "-n", "app", "-l", f"app.kubernetes.io/name={name}", "-c", name, "--tail=-1")

    def sql(self, query):
        """Of the shop's database."""
        psql = ["psql", "-U", "postgres", "-d", "app", "-tAc", query]
        return self.kubectl("exec", "-n", "app", "postgres-0", "-c", "postgres", "--", *psql).strip()

    def redis(self, instance, *words):
        """Of the broker or the cache."""
        cli = 'exec redis-cli --user admin --pass "$ADMIN_PASSWORD" --no-auth-warning "$@"'
        command = ["sh", "-c", cli, "redis", *words]
        return self.kubectl("exec", "-n", "app", f"{instance}-0", "-c", "redis", "--", *command).strip()

    def query(self, expression):
        """Prometheus' answer: label sets with values."""
        answer = self.api.request("GET", f"{PROMETHEUS}/query", query=expression)
        return [(one["metric"], float(one["value"][1])) for one in answer["data"]["result"]]

    def alerts(self):
        """Prometheus' alerts, pending or firing."""
        return self.api.request("GET", f"{PROMETHEUS}/alerts")["data"]["alerts"]

    def unread_targets(self):
        """What Prometheus has not read since its start."""
        targets = self.api.request("GET", f"{PROMETHEUS}/targets", state="active")["data"]["activeTargets"]
        return [one["scrapeUrl"] for one in targets if one["health"] == "unknown"] if targets else ["anything"]

    def mails(self, recipient):
        """What the sink took for somebody."""
        folder = self.lab.root / "mails" / "new"
        found = [message_from_bytes(path.read_bytes()) for path in folder.iterdir()] if folder.exists() else []
        return [one for one in found if one["To"] == recipient]

    def loadtest(self, *arguments):
        """`python -m infra loadtest`, whatever its exit code; its JSON."""
        kubeconfig = f"--kubeconfig={self.lab.root / 'kubeconfig'}"
        command = [sys.executable, "-m", "infra", "loadtest", kubeconfig, "--json", *arguments]
        done = subprocess.run(
            command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=patience(900)
        )
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def pods(self):
        """Of all namespaces."""
        return self.api.items("/api/v1/pods")

    def look(self):
        """How it is, for somebody who can't ask: pods, what happened to them, what they wrote, what Redis keeps."""
        worker = "logs -n app deployment/celery-worker --tail=40"
        broker = "exec -n app redis-broker-0 -c redis -- redis-cli"
        asked = (
            "get pods -A -o wide",
            "get events -n app --sort-by=.lastTimestamp",
            worker,
            f"{worker} --previous",
            "logs -n app -l app.kubernetes.io/name=django --tail=40",
            "logs -n kube-system -l app.kubernetes.io/name=traefik --tail=40",
            *(f"{broker} {one}" for one in ("llen celery", "hlen unacked", "info clients")),
        )
        try:
            said = [f"$ kubectl {one}\n{self.kubectl(*one.split(), check=False)[-6000:]}" for one in asked]
            return "\n\n".join([*said, self._alerting()])
        except (OSError, subprocess.SubprocessError, ApiError, urllib3.exceptions.HTTPError) as error:
            return f"it does not answer: {error}"

    def _alerting(self):
        """What Prometheus sees: alerts, targets that are down, rules that fail."""
        alerts = [(one["labels"], one["state"]) for one in self.alerts()]
        groups = self.api.request("GET", f"{PROMETHEUS}/rules")["data"]["groups"]
        failing = [
            (one["name"], one.get("lastError")) for group in groups for one in group["rules"] if one["health"] != "ok"
        ]
        slow = [(one["name"], one["evaluationTime"], one["lastEvaluation"]) for one in groups]
        return f"alerts {alerts}\ndown {self.query('up == 0')}\nfailing rules {failing}\ngroups {slow}"

    def close(self):
        """Ends everything."""
        self.lab.reset()
