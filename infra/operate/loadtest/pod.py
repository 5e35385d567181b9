"""Build the pod that queues the tasks: it has the worker's environment, and runs where the plan keeps room for jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.names import APP_NAMESPACE, CELERY_WORKER, labels
from pod import load

NAME = "loadtest"
# The plan keeps this much room for a migration, which does not run during a load test.
_RESOURCES = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}}
_WAIT_SECONDS = "30"  # as in the other pods of the app
_FROM_WORKER = ("image", "env", "envFrom", "volumeMounts", "securityContext")
_POD_FROM_WORKER = (
    "automountServiceAccountToken",
    "enableServiceLinks",
    "imagePullSecrets",
    "nodeSelector",
    "priorityClassName",
    "securityContext",
    "tolerations",
    "volumes",
)


@dataclass(frozen=True, kw_only=True)
class Load:
    """Describe a load test; `seconds` is the time limit for the whole test."""

    count: int
    task: str
    queue: str
    recipient: str
    seconds: int


def render_pod(worker: Mapping[str, Any], load_asked: Load) -> dict[str, Any]:
    """Build the pod from the worker's Deployment.

    Args:
        worker: the Deployment, as the API server returns it.
        load_asked: the number and kind of tasks.
    """
    template = worker["spec"]["template"]["spec"]
    container = template["containers"][0]
    variables = {
        "LOADTEST_COUNT": load_asked.count,
        "LOADTEST_TASK": load_asked.task,
        "LOADTEST_QUEUE": load_asked.queue,
        "LOADTEST_RECIPIENT": load_asked.recipient,
        "LOADTEST_SECONDS": load_asked.seconds,
    }
    made = {key: container[key] for key in _FROM_WORKER if key in container}
    made["env"] = [*made.get("env", []), *({"name": key, "value": str(one)} for key, one in variables.items())]
    made |= {"name": NAME, "command": _command(), "resources": _RESOURCES}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        # With the workers' component, the network policies let the pod reach the broker.
        "metadata": {"name": NAME, "namespace": APP_NAMESPACE, "labels": labels(NAME, CELERY_WORKER)},
        "spec": {
            **{key: template[key] for key in _POD_FROM_WORKER if key in template},
            "containers": [made],
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 1,
            "activeDeadlineSeconds": load_asked.seconds + 120,
        },
    }


def _command() -> list[str]:
    """Return the pod's command: like the app's own pods, it waits for the broker first.

    The command contains both scripts because pods of older stacks don't mount them.
    """
    wait = load("stagecoach_celery/stagecoach_wait.py")
    return ["python", "-c", wait, _WAIT_SECONDS, "python", "-c", load("loadtest.py")]
