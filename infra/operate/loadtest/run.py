"""Run the load test's pod and follow its output."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from infra.errors import Problem, RefusedError
from infra.names import APP_NAMESPACE, CELERY_WORKER
from infra.operate.kubectl import Kubectl
from infra.operate.loadtest.pod import NAME, Load, render_pod
from infra.operate.loadtest.result import LoadtestResult, read_result

_IN_APP = f"--namespace={APP_NAMESPACE}"
_START_SECONDS = 120
_POLL_SECONDS = 0.5


def run_loadtest(
    kubectl: Kubectl, load: Load, said: Callable[[Mapping[str, int]], None], worker: str = CELERY_WORKER
) -> LoadtestResult:
    """Queue the tasks and wait for them; queued tasks still run if the test is interrupted.

    Args:
        kubectl: the stack's cluster.
        load: the number and kind of tasks.
        said: is called with the progress.
        worker: the Deployment of the workers.

    Raises:
        RefusedError: the pod did not start, or ended without a result.
    """
    pod = render_pod(kubectl.object("deployment", worker, _IN_APP), load)
    _delete(kubectl)  # an interrupted test may have left its pod
    kubectl.read("create", "--filename=-", stdin=json.dumps(pod))
    try:
        _await_start(kubectl)
        progress: dict[str, Any] = {"queued": 0, "done": 0, "failed": 0}
        other: list[str] = []
        for line in kubectl.lines("logs", "--follow", _IN_APP, NAME):
            try:
                told = json.loads(line)
            except json.JSONDecodeError:
                other.append(line.rstrip())  # output of the app itself, or a traceback
                continue
            if "waits" in told:
                return read_result(progress, told)
            progress = told
            said(progress)
        raise _refused("a result", "\n    ".join(other[-8:]) or "nothing")
    finally:
        _delete(kubectl)


def _await_start(kubectl: Kubectl) -> None:
    deadline = time.monotonic() + _START_SECONDS
    status: dict[str, Any] = {}
    while time.monotonic() < deadline:
        status = kubectl.object("pod", NAME, _IN_APP)["status"]
        if status.get("phase") in ("Running", "Succeeded", "Failed"):
            return
        time.sleep(_POLL_SECONDS)
    states = [one["state"] for one in status.get("containerStatuses", [])] or status.get("conditions", [])
    raise _refused(f"running within {_START_SECONDS} s", json.dumps(states))


def _delete(kubectl: Kubectl) -> None:
    kubectl.read("delete", "pod", NAME, _IN_APP, "--ignore-not-found", "--wait=true", "--timeout=30s")


def _refused(wanted: str, said: str) -> RefusedError:
    hint = "See that app.celery_app names the app and --task one of its tasks"
    problem = Problem(path=f"pod {APP_NAMESPACE}/{NAME}", value="", allowed=f"{wanted}; it said {said}", hint=hint)
    return RefusedError("the load test ended early", [problem])
