"""Delete pods that would keep a running update waiting for ever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

import pulumi

from infra.cluster_api import Cluster
from infra.names import APP_NAMESPACE, MONITORING_NAMESPACE
from infra.program.stuck_pods import Pod, stuck_pods

_NAMESPACES = (APP_NAMESPACE, MONITORING_NAMESPACE)
_PAUSE_SECONDS = 5.0  # between two looks; a pod is deleted only if it is stuck in both


def repair_rollouts(kubeconfig: pulumi.Output[str]) -> None:
    """Start watching as soon as the cluster can be reached, until the program ends; do nothing in a preview.

    A thread beside the engine's requests is needed because the update itself waits for the pod. A deletion helps only
    after the new template has arrived in the cluster.
    """
    if pulumi.runtime.is_dry_run():
        return

    def start(text: str) -> None:
        loop = asyncio.get_running_loop()

        def say(message: str) -> None:
            with suppress(RuntimeError):  # the program has ended in the meantime
                loop.call_soon_threadsafe(pulumi.log.info, message)

        with suppress(ValueError):  # the kubeconfig names no cluster that can be asked
            cluster = Cluster(text)
            threading.Thread(target=watch, args=(cluster, say, threading.Event()), name="rollouts", daemon=True).start()

    kubeconfig.apply(start)


def watch(cluster: Cluster, say: Callable[[str], None], stop: threading.Event, pause: float = _PAUSE_SECONDS) -> None:
    """Look again and again until `stop` is set, and delete the pods that are stuck.

    Args:
        cluster: the API server. While it does not answer, nothing happens.
        say: a function that is called with a message for each deleted pod.
        stop: ends the loop when it is set.
        pause: seconds between two looks.
    """
    before: frozenset[Pod] = frozenset()
    while not stop.wait(pause):
        try:
            now = look(cluster)
            for pod in now & before:
                cluster.delete(f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}", pod.uid)
                say(f"deleted {pod.name}: it was not ready, and its StatefulSet would never have replaced it")
        except OSError:
            now = frozenset()
        before = now


def look(cluster: Cluster) -> frozenset[Pod]:
    """Return the pods that are stuck now.

    Raises:
        OSError: the API server did not answer.
    """
    sets = [one for name in _NAMESPACES for one in cluster.items(f"/apis/apps/v1/namespaces/{name}/statefulsets")]
    pods = [one for name in _NAMESPACES for one in cluster.items(f"/api/v1/namespaces/{name}/pods")]
    return frozenset(stuck_pods(sets, pods))
