"""Watches what containers use, by the kubelets' own statistics."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import urllib3

from infra.units import MIB
from lab.nodes.simulated.api import Api, ApiError

_EVERY_SECONDS = 3.0
_NANO = 1_000_000  # nanoseconds of CPU in a millisecond: a rate of one per second is one millicore

Key = tuple[str, str, str]  # namespace, pod, container


@dataclass(kw_only=True)
class Used:
    """One container: memory in MiB, CPU in millicores."""

    memory_max: float = 0.0
    cpu_max: float = 0.0
    first: tuple[float, float] | None = None  # CPU nanoseconds, seconds since the first look
    last: tuple[float, float] = (0.0, 0.0)

    @property
    def cpu_mean(self) -> float:
        """Between the first and the last look."""
        if self.first is None or self.last[1] <= self.first[1]:
            return 0.0
        return (self.last[0] - self.first[0]) / _NANO / (self.last[1] - self.first[1])


@dataclass(kw_only=True)
class Samples:
    """What was seen, by container; a container that restarted goes on under the same name."""

    used: dict[Key, Used] = field(default_factory=lambda: defaultdict(Used))

    def add(self, summary: dict[str, Any], seconds: float) -> None:
        """One kubelet's `/stats/summary`, looked at that long after the start."""
        for pod in summary.get("pods", []):
            reference = pod["podRef"]
            for container in pod.get("containers", []):
                one = self.used[reference["namespace"], reference["name"], container["name"]]
                _note(one, container, seconds)


def _note(one: Used, container: dict[str, Any], seconds: float) -> None:
    one.memory_max = max(one.memory_max, container.get("memory", {}).get("workingSetBytes", 0) / MIB)
    cpu = container.get("cpu", {})
    one.cpu_max = max(one.cpu_max, cpu.get("usageNanoCores", 0) / _NANO)
    total = float(cpu.get("usageCoreNanoSeconds", 0))
    if one.first is None or total < one.last[0]:  # a restarted container counts from nothing
        one.first = total, seconds
    one.last = total, seconds


class Sampler:
    """A context: looks every few seconds until it is left."""

    def __init__(self, api: Api, nodes: list[str]) -> None:
        self.samples = Samples()
        self._api, self._nodes = api, nodes
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        began = time.monotonic()
        while True:
            for node in self._nodes:
                # A kubelet under load may miss a look; the next one comes soon.
                try:
                    summary = self._api.request("GET", f"/api/v1/nodes/{node}/proxy/stats/summary")
                except (ApiError, urllib3.exceptions.HTTPError):
                    continue
                self.samples.add(summary, time.monotonic() - began)
            if self._stop.wait(_EVERY_SECONDS):
                return
