"""The pod that queues the tasks: the worker's environment, in the room that the plan keeps for jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.names import APP_NAMESPACE, CELERY_WORKER, labels
from pod import load

NAME = "loadtest"
# As a migration's, which the plan keeps room for and which does not run meanwhile.
_RESOURCES = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}}
_WAIT_SECONDS = "30"  # as the other pods of the app
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
    """What is asked of the workers; `seconds` is the time limit for all of it."""

    count: int
    task: str
    queue: str
    recipient: str
    seconds: int


def render_pod(worker: Mapping[str, Any], load_asked: Load) -> dict[str, Any]:
    """From the worker's Deployment as the API server returns it."""
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
        # The workers' component: network policies let it reach the broker.
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
    """As the app's own pods it waits for the broker first; with the script at hand, because older stacks lack it."""
    wait = load("stagecoach_celery/stagecoach_wait.py")
    return ["python", "-c", wait, _WAIT_SECONDS, "python", "-c", load("loadtest.py")]
