"""Build the pod that a command runs in: the migration's pod, with the web pods' image and variables."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Iterable, Mapping
from typing import Any

from infra.names import APP_NAMESPACE, DJANGO_MIGRATE, labels
from pod import load

NAME = "run"
CONTAINER = "run"
OWNER, PROCESS = "stagecoach.dev/owner", "stagecoach.dev/process"
_WAIT_SECONDS = "30"  # as in the other pods of the app
SILENCE_SECONDS = 120  # after a lost network or with a machine that sleeps, the pod ends itself
_GRACE_SECONDS = 15  # longer than one_off_hold.py needs
# Without a priority class: on a full node the shop's pods come first, and this one evicts none of them.
_POD_FROM_JOB = (
    "automountServiceAccountToken",
    "enableServiceLinks",
    "nodeSelector",
    "securityContext",
    "tolerations",
    "volumes",
)
_FROM_JOB = ("env", "resources", "securityContext", "volumeMounts")
_FROM_WEB = ("image", "imagePullPolicy", "envFrom")


def render_pod(job: Mapping[str, Any], web: Mapping[str, Any], seconds: int) -> dict[str, Any]:
    """Build the pod with the image that serves now.

    After a failed update, the migration's Job may already have the next image.

    Args:
        job: the migration's Job, as the API server returns it.
        web: the web pods' Deployment, as the API server returns it.
        seconds: the pod's time limit.
    """
    of_job, of_web = job["spec"]["template"]["spec"], web["spec"]["template"]["spec"]
    migrate, django = of_job["containers"][0], of_web["containers"][0]
    made = {key: migrate[key] for key in _FROM_JOB if key in migrate}
    made |= {key: django[key] for key in _FROM_WEB if key in django}
    hold = ["python", "-c", load("one_off_hold.py"), str(SILENCE_SECONDS)]
    made |= {"name": CONTAINER, "command": hold, "stdin": True, "terminationMessagePolicy": "FallbackToLogsOnError"}
    spec = {key: of_job[key] for key in _POD_FROM_JOB if key in of_job}
    if "imagePullSecrets" in of_web:
        spec["imagePullSecrets"] = of_web["imagePullSecrets"]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": NAME,
            "namespace": APP_NAMESPACE,
            # With the migration's component, the network policies let the pod reach Postgres and both Redis.
            "labels": labels(NAME, DJANGO_MIGRATE),
            "annotations": {OWNER: this_owner(), PROCESS: str(os.getpid())},
        },
        "spec": {
            **spec,
            "containers": [made],
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": _GRACE_SECONDS,
            "activeDeadlineSeconds": seconds,
        },
    }


def in_pod(command: Iterable[str]) -> list[str]:
    """Return the command line in the pod: it waits for the shop's services, and saves the exit code for the pod."""
    wait, start = load("stagecoach_celery/stagecoach_wait.py"), load("one_off_start.py")
    return ["python", "-c", wait, _WAIT_SECONDS, "python", "-c", start, *command]


def this_owner() -> str:
    """Return user and host of this command, so that colleagues know whom to ask."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in a container
        name = str(os.getuid())
    return f"{name}@{socket.gethostname()}"


def is_left_over(pod: Mapping[str, Any]) -> bool:
    """Return whether nobody waits for a pod: it has ended, or the command on this machine that made it was killed."""
    if pod.get("status", {}).get("phase") in ("Succeeded", "Failed"):
        return True
    said = pod["metadata"].get("annotations", {})
    return said.get(OWNER) == this_owner() and not _lives(said.get(PROCESS, ""))


def is_own(pod: Mapping[str, Any]) -> bool:
    """Return whether this very process made the pod."""
    said = pod["metadata"].get("annotations", {})
    return (said.get(OWNER), said.get(PROCESS)) == (this_owner(), str(os.getpid()))


def _lives(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except OSError:
        return True  # the process belongs to another user
    return True
