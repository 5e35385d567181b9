"""Restart a part as a rollout, and wait for it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from infra.errors import Problem, RefusedError
from infra.names import CELERY_BEAT, POSTGRES, REDIS_BROKER, REDIS_CACHE
from infra.operate.kubectl import Kubectl
from infra.operate.parts import Part
from infra.program.stuck_pods import Pod, stuck_pods

Say = Callable[[str], None]
# kubectl's own `rollout restart` writes the same key. If this wrote it under kubectl's name as the owner, the next
# update would take the annotation over and remove it, and every pod would restart once more
# (docs/how-to/changed-by-hand.md).
_ANNOTATION = "kubectl.kubernetes.io/restartedAt"
MANAGER = "stagecoach-restart"
_POLL_SECONDS = 1.0
_KINDS = ("Deployment", "StatefulSet", "DaemonSet")
# Customers notice a restart of these parts. Every other part restarts without downtime.
_DOWNTIME = {
    POSTGRES: "the database is down for about ten seconds, longer after a crash; orders get an error meanwhile",
    REDIS_BROKER: "the broker is down for some seconds: pages that queue a task get an error; queued tasks stay",
    REDIS_CACHE: "the cache is down for some seconds and is empty afterwards, with every session that it keeps",
    "traefik": "the shop's entrance: customers may get no answer for some seconds",
}
_MEANWHILE = {CELERY_BEAT: "no schedule runs for some seconds"}


def downtime_of(part: Part) -> str:
    """Return what a restart interrupts, as a sentence for the person who must confirm it; empty if nothing."""
    return _DOWNTIME.get(part.name, "")


def require_restartable(part: Part) -> None:
    """Check that a part has pods to restart: a Job has none, nor has a part that somebody has switched off.

    Raises:
        RefusedError: a restart would end without a new pod.
    """
    spec, name = part.workload.get("spec") or {}, part.workload["metadata"]["name"]
    what = f"-n {part.namespace} {part.kind.lower()}/{name}"
    if part.kind not in _KINDS:
        said, hint = f"a {part.kind} runs when it is due", "`pulumi up` runs migrations"
        if part.kind == "CronJob":
            hint = f"`kubectl -n {part.namespace} create job {name}-now --from=cronjob/{name}` runs it now"
    elif spec.get("replicas") == 0:
        said, hint = (
            "it is switched off: somebody has set its count to 0",
            f"`kubectl scale {what} --replicas=1` starts it",
        )
    elif spec.get("paused"):
        said, hint = "its rollouts are paused", f"`kubectl rollout resume {what}` lets them go on"
    else:
        return
    raise RefusedError("there is nothing to restart", [Problem(path=part.shown, value="", allowed=said, hint=hint)])


def restart(kubectl: Kubectl, part: Part, seconds: float, say: Say) -> None:
    """Replace the pods by the part's own rollout, with the speed and grace period that its plan has.

    Args:
        kubectl: the stack's cluster.
        part: the part to restart.
        seconds: how long to wait for its pods, on top of the old ones' grace period.
        say: is called with the progress.

    Raises:
        RefusedError: a new pod did not become ready in time; the rollout goes on.
    """
    require_restartable(part)
    if part.name in _MEANWHILE:
        say(f"{part.shown}: {_MEANWHILE[part.name]}")
    now = datetime.now(tz=UTC).isoformat(timespec="seconds")
    patch = {"spec": {"template": {"metadata": {"annotations": {_ANNOTATION: now}}}}}
    kind, name = part.kind.lower(), str(part.workload["metadata"]["name"])
    space = f"--namespace={part.namespace}"
    kubectl.read(
        *("patch", kind, name, space, "--type=merge", f"--field-manager={MANAGER}", f"--patch={json.dumps(patch)}")
    )
    grace = part.workload.get("spec", {}).get("template", {}).get("spec", {}).get("terminationGracePeriodSeconds", 30)
    deadline, told = time.monotonic() + seconds + grace, ""
    stuck: frozenset[Pod] = frozenset()
    while True:
        workload = kubectl.object(kind, name, space)
        pods = kubectl.items(*part.pods)
        stuck = _without_stuck(kubectl, workload, pods, stuck, say)
        done, words = progress(workload, pods)
        if words != told:
            say(f"{part.shown}: {words}")
            told = words
        if done:
            return
        if _is_stuck(workload) or time.monotonic() > deadline:
            raise _late(part, words, pods)
        time.sleep(_POLL_SECONDS)


def _without_stuck(
    kubectl: Kubectl, workload: Mapping[str, Any], pods: list[dict[str, Any]], before: frozenset[Pod], say: Say
) -> frozenset[Pod]:
    """Delete the pods that two looks in a row found stuck (infra/program/stuck_pods.py).

    People restart a data service because it can't start, and its StatefulSet alone would never replace such a pod.

    Returns:
        The pods that are stuck now.
    """
    now = frozenset(stuck_pods([workload], pods)) if workload["kind"] == "StatefulSet" else frozenset()
    for pod in now & before:
        kubectl.read("delete", "pod", pod.name, f"--namespace={pod.namespace}", "--ignore-not-found", "--wait=false")
        say(f"{pod.name} was not ready, and its StatefulSet would not have replaced it: it is deleted")
    return now


def progress(workload: Mapping[str, Any], pods: list[dict[str, Any]]) -> tuple[bool, str]:
    """Return whether a rollout has ended, and how far it is.

    Args:
        workload: a Deployment, StatefulSet or DaemonSet as the API server returns it.
        pods: all of its pods.
    """
    status, spec = workload.get("status", {}), workload["spec"]
    if status.get("observedGeneration", 0) < workload["metadata"]["generation"]:
        return False, "begins"
    if workload["kind"] == "DaemonSet":
        wanted, new = status.get("desiredNumberScheduled", 0), status.get("updatedNumberScheduled", 0)
        ready, old = status.get("numberAvailable", 0), 0
    else:
        wanted, new = spec.get("replicas", 1), status.get("updatedReplicas", 0)
        ready = status.get("availableReplicas", status.get("readyReplicas", 0))
        old = max(status.get("replicas", 0) - new, 0)
    # A StatefulSet counts its old pod as ready until that pod is deleted.
    ready = min(ready, new) if not old else max(ready - old, 0)
    ending = sum(1 for pod in pods if pod["metadata"].get("deletionTimestamp"))
    words = f"{ready} of {wanted} new pods ready"
    if ending:
        words += f", {ending} old {'pod ends' if ending == 1 else 'pods end'}"
    return ready >= wanted and new >= wanted and not old and not ending, words


def _is_stuck(workload: Mapping[str, Any]) -> bool:
    status = workload.get("status", {})
    if status.get("observedGeneration", 0) < workload["metadata"]["generation"]:
        return False  # the conditions still describe the rollout before this one
    conditions = status.get("conditions", ())
    return any(one.get("reason") == "ProgressDeadlineExceeded" for one in conditions)


def _late(part: Part, words: str, pods: list[dict[str, Any]]) -> RefusedError:
    rolling = part.workload.get("spec", {}).get("strategy", {}).get("type", "RollingUpdate") == "RollingUpdate"
    stays = ", old pods stay until new ones are ready" if part.kind == "Deployment" and rolling else ""
    problem = Problem(
        path=part.shown,
        value="",
        allowed=f"{words}{_why(pods)}",
        hint=f"The rollout goes on by itself{stays}. See `python -m infra logs {part.shown}`",
    )
    return RefusedError("the restart is not done", [problem])


def _why(pods: list[dict[str, Any]]) -> str:
    for pod in pods:
        for one in pod.get("status", {}).get("containerStatuses", ()):
            waiting = one.get("state", {}).get("waiting")
            if waiting:
                return f"; {pod['metadata']['name']}: {waiting.get('reason')} {waiting.get('message', '')}".rstrip()
        for one in pod.get("status", {}).get("conditions", ()):
            if one.get("type") == "PodScheduled" and one.get("status") == "False":
                return f"; {pod['metadata']['name']}: {one.get('message', '')}"
    return ""
