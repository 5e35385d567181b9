"""A web pod's container, by its manifest: the command, variables and files, with the project's own gunicorn."""

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from tests.graphs import container, environment
from tests.kubelet import probe
from tests.servers import free_port
from tests.waiting import patience, wait

NAME = "django-deployment"


class WebPod:
    """One that runs."""

    def __init__(self, manifest, port, log):
        self.manifest, self.port, self.log = manifest, port, log

    def probe(self, kind):
        """What the kubelet hears."""
        return probe(self.manifest[kind], "127.0.0.1", {"http": self.port})


@contextmanager
def web_pod(made, folder, app, **variables):
    """Runs the container of the graph `made` with `app` as the module `app`; `variables` come on top."""
    (folder / "app.py").write_text(app)
    manifest, port = container(made, NAME), free_port()
    module = folder / "module"
    module.mkdir(exist_ok=True)
    for name, text in made.inputs("app-environment-start")["data"].items():
        (module / name).write_text(text)
    secret = made.inputs("app-environment-variables")["stringData"]
    own = environment(manifest)
    own["GUNICORN_CMD_ARGS"] = (
        re.sub(r"--bind=\S+", f"--bind=127.0.0.1:{port}", own["GUNICORN_CMD_ARGS"])
        .replace("/run/gunicorn", str(folder))
        .replace("/opt/stagecoach", str(module))
    )
    python_path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    # In a pod traefik and the kubelet are other hosts, whose X-Forwarded-Proto gunicorn itself does not believe.
    base = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": python_path}
    base["FORWARDED_ALLOW_IPS"] = "192.0.2.1"
    variables = {**base, **secret, **own, **variables}
    # Without the wait for services, which do not run here.
    gunicorn = manifest["command"][manifest["command"].index("gunicorn") :]
    program = str(Path(sys.executable).with_name(gunicorn[0]))
    log = folder / "gunicorn.log"
    with log.open("w") as output:
        child = subprocess.Popen([program, *gunicorn[1:]], cwd=folder, env=variables, stdout=output, stderr=output)
    try:
        wait(lambda: child.poll() is not None or _listens(port), f"gunicorn listens: {log}", seconds=30)
        yield WebPod(manifest, port, log)
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(timeout=patience(40))
        finally:
            child.kill()
            child.wait()


def _listens(port):
    with socket.create_connection(("127.0.0.1", port), timeout=patience(1)):
        return True
