"""The table: requested against used, workload by workload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubernetes.utils.quantity import parse_quantity

from infra.units import MIB
from lab.usage.sampler import Key, Used

_NAMES = ("app.kubernetes.io/name", "k8s-app", "app")  # labels that name a workload, the first that a pod has
_HEAD = ("container", "pods", "CPU request", "used, mean", "used, most", "memory request", "limit", "used, most", "")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One container of a workload, over all its pods: CPU in millicores, memory in MiB; 0 for no request or limit."""

    workload: str
    container: str
    pods: int
    cpu_request: float
    cpu_mean: float
    cpu_max: float
    memory_request: float
    memory_limit: float
    memory_max: float

    @property
    def verdict(self) -> str:
        """What is wrong with the request; empty if nothing is."""
        if self.memory_limit and self.memory_max > self.memory_limit:
            return "above its limit"
        if self.memory_request and self.memory_max > self.memory_request:
            return "above its request"
        return ""


def rows(pods: list[dict[str, Any]], used: Mapping[Key, Used]) -> list[Row]:
    """From the API's pods and what was seen of them; the largest pod of a workload counts."""
    found: dict[tuple[str, str], list[Row]] = {}
    for pod in pods:
        metadata = pod["metadata"]
        labels = metadata.get("labels", {})
        name = next((labels[key] for key in _NAMES if labels.get(key)), metadata["name"])
        workload = f"{metadata['namespace']}/{name}"
        for container in pod["spec"]["containers"]:
            one = used.get((metadata["namespace"], metadata["name"], container["name"]))
            if one:
                row = _row(workload, container, one)
                found.setdefault((workload, container["name"]), []).append(row)
    return [_largest(group) for _, group in sorted(found.items())]


def _row(workload: str, container: dict[str, Any], one: Used) -> Row:
    resources = container.get("resources", {})
    requests, limits = resources.get("requests", {}), resources.get("limits", {})
    return Row(
        workload=workload,
        container=container["name"],
        pods=1,
        cpu_request=float(parse_quantity(requests.get("cpu", "0")) * 1000),
        cpu_mean=one.cpu_mean,
        cpu_max=one.cpu_max,
        memory_request=float(parse_quantity(requests.get("memory", "0"))) / MIB,
        memory_limit=float(parse_quantity(limits.get("memory", "0"))) / MIB,
        memory_max=one.memory_max,
    )


def _largest(group: list[Row]) -> Row:
    first = group[0]
    return Row(
        workload=first.workload,
        container=first.container,
        pods=len(group),
        cpu_request=first.cpu_request,
        cpu_mean=max(one.cpu_mean for one in group),
        cpu_max=max(one.cpu_max for one in group),
        memory_request=first.memory_request,
        memory_limit=first.memory_limit,
        memory_max=max(one.memory_max for one in group),
    )


def markdown(found: list[Row]) -> str:
    """A table for a page."""
    lines = ["| " + " | ".join(_HEAD) + " |", "|---" + "|---:" * (len(_HEAD) - 2) + "|---|"]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in found]
    return "\n".join(lines) + "\n"


def cells(row: Row) -> tuple[str, ...]:
    """One line of the table; a dash for what is not asked for."""
    return (
        f"{row.workload} {row.container}",
        str(row.pods),
        f"{row.cpu_request:.0f}m" if row.cpu_request else "-",
        f"{row.cpu_mean:.0f}m",
        f"{row.cpu_max:.0f}m",
        f"{row.memory_request:.0f}Mi" if row.memory_request else "-",
        f"{row.memory_limit:.0f}Mi" if row.memory_limit else "-",
        f"{row.memory_max:.0f}Mi",
        row.verdict,
    )
