"""Find out how a command in a pod ended: with its own exit code, or because something ended it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from infra.errors import Problem, RefusedError
from infra.names import APP_NAMESPACE
from infra.operate.run_pod import NAME

_SETTLE_SECONDS = 10.0  # until the kubelet has reported how the container ended
_POLL_SECONDS = 0.5
_KILLED = 137
_NOBODY = "nobody was there"  # written by one_off_hold.py
Pod = Mapping[str, Any]


def judge(
    code: int, look: Callable[[], Pod | None], made: Pod, say: Callable[[str], None], settle: float = _SETTLE_SECONDS
) -> int:
    """Return the command's exit code; kubectl returns 1 for all of its own failures, so the pod is asked.

    Args:
        code: kubectl's exit code.
        look: returns the pod as it is now.
        made: the pod as it was made.
        say: is told what may have killed the command.
        settle: how long to wait for the container's end, in seconds.

    Raises:
        RefusedError: the command did not end by itself.
    """
    if code == 0:
        return 0
    try:
        pod = _settled(look, made, settle)
    except RefusedError as error:
        raise _lost(error.problems[0].allowed) from None
    if pod is None:
        raise _ended("somebody removed the pod", "Run it again")
    status = pod.get("status", {})
    if status.get("reason") == "DeadlineExceeded":
        limit = pod["spec"]["activeDeadlineSeconds"]
        raise _ended(f"it took longer than {limit} s", "--seconds gives it more time")
    why = next((one for one in status.get("conditions", ()) if one.get("type") == "DisruptionTarget"), None)
    if why:
        raise _ended(
            f"the shop needed the room: {why.get('message', why.get('reason', ''))}", "Run it again when it is quiet"
        )
    done = _terminated(pod)
    if pod["metadata"].get("deletionTimestamp"):
        raise _ended("somebody removed the pod", "Run it again")
    if done is None:
        raise _lost("the pod goes on without it")
    if _NOBODY in str(done.get("message", "")):
        raise _lost(str(done["message"]).strip().splitlines()[-1])
    found = int(done.get("exitCode", code))
    if done.get("reason") == "OOMKilled" or found == _KILLED:
        memory = pod["spec"]["containers"][0].get("resources", {}).get("limits", {}).get("memory", "its limit")
        say(f"the command was killed: it may have needed more memory than the migration's {memory}")
    return found


def _settled(look: Callable[[], Pod | None], made: Pod, seconds: float) -> Pod | None:
    """Return the pod once its container has ended, or as it is when the time is over; None if it is gone."""
    deadline = time.monotonic() + seconds
    while True:
        pod = look()
        if pod is None or pod["metadata"]["uid"] != made["metadata"]["uid"]:
            return None
        if _terminated(pod) or pod.get("status", {}).get("reason") or time.monotonic() > deadline:
            return pod
        time.sleep(_POLL_SECONDS)


def _terminated(pod: Pod) -> Mapping[str, Any] | None:
    states = (one.get("state", {}) for one in pod.get("status", {}).get("containerStatuses", ()))
    return next((one["terminated"] for one in states if "terminated" in one), None)


def _ended(said: str, hint: str) -> RefusedError:
    problem = Problem(path=f"pod {APP_NAMESPACE}/{NAME}", value="", allowed=said, hint=hint)
    return RefusedError("the command was ended before it was done", [problem])


def _lost(said: str) -> RefusedError:
    hint = "The command is ended with its pod; for work that outlasts a terminal see docs/how-to/own-jobs.md"
    problem = Problem(path="kubectl exec", value="", allowed=said, hint=hint)
    return RefusedError("the connection was lost", [problem])
