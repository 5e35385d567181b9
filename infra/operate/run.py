"""Run one command in a pod of the app, with the person's own terminal or pipe as its input and output."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Any

from infra.errors import Problem, RefusedError
from infra.names import APP_NAMESPACE, DJANGO, DJANGO_MIGRATE
from infra.operate.kubectl import Kubectl
from infra.operate.leash import Leash
from infra.operate.outcome import judge
from infra.operate.run_pod import CONTAINER, NAME, OWNER, in_pod, is_left_over, is_own, render_pod

_IN_APP = f"--namespace={APP_NAMESPACE}"
_START_SECONDS = 120.0
_QUIET_SECONDS = 3.0  # a start that takes longer is explained
_POLL_SECONDS = 0.5
_WRONG = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError", "CreateContainerError")
_LOADTEST = "loadtest"
Say = Callable[[str], None]


def run_command(kubectl: Kubectl, command: Sequence[str], seconds: int, say: Say, *, terminal: bool) -> int:
    """Make a pod, run the command in it, and remove the pod whatever happens.

    Args:
        kubectl: the stack's cluster.
        command: program and arguments.
        seconds: the time limit for the whole run.
        say: is told what a person should know while waiting.
        terminal: True gives the command a terminal; False gives it pipes.

    Returns:
        The command's own exit code.

    Raises:
        RefusedError: there is no room, the pod did not start, or it ended before its command.
    """
    pod = _pod(kubectl, seconds)
    _require_room(kubectl)
    made: dict[str, Any] = {}
    try:
        made = json.loads(kubectl.read("create", "--filename=-", "--output=json", stdin=json.dumps(pod)))
        _await_start(kubectl, say)
        with Leash(kubectl.command("attach", "--stdin", "--quiet", _IN_APP, f"--container={CONTAINER}", NAME)):
            code = _exec(kubectl, command, terminal=terminal)
        return judge(code, lambda: kubectl.found("pod", NAME, _IN_APP), made, say)
    finally:
        _remove(kubectl, made, say)


def _pod(kubectl: Kubectl, seconds: int) -> dict[str, Any]:
    web = kubectl.found("deployment", DJANGO, _IN_APP)
    jobs = kubectl.items("jobs", _IN_APP, f"--selector=app.kubernetes.io/name={DJANGO_MIGRATE}")
    if web is None or not jobs:
        wanted = "web pods" if web is None else "migration"
        problem = Problem(
            path=f"namespace {APP_NAMESPACE}",
            value="",
            allowed=f"this cluster has no {wanted} of a shop",
            hint="`pulumi up` builds it",
        )
        raise RefusedError("the shop is not built", [problem])
    running = [one["metadata"]["name"] for one in jobs if one.get("status", {}).get("active")]
    if running:
        hint = "Run it again when the update has ended: the plan keeps room for one of both"
        problem = Problem(path=f"job {running[0]}", value="", allowed="an update's migration runs just now", hint=hint)
        raise RefusedError("there is no room for the command", [problem])
    newest = max(jobs, key=lambda one: str(one["metadata"].get("creationTimestamp", "")))
    return render_pod(newest, web, seconds)


def _require_room(kubectl: Kubectl) -> None:
    """Remove the pod that a killed command has left.

    Raises:
        RefusedError: somebody else's command is running.
    """
    found = kubectl.items("pods", _IN_APP, f"--selector=app.kubernetes.io/name in ({NAME},{_LOADTEST})")
    for pod in found:
        name = pod["metadata"]["name"]
        if is_left_over(pod):
            kubectl.read("delete", "pod", name, _IN_APP, "--ignore-not-found", "--wait=true", "--timeout=40s")
            continue
        owner = pod["metadata"].get("annotations", {}).get(OWNER, "somebody")
        since = pod.get("status", {}).get("startTime", pod["metadata"].get("creationTimestamp", "just now"))
        what = "a load test" if name == _LOADTEST else f"a command of {owner}"
        problem = Problem(
            path=f"pod {APP_NAMESPACE}/{name}",
            value="",
            allowed=f"{what} has the room since {since}",
            hint=f"Wait until it has ended; `kubectl -n {APP_NAMESPACE} delete pod {name}` ends it",
        )
        raise RefusedError("there is no room for the command", [problem])


def _await_start(kubectl: Kubectl, say: Say) -> None:
    began = time.monotonic()
    told = ""
    while True:
        pod = kubectl.object("pod", NAME, _IN_APP)
        status = pod.get("status", {})
        if status.get("phase") == "Running":
            return
        reason, words = _trouble(status)
        if reason in _WRONG or status.get("phase") in ("Succeeded", "Failed"):
            raise _not_started(words)
        waited = time.monotonic() - began
        if waited > _START_SECONDS:
            raise _not_started(f"after {_START_SECONDS:g} s: {words}")
        if waited > _QUIET_SECONDS and words != told:
            say(f"waiting for the pod: {words}")
            told = words
        time.sleep(_POLL_SECONDS)


def _trouble(status: dict[str, Any]) -> tuple[str, str]:
    """Return why a pod does not run yet: the API's own word, and a sentence."""
    for one in status.get("containerStatuses", ()):
        state = one.get("state", {})
        said = state.get("waiting") or state.get("terminated") or {}
        if said:
            return str(said.get("reason", "")), f"{said.get('reason', '')} {said.get('message', '')}".strip()
    for one in status.get("conditions", ()):
        if one.get("type") == "PodScheduled" and one.get("status") == "False":
            return str(one.get("reason", "")), f"there is no room: {one.get('message', '')}"
    return "", str(status.get("message") or status.get("reason") or "not scheduled yet")


def _not_started(words: str) -> RefusedError:
    hint = "Nothing was run; `python -m infra plan` shows what room there is, an update or a job may have it just now"
    problem = Problem(path=f"pod {APP_NAMESPACE}/{NAME}", value="", allowed=words, hint=hint)
    return RefusedError("the command's pod did not start", [problem])


def _exec(kubectl: Kubectl, command: Sequence[str], *, terminal: bool) -> int:
    """Run kubectl with the person's terminal or pipe, and return its exit code."""
    ends = ["--stdin", "--tty"] if terminal else ["--stdin"]
    child = subprocess.Popen(
        kubectl.command("exec", *ends, "--quiet", _IN_APP, f"--container={CONTAINER}", NAME, "--", *in_pod(command))
    )
    try:
        return child.wait()
    finally:
        if child.poll() is None:
            child.terminate()  # kubectl restores the terminal's settings
            child.wait()


def _remove(kubectl: Kubectl, made: dict[str, Any], say: Say) -> None:
    """Remove only the pod that this command made; if that fails, the pod ends itself."""
    try:
        pod = kubectl.found("pod", NAME, _IN_APP)
        if made and (pod is None or pod["metadata"]["uid"] != made["metadata"]["uid"]):
            return
        # The answer to the creation may be lost although the pod exists. No beat has reached that pod, so it would
        # never end itself.
        if made or (pod and (is_own(pod) or is_left_over(pod))):
            kubectl.read("delete", "pod", NAME, _IN_APP, "--ignore-not-found", "--wait=true", "--timeout=40s")
    except RefusedError as error:
        say(f"pod {APP_NAMESPACE}/{NAME} is not removed: {error.problems[0].allowed}. It ends by itself")
