"""A shop that really runs: a lab with a real server, and ways to look into it."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from email import message_from_bytes
from http.cookiejar import CookieJar
from pathlib import Path

import yaml

from lab.cluster.api import Api
from lab.lifecycle import Lab

REPOSITORY = Path(__file__).resolve().parents[2]
PROMETHEUS = "/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1"


def wait(check, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not (value := check()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.5)
    return value


class Browser:
    """Pages with cookies; redirects are followed."""

    def __init__(self, url):
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path, form=None):
        data = urllib.parse.urlencode(form).encode() if form else None
        with self.opener.open(self.url + path, data, timeout=30) as answer:
            return answer.read().decode()

    def status(self, path):
        try:
            self.get(path)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0
        return 200

    def order(self, slug="silver-ring", quantity=1, email="customer@example.com"):
        """Orders as a customer would; the page afterwards."""
        page = self.get(f"/products/{slug}/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        form = {"quantity": str(quantity), "email": email, "csrfmiddlewaretoken": token}
        return self.get(f"/products/{slug}/", form)


class Shop:
    """One lab by name."""

    def __init__(self, name, provider="hetzner"):
        self.lab, self.provider = Lab(name), provider

    def make(self, *arguments, timeout=1200, **environment):
        """`python -m lab` on it."""
        command = [sys.executable, "-m", "lab", "--name", self.lab.name, *arguments]
        environment = {**os.environ, "LAB": "real", **environment}
        return subprocess.run(
            command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False, timeout=timeout
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
        return self.make("pulumi", "--", "up", "--yes")

    @property
    def url(self):
        done = self.make("url")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @property
    def api(self):
        return Api((self.lab.root / "kubeconfig").read_text())

    def kubectl(self, *arguments, check=True, timeout=120):
        program = str(Path(sys.executable).with_name("kubectl"))
        command = [program, f"--kubeconfig={self.lab.root / 'kubeconfig'}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout)
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def sql(self, query):
        """Of the shop's database."""
        psql = ["psql", "-h", "127.0.0.1", "-U", "app", "-d", "app", "-tAc", query]
        return self.kubectl("exec", "-n", "app", "postgres-0", "-c", "postgres", "--", *psql).strip()

    def redis(self, instance, *words):
        """Of the broker or the cache."""
        return self.kubectl("exec", "-n", "app", f"{instance}-0", "-c", "redis", "--", "redis-cli", *words).strip()

    def query(self, expression):
        """Prometheus' answer: label sets with values."""
        answer = self.api.request("GET", f"{PROMETHEUS}/query", query=expression)
        return [(one["metric"], float(one["value"][1])) for one in answer["data"]["result"]]

    def mails(self, recipient):
        """What the sink took for somebody."""
        folder = self.lab.root / "mails" / "new"
        found = [message_from_bytes(path.read_bytes()) for path in folder.iterdir()] if folder.exists() else []
        return [one for one in found if one["To"] == recipient]

    def loadtest(self, *arguments):
        """`python -m infra loadtest`, whatever its exit code; its JSON."""
        kubeconfig = f"--kubeconfig={self.lab.root / 'kubeconfig'}"
        command = [sys.executable, "-m", "infra", "loadtest", kubeconfig, "--json", *arguments]
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=900)
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def pods(self):
        """Of all namespaces."""
        return json.loads(self.kubectl("get", "pods", "-A", "-o", "json"))["items"]

    def close(self):
        """Ends everything."""
        self.lab.reset()
