"""A shop of one file on a real redis-server, with workers, beat and exporter as their pods start them."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
import urllib.request
from pathlib import Path

import redis
from prometheus_client.parser import text_string_to_metric_families

from infra.components.app_environment import render_settings
from infra.components.celery_worker import worker_command
from infra.components.queue_exporter import exporter_variables
from infra.components.redis_users import ADMIN, render_users
from pod import FOLDER
from tests.plans import stage_plan
from tests.servers import free_port
from tests.servers.redis_server import PASSWORD, PASSWORDS
from tests.waiting import patience, wait

PLAN = stage_plan(1)
WORKER = PLAN.workers[0]
_HEAD = """
import os, signal, time
import redis
from celery import Celery
app = Celery("shop", broker=os.environ["CELERY_BROKER_URL"], backend=os.environ["CELERY_RESULT_BACKEND"])
notes = redis.Redis.from_url(os.environ["CELERY_BROKER_URL"].rsplit("/", 1)[0] + "/5")
"""


class Shop:
    """Starts processes and ends them all with `end`; what tasks write down is in `notes`."""

    def __init__(self, folder, app, **settings):
        self.folder, self.children, self.port = folder, [], free_port()
        for path in (FOLDER / "stagecoach_celery").glob("*.py"):
            shutil.copy(path, folder)
        (folder / "shopapp.py").write_text(_HEAD + textwrap.dedent(app))
        (folder / "settings.json").write_text(json.dumps(render_settings(WORKER) | settings))
        self.environment = {
            **os.environ,
            "CELERY_BROKER_URL": f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0",
            "CELERY_RESULT_BACKEND": f"redis://:{PASSWORD}@127.0.0.1:{self.port}/1",
            "STAGECOACH_CELERY_APP": "shopapp",
            "STAGECOACH_POOLS": json.dumps({worker.pool: worker.queues for worker in PLAN.workers}),
            "STAGECOACH_SETTINGS": str(folder / "settings.json"),
            "PYTHONPATH": str(folder),
            "REMAP_SIGTERM": "SIGQUIT",
        }
        program = shutil.which("redis-server")
        assert program, "redis-server is missing: make programs"
        # The app's rights are those that it has in the cluster; the tests' own are a person's.
        (folder / "redis.conf").write_text("\n".join(render_users(PASSWORDS, may_clear=False)) + "\n")
        arguments = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder))
        self.start("redis", program, str(folder / "redis.conf"), *arguments)
        person = {"port": self.port, "username": ADMIN, "password": PASSWORDS.admin}
        self.broker, self.notes = redis.Redis(**person), redis.Redis(**person, db=5)
        wait(self.broker.ping, "redis", away=redis.exceptions.ConnectionError)

    def start(self, name, *command, **more):
        state = self.folder / name
        state.mkdir(exist_ok=True)
        environment = {**self.environment, "STAGECOACH_STATE": str(state), **more}
        with (self.folder / f"{name}.log").open("a") as log:
            child = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        self.children.append(child)
        return child

    def celery(self, name, *arguments):
        program = str(Path(sys.executable).with_name("celery"))
        return self.start(name, program, "-A", "stagecoach_celery", *arguments)

    def worker(self, name="worker", *arguments):
        """The pool's own command, once it is ready."""
        ready = self.folder / name / "ready"
        ready.unlink(missing_ok=True)
        child = self.celery(name, *worker_command(WORKER)[3:], *arguments)
        wait(ready.exists, lambda: f"worker ready: {self.log(name)[-2000:]}")
        return child

    def send(self, code):
        """As a web pod sends: without the mounted module."""
        command = [sys.executable, "-c", f"import shopapp\napp, tasks = shopapp.app, shopapp.app.tasks\n{code}"]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def exporter(self):
        self.exporter_port = free_port()
        variables = exporter_variables(PLAN.workers) | {
            "EXPORTER_PORT": str(self.exporter_port),
            "EXPORTER_BACKUPS": str(self.folder),
        }
        self.start("exporter", sys.executable, "queue_exporter.py", **variables)
        wait(self.metrics, "exporter")
        wait(self.broker.pubsub_numpat, "exporter's subscription")

    def metrics(self):
        """Values by the metric's name and its labels' values."""
        url = f"http://127.0.0.1:{self.exporter_port}/metrics"
        text = urllib.request.urlopen(url, timeout=patience(10)).read().decode()
        return {
            (sample.name, *sorted(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def log(self, name):
        return (self.folder / f"{name}.log").read_text()

    def said(self, name):
        """What the mounted module said there."""
        return [line for line in self.log(name).splitlines() if line.startswith("stagecoach: ")]

    def end(self):
        for child in reversed(self.children):
            if child.poll() is None:
                child.kill()
            child.wait(timeout=patience(10))
