"""Find the parts of a running shop by the names that people use."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.errors import ConfigError, Problem, RefusedError
from infra.names import (
    CELERY_BEAT,
    CELERY_WORKER,
    DJANGO,
    DJANGO_MIGRATE,
    POSTGRES_BACKUP,
    PROMETHEUS,
    QUEUE_EXPORTER,
    REDIS_BROKER,
    REDIS_CACHE,
    SYSTEM_NAMESPACE,
)
from infra.operate.kubectl import Kubectl

# The first kind wins if two workloads have one name: a CronJob's Jobs have the CronJob's name.
_KINDS = ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job")
_NAME = "app.kubernetes.io/name"
_TRAEFIK = "traefik"
_ALIASES = {
    "web": DJANGO,
    "worker": CELERY_WORKER,
    "beat": CELERY_BEAT,
    "exporter": QUEUE_EXPORTER,
    "broker": REDIS_BROKER,
    "cache": REDIS_CACHE,
    "migration": DJANGO_MIGRATE,
    "backup": POSTGRES_BACKUP,
    "alertmanager": PROMETHEUS,
}
_SHOWN = {name: alias for alias, name in _ALIASES.items() if alias != "alertmanager"}


@dataclass(frozen=True, kw_only=True)
class Part:
    """Hold one workload of the cluster; `workload` is the object as the API server returns it."""

    name: str
    workload: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """Return the workload's kind, for example Deployment."""
        return str(self.workload["kind"])

    @property
    def namespace(self) -> str:
        """Return the namespace of its pods."""
        return str(self.workload["metadata"]["namespace"])

    @property
    def shown(self) -> str:
        """Return the short name: web, worker, worker-slow."""
        return shown(self.name)

    @property
    def pods(self) -> tuple[str, ...]:
        """Return kubectl's arguments that select its pods."""
        return "pods", f"--namespace={self.namespace}", f"--selector={_NAME}={self.name}"


def shown(name: str) -> str:
    """Return the short name of a workload; that of another pool of workers is worker-NAME."""
    if name.startswith(f"{CELERY_WORKER}-"):
        return name.removeprefix("celery-")
    return _SHOWN.get(name, name)


def part_named(kubectl: Kubectl, asked: str) -> Part:
    """Return the part with a short or full name.

    Raises:
        ConfigError: there is none of this name; the message has the closest one.
        RefusedError: the cluster has no shop, or does not answer.
    """
    parts = _parts(kubectl)
    if not parts:
        problem = Problem(path="cluster", value="", allowed="it has no part of a shop", hint="`pulumi up` builds it")
        raise RefusedError("the shop is not built", [problem])
    for name in (asked, _ALIASES.get(asked, asked), f"celery-{asked}"):
        if name in parts:
            return parts[name]
    names = sorted(shown(name) for name in parts)
    close = difflib.get_close_matches(asked.lower(), [*names, *parts], n=1)
    hint = f"Did you mean {close[0]}?" if close else "See docs/how-to/operate.md"
    problem = Problem(path="PART", value=asked, allowed=f"one of {', '.join(names)}", hint=hint)
    raise ConfigError("there is no such part", [problem])


def _parts(kubectl: Kubectl) -> dict[str, Part]:
    """Return all parts by their full name."""
    kinds = ",".join(f"{kind.lower()}s" for kind in _KINDS)
    found = kubectl.items(kinds, "--all-namespaces", "--selector=app.kubernetes.io/part-of=stagecoach")
    traefik = kubectl.found("deployment", _TRAEFIK, f"--namespace={SYSTEM_NAMESPACE}") if found else None
    made: dict[str, Part] = {}
    for one in sorted(found, key=lambda one: _KINDS.index(one["kind"])):
        name = one["metadata"].get("labels", {}).get(_NAME)
        if name:
            made.setdefault(name, Part(name=name, workload=one))
    if traefik:
        made[_TRAEFIK] = Part(name=_TRAEFIK, workload=traefik)
    return made
