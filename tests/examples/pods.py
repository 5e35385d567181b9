"""Processes of an example with the commands of its pods."""

import json
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from infra.components.app_environment import MODULE_PATH, render_settings
from infra.components.django import asgi_variables, gunicorn_arguments
from infra.stack_file.app_config import AppConfig
from pod import FOLDER
from tests.plans import stage_plan
from tests.servers import free_port
from tests.waiting import patience


def run_manage(project, environment, *arguments):
    """The output of a `manage.py` command that succeeds."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, timeout=patience(120), check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def running_pods(project, environment, folder, app=None):
    """A function that starts a pod's command, the port of the web pod, the folder of logs; ended with the block.

    `app` is what the stack file says of it, where that is not the default.
    """
    app = app or AppConfig()
    plan, port, children = stage_plan(1), free_port(), []
    django = replace(plan.django, interface=app.interface)
    module = folder / "module"
    shutil.copytree(FOLDER / "stagecoach_celery", module, dirs_exist_ok=True)
    shutil.copy(FOLDER / "stagecoach_asgi.py", module)
    (module / "settings.json").write_text(json.dumps(render_settings(plan.workers[0])))
    environment = {
        **environment,
        **asgi_variables(django, app),
        "HOME": str(folder),  # where gunicorn has its control socket
        "PYTHONPATH": str(module),
        "STAGECOACH_SETTINGS": str(module / "settings.json"),
        "STAGECOACH_STATE": str(folder),
        "REMAP_SIGTERM": "SIGQUIT",
        "GUNICORN_CMD_ARGS": gunicorn_arguments(django, port)
        .replace("/run/gunicorn", str(folder))
        .replace(MODULE_PATH, str(module))
        .replace("0.0.0.0", "127.0.0.1"),
    }

    def start(name, *command):
        program = str(Path(sys.executable).with_name(command[0]))
        with (folder / f"{name}.log").open("w") as log:
            child = subprocess.Popen(
                [program, *command[1:]], cwd=project, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        children.append(child)
        return child

    try:
        yield start, port, folder
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
        try:
            for child in children:
                # A signal between a task's end and its acknowledgement makes Celery sleep through the soft shutdown.
                child.wait(timeout=plan.workers[0].grace_period)
        finally:
            for child in children:
                child.kill()
