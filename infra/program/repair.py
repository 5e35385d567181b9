"""While an update runs: deletes pods that would keep it waiting for ever."""

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
_PAUSE_SECONDS = 5.0  # between two looks; a pod has to be stuck in both


def repair_rollouts(kubeconfig: pulumi.Output[str]) -> None:
    """Begins to look as soon as the cluster can be reached, and ends with the program; nothing in a preview.

    A thread beside the engine's requests: it is an update itself that waits for the pod, and only after the new
    template has arrived does a deletion help.
    """
    if pulumi.runtime.is_dry_run():
        return

    def start(text: str) -> None:
        loop = asyncio.get_running_loop()

        def say(message: str) -> None:
            with suppress(RuntimeError):  # the program has ended in the meantime
                loop.call_soon_threadsafe(pulumi.log.info, message)

        with suppress(ValueError):  # no cluster that can be asked
            cluster = Cluster(text)
            threading.Thread(target=watch, args=(cluster, say, threading.Event()), name="rollouts", daemon=True).start()

    kubeconfig.apply(start)


def watch(cluster: Cluster, say: Callable[[str], None], stop: threading.Event, pause: float = _PAUSE_SECONDS) -> None:
    """Looks again and again until `stop` is set.

    Args:
        cluster: The API server; while it is away nothing happens.
        say: Is told of each pod that was deleted.
        stop: Ends it.
        pause: Seconds between two looks.
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
    """Pods that are stuck now.

    Raises:
        OSError: the API server did not answer.
    """
    sets = [one for name in _NAMESPACES for one in cluster.items(f"/apis/apps/v1/namespaces/{name}/statefulsets")]
    pods = [one for name in _NAMESPACES for one in cluster.items(f"/api/v1/namespaces/{name}/pods")]
    return frozenset(stuck_pods(sets, pods))
